"""Posts, accounts, handles and history from a Galaxy Social repository.

How that tool reads its files: https://github.com/usegalaxy-eu/galaxy-social, `lib/galaxy_social.py` and README.md, seen 2026-11-25.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.desk.post_parser import post_folder
from marronnier.files import Tree, yaml_text
from marronnier.files.document import parse_yaml
from marronnier.importers import filename_dates
from marronnier.importers.bundle import Bundle, ImportedPost, UniqueNames
from marronnier.importers.picture_download import media_entry, picture_name, stand_in
from marronnier.importers.tools.galaxy_social import accounts as plugin_accounts
from marronnier.importers.tools.galaxy_social import post_files, sent_record
from marronnier.importers.tools.galaxy_social.accounts import PluginAccounts
from marronnier.importers.tools.galaxy_social.handles import MentionedHandles
from marronnier.importers.tools.galaxy_social.post_files import ImportRemarks, PostFile
from marronnier.importers.tools.galaxy_social.sent_record import SendResults
from marronnier.messages import Trouble, _

TOOL = "galaxy-social"
POSTS = "posts"

_GROUP_SUFFIX = re.compile(r"[-_ ]group\d+$")


def read(source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool) -> Bundle:
    """Everything in a folder of Galaxy Social. Raises Trouble for another folder, and where the past is neither known nor waived."""
    if not source.exists(plugin_accounts.FILE):
        raise Trouble(
            _("This is not a Galaxy Social folder: {file} is missing", file=plugin_accounts.FILE),
            _("Name the folder that holds {file} and {posts}/.", file=plugin_accounts.FILE, posts=POSTS),
            status=2,
        )
    remarks = ImportRemarks(source)
    record = {} if fresh else sent_record.read_sent_record(source)
    accounts = PluginAccounts(parse_yaml(plugin_accounts.FILE, source.read(plugin_accounts.FILE), post_files.ANY_SHAPE), remarks.entries)
    paths = source.paths((POSTS,))
    for path, kind in source.skipped_paths.items():
        remarks.leave_behind(path, _("not read: it is not a regular file ({kind})", kind=kind))
    files = [file for path in paths if path.endswith(".md") and (file := post_files.read_post_file(remarks, path)) is not None]
    repeats = post_files.find_repeats(files, remarks)
    handles = MentionedHandles()
    names = UniqueNames()
    posts = []
    addresses: dict[str, str] = {}
    for file in files:
        if file.path in repeats:
            continue
        merged = post_files.merge_repeats(file, [repeat for repeat in files if repeats.get(repeat.path) == file.path])
        sources = (file.path, *(path for path, original in repeats.items() if original == file.path))
        addresses |= {picture_name(address): address for _alt, address in merged.images}
        posts.append(_convert_post(remarks, merged, sources, names, accounts, handles, record, now, zone, fresh=fresh))
    _note_other_files(remarks, paths, addresses)
    for path in record.keys() - {file.path for file in files}:
        remarks.leave_behind(f"{sent_record.FILE}: {path}", _("its history is not imported: that post is not in {folder}/", folder=POSTS))
    return Bundle(
        TOOL,
        sum(path.endswith(".md") for path in paths),
        tuple(posts),
        accounts.channels,
        handles.handles,
        pictures=addresses,
        repeats=repeats,
        remarks=tuple(remarks.entries),
        sources=frozenset({plugin_accounts.FILE, sent_record.FILE, *(file.path for file in files)}),
    )


def _convert_post(
    remarks: ImportRemarks,
    file: PostFile,
    sources: tuple[str, ...],
    names: UniqueNames,
    accounts: PluginAccounts,
    mentioned: MentionedHandles,
    record: SendResults,
    now: datetime,
    zone: ZoneInfo,
    *,
    fresh: bool,
) -> ImportedPost:
    stem = post_files.RETRY_PREFIX.sub("", file.path.rpartition("/")[2].removesuffix(".md"), count=1)
    day, rest, doubt = filename_dates.date_prefix(stem)
    if doubt:
        remarks.note_change(file.path, doubt)
    for name in file.accounts:
        if name not in accounts:
            remarks.note_change(f"{file.path}: media", _("no account of {file} is called {name}", file=plugin_accounts.FILE, name=name))
    channels = tuple(accounts.channel_name(name) for name in file.accounts)
    tags = {accounts.channel_name(name): tuple(tag.lstrip("#") for tag in file.hashtags.get(name, ())) for name in file.accounts}
    handles = {
        accounts.channel_name(name): tuple(mentioned.add_mention(accounts.get(name), mention) for mention in file.mentions.get(name, ()))
        for name in file.accounts
    }
    for key, by_account in (("hashtags", file.hashtags), ("mentions", file.mentions)):
        for name in by_account.keys() - set(file.accounts):
            if by_account[name]:
                remarks.leave_behind(f"{file.path}: {key}: {name}", _("not imported: the post does not go to that account"))
    shared_tags = _shared_tags(tags)
    by_channel: dict[str, dict[str, Any]] = {}
    for channel in channels:
        if tags[channel] != shared_tags:
            by_channel.setdefault(channel, {})["tags"] = tags[channel]
        if handles[channel]:
            by_channel.setdefault(channel, {})["mentions"] = handles[channel]
    post_id = names.reserve(stem)
    keys = {
        "id": post_id,
        "title": _title_from_stem(rest),
        "date": day.isoformat() if day else "when-approved",
        "channels": channels,
        "tags": shared_tags,
        "media": [media_entry(stand_in(picture_name(address)), alt) for alt, address in file.images],
        "thread": "auto" if _is_long(file, accounts) else "",
        "for": by_channel,
    }
    at = datetime.combine(day, time(), zone) if day else None
    past = {} if fresh else sent_record.past_sends(file, sources, accounts, record, now, at)
    text = "\n".join(["---", *yaml_text.yaml_lines(keys), "---", file.words, ""])
    path = f"{post_folder(day or now.astimezone(zone).date())}/{post_id}.md"
    return ImportedPost(post_id, path, text, channels, past)


def _title_from_stem(stem: str) -> str:
    """The file's name as a title; empty where it holds no word."""
    title = " ".join(re.split(r"[-_\s]+", _GROUP_SUFFIX.sub("", stem))).strip()
    return title[:1].upper() + title[1:] if re.search(r"[^\W\d_]{2}", title) else ""


def _shared_tags(tags: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The hashtags that most channels share; none where most have none."""
    most_common = Counter(tags.values()).most_common(1)
    return most_common[0][0] if most_common else ()


def _is_long(file: PostFile, accounts: PluginAccounts) -> bool:
    """Whether that tool would have cut it into several messages on one of its accounts."""
    for name in file.accounts:
        account = accounts.get(name)
        suffix = " ".join((*file.mentions.get(name, ()), *file.hashtags.get(name, ())))
        if account.max_length and any(len(part) + len(suffix) + 2 > account.max_length for part in file.words.split(post_files.PART_BREAK)):
            return True
    return False


def _note_other_files(remarks: ImportRemarks, paths: Iterable[str], addresses: Mapping[str, str]) -> None:
    """Note the files that are no posts. Pictures are taken from the addresses that posts give, which may lead to one of these files."""
    for path in paths:
        if not path.endswith(".md"):
            remarks.leave_behind(path, _("not a post; it is imported with the posts that show it"))
    for address in addresses.values():
        if "://" not in address:
            remarks.note_change(address, _("this picture's address is not a web address"))
