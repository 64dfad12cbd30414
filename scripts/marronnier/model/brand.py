"""The brand and its channels: `brand/brand.yml` and `brand/channels.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Literal

from marronnier.model.fields import WrittenModel, field
from marronnier.model.post import OnMissed
from marronnier.model.scalars import Clock, Date, Day, Duration, Lang, Names, Slug


class Brakes(WrittenModel):
    """What stops an accident."""

    at_once: int = field(default=20, least=1)
    """More publications due at once than this stop the run and ask."""


class LedgerIdentity(WrittenModel):
    """The ledger this brand trusts."""

    first: str | None = field(default=None, pattern=r"^[0-9a-f]{40,64}$")
    """The ledger's first commit, written by `marronnier ledger init`."""
    unsigned: bool = False
    """True only for a purely local ledger: commits are not signed, and every status says so."""


class Brand(WrittenModel):
    """Who speaks, where, and in which time zone."""

    name: str
    """The brand's name, as people know it."""
    description: str = ""
    """One sentence about it."""
    zone: str = "Europe/Brussels"
    """Its IANA time zone; every written hour without an offset is in it."""
    lang: Lang = "fr"
    """The language of its words where nothing else is written."""
    languages: Names = ("fr", "en")
    """The languages of its site."""
    territory: str = "BE"
    """The country whose holidays and weekend count (ISO 3166)."""
    site_url: str = ""
    """Where its site is published."""
    clock: Date | None = None
    """A day the brand lives at for ever: for an example or a rehearsal. Under a clock nothing but the feed and loopback addresses can be reached."""
    default_time: Clock = time(9)
    """The hour of a post whose date is only a day."""
    grace: Duration = timedelta(hours=2)
    """How late a post may be without asking."""
    on_missed: OnMissed = "ask"
    """What happens to a post later than its grace."""
    gap: Duration = timedelta(minutes=30)
    """The least time between two posts on a channel."""
    brakes: Brakes = field(default_factory=Brakes)
    """What stops an accident."""
    ledger: LedgerIdentity = field(default_factory=LedgerIdentity)
    """The ledger this brand trusts."""
    known_hosts: Names = ()
    """Hosts that links may lead to under any name and shape, with all below them: partners, a shop in another script."""
    foreign_keys: Names = ()
    """Front matter keys of another tool that are passed over."""
    utm: Mapping[str, str] = {}
    """Parameters added to links, beside the campaign's: `source`, `medium`, …"""
    logo: str | None = None
    """A picture in `brand/assets/`."""
    colour: str | None = field(default=None, pattern=r"^#[0-9a-fA-F]{6}$")
    """The site's colour, as `#2e7d32`."""


class Limits(WrittenModel):
    """Limits of an instance or an account that differ from the network's own."""

    text: int | None = field(default=None, least=1)
    """The most a part may count, in the network's own unit."""
    media: int | None = field(default=None, least=0)
    """The most pictures."""
    alt: int | None = field(default=None, least=0)
    """The most characters of an alt text."""
    hashtags: int | None = field(default=None, least=0)
    """The most hashtags."""


class Channel(WrittenModel):
    """One account on one network."""

    network: str
    """The network's name (`feed`, `mastodon`, …) or the dotted path of a module that is one."""
    name: str = ""
    """What people call it."""
    account: str = ""
    """The account, as the network writes it."""
    host: str = field(default="", pattern=r"^$|^[A-Za-z0-9.-]+(:[0-9]{1,5})?$")
    """Its server, where the account does not name it and it is not the network's own: `pds.example.org`."""
    lang: Lang | None = None
    """The language spoken there."""
    was: Names = ()
    """Names it had before."""
    limits: Limits = field(default_factory=Limits)
    """Limits of this instance or account."""
    hashtags: Names = ()
    """Hashtags that every post here carries, without `#`."""
    env: Mapping[str, str] = {}
    """Names of the environment variables that hold its secrets: `{token: MASTODON_TOKEN}`."""
    utm: Mapping[str, str] = {}
    """Parameters added to links on this channel."""
    default_time: Clock | None = None
    """The hour here of a post whose date is only a day."""
    paused: str | None = None
    """Why nothing goes out here for now."""
    until: Day | None = None
    """The last day of the pause."""


class Channels(WrittenModel):
    """The accounts a brand speaks from."""

    channels: Mapping[Slug, Channel] = {}
    """Each account under the name posts use."""
    groups: Mapping[Slug, Names] = {}
    """Several channels under one name."""


class Handle(WrittenModel):
    """A person or organisation we mention."""

    name: str
    """How plain text names them."""
    kind: Literal["person", "organisation"] = "organisation"
    """A person needs a basis and an end date."""
    basis: str | None = None
    """Why we may keep this: consent, contract, public office."""
    until: Day | None = None
    """The day this line must go."""
    on: Mapping[str, str] = {}
    """Their handle by network: `{mastodon: "@jardin@example.social"}`."""


class Handles(WrittenModel):
    """`brand/handles.yml`."""

    handles: Mapping[Slug, Handle] = {}
    """Each under the word posts use after `@`."""
