"""The protocol that a network implements: pure `compose`, the one effect `send`, optional abilities, and outcomes named by what must happen next."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Literal, NamedTuple, Protocol, runtime_checkable

from marronnier.model.brand import Channel
from marronnier.model.picture_limits import PictureLimits
from marronnier.model.publication import Caption, Delivery, Part, Payload, Picture, Publication
from marronnier.networks.kit.facts import Fact, Facts, ServerSoftware, Tried

if TYPE_CHECKING:
    from marronnier.web import Web


@dataclass(frozen=True, slots=True)
class Account:
    """A channel of `brand/channels.yml` with its secrets from the environment."""

    channel_name: str
    channel: Channel
    secrets: Mapping[str, str] = field(repr=False)


class SendRequest(NamedTuple):
    """One part of a payload, and what sending it or finding it again needs."""

    key: str
    """The publication's key; together with `number` it identifies this part."""
    number: int
    """The part's index, from 0."""
    total: int
    """The number of parts."""
    part: Part
    payload_sha256: str
    """SHA-256 of the whole payload."""
    previous: tuple[Delivery, ...]
    """The deliveries of the parts before this one, which a thread replies to."""
    first_sent_at: datetime | None = None
    """The first attempt since this part was last known not to be out: some networks forget an idempotency key after a while."""
    now: datetime | None = None
    """The run's instant; `Wait.until` counts from it."""
    read_picture: Callable[[Picture], bytes] | None = None
    """Gives the bytes of a sealed picture. Raises Refused when the file is no longer the one that was approved."""
    parts: tuple[Part, ...] = ()
    """All parts of the payload, so that a network can refuse a thread before its first part is out."""
    taken: Container[str] = frozenset()
    """Ids and addresses that the ledger knows as other publications' of this account: a post under one of them is never this part."""
    since_first_try: timedelta | None = None
    """Real time since the first attempt that may have sent this part; a brand's clock does not advance. None when it is not known."""
    since_last_try: timedelta | None = None
    """Real time since the last attempt: an effect may come late. None when it is not known."""
    open_media: Callable[[Picture | Caption], AbstractContextManager[IO[bytes]]] | None = None
    """Opens a sealed file of any size, which stands on this machine's disk meanwhile. Raises as `read_picture`, and Wait."""
    uploads: Mapping[str, str] = MappingProxyType({})
    """What an earlier attempt left with the network, by SHA-256: the network's id of an upload it had not finished with; under
    `payload_sha256`, the id of what was prepared for this part and is published in a second step."""
    public_address: Callable[[str, str], str] | None = None
    """Where the public site shows a file until its hour has passed, for networks that fetch media themselves: by the file's SHA-256 and
    the ending of its name. Raises Wait where this brand's site is not public."""
    again: int = 0
    """How often a person decided to send it again after it was deleted on the network: each time it is another post there."""


class Refused(Exception):
    """A definite no: the post must change."""


class Locked(Exception):
    """A definite no: the credentials must change. The channel stops, the others go on."""


class Wait(Exception):
    """Nothing was sent. Try again, not before `until` (aware), or at the next run when it is None."""

    def __init__(self, why: str, until: datetime | None = None, *, uploads: Mapping[str, str] = MappingProxyType({})) -> None:
        """`uploads`: what the network has already and still works on, as in `SendRequest.uploads`."""
        super().__init__(why)
        self.until = until
        self.uploads = uploads


class WrongAddress(Wait):
    """Nothing was sent, and waiting does not help: `host` of the channel must be another."""


class Unknown(Exception):
    """It may have been sent. Only evidence ends it."""

    def __init__(self, why: str, *, uploads: Mapping[str, str] = MappingProxyType({})) -> None:
        """`uploads`: what the network has of it, as in `SendRequest.uploads`: asking for its state may be the evidence."""
        super().__init__(why)
        self.uploads = uploads


class HandedOver(Unknown):
    """A person was given it, and posts it by hand: only that person's word ends it."""


class LinkCard(NamedTuple):
    """A link that a part shows beside its text."""

    url: str
    title: str = ""


