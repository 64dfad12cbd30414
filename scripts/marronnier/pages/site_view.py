"""SiteView: the only access of page makers to the brand's data, which decides what a build may show.

A public build shows what the ledger holds as sealed and sent. Nothing that people wrote since, or have not published yet, is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from markupsafe import Markup

from marronnier import __version__, messages, networks
from marronnier.messages import N_, _
from marronnier.model.brand import Brand
from marronnier.model.calendar import CalendarDay
from marronnier.model.history import History
from marronnier.model.plan import SHOWN_STATES, PlanLine, ShownState, ShownWord, State, shown_word
from marronnier.model.post import Post
from marronnier.model.publication import Payload, split_key
from marronnier.model.strategy import Campaign
from marronnier.pages.locale import SiteLocale
from marronnier.pages.site_data import SiteData
from marronnier.timetable.written_times import is_idea

WORDS: tuple[ShownWord, ...] = ("draft", "in review", "ready", "sent", "needs you", "past", "retracted")
"""The words for the states, in the order of a post's life."""

_PUBLIC = ("public", "unlisted")
"""Audiences that a public site may show. Whatever else a network calls an audience may mean a few people only."""
_NAMES_OF_WORDS = {
    "draft": N_("draft"),
    "in review": N_("in review"),
    "ready": N_("ready"),
    "sent": N_("sent"),
    "needs you": N_("needs you"),
    "past": N_("past"),
    "retracted": N_("retracted"),
}


@dataclass(frozen=True, slots=True)
class SitePublication:
    """A publication as this build may show it."""

    key: str
    post_id: str
    channel_name: str
    channel_label: str
    network: str
    occurrence: date | None
    title: str
    lang: str
    """The language of its words; empty when not known."""
    at: datetime | None
    """The instant; None without one."""
    state: State
    url: str
    """The URL where people read it; empty until it is out."""
    campaign: str
    """The campaign's slug, if this build may show it, else empty."""
    line: PlanLine | None
    """The line of the plan; None in a public build, which shows nothing of the plan."""
    history: History

    @property
    def public_state(self) -> ShownState:
        """The state as people see it."""
        return SHOWN_STATES[self.state]

    @property
    def shown_word(self) -> ShownWord:
        """The word for it that people read."""
        return shown_word(self.state, self.history)

    @property
    def css_class(self) -> str:
        """The state as a class name."""
        return self.public_state.replace(" ", "-")


_UNSEALED = ("idea", "draft", "in-review", "held")
"""States of words that nobody has approved as they stand, whatever was approved before."""


