"""What is known of a network, as data: limits, abilities and formats, each with its source, the day somebody read it there, and how well it is known.

The rules, the network's page, the table of all networks and `doctor` read the same facts. A fact that nobody could read in the network's own
pages stays marked until somebody did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Literal

from marronnier.messages import N_
from marronnier.model.picture_limits import PictureLimits

Mark = Literal["primary", "second-hand", "unverified"]
"""How well a fact is known: read in the vendor's own page, specification or code · in the vendor's words as others quote them, or in two
independent implementations · in one place that is not the vendor's, or from memory."""
Period = Literal["", "hour", "day", "month", "post", "post with a link"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that a network sets: a limit, a quota, a price."""

    value: int
    source: str
    """The URL of the page that states it."""
    seen: str
    """An ISO date: `2026-11-22`."""
    unit: str = "graphemes"
    """What `value` counts: a name of `marronnier.text.length_units`, else files, posts, options, bytes, seconds, pixels."""
    mark: Mark = "primary"
    per: Period = ""
    """For a quota or a price: within which time, or for what."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """Names of which a network takes any: file formats, codecs."""

    names: tuple[str, ...]
    source: str
    seen: str
    mark: Mark = "primary"


@dataclass(frozen=True, slots=True)
class Ratios:
    """The ratios of width to height that a network takes, as pairs of whole numbers: `(9, 16)`. A narrowest of `(0, 1)` is none."""

    narrowest: tuple[int, int]
    widest: tuple[int, int]
    source: str
    seen: str
    mark: Mark = "primary"


@dataclass(frozen=True, slots=True)
class Has:
    """An ability that the network has and this tool uses."""

    source: str
    seen: str
    note: str = ""
    """What people should know of it, in a few words; empty where the name of the ability says it all."""
    mark: Mark = "primary"


@dataclass(frozen=True, slots=True)
class Lacks:
    """An ability that the network lacks, or that this tool does not use there, with the reason."""

    why: str


@dataclass(frozen=True, slots=True)
class Unlimited:
    """An ability to which the network sets no limit, with the reason."""

    why: str


Known = Fact | Has | Lacks | Unlimited


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """What a network takes of a video. A limit that is None is one that the network does not set, or that nobody read."""

    containers: OneOf
    """File formats, by the usual ending of a file's name: `mp4`, `mov`, `webm`."""
    codecs: OneOf
    """Codecs of the picture, as FFmpeg names them: `h264`, `hevc`, `vp9`."""
    captions: Known
    """Captions in a file of their own; the number is the most that a video may have."""
    audio_codecs: OneOf | None = None
    """Codecs of the sound, as FFmpeg names them: `aac`."""
    size: Fact | None = None
    """Bytes of the file."""
    longest: Fact | None = None
    """Seconds."""
    shortest: Fact | None = None
    """Seconds."""
    ratio: Ratios | None = None
    side: Fact | None = None
    """Pixels of the longer side."""
    rate: Fact | None = None
    """Pictures a second, at most."""
    area: Fact | None = None
    """Pixels of one picture: width times height."""
    frames: Fact | None = None
    """Pictures of the whole video."""
    alt: Fact | None = None
    """Another limit of its alternative text than that of pictures."""
    caption_size: Fact | None = None
    """Bytes of one file of captions."""
    min_side: Fact | None = None
    """Pixels of the shorter side, at least."""
    min_rate: Fact | None = None
    """Pictures a second, at least."""
    alone: bool = True
    """Whether a post has one video and no pictures beside it."""

    def limits(self) -> Iterator[tuple[str, Known | OneOf | Ratios]]:
        """Each limit that is known, under its name."""
        values = ((limit.name, getattr(self, limit.name)) for limit in fields(self))
        yield from ((name, value) for name, value in values if value is not None and not isinstance(value, bool))

    def beside(self, usual: VideoLimits | Lacks) -> Iterator[tuple[str, Known | OneOf | Ratios]]:
        """The limits that are others than the usual ones."""
        yield from ((name, value) for name, value in self.limits() if value != getattr(usual, name, None))


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """What a network takes of a document, which is a PDF. A limit that is None is one that the network does not set, or that nobody read."""

    size: Fact | None = None
    """Bytes of the file."""
    pages: Fact | None = None
    title: Has | None = None
    """Whether readers see the title of the post as the document's own."""

    def limits(self) -> Iterator[tuple[str, Fact | Has]]:
        """Each limit that is known, under its name."""
        values = ((limit.name, getattr(self, limit.name)) for limit in fields(self))
        yield from ((name, value) for name, value in values if value is not None)


@dataclass(frozen=True, slots=True)
class Tried:
    """How far the code for a network was tried."""

    how: Literal["live", "server", "documents"]
    """On the network itself · on real servers of its software · only against its documentation and a fake of ours."""
    day: str
    """An ISO date."""
    note: str = ""
    """On what, in a few words: `GoToSocial 0.19`."""


@dataclass(frozen=True, slots=True)
class ServerSoftware:
    """What is known of one kind of server, where a network runs on several."""

    name: str
    """As people write it."""
    source: str
    """The URL where this was read, or of the software that was tried."""
    seen: str
    """An ISO date."""
    traits: Mapping[str, str]
    """What differs between the kinds: a heading and a value, both in the current language; every kind has the same headings."""


FORMATS = (N_("post"), N_("story"), N_("reel"), N_("carousel"), N_("short"), N_("document"), N_("article"))
"""The formats that a post may have, as `format:` in its front matter."""
ABILITIES: Mapping[str, str] = {
    "card": N_("Card of a link"),
    "mentions": N_("Mentions"),
    "markup": N_("Bold, italics and lists"),
    "first_comment": N_("First comment"),
    "warning": N_("Content warning"),
    "language": N_("Language"),
    "visibility": N_("Audiences"),
    "edit": N_("Correct a sent post"),
    "delete": N_("Delete a sent post"),
    "schedule": N_("Scheduled by the network itself"),
    "counters": N_("Counters"),
}
"""The abilities that every network says it has or lacks, as people call them."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The limits and abilities of a network."""

    text: Fact | Unlimited
    media: Fact | Lacks | Unlimited
    """Pictures or other files of one post."""
    alt: Fact | Lacks | Unlimited
    thread: Fact | Lacks | Unlimited
    poll: Fact | Lacks
    """Options of a poll."""
    pictures: PictureLimits = field(default_factory=PictureLimits)
    """How each picture is prepared before it is sent, and what no preparation can mend."""
    video: VideoLimits | Lacks = Lacks(N_("this version sends no videos there"))
    document: DocumentLimits | None = None
    """What it takes of a document; None where it takes none, which `formats` gives the reason for."""
    pictures_in: Mapping[str, PictureLimits] = field(default_factory=dict)
    """Of a format whose pictures have other limits than `pictures`: those that hold in it."""
    video_in: Mapping[str, VideoLimits] = field(default_factory=dict)
    """Of a format whose videos have other limits than `video`: those that hold in it."""
    formats: Mapping[str, Has | Lacks] = field(default_factory=dict)
    """Each of FORMATS; of one that is not named, nothing is known."""
    abilities: Mapping[str, Has | Lacks] = field(default_factory=dict)
    """Each of ABILITIES; of one that is not named, nothing is known."""
    audiences: tuple[str, ...] = ("public",)
    """Some of `public`, `unlisted`, `followers` and `direct`: those that the network can keep a post for."""
    needs: Mapping[Literal["title", "link", "media"], str] = field(default_factory=dict)
    """Keys of the front matter without which the network takes no post, each with the reason."""
    size: Fact | None = None
    """A second limit of a text, in bytes; None without one."""
    hashtags: Fact | None = None
    """The most hashtags of a post; None without a limit."""
    quotas: tuple[Fact, ...] = ()
    """How many posts an account may send within a time."""
    prices: tuple[Fact, ...] = ()
    """What sending costs, in thousandths of a US dollar; empty where it is free."""

    def format(self, name: str) -> Has | Lacks | None:
        """What is known of a format; None where nothing is."""
        return self.formats.get(name)

    def pictures_of(self, format: str) -> PictureLimits:
        """The limits of pictures in a format."""
        return self.pictures_in.get(format, self.pictures)

    def video_of(self, format: str) -> VideoLimits | Lacks:
        """The limits of a video in a format."""
        return self.video_in.get(format, self.video)

    def ability(self, name: str) -> Has | Lacks | None:
        """What is known of an ability; None where nothing is."""
        return self.abilities.get(name)

    @property
    def has_threads(self) -> bool:
        """Whether a post may have several parts, with a limit to their number or without one."""
        return not isinstance(self.thread, Lacks)

    def lacks(self, name: str) -> str:
        """Why the network lacks an ability; empty where it has it, or nobody knows."""
        known = self.abilities.get(name)
        return known.why if isinstance(known, Lacks) else ""

    def sourced(self) -> Iterator[tuple[str, Sourced]]:
        """Every fact that was read somewhere, under its name: `text`, `video.size`, `formats.story`, `abilities.edit`."""
        for name in ("text", "media", "alt", "thread", "poll", "size", "hashtags"):
            if isinstance(known := getattr(self, name), Fact):
                yield name, known
        for group in ("quotas", "prices"):
            yield from ((group, fact) for fact in getattr(self, group))
        pictures = (("pictures", self.pictures), *((f"pictures.{name}", limits) for name, limits in self.pictures_in.items()))
        yield from ((name, Has(limits.source, limits.seen)) for name, limits in pictures if limits.source)
        if isinstance(self.video, VideoLimits):
            yield from ((f"video.{name}", value) for name, value in self.video.limits() if isinstance(value, Sourced))
        if self.document is not None:
            yield from ((f"document.{name}", value) for name, value in self.document.limits())
        for format, limits in self.video_in.items():
            yield from ((f"video.{format}.{name}", value) for name, value in limits.beside(self.video) if isinstance(value, Sourced))
        for group in ("formats", "abilities"):
            yield from ((f"{group}.{name}", known) for name, known in getattr(self, group).items() if isinstance(known, Has))

    def older_than(self, age: timedelta, today: date) -> tuple[str, ...]:
        """The names of the facts that nobody read again for so long."""
        return tuple(name for name, known in self.sourced() if is_older(known, age, today))


Sourced = Fact | OneOf | Ratios | Has
"""What was read at a place on a day."""


def is_older(known: Sourced | ServerSoftware, age: timedelta, today: date) -> bool:
    """Whether nobody read something again for so long."""
    return date.fromisoformat(known.seen) + age < today


MAX_AGE = timedelta(days=183)
"""After this, a fact is to be read again: networks change theirs about as often."""
