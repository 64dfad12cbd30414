"""The one gate between what the brand knows and what a build may show.

A public build is made from the ledger: what was sealed and sent. Nothing that people wrote since, or have not published yet, passes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from markupsafe import Markup

from marronnier import __version__, messages
from marronnier.messages import N_, _
from marronnier.model.brand import Brand
from marronnier.model.calendar import CalendarDay
from marronnier.model.history import History
from marronnier.model.plan import SHOWN_STATES, PlanLine, ShownState, State
from marronnier.model.post import Post
from marronnier.model.publication import Payload, split_key
from marronnier.model.strategy import Campaign
from marronnier.pages.locale import SiteLocale
from marronnier.pages.scene import Scene
from marronnier.timetable.written_times import is_idea

STATES: tuple[ShownState, ...] = ("draft", "in review", "ready", "sent", "needs you")
"""The five states, in the order of a post's life."""

_WORDS = {
    "draft": N_("draft"),
    "in review": N_("in review"),
    "ready": N_("ready"),
    "sent": N_("sent"),
    "needs you": N_("needs you"),
}


@dataclass(frozen=True, slots=True)
class SitePublication:
    """One publication as this build may show it."""

    key: str
    post_id: str
    channel_name: str
    channel_label: str
    network: str
    occurrence: date | None
    title: str
    lang: str
    """Of its words; empty when not known."""
    at: datetime | None
    """Its instant; None while there is none."""
    state: State
    url: str
    """Where people read it; empty until it is out."""
    campaign: str
    """A slug that this build may show, else empty."""
    line: PlanLine | None
    """What the plan says; None in a public build, where nothing of it may be shown."""
    history: History

    @property
    def shown(self) -> ShownState:
        """The state as people see it."""
        return SHOWN_STATES[self.state]

    @property
    def css(self) -> str:
        """The state as a class name."""
        return self.shown.replace(" ", "-")


