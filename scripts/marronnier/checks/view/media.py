"""The media of posts, file by file: many posts share one, and none is opened twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from marronnier import desk as desks
from marronnier.checks.levels import level_for_post
from marronnier.model.finding import Level, Place
from marronnier.model.post import Medium, Post
from marronnier.text.inline_pictures import InlinePicture, find_inline_pictures, may_have_pictures

if TYPE_CHECKING:
    from marronnier.cache import Cache
    from marronnier.checks.view.channels import ChannelNetworks
    from marronnier.desk import Desk
    from marronnier.model.publication import Publication
    from marronnier.sandbox import MediaInfo


class MediaUse(NamedTuple):
    """One place where a post names a medium."""

    post: Post
    src: str
    """As written; in the words, with the escapes of an address undone."""
    keys: tuple[str | int, ...] = ()
    """The keys it is written under: `media` or `for`, a name, `media`; and its number in the list. Empty in the words."""
    inline_place: Place | None = None
    """Where it stands in the words."""

    @property
    def place(self) -> Place:
        """Where the file's name is written."""
        return self.inline_place or self.post.place(*self.keys, "src")

    def level(self, level: Level) -> Level:
        """That level; a notice in an idea."""
        return level_for_post(self.post, level)


class MediaIndex(NamedTuple):
    """The media of all posts."""

    files: dict[str, list[MediaUse]]
    """By the path of a file, whether the file exists or not."""
    remote: list[MediaUse]
    """Those that are addresses on the web."""


@dataclass
class PostMedia:
    """The media of a desk's posts: where each is written, and what the sandbox says of its file."""

    desk: Desk
    posts: tuple[Post, ...]
    channels: ChannelNetworks
    cache: Cache
    inspected: Collection[str] | None
    """The paths of the posts whose media are opened; all, when None."""
    _pictures: dict[str, tuple[tuple[Place, InlinePicture], ...]] = field(default_factory=dict)

    def lists(self, post: Post) -> Iterator[tuple[tuple[str, ...], tuple[Medium, ...]]]:
        """The `media` lists of a post and of its channels, each with the keys it is written under."""
        if post.front.media:
            yield ("media",), post.front.media
        for name, own in post.front.for_.items():
            if own.media:
                yield ("for", name, "media"), own.media

    def keys_of(self, publication: Publication) -> tuple[str, ...]:
        """The keys under which the media of a publication are written."""
        for name in self.channels.desk.override_names(publication.channel_name):
            own = publication.post.front.for_.get(name)
            if own is not None and own.media is not None:
                return ("for", name, "media")
        return ("media",)

    def inline_pictures(self, post: Post) -> tuple[tuple[Place, InlinePicture], ...]:
        """The pictures in the words of a post, those on the web too, each with its place."""
        if post.path not in self._pictures:
            self._pictures[post.path] = tuple(
                (Place(post.path, variant.line + picture.line, picture.column), picture)
                for variant in (post.variants if may_have_pictures(post.text) else ())
                for picture in find_inline_pictures(variant.text)
            )
        return self._pictures[post.path]

    @cached_property
    def index(self) -> MediaIndex:
        """Every medium that a post names, those for one channel and those in the words included."""
        index = MediaIndex({}, [])
        # Ten thousand posts name a few files: what a name means in a folder is worked out once.
        resolved: dict[tuple[str, str], list[MediaUse]] = {}
        for use in self._uses():
            name = (use.post.path.rpartition("/")[0], use.src)
            if name not in resolved:
                resolved[name] = (
                    index.remote if is_remote(use.src) else index.files.setdefault(desks.media_path(self.desk, use.post, use.src), [])
                )
            resolved[name].append(use)
        return index

    def _uses(self) -> Iterator[MediaUse]:
        for post in self.posts:
            if post.front.media or post.front.for_:
                for keys, media in self.lists(post):
                    for number, medium in enumerate(media):
                        yield MediaUse(post, medium.src, (*keys, number))
            for place, picture in self.inline_pictures(post):
                # An address escapes characters that the name of a file may hold as they are.
                as_written = picture.is_remote or self.desk.tree.exists(desks.media_path(self.desk, post, picture.src))
                yield MediaUse(post, picture.src if as_written else unquote(picture.src), inline_place=place)

    def path_fault(self, use: MediaUse) -> str:
        """How a medium leads away from the plain files below `content/`: `link`, `submodule`, `special`, `outside`; empty when it does not."""
        places = desks.media_candidates(use.post, use.src)
        if not places:
            return "outside"
        self.desk.tree.paths()
        skipped = self.desk.tree.skipped_paths
        for place in places:
            parts = place.split("/")
            for end in range(1, len(parts) + 1):
                kind = skipped.get("/".join(parts[:end]), "")
                if kind in ("link", "submodule", "special"):
                    return kind
        return ""

    def is_inspected(self, post: Post) -> bool:
        """Whether the media of a post are opened."""
        return self.inspected is None or post.path in self.inspected

    def inspect(self, path: str) -> MediaInfo | None:
        """What the sandbox says of a file; None for one that cannot be opened."""
        from marronnier.desk.media_inspection import inspect_media

        return inspect_media(self.desk.tree, path, self.cache)


def is_remote(src: str) -> bool:
    """Whether a medium is an address, not a file."""
    return src.startswith("//") or src[:8].lower().startswith(("http://", "https://", "data:", "ftp://"))
