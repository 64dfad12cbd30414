"""The brand and its channels: `brand/brand.yml` and `brand/channels.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Literal

from marronnier.model.fields import WrittenModel, field
from marronnier.model.post import OnMissed
from marronnier.model.scalars import Clock, Date, Day, Dollars, Duration, Lang, Names, Slug


class Brakes(WrittenModel):
    """Limits that stop a run before it sends too much by mistake."""

    at_once: int = field(default=20, minimum=1)
    """The most publications that one run may send. When more are due at once, the run sends none of them and asks a person."""


class LedgerIdentity(WrittenModel):
    """The ledger that this brand trusts: the record of what was approved and sent."""

    first: str | None = field(default=None, pattern=r"^[0-9a-f]{40,64}$")
    """The id of the ledger's first commit. `marronnier ledger init` writes it; do not edit it."""
    unsigned: bool = False
    """`true` only for a ledger without a remote repository: its commits are not signed, and every status says so."""


class Brand(WrittenModel):
    """The brand that publishes: its name, time zone, languages and rules that hold for all its posts."""

    name: str
    """The brand's name, as people know it: `Jardin partagé`."""
    description: str = ""
    """One sentence about the brand."""
    zone: str = "Europe/Brussels"
    """The brand's IANA time zone, like `Europe/Brussels`. Every hour written without an offset is in this zone."""
    lang: Lang = "fr"
    """The language of the posts, like `fr`, where neither the post nor the channel gives one."""
    languages: Names = ("fr", "en")
    """The languages of the site, like `[fr, en]`."""
    territory: str = "BE"
    """The country whose public holidays and weekend count, as an ISO 3166 code: `BE`, `FR`."""
    site_url: str = ""
    """The address where the site is published: `https://example.org/calendar/`."""
    private: bool = False
    """`true`: the calendar is in a private repository. When the forge says that it is public, nothing goes out before this line is taken out."""
    clock: Date | None = None
    """A fixed date that stands for today, for an example or a rehearsal. While it is set, posts can only be sent to the feed and to servers on this computer."""
    default_time: Clock = time(9)
    """The hour at which a post goes out when its date has no hour: `09:00`."""
    grace: Duration = timedelta(hours=2)
    """How late a post may still be sent without asking a person: `90 min`, `2h`, `1d`."""
    on_missed: OnMissed = "ask"
    """What happens to a post that is later than `grace`: `ask` a person, or `send-until 8h` after its time."""
    gap: Duration = timedelta(minutes=30)
    """The least time between two posts on one channel: `30 min`, `2h`."""
    heartbeat: Duration | None = None
    """How often the publisher runs at least: `1h`, `1d`. Where it did not, 45 minutes later every status and the site say so."""
    brakes: Brakes = field(default_factory=Brakes)
    """Limits that stop a run before it sends too much by mistake."""
    ledger: LedgerIdentity = field(default_factory=LedgerIdentity)
    """The ledger that this brand trusts. `marronnier ledger init` writes it."""
    known_hosts: Names = ()
    """Hosts that links may always lead to, with their subdomains: `[example.org]`. Links to them are never reported as suspicious."""
    foreign_keys: Names = ()
    """Front matter keys of another tool that are ignored: `[sidebar, ads]`."""
    utm: Mapping[str, str] = {}
    """UTM parameters added to every link, without `utm_`: `{source: social, medium: post}`. Those of a campaign or channel replace them."""
    logo: str | None = None
    """The file of the logo in `brand/assets/`: `logo.svg`."""
    colour: str | None = field(default=None, pattern=r"^#[0-9a-fA-F]{6}$")
    """The main colour of the site: `#2e7d32`."""


