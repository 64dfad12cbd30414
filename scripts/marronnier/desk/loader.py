"""Loading of the desk: each file is read once, and all errors of all files become findings."""

from __future__ import annotations

import gc
import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from marronnier.desk import ignored_files, post_parser
from marronnier.desk.desk import CampaignPage, Desk
from marronnier.desk.validation import salvage, validate
from marronnier.files import Tree, document, parallel, printable_path
from marronnier.files.document import Document
from marronnier.files.utf8 import MAX_BYTES, too_large_finding, unreadable_finding
from marronnier.messages import N_, _
from marronnier.model.approval_policy import Policy
from marronnier.model.brand import Brand, Channels, Handles
from marronnier.model.calendar import Days, Freeze, Slots
from marronnier.model.fields import WrittenModel
from marronnier.model.finding import Finding, KeyPath, Positions
from marronnier.model.post import Post
from marronnier.model.strategy import Campaign, Strategy, Voice
from marronnier.model.trial import Trials

if TYPE_CHECKING:
    from marronnier.cache import Cache
    from marronnier.desk.post_sketch import PostSketch

Model = TypeVar("Model", bound=WrittenModel)

_ParsedFile = tuple[Document, Model | None, tuple[Finding, ...], tuple[KeyPath, ...]]
"""A file's document, its model, the findings of validation, and the paths left out of the model."""

_PARSED_FILES: dict[tuple[str, bytes], _ParsedFile[Any]] = {}
_MAX_PARSED_FILES = 512
_MANY = 20
"""From this many files on, another process of git takes less time than a question for each file."""
_SHELF = "documents"
_CAMPAIGNS = "calendar/campaigns/"