class PartContent(NamedTuple):
    """What a sealed part holds, under names that no network owns. The site knows nothing else of a part but its text and length."""

    audience: str = "unknown"
    """Who can read it: `public`, `unlisted`, `followers` or `direct`, as a post's `visibility`. The site shows any other value to the team only."""
    lang: str = ""
    """A language tag; empty when not known."""
    title: str = ""
    """The article's title; empty on networks of short messages."""
    html: str = ""
    """The article's body; empty on networks of short messages."""
    warning: str = ""
    """The content warning, which people read before they choose to see the rest."""
    poll: tuple[str, ...] = ()
    """The options of the poll."""
    card: LinkCard | None = None
    marked: str = ""
    """The words with the network's own emphasis, as HTML; empty where they are plain text."""
    tags: tuple[str, ...] = ()
    """Hashtags that stand beside the text, without `#`; those within the text are not repeated."""
    pictures: tuple[Picture, ...] = ()
    document_title: str = ""
    """What readers see on its document; empty where they see the name of the file."""


@runtime_checkable
class Network(Protocol):
    """A network: a module or package with these names."""

    NAME: str
    """The network's name as people write it: `Mastodon`."""
    COMPOSER: int
    """The version of `compose`; it rises when any golden payload changes."""
    FACTS: Facts
    TRIED: Tried
    WORDS: Mapping[str, str]
    """The network's own terms: `{"post": "toot"}`."""
    SECRETS: tuple[str, ...]
    """The names under which `channels.yml: env` names environment variables."""
    IDEMPOTENT: bool
    """Whether sending a part again under the same key can never publish it twice."""

    def compose(self, publication: Publication) -> Payload:
        """Exactly what would go over the wire. Pure. Never refuses: the count of a part tells that it is too long."""
        ...

    def part_content(self, part: Part) -> PartContent:
        """The content of a part of `compose`, derived from the sealed request of any COMPOSER number. Pure."""
        ...

    def host(self, channel: Channel) -> str:
        """The host that `send` talks to; empty when it talks to none. Under a brand clock only loopback hosts are allowed."""
        ...

    def send(self, sending: SendRequest, account: Account, web: Web) -> Delivery:
        """Publish one part. Raises Refused, Locked, Wait or Unknown; any other exception counts as Unknown."""
        ...


@runtime_checkable
class Finds(Protocol):
    """A network that can look up whether a part is out, which settles an unknown."""

    SETTLE: Fact
    """Seconds of real time after the last attempt before a part that is not seen counts as not sent: an effect may come late."""

    def find(self, sending: SendRequest, account: Account, web: Web) -> Delivery | None:
        """The part's delivery; None when it is surely not out. Raises Wait when it cannot tell now, Unknown when only a person can tell.

        Presence is proved by an id that is not `taken` and by everything that readers see.
        Absence is proved by a complete list that would show the part.
        """
        ...