class SiteView:
    """What the page makers see."""

    def __init__(self, scene: Scene, tongue: SiteLocale) -> None:
        self.scene = scene
        self.tongue = tongue
        self.brand = scene.desk.brand
        self.internal = scene.internal
        self.today = tongue.local(scene.now).date()

    @cached_property
    def stamp(self) -> str:
        """What every page shows beside its own: the brand, its notices, its channels' names."""
        scene, today = self.scene, self.today if self.brand.clock else None
        channels = {name: (channel.name, channel.account) for name, channel in scene.desk.channels.channels.items()}
        return repr((__version__, scene.internal, scene.edit_uri, scene.plan.warnings, self.brand, channels, today))

    @property
    def whose(self) -> str:
        """What tells this brand from every other, for ever: the ledger's beginning, which moves along with it, or, before that, its name."""
        return self.brand.ledger.first or self.brand.name

    @cached_property
    def outings(self) -> tuple[SitePublication, ...]:
        """All that may be shown, in time order, those without an instant last."""
        return self._in_order(self._planned()) if self.internal else self.published

    @cached_property
    def published(self) -> tuple[SitePublication, ...]:
        """What went out to everyone, in time order, whatever became of its file since."""
        return self._in_order(self._published())

    def _in_order(self, found: Iterable[SitePublication]) -> tuple[SitePublication, ...]:
        return tuple(sorted(found, key=lambda outing: (outing.at is None, outing.at or self.scene.now, outing.key)))

    @cached_property
    def by_post(self) -> Mapping[str, tuple[SitePublication, ...]]:
        """The outings of each post, in time order."""
        found: dict[str, list[SitePublication]] = {}
        for outing in self.outings:
            found.setdefault(outing.post_id, []).append(outing)
        return {post_id: tuple(outings) for post_id, outings in found.items()}

    @cached_property
    def unaddressed(self) -> tuple[Post, ...]:
        """The ideas that name no channel yet, of which no publication tells. Only the team sees them."""
        if not self.internal:
            return ()
        return tuple(post for post in self.scene.desk.posts.values() if is_idea(post) and post.id not in self.by_post)

    def foreign(self, post_id: str) -> str:
        """The language of a post's title where the page speaks another, for those who have it read aloud.

        All its channels speak that language, or it is the brand's.
        """
        spoken = {outing.lang for outing in self.by_post.get(post_id, ())}
        lang = spoken.pop() if len(spoken) == 1 else self.brand.lang
        return lang if lang != self.tongue.lang else ""

    @cached_property
    def by_day(self) -> Mapping[date, tuple[SitePublication, ...]]:
        """The outings of each day of the brand's clock."""
        found: dict[date, list[SitePublication]] = {}
        for outing in self.outings:
            if outing.at is not None:
                found.setdefault(self.tongue.local(outing.at).date(), []).append(outing)
        return {day: tuple(outings) for day, outings in found.items()}

    @cached_property
    def campaigns(self) -> Mapping[str, Campaign]:
        """The campaigns that may be named: all, or in a public build those that have begun and spoken."""
        spoken = {outing.campaign for outing in self.outings}
        return {
            slug: page.campaign
            for slug, page in sorted(self.scene.desk.campaigns.items(), key=lambda found: (found[1].campaign.start, found[0]))
            if self.internal or (slug in spoken and page.campaign.start <= self.today)
        }

    def days(self, day: date) -> tuple[CalendarDay, ...]:
        """The holidays, marronniers and days of silence of that day.

        A public build names holidays, which everyone knows, and marronniers that have come; a coming one would tell what is planned.
        """
        found = self._days_by_date.get(day, ()) + tuple(
            known for known in self._yearly if (known.date.month, known.date.day) == (day.month, day.day)
        )
        if self.internal:
            return found
        return tuple(known for known in found if known.kind == "holiday" or (known.kind == "marronnier" and day <= self.today))

    @cached_property
    def _days_by_date(self) -> Mapping[date, tuple[CalendarDay, ...]]:
        found: dict[date, tuple[CalendarDay, ...]] = {}
        for known in self._known_days:
            if not known.yearly:
                found[known.date] = (*found.get(known.date, ()), known)
        return found

    @cached_property
    def _yearly(self) -> tuple[CalendarDay, ...]:
        return tuple(known for known in self._known_days if known.yearly)

    @cached_property
    def _known_days(self) -> tuple[CalendarDay, ...]:
        return tuple(known for known in self.scene.desk.days.days if known.territory in (None, self.brand.territory))

    def label(self, channel_name: str) -> str:
        """What people call a channel."""
        channel = self.scene.desk.channels.channels.get(channel_name)
        return (channel.name if channel else "") or channel_name

    def person(self, name: str) -> str:
        """What an approver is called; the name in brand/approvals.yml when that says no other, or no longer knows it."""
        approver = self.scene.desk.policy.approvers.get(name)
        return (approver.name if approver else "") or name

    def state_word(self, shown: ShownState) -> Markup:
        """`Ready`, in this language, with a capital."""
        said = str(self.tongue._(_WORDS[shown]))
        return Markup(said[:1].upper() + said[1:])  # noqa: S704 - the sentence comes from the catalogue and is escaped there

    def sealed(self, outing: SitePublication) -> Payload | None:
        """Exactly what was approved or sent; None when nothing is sealed, or the bytes are no longer kept."""
        receipt, seal = outing.history.receipt, outing.history.seal
        sha256 = (receipt.payload if receipt else "") or (seal.payload if seal else "")
        return self._payload_of(sha256)

    def account(self, outing: SitePublication) -> str:
        """The account a preview shows beside the brand's name."""
        channel = self.scene.desk.channels.channels.get(outing.channel_name)
        return channel.account if channel else ""

    def top(self, root: str) -> str:
        """The way to the whole site's root, where feeds and media stand once for all languages."""
        if self.tongue.lang == self.languages[0]:
            return root
        return "../" if root == "./" else f"{root}../"

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the site; the first stands at the root, the others below their own name."""
        return self.scene.langs or languages(self.brand)

    def edit_link(self, path: str) -> str:
        """Where a file is edited; empty when nobody said where, and in a public build, whose readers cannot."""
        return f"{self.scene.edit_uri.rstrip('/')}/{path}" if self.scene.edit_uri and path and self.internal else ""

    def _planned(self) -> list[SitePublication]:
        known = self.scene.desk.campaigns
        found = []
        for line in self.scene.plan.lines:
            publication = line.publication
            history = line.history or self.scene.histories.get(line.key) or History(line.key, ())
            receipt = history.receipt
            campaign = publication.post.front.campaign or ""
            found.append(
                SitePublication(
                    key=line.key,
                    post_id=publication.post.id,
                    channel_name=publication.channel_name,
                    channel_label=publication.channel.name or publication.channel_name,
                    network=publication.channel.network,
                    occurrence=publication.occurrence,
                    title=publication.post.title,
                    lang=publication.words.lang,
                    at=_instant(history) or line.instant.at,
                    state=line.state,
                    url=receipt.url if receipt else "",
                    campaign=campaign if campaign in known else "",
                    line=line,
                    history=history,
                )
            )
        return found

    def _published(self) -> list[SitePublication]:
        found = []
        for key, history in self.scene.histories.items():
            receipt = history.receipt
            if receipt is None or any(event.name == "retracted" for event in history.events):
                continue
            payload = self._payload_of(receipt.payload)
            if payload is not None and _for_some_only(payload):
                continue
            try:
                post_id, channel_name, occurrence = split_key(key)
            except ValueError:
                continue
            channel = self.scene.desk.channels.channels.get(channel_name)
            title = _sealed_title(history) or _first_words(payload) or post_id
            found.append(
                SitePublication(
                    key=key,
                    post_id=post_id,
                    channel_name=channel_name,
                    channel_label=(channel.name if channel else "") or channel_name,
                    network=channel.network if channel else "",
                    occurrence=occurrence,
                    title=title,
                    lang=(lang_of(payload) if payload else "") or (channel.lang if channel else "") or "",
                    at=_instant(history) or receipt.at,
                    state="sent",
                    url=receipt.url,
                    campaign=self._public_campaign(post_id),
                    line=None,
                    history=history,
                )
            )
        return found

    def _payload_of(self, sha256: str) -> Payload | None:
        data = self.scene.payload(sha256) if sha256 else None
        try:
            return Payload.from_bytes(data) if data else None
        except ValueError:
            return None

    def _public_campaign(self, post_id: str) -> str:
        post = self.scene.desk.posts.get(post_id)
        slug = post.front.campaign if post else None
        page = self.scene.desk.campaigns.get(slug) if slug else None
        return slug if slug and page is not None and page.campaign.start <= self.today else ""


def languages(brand: Brand) -> tuple[str, ...]:
    """The languages of the brand's site, the brand's own first where it has a catalogue. Raises Trouble for one of `languages:` that has none."""
    known = messages.languages()
    if unknown := [lang for lang in brand.languages if lang not in known]:
        raise messages.Trouble(
            _("brand/brand.yml asks for a site in {lang}, and there are no sentences in that language", lang=unknown[0]),
            _("Write only languages of these under `languages:`: {names}.", names=", ".join(known)),
            status=2,
        )
    return tuple(dict.fromkeys(lang for lang in (brand.lang, *brand.languages) if lang in known)) or ("en",)


def lang_of(payload: Payload) -> str:
    """The language that its words say they are in; empty when they say none."""
    wire = payload.parts[0].wire if payload.parts else {}
    return str(wire.get("language") or next(iter(wire.get("langs") or ()), ""))


def _for_some_only(payload: Payload) -> bool:
    """Whether it was sent to followers or to one person: what is out there is not out here."""
    return any(part.wire.get("visibility") in ("followers", "direct", "private") for part in payload.parts)


def _instant(history: History) -> datetime | None:
    """The sealed instant of what is out: the hour people were promised, not the second the network answered."""
    receipt = history.receipt
    if receipt is None:
        return None
    sealed = next((event for event in reversed(history.events) if event.name == "sealed"), None)
    return datetime.fromisoformat(sealed.data["instant"]) if sealed else receipt.at


def _sealed_title(history: History) -> str:
    sealed = next((event for event in reversed(history.events) if event.name == "sealed"), None)
    return str(sealed.data.get("title", "")) if sealed else ""


def _first_words(payload: Payload | None) -> str:
    text = payload.parts[0].text if payload and payload.parts else ""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line[:80]
