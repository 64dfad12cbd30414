"""What the rules look at. Whatever two rules need is worked out here, once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marronnier import messages
from marronnier.cache import Cache
from marronnier.checks.length_limits import LengthLimits
from marronnier.checks.view.channels import ChannelNetworks
from marronnier.checks.view.lines import TimetableLine, TimetableLines
from marronnier.checks.view.media import PostMedia
from marronnier.checks.view.texts import PostTexts
from marronnier.model.finding import Finding
from marronnier.model.post import Post
from marronnier.text import urls
from marronnier.timetable import local_time, special_days
from marronnier.timetable.special_days import Calendar

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.proofs.situation import Situation

__all__ = ["TimetableLine", "View"]

_CLEAN = "clean"
"""The shelf of the cache that holds, by the digest of a post's file, the rules that have nothing to find in it."""


@dataclass
class View:
    """Everything people wrote, when it goes out, what went out so far, and the instant of the check."""

    situation: Situation
    cache: Cache = field(default_factory=Cache)
    inspected: Collection[str] | None = None
    """The paths of the posts whose media are opened; all, when None."""

    @property
    def desk(self) -> Desk:
        """Everything people wrote."""
        return self.situation.desk

    @property
    def now(self) -> datetime:
        """The instant of the check: aware, UTC."""
        return self.situation.now

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        """Every post in path order, with those whose id another post already has and what is left of the faulty ones."""
        return tuple(sorted((*self.desk.posts.values(), *self.desk.duplicates, *self.desk.salvaged_posts), key=lambda post: post.path))

    @cached_property
    def post_ids(self) -> frozenset[str]:
        """Every id that a post has or seems to have: a post that cannot be read is not gone."""
        return frozenset((*self.desk.posts, *self.desk.over, *self.desk.unreadable_posts.values(), *(post.id for post in self.posts)))

    @cached_property
    def channels(self) -> ChannelNetworks:
        """The channels with their networks."""
        return ChannelNetworks(self.desk)

    @cached_property
    def lines(self) -> TimetableLines:
        """The publications of the timetable, and which of them are out."""
        return TimetableLines(self.situation, self.channels)

    @cached_property
    def texts(self) -> PostTexts:
        """The words of the posts, and of the other files people write."""
        return PostTexts(self.desk, self.posts)

    @cached_property
    def media(self) -> PostMedia:
        """The media of the posts."""
        return PostMedia(self.desk, self.posts, self.channels, self.cache, self.inspected)

    @cached_property
    def lengths(self) -> LengthLimits:
        """How much each channel takes, and how long its publications are."""
        return LengthLimits(self.desk, self.channels.networks)

    @cached_property
    def renamed(self) -> Mapping[str, TimetableLine]:
        """Keys that went out, or may have, and are gone from the calendar, each with the publication not sent that has its words."""
        if not self.situation.histories or self.desk.only is not None:
            return {}
        from marronnier.checks.view import renamed

        return renamed.renamed_publications(self.lines, self.texts, self.lengths)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The brand's zone; UTC where the one written does not exist, which has a finding of its own."""
        try:
            return local_time.zone(self.desk.brand.zone)
        except local_time.BadZone:
            return ZoneInfo("UTC")

    def day(self, at: datetime) -> date:
        """The day of an instant, in the brand's zone."""
        return at.astimezone(self.zone).date()

    def format_time(self, at: datetime) -> str:
        """An instant as people write it, in the brand's zone."""
        return messages.format_instant(at.astimezone(self.zone))

    @cached_property
    def calendar(self) -> Calendar:
        """The brand's holidays, stories and silences."""
        return special_days.calendar_of(self.desk)

    @cached_property
    def known_hosts(self) -> frozenset[str]:
        """Hosts that the brand trusts: its own site's, those of its accounts, and those it names."""
        brand, channels = self.desk.brand, self.desk.channels.channels.values()
        own = urls.host_from_authority(urls.authority(brand.site_url)).removeprefix("www.")
        accounts = (channel.account.rpartition("@")[2] for channel in channels if channel.account.strip("@").count("@"))
        return frozenset(host.casefold() for host in (own, *accounts, *brand.known_hosts) if host)

    def desk_findings(self, rule: str, expected: str, next: str) -> Iterator[Finding]:
        """The findings that loading the desk made under a rule's name; `expected` and `next` fill those that leave them empty."""
        for finding in self.desk.findings:
            if finding.rule == rule:
                yield replace(finding, expected=finding.expected or expected, next=finding.next or next)

    @cached_property
    def used_allows(self) -> set[tuple[str, str]]:
        """Path and rule of each `allow` that took a finding away."""
        return set()

    def is_allowed(self, rule: str, posts: Iterable[Post]) -> bool:
        """Whether one of the posts that break a rule together allows it. Notes those `allow` as used."""
        allowing = [post for post in posts if post.allows(rule)]
        self.used_allows.update((post.path, rule) for post in allowing)
        return bool(allowing)

    def is_known_clean(self, rule: str, post: Post, search: Callable[[str], object]) -> bool:
        """Whether a rule has nothing to find in a post's file: `search` of its text gives something empty or false.

        The answer is cached by the file's digest, so that of ten thousand posts only those that changed are searched.
        """
        known = self._clean_rules.get(_CLEAN, post.digest) or ()
        if rule in known:
            return True
        if search(post.text):
            return False
        self._clean_rules.put(_CLEAN, post.digest, (*known, rule))
        return True

    @cached_property
    def _clean_rules(self) -> Cache:
        # For one post alone, reading what is known of all posts takes longer than searching that post.
        return self.cache if self.desk.only is None else Cache()