class _Loader:
    """Reads and parses the files of one tree, and collects findings and places."""

    def __init__(self, tree: Tree, only: str | None) -> None:
        self.tree = tree
        self.only = only
        self.findings: list[Finding] = []
        self.places: dict[str, Positions] = {}
        self.dropped: dict[str, tuple[KeyPath, ...]] = {}
        self.unreadable: set[str] = set()

    def load_settings(self, path: str, model: type[Model]) -> Model | None:
        """The model of a settings file without its invalid values; None when it is not needed, does not exist or has no usable value."""
        data = self.read_bytes(path) if self.is_needed(path) else None
        if data is None:
            return None
        parsed, settings, findings, dropped = _parse_once(path, data, model)
        self.places[path] = parsed.places
        self.findings += [*parsed.findings, *findings]
        if settings is None:
            self.unreadable.add(path)
        self.dropped[path] = ((),) if parsed.findings or settings is None else dropped
        return settings

    def read_bytes(self, path: str) -> bytes | None:
        """The bytes of a file; None when it does not exist, or when it is too large or cannot be opened, which adds a finding."""
        try:
            size = self.tree.size(path)
            if size > MAX_BYTES:
                self.findings.append(too_large_finding(printable_path(path), size))
                return None
            return self.tree.read(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            message = _("the file cannot be opened: {why}", why=error.strerror or error)
            self.findings.append(unreadable_finding(printable_path(path), message, "", _("Check its permissions")))
            return None

    def read_all(self, paths: list[str]) -> Iterator[tuple[str, bytes | None]]:
        """Each of these files and its bytes, as `read_bytes` gives them; the files of a commit are read together."""
        together = len(paths) >= _MANY and self.tree.reads_together and all(self.tree.size(path) <= MAX_BYTES for path in paths)
        yield from zip(paths, self.tree.read_all(paths) if together else map(self.read_bytes, paths), strict=True)

    @cached_property
    def _words_of_only(self) -> bytes | None:
        """The bytes of the only post to load; None when everything is loaded."""
        return self.read_bytes(self.only) or b"" if self.only is not None and self.only.startswith("content/") else None

    def is_needed(self, path: str) -> bool:
        """Whether a settings file must be loaded: always, but for one post alone only when the post may refer to it."""
        words = self._words_of_only
        return words is None or any(word in words for word in _NEEDED_WITH.get(path, (b"",)))

    def has_errors(self, path: str) -> bool:
        """Whether a settings file exists and has a value that cannot be used."""
        return bool(self.dropped.get(path)) or any(finding.place.path == path and finding.level == "error" for finding in self.findings)


def _parse_once(path: str, data: bytes, model: type[Model]) -> _ParsedFile[Model]:
    """A settings file or campaign, from memory when the same bytes were parsed before: a run reads the same files at many commits."""
    parsed = _PARSED_FILES.get((path, data))
    if parsed is None:
        if path.endswith(".md"):
            page = document.parse_markdown(path, data)
            parsed = (page, *validate(model, page), ())
        else:
            page = document.parse_yaml(path, data)
            parsed = (page, *salvage(model, page))
        # Findings are sentences in one language; the next call may need another language.
        if not parsed[0].findings and not parsed[2]:
            if len(_PARSED_FILES) >= _MAX_PARSED_FILES:
                _PARSED_FILES.clear()
            _PARSED_FILES[path, data] = parsed
    return parsed


def load(tree: Tree, *, cache: Cache | None = None, only: str | None = None, is_over: Callable[[PostSketch], bool] | None = None) -> Desk:
    """Everything people wrote in a tree. Bad input never raises: invalid values become `findings` and are left out.

    `only` is the path of one post: no other post is loaded. Publishing must not pass a cache.
    `is_over` says of which posts nothing can go out any more: those are not loaded, only their ids and channels are known.
    """
    # Ten thousand posts are a million small objects and none is garbage: collection would double the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _load(tree, cache, only, is_over)
    finally:
        if collecting:
            gc.enable()


def read_post(tree: Tree, path: str, brand: Brand) -> Post | None:
    """One post of a tree, without the rest of the desk; None when there is no such file or it has errors."""
    data = _Loader(tree, None).read_bytes(path)
    if data is None:
        return None
    return post_parser.parse_post(document.parse_markdown(path, data), hashlib.sha256(data).hexdigest(), brand.foreign_keys)[0]


def _load(tree: Tree, cache: Cache | None, only: str | None, is_over: Callable[[PostSketch], bool] | None) -> Desk:
    loader = _Loader(tree, only)
    paths = tree.paths() if only is None else tuple(sorted({*tree.paths(("brand", "calendar")), *([only] if tree.exists(only) else [])}))
    brand = loader.load_settings("brand/brand.yml", Brand)
    channels = _load_channels(loader)
    policy = loader.load_settings("brand/approvals.yml", Policy)
    if loader.has_errors("brand/approvals.yml"):
        # An unreadable policy must not be weaker than the intended one.
        policy = Policy(quorum=20)
    freeze = _load_freeze(loader) if loader.is_needed("calendar/freeze.yml") else None
    campaigns, unread_campaigns = _load_campaigns(loader, paths)
    brand = brand or Brand(name="")
    strategy = loader.load_settings("brand/strategy.yml", Strategy) or Strategy()
    voice = loader.load_settings("brand/voice.yml", Voice) or Voice()
    handles = loader.load_settings("brand/handles.yml", Handles) or Handles()
    slots = loader.load_settings("calendar/slots.yml", Slots) or Slots()
    days = loader.load_settings("calendar/days.yml", Days) or Days()
    trials = loader.load_settings("brand/tried.yml", Trials) or Trials()
    posts, duplicates, unreadable, salvaged, over = _load_posts(loader, paths, cache, brand, is_over)
    loader.findings += _skipped_file_findings(tree, only)
    loader.findings += _name_collision_findings(paths)
    loader.findings += ignored_files.ignored_file_findings(tree, paths)
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
        salvaged_posts=salvaged,
        findings=tuple(sorted(loader.findings, key=lambda finding: finding.place)),
        places=loader.places,
        unreadable_posts=unreadable,
        unreadable_settings=frozenset(loader.unreadable),
        unreadable_campaigns=unread_campaigns,
        over=over,
        trials=trials.tried,
        only=only,
    )


