"""From Galaxy Social: Markdown posts in Git, with the accounts of `plugins.yml` and what its tool noted in `processed_files.json`.

How that tool reads its files: https://github.com/usegalaxy-eu/galaxy-social, `lib/galaxy_social.py` and README.md, seen 2026-11-25.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.files import Tree
from marronnier.files.document import Document, parse_yaml
from marronnier.files.document import parse_markdown as read_document
from marronnier.importers import filename_dates, front_matter, picture_download
from marronnier.importers.accounts import PluginAccounts
from marronnier.importers.bundle import Bundle, Ending, ImportedPost, PastSend, PostNames, Remark, post_folder
from marronnier.importers.handles import MentionedHandles
from marronnier.messages import Trouble, _
from marronnier.model.shape import Shape
from marronnier.text import variants
from marronnier.text.code_fences import classify_lines

TOOL = "galaxy-social"
POSTS, PLUGINS, NOTED = "posts", "plugins.yml", "processed_files.json"

_ANY = Shape("other")
_RETRY = re.compile(r"(?:retry-\d+_)+")
_IMAGE = re.compile(
    r"!\[([^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)*)\]"  # brackets in brackets, once
    r"\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)"
)
_TWO_EMPTY_LINES = re.compile(r"\n[ \t]*\n[ \t]*\n\s*")
_RULE = re.compile(r"-{3,}[ \t]*")
_GROUP = re.compile(r"[-_ ]group\d+$")
_KNOWN = frozenset({"media", "mentions", "hashtags", "images"})


@dataclass(frozen=True, slots=True)
class _GalaxyPost:
    """A post file as that tool understands it."""

    path: str
    accounts: tuple[str, ...]
    mentions: Mapping[str, tuple[str, ...]]
    hashtags: Mapping[str, tuple[str, ...]]
    images: tuple[tuple[str, str], ...]
    """Text and address of each."""
    words: str
    """Our Markdown: without pictures, `---` where a message of a thread ends."""


@dataclass
class _GalaxyImport:
    """What was met so far."""

    source: Tree
    remarks: list[Remark] = field(default_factory=list)

    def left(self, where: str, said: str) -> None:
        self.remarks.append(Remark(where, said))

    def told(self, where: str, said: str) -> None:
        self.remarks.append(Remark(where, said, lost=False))


def read(source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool = False) -> Bundle:
    """All that stands in a folder of Galaxy Social. Raises Trouble for another folder, and where the past is not known and not waived."""
    if not source.exists(PLUGINS):
        raise Trouble(
            _("This is no folder of Galaxy Social: there is no {file}", file=PLUGINS),
            _("Name the folder that holds {file} and {posts}/.", file=PLUGINS, posts=POSTS),
            status=2,
        )
    reading = _GalaxyImport(source)
    noted = {} if fresh else _noted(source)
    accounts = PluginAccounts(parse_yaml(PLUGINS, source.read(PLUGINS), _ANY), reading.remarks)
    paths = source.paths((POSTS,))
    for path, kind in source.skipped_paths.items():
        reading.left(path, _("not read: it is no plain file ({kind})", kind=kind))
    files = [found for path in paths if path.endswith(".md") and (found := _file(reading, path)) is not None]
    folded = _folded(files, reading)
    mentioned = MentionedHandles()
    names = PostNames()
    arriving = []
    addresses: dict[str, str] = {}
    for file in files:
        if file.path in folded:
            continue
        whole = _with_repeats(file, [other for other in files if folded.get(other.path) == file.path])
        sources = (file.path, *(path for path, into in folded.items() if into == file.path))
        addresses |= {picture_download.name_of(address): address for _alt, address in whole.images}
        arriving.append(_post(reading, whole, sources, names, accounts, mentioned, noted, now, zone, fresh=fresh))
    _pictures_beside(reading, paths, addresses)
    for path in noted.keys() - {file.path for file in files}:
        reading.left(f"{NOTED}: {path}", _("its receipts stay behind: that post is not in {folder}/", folder=POSTS))
    count = sum(path.endswith(".md") for path in paths)
    return Bundle(
        TOOL,
        count,
        tuple(arriving),
        accounts.channels,
        mentioned.handles,
        pictures=addresses,
        folded=folded,
        remarks=tuple(reading.remarks),
    )


def _noted(source: Tree) -> Mapping[str, Mapping[str, bool]]:
    """What that tool noted, by file and account. Raises Trouble where it cannot be read: then all would go out again."""
    anyway = _("Put the file of its branch processed_files there, or add --fresh when everything is to be published again.")
    if not source.exists(NOTED):
        raise Trouble(_("There is no {file}, so nobody knows what was sent already", file=NOTED), anyway, status=2)
    try:
        read = json.loads(source.read(NOTED))
        noted = {str(path): {str(name).casefold(): bool(sent) for name, sent in ends.items()} for path, ends in read.items()}
    except (ValueError, AttributeError, RecursionError) as error:
        raise Trouble(_("{file} cannot be read: {why}", file=NOTED, why=error), anyway, status=2) from error
    return {path.removeprefix("./"): ends for path, ends in noted.items()}


def _file(reading: _GalaxyImport, path: str) -> _GalaxyPost | None:
    document = read_document(path, reading.source.read(path), _ANY)
    if not document.is_complete or not document.data:
        why = document.findings[0].message if document.findings else _("it has no front matter")
        reading.left(path, _("not carried over: {why}", why=why))
        return None
    for finding in document.findings:
        reading.told(path, finding.message)
    for key in document.data.keys() - _KNOWN:
        reading.left(f"{path}: {key}", _("this key stays behind: Galaxy Social gives it no meaning"))
    images = [(alt, address) for alt, address in _IMAGE.findall(document.body)] + _images_of(document)
    accounts = tuple(dict.fromkeys(name.casefold() for name in _names(document.data.get("media"))))
    if not accounts:
        reading.told(path, _("it names no account in `media`, so it goes nowhere"))
    return _GalaxyPost(
        path,
        accounts,
        _by_account(document.data.get("mentions")),
        _by_account(document.data.get("hashtags")),
        tuple(dict.fromkeys((" ".join(alt.split()), address.strip()) for alt, address in images if address.strip())),
        convert_body(document.body),
    )


def _images_of(document: Document) -> list[tuple[str, str]]:
    """The pictures that older posts name in their front matter."""
    listed = document.data.get("images")
    found = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, Mapping) and isinstance(one.get("url"), str):
            found.append((str(one.get("alt_text") or ""), one["url"]))
    return found


def _names(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text.strip() for text in values if isinstance(text, str) and text.strip())


def _by_account(value: Any) -> Mapping[str, tuple[str, ...]]:
    return {str(name).casefold(): _names(listed) for name, listed in value.items()} if isinstance(value, Mapping) else {}


def convert_body(body: str) -> str:
    """The words as ours: pictures go, for they are media; two empty lines end a message of a thread.

    A line across the page stays one, and a heading that would begin words for one channel stays a heading.
    """
    parts = []
    for part in _TWO_EMPTY_LINES.split(body.strip("\n")):
        lines: list[str] = []
        for _number, line, counts in classify_lines(part):
            plain = _IMAGE.sub("", line)
            if plain.strip() or not line.strip():
                below_words = bool(lines) and bool(lines[-1].strip())
                lines.append(_kept(plain.rstrip(), below_words=below_words) if counts else plain)
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
        if text.strip():
            parts.append(text)
    return "\n\n---\n\n".join(parts)


def _kept(line: str, *, below_words: bool) -> str:
    if variants.variant_names(line):
        return f"\\{line.lstrip()}"
    # Below a line of words it makes a heading, and breaks nothing here either.
    return "***" if not below_words and _RULE.fullmatch(line) else line


def _folded(files: Iterable[_GalaxyPost], reading: _GalaxyImport) -> Mapping[str, str]:
    """The files `retry-12_name.md`, each with the post that it repeats: its failures became new files there."""
    posts = {file.path: file for file in files}
    found = {}
    for path, file in posts.items():
        folder, _slash, name = path.rpartition("/")
        original = f"{folder}/{_RETRY.sub('', name, count=1)}" if _RETRY.match(name) else path
        if original == path:
            continue
        if original not in posts:
            reading.told(path, _("it repeats a post that is not there, so it comes over as one of its own"))
        elif posts[original].words != file.words:
            reading.told(path, _("its words are not those of {post}, so it comes over as a post of its own", post=original))
        else:
            found[path] = original
    return found


def _with_repeats(file: _GalaxyPost, repeats: Iterable[_GalaxyPost]) -> _GalaxyPost:
    """The post with what its repeats add: accounts, and the mentions and hashtags of these."""
    for other in repeats:
        file = replace(
            file,
            accounts=tuple(dict.fromkeys((*file.accounts, *other.accounts))),
            mentions={**other.mentions, **file.mentions},
            hashtags={**other.hashtags, **file.hashtags},
            images=tuple(dict.fromkeys((*file.images, *other.images))),
        )
    return file


def _post(
    reading: _GalaxyImport,
    file: _GalaxyPost,
    sources: tuple[str, ...],
    names: PostNames,
    accounts: PluginAccounts,
    mentioned: MentionedHandles,
    noted: Mapping[str, Mapping[str, bool]],
    now: datetime,
    zone: ZoneInfo,
    *,
    fresh: bool,
) -> ImportedPost:
    stem = _RETRY.sub("", file.path.rpartition("/")[2].removesuffix(".md"), count=1)
    day, rest, doubt = filename_dates.date_prefix(stem)
    if doubt:
        reading.told(file.path, doubt)
    for name in file.accounts:
        if name not in accounts:
            reading.told(f"{file.path}: media", _("no account of {file} is called {name}", file=PLUGINS, name=name))
    channels = tuple(accounts.channel_of(name) for name in file.accounts)
    tags = {accounts.channel_of(name): tuple(tag.lstrip("#") for tag in file.hashtags.get(name, ())) for name in file.accounts}
    handles = {
        accounts.channel_of(name): tuple(mentioned.add(accounts.get(name), one) for one in file.mentions.get(name, ()))
        for name in file.accounts
    }
    for key, listed in (("hashtags", file.hashtags), ("mentions", file.mentions)):
        for name in listed.keys() - set(file.accounts):
            if listed[name]:
                reading.left(f"{file.path}: {key}: {name}", _("they stay behind: the post does not go to that account"))
    common = _most_common(tags)
    own: dict[str, dict[str, Any]] = {}
    for channel in channels:
        if tags[channel] != common:
            own.setdefault(channel, {})["tags"] = tags[channel]
        if handles[channel]:
            own.setdefault(channel, {})["mentions"] = handles[channel]
    post_id = names.free(stem)
    keys = {
        "id": post_id,
        "title": _title(rest),
        "date": day.isoformat() if day else "when-approved",
        "channels": channels,
        "tags": common,
        "media": [_medium(alt, address) for alt, address in file.images],
        "thread": "auto" if _is_long(file, accounts) else "",
        "for": own,
    }
    past = {} if fresh else _past(file, sources, accounts, noted, now, datetime.combine(day, time(), zone) if day else None)
    text = "\n".join(["---", *front_matter.lines(keys), "---", file.words, ""])
    path = f"{post_folder(day or now.astimezone(zone).date())}/{post_id}.md"
    return ImportedPost(post_id, path, text, sources, channels, past)


def _title(stem: str) -> str:
    """What the team calls it: the file's name as words."""
    said = " ".join(re.split(r"[-_\s]+", _GROUP.sub("", stem))).strip()
    return said[:1].upper() + said[1:] if re.search(r"[^\W\d_]{2}", said) else ""