class SiteView:
    """The brand's data in one language, reduced to what a build may show."""

    def __init__(self, site_data: SiteData, locale: SiteLocale) -> None:
        self.site_data = site_data
        self.locale = locale
        self.brand = site_data.desk.brand
        self.internal = site_data.internal
        self.today = locale.local(site_data.now).date()

    @cached_property
    def shared_inputs(self) -> str:
        """The inputs of every page: the brand, the notices, the names of the channels, the version of the tool."""
        site_data, today = self.site_data, self.today if self.brand.clock else None
        channels = {name: (channel.name, channel.account) for name, channel in site_data.desk.channels.channels.items()}
        return repr((__version__, site_data.internal, site_data.edit_uri, site_data.plan.warnings, self.brand, channels, today))

    @property
    def brand_identity(self) -> str:
        """A permanent identifier of the brand: the ledger's first commit, or the brand's name before there is a ledger."""
        return self.brand.ledger.first or self.brand.name

    @cached_property
    def publications(self) -> tuple[SitePublication, ...]:
        """Every publication that this build may show, in time order, those without an instant last."""
        return self._in_time_order(self._collect_planned()) if self.internal else self.published

    @cached_property
    def published(self) -> tuple[SitePublication, ...]:
        """The publications that went out to everyone, in time order, even when their files were changed or deleted since."""
        return self._in_time_order(self._collect_published())

    def _in_time_order(self, publications: Iterable[SitePublication]) -> tuple[SitePublication, ...]:
        return tuple(
            sorted(publications, key=lambda publication: (publication.at is None, publication.at or self.site_data.now, publication.key))
        )

    @cached_property
    def by_post(self) -> Mapping[str, tuple[SitePublication, ...]]:
        """The publications of each post, in time order."""
        by_post: dict[str, list[SitePublication]] = {}
        for publication in self.publications:
            by_post.setdefault(publication.post_id, []).append(publication)
        return {post_id: tuple(publications) for post_id, publications in by_post.items()}

    @cached_property
    def ideas_without_channel(self) -> tuple[Post, ...]:
        """The ideas without a channel, which have no publication. Empty in a public build."""
        if not self.internal:
            return ()
        return tuple(post for post in self.site_data.desk.posts.values() if is_idea(post) and post.id not in self.by_post)

    def title_lang(self, post_id: str) -> str:
        """The language of a post's title, for screen readers; empty when it is the page's language.

        It is the language of all the post's publications, or the brand's when they differ.
        """
        langs = {publication.lang for publication in self.by_post.get(post_id, ())}
        lang = langs.pop() if len(langs) == 1 else self.brand.lang
        return lang if lang != self.locale.lang else ""

    @cached_property
    def by_day(self) -> Mapping[date, tuple[SitePublication, ...]]:
        """The publications of each day of the brand's clock."""
        by_day: dict[date, list[SitePublication]] = {}
        for publication in self.publications:
            if publication.at is not None:
                by_day.setdefault(self.locale.local(publication.at).date(), []).append(publication)
        return {day: tuple(publications) for day, publications in by_day.items()}

    @cached_property
    def campaigns(self) -> Mapping[str, Campaign]:
        """The campaigns that this build may name: in a public build those that have begun and have a publication, else all."""
        with_publications = {publication.campaign for publication in self.publications}
        return {
            slug: page.campaign
            for slug, page in sorted(self.site_data.desk.campaigns.items(), key=lambda item: (item[1].campaign.start, item[0]))
            if self.internal or (slug in with_publications and page.campaign.start <= self.today)
        }

    def days_on(self, day: date) -> tuple[CalendarDay, ...]:
        """The holidays, marronniers and days of silence of that day.

        A public build names holidays, which everyone knows, and marronniers up to today; a later one would reveal plans.
        """
        days = self._calendar_days.get(day, ()) + self._calendar_days.get((day.month, day.day), ())
        if self.internal:
            return days
        return tuple(entry for entry in days if entry.kind == "holiday" or (entry.kind == "marronnier" and day <= self.today))

    @cached_property
    def _calendar_days(self) -> Mapping[date | tuple[int, int], tuple[CalendarDay, ...]]:
        """The brand's days by date, and the yearly ones by month and day."""
        days: dict[date | tuple[int, int], tuple[CalendarDay, ...]] = {}
        for day in self.site_data.desk.days.days:
            if day.territory in (None, self.brand.territory):
                key = (day.date.month, day.date.day) if day.yearly else day.date
                days[key] = (*days.get(key, ()), day)
        return days

    def channel_label(self, channel_name: str) -> str:
        """The channel's display name, else its name in brand/channels.yml."""
        channel = self.site_data.desk.channels.channels.get(channel_name)
        return (channel.name if channel else "") or channel_name

    def approver_name(self, name: str) -> str:
        """The approver's display name; the key in brand/approvals.yml when it gives none or no longer has the approver."""
        approver = self.site_data.desk.policy.approvers.get(name)
        return (approver.name if approver else "") or name

    def state_name(self, word: ShownWord) -> Markup:
        """The word for a state in this language, with a capital: `Ready`."""
        name = str(self.locale._(_NAMES_OF_WORDS[word]))
        return Markup(name[:1].upper() + name[1:])  # noqa: S704 - the sentence comes from the catalogue and is escaped there

    def sealed_payload(self, publication: SitePublication) -> Payload | None:
        """The payload that was sent, else the approved one; None for words that nobody sealed, or when the ledger no longer keeps the bytes.

        Words on a branch, and words changed after the approval, are not the sealed ones.
        """
        receipt, seal, line = publication.history.receipt, publication.history.seal, publication.line
        is_changed = line is not None and seal is not None and line.state in _UNSEALED and line.digests.words != seal.words
        if line is not None and (line.proposal or (receipt is None and is_changed)):
            return None
        return self._payload_of((receipt.payload if receipt else "") or (seal.payload if seal else ""))

    def channel_account(self, publication: SitePublication) -> str:
        """The channel's account, which a preview shows beside the brand's name; empty when it is not known."""
        channel = self.site_data.desk.channels.channels.get(publication.channel_name)
        return channel.account if channel else ""

    def site_root(self, root: str) -> str:
        """The relative path to the whole site's root, which holds feeds and media for all languages. `root` is the one to the language's root."""
        if self.locale.lang == self.languages[0]:
            return root
        return "../" if root == "./" else f"{root}../"

    @property
    def languages(self) -> tuple[str, ...]:
        """The site's languages; the first is at the site's root, each other one in a folder of its name."""
        return self.site_data.langs or languages(self.brand)

    def edit_link(self, path: str) -> str:
        """The URL for editing a file; empty without an edit URI, and in a public build."""
        return f"{self.site_data.edit_uri.rstrip('/')}/{path}" if self.site_data.edit_uri and path and self.internal else ""

    def _collect_planned(self) -> Iterator[SitePublication]:
        known_campaigns = self.site_data.desk.campaigns
        for line in self.site_data.plan.lines:
            publication = line.publication
            history = line.history or self.site_data.histories.get(line.key) or History(line.key, ())
            receipt = history.receipt
            campaign = publication.post.front.campaign or ""
            yield SitePublication(
                key=line.key,
                post_id=publication.post.id,
                channel_name=publication.channel_name,
                channel_label=publication.channel.name or publication.channel_name,
                network=publication.channel.network,
                occurrence=publication.occurrence,
                title=publication.post.title,
                lang=publication.words.lang,
                at=_sealed_instant(history) or line.instant.at,
                state=line.state,
                url=receipt.url if receipt and history.retraction is None else "",
                campaign=campaign if campaign in known_campaigns else "",
                line=line,
                history=history,
            )

    def _collect_published(self) -> Iterator[SitePublication]:
        for key, history in self.site_data.histories.items():
            receipt = history.receipt
            if receipt is None or history.retraction is not None:
                continue
            payload = self._payload_of(receipt.payload)
            contents = networks.contents(payload) if payload else ()
            if any(content.audience not in _PUBLIC for content in contents):
                continue
            try:
                post_id, channel_name, occurrence = split_key(key)
            except ValueError:
                continue
            channel = self.site_data.desk.channels.channels.get(channel_name)
            yield SitePublication(
                key=key,
                post_id=post_id,
                channel_name=channel_name,
                channel_label=self.channel_label(channel_name),
                network=channel.network if channel else "",
                occurrence=occurrence,
                title=str(_sealed_data(history).get("title", "")) or _first_line(payload) or post_id,
                lang=(contents[0].lang if contents else "") or (channel.lang if channel else "") or "",
                at=_sealed_instant(history) or receipt.at,
                state="sent",
                url=receipt.url,
                campaign=self._public_campaign(post_id),
                line=None,
                history=history,
            )

    def _payload_of(self, sha256: str) -> Payload | None:
        data = self.site_data.payload(sha256) if sha256 else None
        try:
            return Payload.from_bytes(data) if data else None
        except ValueError:
            return None

    def _public_campaign(self, post_id: str) -> str:
        post = self.site_data.desk.posts.get(post_id)
        slug = post.front.campaign if post else None
        page = self.site_data.desk.campaigns.get(slug) if slug else None
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


def _sealed_instant(history: History) -> datetime | None:
    """The sealed instant of a sent publication: the approved time, not the second in which the network answered. None before it is sent."""
    receipt = history.receipt
    if receipt is None:
        return None
    sealed = _sealed_data(history)
    return datetime.fromisoformat(sealed["instant"]) if sealed else receipt.at


def _sealed_data(history: History) -> Mapping[str, Any]:
    """The values of the last `sealed` event; empty without one."""
    return next((event.data for event in reversed(history.events) if event.name == "sealed"), {})


def _first_line(payload: Payload | None) -> str:
    text = payload.parts[0].text if payload and payload.parts else ""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line[:80]
