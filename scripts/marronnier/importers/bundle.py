"""The crossing: what stands in another tool's folder, in our words, before any of it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from marronnier.desk.post_parser import slugify

Ending = Literal["sent", "failed", "unrecorded"]
"""What the other tool says became of a publication: it is out; sending failed; it says nothing."""
Known = Literal["instant", "day", "before"]
"""How well it is known when a publication went out: the instant, about the day, or only that it was before the import."""


@dataclass(frozen=True, slots=True)
class PastSend:
    """What the other tool knows of one publication."""

    ending: Ending
    at: datetime
    """When it went out, as well as that is known; aware."""
    known: Known = "instant"
    url: str = ""
    source: str = ""
    """The file of the other tool that it was read from."""


@dataclass(frozen=True, slots=True)
class ImportedPost:
    """A post on its way into the brand."""

    id: str
    path: str
    """Where it will stand, below the brand's root."""
    text: str
    """The whole file. Pictures that come from the net are named `stand-in/NAME.png`, until they are fetched."""
    sources: tuple[str, ...]
    """The other tool's files it was made of; the first is the post, the others repeat it."""
    channels: tuple[str, ...]
    past: Mapping[str, PastSend] = field(default_factory=dict)
    """By channel; empty for a post that is still to come."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something of the other tool that stayed behind, or came over changed."""

    where: str
    """The file, or the account or name within one."""
    said: str
    """What became of it, in a sentence without its full stop."""
    lost: bool = True
    """Whether it stayed behind."""


@dataclass(frozen=True)
class Bundle:
    """Everything that was read."""

    tool: str
    files: int
    """How many files of posts were read."""
    posts: tuple[ImportedPost, ...]
    channels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Channels for `brand/channels.yml`, by name."""
    handles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """People and organisations for `brand/handles.yml`, by name."""
    foreign_keys: tuple[str, ...] = ()
    """Keys of posts that only the other tool understands."""
    pictures: Mapping[str, str] = field(default_factory=dict)
    """Where pictures stand on the net, by the name they have in posts."""
    copies: Mapping[str, str] = field(default_factory=dict)
    """Files that go along: path below the brand's root, and path in the other tool's folder."""
    folded: Mapping[str, str] = field(default_factory=dict)
    """Files that repeat a post, with the file of that post."""
    remarks: tuple[Remark, ...] = ()

    @property
    def networks(self) -> Mapping[str, str]:
        """The network of each channel that comes over."""
        return {name: str(channel["network"]) for name, channel in self.channels.items()}

    @property
    def has_past(self) -> bool:
        """Whether the other tool knows anything of what became of these posts."""
        return any(post.past for post in self.posts)


class PostNames:
    """Gives each post a name of its own."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def free(self, wanted: str) -> str:
        """That name as an id, with a number behind it where another post has it already."""
        name = free = slugify(wanted)
        number = 1
        while free in self._taken:
            number += 1
            free = f"{name[:95].rstrip('-._')}-{number}"
        self._taken.add(free)
        return free


def post_folder(day: date) -> str:
    """The folder of a post of that day."""
    return f"content/posts/{day:%Y}/{day:%m}"