def _most_common(tags: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The hashtags that most channels share; none where most have none."""
    counted = Counter(tags.values()).most_common(1)
    return counted[0][0] if counted else ()


def _medium(alt: str, address: str) -> dict[str, str]:
    return {"src": f"{picture_download.STAND_IN}/{picture_download.name_of(address)}.png", **({"alt": alt} if alt else {})}


def _is_long(file: _GalaxyPost, accounts: PluginAccounts) -> bool:
    """Whether that tool would have cut it into messages by itself on one of its accounts."""
    for name in file.accounts:
        account = accounts.get(name)
        ending = " ".join((*file.mentions.get(name, ()), *file.hashtags.get(name, ())))
        if account.most and any(len(part) + len(ending) + 2 > account.most for part in file.words.split("\n\n---\n\n")):
            return True
    return False


def _past(
    file: _GalaxyPost,
    sources: tuple[str, ...],
    accounts: PluginAccounts,
    noted: Mapping[str, Mapping[str, bool]],
    now: datetime,
    at: datetime | None,
) -> Mapping[str, PastSend]:
    """What was noted of each publication, in the post and in its repeats; nothing for one that is still to come."""
    found = {}
    noted_accounts = {name for source in sources for name in noted.get(source, {})}
    for name in dict.fromkeys((*file.accounts, *sorted(noted_accounts))):
        ends = {source: noted[source][name] for source in sources if name in noted.get(source, {})}
        ending: Ending = "sent" if any(ends.values()) else "failed" if ends else "unrecorded"
        if ending == "unrecorded" and at is not None and at > now:
            continue
        source = next((source for source, sent in ends.items() if sent), next(iter(ends), file.path))
        is_known = at is not None and at <= now
        found[accounts.channel_of(name)] = PastSend(
            ending, at if is_known and at is not None else now, "day" if is_known else "before", "", source
        )
    return found


def _pictures_beside(reading: _GalaxyImport, paths: Iterable[str], addresses: Mapping[str, str]) -> None:
    """Files of the folder that are no posts: pictures are taken from where posts say they stand, which may be here."""
    for path in paths:
        if not path.endswith(".md"):
            reading.left(path, _("not a post; where a post shows it, it is one of its pictures"))
    for address in addresses.values():
        if "://" not in address:
            reading.told(address, _("this picture's address is not one of the web"))
