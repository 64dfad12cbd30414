"""The media of posts, file by file: many posts share one, and none is opened twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from marronnier import desk as desks
from marronnier.model.finding import Level, Place
from marronnier.model.post import Post
from marronnier.timetable.written_times import is_idea

if TYPE_CHECKING:
    from marronnier.checks.view import View


class MediaUse(NamedTuple):
    """One place where a post names a medium."""

    post: Post
    src: str
    """As written; within the words, as an address is read."""
    keys: tuple[str | int, ...] = ()
    """Where it is written: `media` or `for`, a name, `media`; and its number. Empty within the words."""
    within: Place | None = None
    """Where it stands within the words."""

    @property
    def place(self) -> Place:
        """Of the file's name."""
        return self.within or self.post.place(*self.keys, "src")

    def level(self, level: Level) -> Level:
        """That grave; only a notice in an idea."""
        return "notice" if is_idea(self.post) else level


class MediaIndex(NamedTuple):
    """The media of all posts."""

    files: dict[str, list[MediaUse]]
    """By the path of a file, whether it is there or not."""
    on_the_web: list[MediaUse]


def collect_media(view: View) -> MediaIndex:
    """Every medium that a post names, those for one channel and those within the words included."""
    found = MediaIndex({}, [])
    # Ten thousand posts name a few files: what a name means in a folder is worked out once.
    known: dict[tuple[str, str], list[MediaUse]] = {}
    for use in _uses(view):
        asked = (use.post.path.rpartition("/")[0], use.src)
        if asked not in known:
            known[asked] = _place(view, found, use)
        known[asked].append(use)
    return found


def _place(view: View, found: MediaIndex, use: MediaUse) -> list[MediaUse]:
    if is_on_the_web(use.src):
        return found.on_the_web
    return found.files.setdefault(desks.media_path(view.desk, use.post, use.src), [])


def _uses(view: View) -> Iterator[MediaUse]:
    for post in view.posts:
        front = post.front
        if front.media or front.for_:
            for keys, media in view.media(post):
                for number, medium in enumerate(media):
                    yield MediaUse(post, medium.src, (*keys, number))
        for place, picture in view.inline(post):
            # An address escapes what a file's name may hold.
            plain = unquote(picture.src)
            there = picture.is_remote or view.desk.tree.exists(desks.media_path(view.desk, post, picture.src))
            yield MediaUse(post, picture.src if there else plain, within=place)


def is_on_the_web(src: str) -> bool:
    """Whether a medium is an address, not a file."""
    return src.startswith("//") or src[:8].lower().startswith(("http://", "https://", "data:", "ftp://"))


def path_fault(view: View, use: MediaUse) -> str:
    """How a medium leads away from the plain files below `content/`: `link`, `submodule`, `special`, `outside`; empty when it does not."""
    places = desks.media_candidates(use.post, use.src)
    if not places:
        return "outside"
    view.desk.tree.paths()
    refused = view.desk.tree.skipped_paths
    for place in places:
        parts = place.split("/")
        for end in range(1, len(parts) + 1):
            kind = refused.get("/".join(parts[:end]), "")
            if kind in ("link", "submodule", "special"):
                return kind
    return ""
