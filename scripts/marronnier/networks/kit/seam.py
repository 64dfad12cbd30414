"""The seam every network is behind: pure `compose`, one effect `send`, and outcomes named by what must happen next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from marronnier.messages import N_
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words

if TYPE_CHECKING:
    from marronnier.web import Web


@dataclass(frozen=True, slots=True)
class Fact:
    """A limit of the outside world, with where and when it was read."""

    value: int
    source: str
    """An address."""
    seen: str
    """The day, as `2026-11-22`."""
    unit: str = N_("graphemes")
    """What is counted: graphemes, bytes, characters, weighted characters, files."""


@dataclass(frozen=True, slots=True)
class No:
    """An ability the network lacks, with the reason."""

    why: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a network. The rule `over-length`, the network's page and `doctor` read the same facts."""

    text: Fact | No
    media: Fact | No
    alt: Fact | No
    thread: Fact | No
    poll: Fact | No
    size: Fact | None = None
    """A second limit of a text, in bytes, where the network has one."""
    hashtags: Fact | None = None
    """The most hashtags of a post, where the network has a limit."""


@dataclass(frozen=True, slots=True)
class Account:
    """A channel about to speak: what the channel file says, and its secrets from the environment."""

    channel_name: str
    channel: Channel
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendRequest:
    """One part on its way."""

    key: str
    """The publication's key: with the part number, the idempotency key."""
    number: int
    """Which part, from 0."""
    of: int
    """How many parts."""
    part: Part
    payload: str
    """SHA-256 of the whole payload."""
    before: tuple[Delivery, ...]
    """What the network answered to the parts before this one: a reply chain needs them."""
    first_sent_at: datetime | None = None
    """When this part was first tried since it was last known not to be out: for keys that a network forgets after a while."""
    now: datetime | None = None
    """The run's instant: what `until` of a Wait counts from."""
    read: Callable[[Picture], bytes] | None = None
    """The bytes of a picture as it was sealed. Raises Refused when they are no longer those that were approved."""


class Refused(Exception):
    """A definite no: the post must change."""


class Locked(Exception):
    """A definite no: the credentials must change. The channel stops, the others go on."""


class Wait(Exception):
    """Nothing was sent; try again, not before `until` (aware), or at the next run when None."""

    def __init__(self, why: str, until: datetime | None = None) -> None:
        super().__init__(why)
        self.until = until


class Unknown(Exception):
    """It may have been sent. Only evidence ends it."""


@dataclass(frozen=True, slots=True)
class LinkCard:
    """A link that a part shows beside its text."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class PartContent:
    """What a sealed part holds, in words that no network owns: all that the site knows of it."""

    audience: str = "unknown"
    """Who can read it: `public`, `unlisted`, `followers` or `direct`, as a post's `visibility`. The site shows any other value to the team only."""
    lang: str = ""
    """Empty when not known."""
    title: str = ""
    """Empty where the network shows none."""
    html: str = ""
    """The article, where people read a page; empty where they read messages."""
    warning: str = ""
    """What people read before they choose to see the rest."""
    poll: tuple[str, ...] = ()
    """The answers to choose from."""
    card: LinkCard | None = None
    tags: tuple[str, ...] = ()
    """Hashtags that stand beside the text, without `#`; those within the text are not repeated."""
    pictures: tuple[Picture, ...] = ()


@runtime_checkable
class Network(Protocol):
    """A kind of place a post can go: a module with these names."""

    NAME: str
    """As people write it: `Mastodon`."""
    COMPOSER: int
    """Rises when any golden payload changes."""
    FACTS: Facts
    WORDS: Mapping[str, str]
    """What its people call things: `{"post": "toot"}`."""
    SECRETS: tuple[str, ...]
    """Names of what `channels.yml: env` must point at."""
    IDEMPOTENT: bool
    """Whether sending the same key again can never post twice."""

    def compose(self, publication: Publication) -> Payload:
        """Exactly what would go over the wire. Pure; never refuses: what is too long is told by the counts."""
        ...

    def part_content(self, part: Part) -> PartContent:
        """What a part of `compose` holds, derived from the sealed request. Pure; reads what any COMPOSER number made."""
        ...

    def host(self, channel: Channel) -> str:
        """The host that `send` talks to; empty when it talks to none. Under a brand clock only loopback hosts are allowed."""
        ...

    def send(self, sending: SendRequest, account: Account, web: Web) -> Delivery:
        """The only effect. Raises Refused, Locked, Wait or Unknown; anything else counts as Unknown."""
        ...


@runtime_checkable
class Finds(Protocol):
    """A network that can look whether a part is out: settles an unknown."""

    def find(self, sending: SendRequest, account: Account, web: Web) -> Delivery | None:
        """The delivery, or None when it is surely not there. Raises Wait or Unknown when it cannot tell."""
        ...


@runtime_checkable
class Takes(Protocol):
    """A network that can be sent more than pictures."""

    MEDIA: tuple[str, ...]
    """Of `image`, `video`, `audio` and `SVG`; all others can be sent pictures (JPEG, PNG, GIF, WebP)."""


@runtime_checkable
class Declines(Protocol):
    """A network that refuses some words whatever their length, and can tell before they are sent."""

    def declined(self, words: Words) -> str:
        """Why it would refuse them, in a sentence without its full stop; empty when it would not. Pure."""
        ...


@runtime_checkable
class Measures(Protocol):
    """A network that can tell the texts and counts of its parts for less than composing costs: ten thousand posts are counted at each check."""

    def measure(self, publication: Publication) -> tuple[Part, ...]:
        """The parts of `compose`, each with its text and count; their requests and media may be left out. Pure."""
        ...


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """What a server told about an account of ours, without anything being written there."""

    whose: str
    """The account the credentials belong to, as its network writes it: `@jardin@example.social`."""
    named: bool
    """Whether it is the one that `brand/channels.yml` names."""
    lacks: tuple[str, ...] = ()
    """What the credentials do not allow and publishing needs: `write:media`."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """What this server takes, under the names of `limits:` in `brand/channels.yml`: `text`, `media`, `alt`."""
    at: datetime | None = None
    """The server's clock."""
    remarks: tuple[str, ...] = ()
    """What else people should know, in sentences."""


@runtime_checkable
class Examines(Protocol):
    """A network that can tell whether an account is ready to speak, by reading only."""

    def examine(self, account: Account, web: Web) -> AccountStatus:
        """What the server tells. Raises Locked when it does not take the credentials, Wait or Unknown when it cannot be asked now."""
        ...