_NEEDED_WITH: Mapping[str, tuple[bytes, ...]] = {
    "brand/approvals.yml": (),
    "brand/tried.yml": (),
    "calendar/freeze.yml": (),
    "brand/strategy.yml": (b"pillar", b"audience"),
    "brand/handles.yml": (b"@",),
    "calendar/slots.yml": (b"slot",),
}
"""For one post alone: the bytes without which the post does not need that settings file. Parsing it takes longer than parsing the post."""


def _load_freeze(loader: _Loader) -> Freeze | None:
    """The freeze of `calendar/freeze.yml`; a freeze of all channels when that file has errors."""
    freeze = loader.load_settings("calendar/freeze.yml", Freeze)
    if freeze is None and (loader.tree.exists("calendar/freeze.yml") or "calendar/freeze.yml" in loader.tree.skipped_paths):
        return Freeze(why=_("calendar/freeze.yml exists but cannot be read"))
    return Freeze(why=freeze.why) if freeze is not None and loader.has_errors("calendar/freeze.yml") else freeze


def _load_channels(loader: _Loader) -> Channels:
    """The channels; a channel with an invalid value is kept and paused."""
    channels = loader.load_settings("brand/channels.yml", Channels) or Channels()
    invalid = {str(path[1]) for path in loader.dropped.get("brand/channels.yml", ()) if len(path) > 2 and path[0] == "channels"}
    if not invalid:
        return channels
    why = N_("one of its settings cannot be read")
    paused = {name: channel.replace(paused=why, until=None) if name in invalid else channel for name, channel in channels.channels.items()}
    return channels.replace(channels=paused)


def _load_campaigns(loader: _Loader, paths: Iterable[str]) -> tuple[Mapping[str, CampaignPage], tuple[str, ...]]:
    campaigns: dict[str, CampaignPage] = {}
    unreadable: list[str] = []
    for path in paths:
        if not path.startswith(_CAMPAIGNS) or not path.endswith(".md") or path.endswith("/index.md"):
            continue
        slug = post_parser.default_id(path)
        data = loader.read_bytes(path)
        if data is None:
            unreadable.append(slug)
            continue
        parsed, campaign, findings, _dropped = _parse_once(path, data, Campaign)
        loader.places[path] = parsed.places
        loader.findings += [*parsed.findings, *findings]
        if campaign is None or parsed.findings:
            unreadable.append(slug)
        else:
            campaigns[slug] = CampaignPage(slug, path, campaign, parsed.body)
    return campaigns, tuple(unreadable)


def _load_posts(
    loader: _Loader, paths: Iterable[str], cache: Cache | None, brand: Brand, is_over: Callable[[PostSketch], bool] | None
) -> tuple[Mapping[str, Post], tuple[Post, ...], Mapping[str, str], tuple[Post, ...], Mapping[str, PostSketch]]:
    posts: dict[str, Post] = {}
    duplicates: list[Post] = []
    salvaged: list[Post] = []
    unreadable: dict[str, str] = {}
    post_paths = [path for path in paths if post_parser.is_post_path(path)]
    files: Iterable[tuple[str, bytes | None]] = loader.read_all(post_paths)
    over: dict[str, PostSketch] = {}
    if is_over is not None:
        files, over = _without_those_over(files, is_over)
    for loaded, digest, data in _load_documents(loader, files, cache, unreadable):
        parsed = loaded
        post, post_id, findings = post_parser.parse_post(parsed, digest, brand.foreign_keys)
        if findings and not loaded.keys and not loaded.findings:
            # A cached document has no places of keys.
            parsed = document.parse_markdown(parsed.path, data)
            post, post_id, findings = post_parser.parse_post(parsed, digest, brand.foreign_keys)
        loader.findings += findings
        if post is None:
            unreadable[parsed.path] = post_id
            partial_post = post_parser.salvage_post(parsed, digest, brand.foreign_keys)
            salvaged += [replace(partial_post, id=post_id)] if partial_post else []
        elif post.id in posts:
            duplicates.append(post)
        else:
            posts[post.id] = post
    return posts, tuple(duplicates), unreadable, tuple(salvaged), over


