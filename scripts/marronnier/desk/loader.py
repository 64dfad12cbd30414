"""Loading the desk: every file read once, every error of every file in one run."""

from __future__ import annotations

import gc
import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from marronnier.desk import ignored_files, post_parser
from marronnier.desk.desk import CampaignPage, Desk
from marronnier.desk.validation import salvage, validate
from marronnier.files import Tree, document, parallel, printable
from marronnier.files.document import Document
from marronnier.files.utf8 import MOST_BYTES, too_large
from marronnier.messages import N_, _
from marronnier.model.approval_policy import Policy
from marronnier.model.brand import Brand, Channels, Handles
from marronnier.model.calendar import Days, Freeze, Slots
from marronnier.model.fields import WrittenModel
from marronnier.model.finding import Finding, Place
from marronnier.model.post import Post
from marronnier.model.strategy import Campaign, Strategy, Voice

if TYPE_CHECKING:
    from marronnier.cache import Cache

Model = TypeVar("Model", bound=WrittenModel)
Path = tuple[str | int, ...]

_Understood = tuple[Document, Model | None, tuple[Finding, ...], tuple[Path, ...]]
"""A file, what it means, what is wrong in it, and what was left out of it."""

_RECENT: dict[tuple[str, bytes], _Understood[Any]] = {}
_MOST_RECENT = 512
_SHELF = "documents"
_CAMPAIGNS = "calendar/campaigns/"