class Limits(WrittenModel):
    """Limits of one server or account, where they differ from the limits of the network."""

    text: int | None = field(default=None, minimum=1)
    """The greatest length of one message, counted as the network counts: `5000`."""
    media: int | None = field(default=None, minimum=0)
    """The most pictures or videos in one message."""
    alt: int | None = field(default=None, minimum=0)
    """The greatest length of an alternative text, in characters."""
    hashtags: int | None = field(default=None, minimum=0)
    """The most hashtags in one message."""
    unit: Literal["graphemes", "codepoints"] | None = None
    """What the server counts: `graphemes`, where 👨‍👩‍👧‍👦 is one, or `codepoints`, where it is seven. `marronnier doctor --write` writes it."""
    link: str | None = field(default=None, pattern=r"^(full|[1-9][0-9]{0,3})$")
    """The length that each link counts on the server: a number, or `full` for its own length. `marronnier doctor --write` writes it."""


class Channel(WrittenModel):
    """One account on one network, which posts can go to."""

    network: str
    """The name of the network (`feed`, `mastodon`, …), or the dotted path of one that an installed package names."""
    name: str = ""
    """The channel's name for people: `Mastodon of the library`."""
    account: str = ""
    """The account, as the network writes it: `@jardin@example.social`."""
    host: str = field(default="", pattern=r"^$|^[A-Za-z0-9.-]+(:[0-9]{1,5})?$")
    """The server of the account, where the account does not name it and it is not the network's usual server: `pds.example.org`."""
    lang: Lang | None = None
    """The language of posts on this channel, like `nl`; the brand's when absent."""
    was: Names = ()
    """Earlier names of this channel, so that renaming it does not send anything again: `[masto]`."""
    limits: Limits = field(default_factory=Limits)
    """Limits of this server or account, where they differ from the limits of the network."""
    hashtags: Names = ()
    """Hashtags of every post on this channel, without `#`: `[Bruxelles]`."""
    env: Mapping[str, str] = {}
    """The names of the environment variables that hold its secrets: `{token: MASTODON_TOKEN}`. Never write a secret itself."""
    expires: Day | None = None
    """The day on which its credentials end, like `2027-01-08`: two weeks before, every status says so. `marronnier doctor --write` writes it."""
    version: str = field(default="", pattern=r"^$|^[A-Za-z0-9._-]{1,40}$")
    """The version of the network's API, where its versions end: `202607`; the one that this Marronnier was made for when absent."""
    utm: Mapping[str, str] = {}
    """UTM parameters added to links on this channel, without `utm_`: `{source: mastodon}`. They replace those of the brand and the campaign."""
    default_time: Clock | None = None
    """The hour at which a post goes out on this channel when its date has no hour; the brand's when absent."""
    public_media: bool = False
    """`true`: the pictures and videos of an approved post may stand on the public site in the hour before it, without a link to them. Some networks fetch them there."""
    budget: Dollars | None = None
    """The most that the network may charge in a month for posts on this channel, in US dollars: `20`, `12.50`."""
    paused: str | None = None
    """The reason why nothing is sent on this channel for now. While it is written, the channel is paused."""
    until: Day | None = None
    """The last day of the pause: `2026-12-31`."""


class Channels(WrittenModel):
    """`brand/channels.yml`: the accounts that the brand publishes on."""

    channels: Mapping[Slug, Channel] = {}
    """Each channel under the name that posts use: `mastodon`."""
    groups: Mapping[Slug, Names] = {}
    """Groups: several channels under one name, which posts may use instead: `{social: [mastodon, bluesky]}`."""


class Handle(WrittenModel):
    """A person or organisation that posts mention."""

    name: str
    """Their name in plain text, used on networks where they have no account."""
    kind: Literal["person", "organisation"] = "organisation"
    """`person` or `organisation`. For a person, write `basis` and `until` too."""
    basis: str | None = None
    """Why the team may keep this entry: consent, contract, public office."""
    until: Day | None = None
    """The day on which this entry must be deleted: `2027-06-30`."""
    on: Mapping[str, str] = {}
    """Their account on each network: `{mastodon: "@jardin@example.social"}`."""


class Handles(WrittenModel):
    """`brand/handles.yml`: the people and organisations that posts mention."""

    handles: Mapping[Slug, Handle] = {}
    """Each person or organisation under the name that posts write after `@`: `jardin` for `@jardin`."""
