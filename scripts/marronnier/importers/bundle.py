"""What an importer read from another tool's folder, converted to our formats and not yet written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from marronnier.desk.post_parser import numbered_slugs, slugify

PastOutcome = Literal["sent", "failed", "unrecorded"]
"""What the other tool recorded of a publication: it was sent; sending failed; it has no record."""
TimePrecision = Literal["instant", "day", "before"]
"""How exactly the time of a publication is known: the instant, about the day, or only that it was before the import."""


@dataclass(frozen=True, slots=True)
class PastSend:
    """The past of one publication according to the other tool."""

    outcome: PastOutcome
    at: datetime
    """When it was sent, as exactly as `precision` says; aware."""
    precision: TimePrecision = "instant"
    url: str = ""
    source: str = ""
    """The other tool's file that records it."""


@dataclass(frozen=True, slots=True)
class ImportedPost:
    """A post converted for the brand."""

    id: str
    path: str
    """Where it will be written, below the brand's root."""
    text: str
    """The whole file. Pictures from the web are named `stand-in/NAME.png` until they are downloaded."""
    channels: tuple[str, ...]
    past: Mapping[str, PastSend] = field(default_factory=dict)
    """By channel; empty for a post that is still to be sent."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A note about something that was not carried over, or was changed on the way."""

    place: str
    """The file, perhaps with the account or key in it."""
    message: str
    """What happened to it, in a sentence without its full stop."""
    left_behind: bool = True
    """True when it was not carried over."""


@dataclass(frozen=True)
class Bundle:
    """Everything that an importer read."""

    tool: str
    file_count: int
    """The number of post files that were read."""
    posts: tuple[ImportedPost, ...]
    channels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Channels for `brand/channels.yml`, by name."""
    handles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """People and organisations for `brand/handles.yml`, by name."""
    foreign_keys: tuple[str, ...] = ()
    """Keys of posts that belong to the other tool."""
    pictures: Mapping[str, str] = field(default_factory=dict)
    """Web addresses of pictures, by their name in posts."""
    copies: Mapping[str, str] = field(default_factory=dict)
    """Files to copy: target below the brand's root, and source in the other tool's folder."""
    repeats: Mapping[str, str] = field(default_factory=dict)
    """Files that repeat a post, each with that post's file."""
    remarks: tuple[Remark, ...] = ()
    sources: frozenset[str] = frozenset()
    """Files of the source whose content is carried, besides those of `copies` and `repeats`."""
    unused: tuple[str, ...] = ()
    """Files of the source that are not carried and that no importer names; their remarks may name a folder of them."""

    @property
    def networks(self) -> Mapping[str, str]:
        """The network of each channel in the bundle."""
        return {name: str(channel["network"]) for name, channel in self.channels.items()}


class UniqueNames:
    """Gives each post or channel a name that no other has."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def reserve(self, wanted: str) -> str:
        """Reserve the name as an id, with a number after it where it is taken, and return the id."""
        name = next(name for name in numbered_slugs(slugify(wanted)) if name not in self._taken)
        self._taken.add(name)
        return name