class _LoadState:
    """What was met so far."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.findings: list[Finding] = []
        self.places: dict[str, Mapping[Path, tuple[int, int]]] = {}
        self.dropped: dict[str, tuple[Path, ...]] = {}
        self.unread: set[str] = set()

    def settings(self, path: str, model: type[Model]) -> Model | None:
        """A settings file, without what is wrong in it; None when there is none, or nothing can be used."""
        data = self.bytes_of(path)
        if data is None:
            return None
        read, made, refused, dropped = _once(path, data, partial(_settings, model, path, data))
        self.places[path] = read.places
        self.findings += [*read.findings, *refused]
        if made is None:
            self.unread.add(path)
        self.dropped[path] = ((),) if read.findings or made is None else dropped
        return made

    def bytes_of(self, path: str) -> bytes | None:
        """The bytes of a file; None when there is none, or it must not be opened (a finding says so)."""
        try:
            size = self.tree.size(path)
            if size > MOST_BYTES:
                self.findings.append(too_large(printable(path), size))
                return None
            return self.tree.read(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self.findings.append(
                Finding(
                    "unreadable",
                    "error",
                    Place(printable(path)),
                    _("the file cannot be opened: {why}", why=error.strerror or error),
                    "",
                    _("Look at its permissions"),
                )
            )
            return None

    def is_harmed(self, path: str) -> bool:
        """Whether a settings file is there and something in it could not be used."""
        return bool(self.dropped.get(path)) or any(finding.place.path == path and finding.level == "error" for finding in self.findings)


def _once(path: str, data: bytes, read: Callable[[], _Understood[Model]]) -> _Understood[Model]:
    """A file of settings as it is understood. The last ones are remembered: a run reads the same few files at many commits."""
    known = _RECENT.get((path, data))
    if known is None:
        known = read()
        # What is wrong is told in a language, which may be another one the next time.
        if not known[0].findings and not known[2]:
            if len(_RECENT) >= _MOST_RECENT:
                _RECENT.clear()
            _RECENT[path, data] = known
    return known


def _settings(model: type[Model], path: str, data: bytes) -> _Understood[Model]:
    read = document.load(path, data)
    return (read, *salvage(model, read))


def _campaign(path: str, data: bytes) -> _Understood[Campaign]:
    read = document.read(path, data)
    return (read, *validate(Campaign, read), ())


def load(tree: Tree, *, cache: Cache | None = None, only: str | None = None) -> Desk:
    """Everything people wrote in a tree. Bad input never raises: what is wrong stands in `findings` and is left out.

    `only` loads just that post, with the settings and campaigns around it. The cache is for looking, never for publishing.
    """
    # Ten thousand posts are a million small objects, none of them garbage: looking for some doubles the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _load(tree, cache, only)
    finally:
        if collecting:
            gc.enable()


def _load(tree: Tree, cache: Cache | None, only: str | None) -> Desk:
    reading = _LoadState(tree)
    paths = tree.paths() if only is None else tuple(sorted({*tree.paths(("brand", "calendar")), *([only] if tree.exists(only) else [])}))
    brand = reading.settings("brand/brand.yml", Brand)
    channels = _channels(reading)
    needs = _needs(reading, only)
    policy = reading.settings("brand/approvals.yml", Policy) if needs("brand/approvals.yml") else None
    if reading.is_harmed("brand/approvals.yml"):
        # What cannot be read must not be weaker than what was meant.
        policy = Policy(quorum=20)
    freeze = _freeze(reading) if needs("calendar/freeze.yml") else None
    campaigns, unread_campaigns = _campaigns(reading, paths)
    brand = brand or Brand(name="")
    strategy = (reading.settings("brand/strategy.yml", Strategy) if needs("brand/strategy.yml") else None) or Strategy()
    voice = reading.settings("brand/voice.yml", Voice) or Voice()
    handles = (reading.settings("brand/handles.yml", Handles) if needs("brand/handles.yml") else None) or Handles()
    slots = (reading.settings("calendar/slots.yml", Slots) if needs("calendar/slots.yml") else None) or Slots()
    days = reading.settings("calendar/days.yml", Days) or Days()
    posts, duplicates, unreadable, salvaged = _posts(reading, paths, cache, brand)
    reading.findings += _refused(tree, only)
    reading.findings += _colliding(paths)
    reading.findings += ignored_files.ignored_file_findings(tree, paths)
    return Desk(
        tree=tree,
        brand=brand,
        channels=channels,
        policy=policy or Policy(),
        strategy=strategy,
        voice=voice,
        handles=handles,
        slots=slots,
        days=days,
        freeze=freeze,
        campaigns=campaigns,
        posts=posts,
        duplicates=duplicates,
        salvaged=salvaged,
        findings=tuple(sorted(reading.findings, key=lambda finding: finding.place)),
        places=reading.places,
        unreadable=unreadable,
        unread=frozenset(reading.unread),
        unread_campaigns=unread_campaigns,
        only=only,
    )


_ONLY_WHERE: Mapping[str, tuple[bytes, ...]] = {
    "brand/approvals.yml": (),
    "calendar/freeze.yml": (),
    "brand/strategy.yml": (b"pillar", b"audience"),
    "brand/handles.yml": (b"@",),
    "calendar/slots.yml": (b"slot",),
}
"""Settings that a post alone is judged by only where one of these stands in it: reading them takes longer than reading the post."""


def _needs(reading: _LoadState, only: str | None) -> Callable[[str], bool]:
    """Whether a settings file is needed: all are, but for one post alone only those that it can have to do with."""
    if only is None or not only.startswith("content/"):
        return lambda _path: True
    words = reading.bytes_of(only) or b""
    return lambda path: any(word in words for word in _ONLY_WHERE.get(path, (b"",)))


def _freeze(reading: _LoadState) -> Freeze | None:
    """The freeze, of everything where its file cannot be read."""
    freeze = reading.settings("calendar/freeze.yml", Freeze)
    if freeze is None and (reading.tree.exists("calendar/freeze.yml") or "calendar/freeze.yml" in reading.tree.refused):
        return Freeze(why=_("calendar/freeze.yml is there and cannot be read"))
    return Freeze(why=freeze.why) if freeze is not None and reading.is_harmed("calendar/freeze.yml") else freeze


def _channels(reading: _LoadState) -> Channels:
    """The channels; one in which something is wrong stays known and is paused."""
    channels = reading.settings("brand/channels.yml", Channels) or Channels()
    harmed = {str(path[1]) for path in reading.dropped.get("brand/channels.yml", ()) if len(path) > 2 and path[0] == "channels"}
    if not harmed:
        return channels
    why = N_("something in its settings cannot be read")
    mended = {name: channel.but(paused=why, until=None) if name in harmed else channel for name, channel in channels.channels.items()}
    return channels.but(channels=mended)


def _campaigns(reading: _LoadState, paths: Iterable[str]) -> tuple[Mapping[str, CampaignPage], tuple[str, ...]]:
    found: dict[str, CampaignPage] = {}
    ignored_files: list[str] = []
    for path in paths:
        if not path.startswith(_CAMPAIGNS) or not path.endswith(".md") or path.endswith("/index.md"):
            continue
        slug = post_parser.default_id(path)
        data = reading.bytes_of(path)
        if data is None:
            ignored_files.append(slug)
            continue
        read, campaign, refused, _dropped = _once(path, data, partial(_campaign, path, data))
        reading.places[path] = read.places
        reading.findings += [*read.findings, *refused]
        if campaign is None or read.findings:
            ignored_files.append(slug)
        else:
            found[slug] = CampaignPage(slug, path, campaign, read.body)
    return found, tuple(ignored_files)


def _posts(
    reading: _LoadState, paths: Iterable[str], cache: Cache | None, brand: Brand
) -> tuple[Mapping[str, Post], tuple[Post, ...], Mapping[str, str], tuple[Post, ...]]:
    posts: dict[str, Post] = {}
    duplicates: list[Post] = []
    salvaged: list[Post] = []
    unreadable: dict[str, str] = {}
    wanted = [path for path in paths if post_parser.is_post(path)]
    for read, digest, data in _documents(reading, wanted, cache, unreadable):
        made, post_id, findings = post_parser.parse_post(read, digest, brand.foreign_keys)
        if findings and not read.keys and not read.findings:
            # A document from the cache does not know where its keys stand.
            made, post_id, findings = post_parser.parse_post(document.read(read.path, data), digest, brand.foreign_keys)
        reading.findings += findings
        if made is None:
            unreadable[read.path] = post_id
            rest = post_parser.salvage_post(
                read if read.keys or read.findings else document.read(read.path, data), digest, brand.foreign_keys
            )
            salvaged += [replace(rest, id=post_id)] if rest else []
        elif made.id in posts:
            duplicates.append(made)
        else:
            posts[made.id] = made
    return posts, tuple(duplicates), unreadable, tuple(salvaged)


def _documents(
    reading: _LoadState, paths: list[str], cache: Cache | None, unreadable: dict[str, str]
) -> Iterable[tuple[Document, str, bytes]]:
    """The posts' files in order, those known to the cache without parsing them again."""
    found: dict[str, tuple[Document, str, bytes]] = {}
    waiting: list[tuple[str, bytes]] = []
    digests: dict[str, str] = {}
    for path in paths:
        data = reading.bytes_of(path)
        if data is None:
            unreadable[path] = post_parser.slugify(post_parser.default_id(path))
            continue
        digests[path] = hashlib.sha256(data).hexdigest()
        kept = cache.get(_SHELF, digests[path]) if cache is not None else None
        if kept is None:
            waiting.append((path, data))
        else:
            found[path] = (parallel.unpack(path, data, kept), digests[path], data)
    for (path, data), packed in zip(waiting, parallel.read_all(waiting), strict=True):
        read = packed if isinstance(packed, Document) else parallel.unpack(path, data, packed)
        found[path] = (read, digests[path], data)
        if cache is not None and not isinstance(packed, Document):
            cache.put(_SHELF, digests[path], packed)
    if cache is not None:
        cache.save()
    return (found[path] for path in paths if path in found)


def _refused(tree: Tree, only: str | None) -> list[Finding]:
    """What stands in the team's folders and is not read."""
    said = {
        "link": (_("this is a link"), _("Put a plain file here")),
        "submodule": (_("this is a repository of its own"), _("Put plain files here")),
        "special": (_("this is no plain file"), _("Put a plain file here")),
        "name": (_("the file's name holds a character that cannot be printed"), _("Rename it")),
    }
    return [
        Finding("unreadable", "error", Place(printable(path)), said[kind][0], _("a plain file"), said[kind][1])
        for path, kind in tree.refused.items()
        if only in (None, path)
    ]


def _colliding(paths: Iterable[str]) -> list[Finding]:
    """Files whose names differ only by capitals or by the way accents are written: on many computers one hides the other."""
    seen: dict[str, str] = {}
    found = []
    for path in paths:
        folded = path if path.isascii() and path.islower() else unicodedata.normalize("NFC", path).casefold()
        if folded in seen:
            found.append(
                Finding(
                    "unreadable",
                    "error",
                    Place(path),
                    _("the file's name differs from {other} only by capitals or accents", other=seen[folded]),
                    _("names that every computer tells apart"),
                    _("Rename one of the two"),
                )
            )
        seen.setdefault(folded, path)
    return found