def _load_documents(
    loader: _Loader, files: Iterable[tuple[str, bytes | None]], cache: Cache | None, unreadable: dict[str, str]
) -> Iterable[tuple[Document, str, bytes]]:
    """Document, SHA-256 and bytes of each post's file, in order; documents in the cache are not parsed again."""
    documents: dict[str, tuple[Document, str, bytes]] = {}
    uncached: list[tuple[str, bytes]] = []
    digests: dict[str, str] = {}
    paths = []
    for path, data in files:
        paths.append(path)
        if data is None:
            unreadable[path] = post_parser.slugify(post_parser.default_id(path))
            continue
        digests[path] = hashlib.sha256(data).hexdigest()
        cached = cache.get(_SHELF, digests[path]) if cache is not None else None
        if cached is None:
            uncached.append((path, data))
        else:
            documents[path] = (document.unpack(path, data, cached), digests[path], data)
    for (path, data), packed in zip(uncached, parallel.read_all(uncached), strict=True):
        parsed = packed if isinstance(packed, Document) else document.unpack(path, data, packed)
        documents[path] = (parsed, digests[path], data)
        if cache is not None and not isinstance(packed, Document):
            cache.put(_SHELF, digests[path], packed)
    if cache is not None:
        cache.save()
    # Each is given away once, so that the bytes of all files and what was made of them are not in memory together.
    return (documents.pop(path) for path in paths if path in documents)


def _without_those_over(
    files: Iterable[tuple[str, bytes | None]], is_over: Callable[[PostSketch], bool]
) -> tuple[list[tuple[str, bytes | None]], dict[str, PostSketch]]:
    """The files that must be parsed, in order, and the posts that need not be, by id. A post whose id may be another file's is parsed."""
    from marronnier.desk.post_sketch import sketch_post

    sketches: dict[str, PostSketch] = {}
    owners: dict[str, int] = {}
    parsed: dict[str, bytes | None] = {}
    aside: dict[str, bytes] = {}
    for path, data in files:
        sketch = sketch_post(path, data) if data is not None else None
        ids = {sketch.id} if sketch is not None else set(post_parser.possible_ids(path, data or b""))
        for post_id in ids:
            owners[post_id] = owners.get(post_id, 0) + 1
        if sketch is not None and data is not None and is_over(sketch):
            sketches[path], aside[path] = sketch, data
        else:
            parsed[path] = data
    shared = [path for path, sketch in sketches.items() if owners[sketch.id] > 1]
    for path in shared:
        parsed[path] = aside[path]
        del sketches[path]
    return sorted(parsed.items()), {sketch.id: sketch for sketch in sketches.values()}


def _skipped_file_findings(tree: Tree, only: str | None) -> list[Finding]:
    """A finding for each link, submodule, special file or unprintable name in the team's folders: these are never read."""
    messages = {
        "link": (_("this is a symbolic link"), _("Put a regular file here")),
        "submodule": (_("this is a separate Git repository"), _("Put regular files here")),
        "special": (_("this is not a regular file"), _("Put a regular file here")),
        "name": (_("the file's name contains a character that cannot be printed"), _("Rename it")),
    }
    return [
        unreadable_finding(printable_path(path), messages[kind][0], _("a regular file"), messages[kind][1])
        for path, kind in tree.skipped_paths.items()
        if only in (None, path)
    ]


def _name_collision_findings(paths: Iterable[str]) -> list[Finding]:
    """A finding for each file whose name differs from another only by capitals or the encoding of accents: on many computers one hides the other."""
    paths_by_folded_name: dict[str, str] = {}
    findings = []
    for path in paths:
        folded = path if path.isascii() and path.islower() else unicodedata.normalize("NFC", path).casefold()
        if folded in paths_by_folded_name:
            message = _("the file's name differs from {other} only by capitals or accents", other=paths_by_folded_name[folded])
            expected = _("names that differ on every computer")
            findings.append(unreadable_finding(path, message, expected, _("Rename one of the two")))
        paths_by_folded_name.setdefault(folded, path)
    return findings