@runtime_checkable
class ReadsBack(Protocol):
    """A network that can be asked for one post by its id."""

    def still_there(self, delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
        """Whether a part that was sent is still there; one request, and never a write. None where this server can never tell.

        Where a person settled the part, the delivery's id is the address that they gave.
        False only where the account's own server says that it is gone. Raises Wait or Locked where nothing can be told now.
        """
        ...


@runtime_checkable
class Retracts(Protocol):
    """A network that deletes what was sent."""

    def retract(self, delivery: Delivery, part: Part, account: Account, web: Web) -> None:
        """Delete a part that was sent, where it is not deleted already; to do it again does no harm.

        Where a person settled the part, the delivery's id is the address that they gave.
        Raises Refused, Locked, Wait, or Unknown where it may be deleted.
        """
        ...


@runtime_checkable
class Edits(Protocol):
    """A network that corrects what was sent: its address stays."""

    def edit(self, sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> Delivery:
        """Give a part that was sent, as `was`, what `sending.part` says; to do it again does no harm.

        Raises Refused where what changed cannot be corrected there, Locked, Wait, or Unknown where it may be corrected.
        """
        ...


class Handoff(NamedTuple):
    """What a person needs to post a publication by hand."""

    network: str
    """The name of the network, as people write it."""
    composer: str
    """The address of the network's own page for writing a post, with what it takes beforehand."""
    texts: tuple[tuple[str, str], ...]
    """What is to be copied, in order: a label in the current language, and the text."""
    pictures: tuple[Picture, ...]
    """What is to be saved and uploaded, each with its alternative text."""
    choices: tuple[str, ...]
    """What is to be chosen there by hand, in the current language."""


@runtime_checkable
class HandsOver(Protocol):
    """A network where a person posts: its `send` raises HandedOver."""

    def handoff(self, payload: Payload, channel: Channel) -> Handoff:
        """What that person needs. Pure."""
        ...


@runtime_checkable
class FetchesMedia(Protocol):
    """A network that takes no upload: it fetches each picture and video from a public address."""

    def picture_limits(self, part: Part) -> PictureLimits:
        """How each picture of a part is prepared for it. Pure: the public site and `send` prepare the same bytes."""
        ...


@runtime_checkable
class HasVariants(Protocol):
    """A network that stands for several, each named behind a dot: `handoff.x`."""

    def variant(self, name: str) -> Network | None:
        """The network of that name; None where there is none. Pure."""
        ...


@runtime_checkable
class HasServerKinds(Protocol):
    """A network whose servers run different software."""

    def server_kinds(self) -> tuple[ServerSoftware, ...]:
        """What is known of each kind, in the current language. Pure."""
        ...


CounterName = Literal["likes", "reposts", "replies", "quotes", "bookmarks", "views", "reach", "clicks", "shares", "saves"]


@runtime_checkable
class Reads(Protocol):
    """A network that tells what became of a post."""

    def read(self, delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
        """What the network counts of a part that was sent; never a write.

        A counter that it does not tell is absent, which is not zero; a post that it does not know has none. Raises Locked or Wait.
        """
        ...


@runtime_checkable
class ReadsAddresses(Protocol):
    """A network that can tell by an address alone whether it can be a post of a channel's account."""

    def post_id(self, address: str, channel: Channel) -> str:
        """What all addresses of that post have in common: its id there. Raises Refused for what is no post of this account. Pure."""
        ...


@runtime_checkable
class AcceptsMedia(Protocol):
    """A network that takes other media than pictures."""

    MEDIA: tuple[str, ...]
    """Some of `image`, `video`, `audio`, `document` and `SVG`. A network without MEDIA takes pictures: JPEG, PNG, GIF and WebP."""


@runtime_checkable
class TakesMoreSecrets(Protocol):
    """A network with secrets that not every account has."""

    OPTIONAL_SECRETS: tuple[str, ...]
    """Names that `channels.yml: env` may give beside those of SECRETS. One that is given must be set."""


@runtime_checkable
class NoticesDeletions(Protocol):
    """A network on which a part is safely sent again, but where it would come back that somebody deleted meanwhile."""

    def vanished_address(self, sending: SendRequest, account: Account, web: Web) -> str:
        """The address at which an earlier attempt may have put the part, though it is not there now. Empty where it is there, or surely never was, or was tried so lately that nobody can have deleted it. Raises Wait, Locked."""
        ...


class AccountStatus(NamedTuple):
    """What a server says about an account, its credentials and its limits."""

    account: str
    """The account that the credentials belong to, as its network writes it: `@jardin@example.social`."""
    is_channel_account: bool
    """Whether `brand/channels.yml` names that account."""
    missing_scopes: tuple[str, ...] = ()
    """Permissions that publishing needs and the credentials lack: `write:media`."""
    limits: Mapping[str, int] = MappingProxyType({})
    """The server's limits, under the names of `limits:` in `brand/channels.yml`: `text`, `media`, `alt`."""
    counting: Mapping[str, tuple[str, str]] = MappingProxyType({})
    """Where the server counts otherwise than `marronnier check` does: what counts here and there, under `unit` and `link` of `limits:`."""
    server_time: datetime | None = None
    remarks: tuple[str, ...] = ()
    """Further sentences for people."""
    expires: datetime | None = None
    """When the credentials end (aware); None where the server does not tell, or they have no end."""


@runtime_checkable
class Identifies(Protocol):
    """A network that can tell whose account some credentials are."""

    def identify(self, account: Account, web: Web) -> AccountStatus:
        """The account, and whether it is the channel's; one request or two. Raises Locked when the server rejects the credentials, or Wait."""
        ...


@runtime_checkable
class Examines(Protocol):
    """A network that can check by reading alone whether an account is ready to publish."""

    def examine(self, account: Account, web: Web) -> AccountStatus:
        """The account's status. Raises Locked when the server rejects the credentials, Wait or Unknown when it cannot be asked now."""
        ...
