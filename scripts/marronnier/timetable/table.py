"""The timetable: every publication of the desk, and the instant at which it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from marronnier import desk as desks
from marronnier import messages
from marronnier.messages import _
from marronnier.model.instant import Instant
from marronnier.model.post import Post
from marronnier.model.publication import Publication
from marronnier.model.scalars import WrittenDate, zone_or_utc
from marronnier.timetable import local_time
from marronnier.timetable.draft_timetable import SealCheck, TimetableDraft
from marronnier.timetable.special_days import Calendar, calendar_of
from marronnier.timetable.written_times import WrittenTime, is_idea, written_time

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.model.history import History
    from marronnier.timetable.slot_assignment import SlotAssignment

_NEVER = datetime.max.replace(tzinfo=UTC)


class LazyPublications(Mapping[str, Publication]):
    """Publications by key, each made when it is first read: the instants of ten thousand posts need none of their words."""

    def __init__(self, desk: Desk, sources: Mapping[str, tuple[Post, str, date | None]]) -> None:
        self._desk = desk
        self._sources = sources
        self._made: dict[str, Publication] = {}

    def __getitem__(self, key: str) -> Publication:
        if key not in self._made:
            self._made[key] = desks.publication(self._desk, *self._sources[key])
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __contains__(self, key: object) -> bool:
        return key in self._sources


@dataclass(frozen=True)
class Timetable:
    """Every publication of a desk, ideas included, and its instant."""

    publications: Mapping[str, Publication]
    """By key."""
    instants: Mapping[str, Instant]
    """Under the same keys."""

    def in_order(self) -> tuple[str, ...]:
        """The keys in time order, those without an instant last; within an instant by key."""
        return tuple(sorted(self.instants, key=lambda key: (self.instants[key].at or _NEVER, key)))


def make(desk: Desk, histories: Mapping[str, History], now: datetime, *, is_current: SealCheck | None = None) -> Timetable:
    """The timetable of a desk: each publication with its instant, or with the reason why it has none.

    `now` is aware; it matters to slots only, whose places must lie ahead.
    A seal on a slot or repeat keeps its instant while `is_current` says that its digests are those of what is written now. Without
    `is_current`, it keeps its instant while the hour written is the hour sealed.
    """
    draft = TimetableDraft(desk, histories, now, zone_or_utc(desk.brand.zone), is_current)
    try:
        draft.zone = local_time.zone(desk.brand.zone)
    except local_time.BadZone as bad:
        for post in desk.posts.values():
            draft.add(post, desks.channel_names(desk, post), Instant(None, "idea" if is_idea(post) else "written", str(bad), "bad-zone"))
    else:
        TimetableBuilder(draft).fill()
    ordered = sorted(draft.instants)
    publications = LazyPublications(desk, {key: draft.sources[key] for key in ordered})
    return Timetable(publications, {key: draft.instants[key] for key in ordered})


class TimetableBuilder:
    """Adds the posts of a desk to a timetable: written dates and repeats first, then sealed slot places, then the queue."""

    def __init__(self, draft: TimetableDraft) -> None:
        self.draft = draft
        self.desk = draft.desk
        self.zone = draft.zone
        self.calendar: Calendar = calendar_of(draft.desk)
        self.slot_assignment: SlotAssignment | None = None

    def fill(self) -> None:
        """Add every publication of the desk with its instant."""
        for post in self.desk.posts.values():
            channels = desks.channel_names(self.desk, post)
            if not post.front.for_:
                self._add_post(post, WrittenTime(post.front.date, post.front.slot), channels)
                continue
            by_time: dict[WrittenTime, list[str]] = {}
            for channel in channels:
                by_time.setdefault(written_time(self.desk, post, channel), []).append(channel)
            for written, channels_then in by_time.items():
                self._add_post(post, written, channels_then)
        if self.slot_assignment is not None:
            self.slot_assignment.assign()

    def _add_post(self, post: Post, written: WrittenTime, channels: Sequence[str]) -> None:
        """Add a post on the channels that share a written time."""
        if post.front.repeat is not None:
            self._add_repeat(post, written, channels)
        elif written.slot is not None:
            self._queue_for_slot(post, written, channels)
        elif written.date is None:
            none = (
                Instant(None, "idea", _("an idea without a date"))
                if is_idea(post)
                else Instant(None, "written", _("no date and no slot are written"), "no-date")
            )
            self.draft.add(post, channels, none)
        elif written.date.when_approved:
            self._add_when_approved(post, channels)
        else:
            self._add_dated(post, written.date, channels)

    # Written dates

    def _add_dated(self, post: Post, moment: WrittenDate, channels: Sequence[str]) -> None:
        idea = is_idea(post)
        instants: dict[time, Instant] = {}
        for channel in channels:
            clock = self._clock_time(moment, channel)
            instant = instants.get(clock)
            if instant is None:
                instant = instants[clock] = self._written_instant(moment, clock, "idea" if idea else "written")
            if instant.at is not None and not idea:
                self.draft.occupied.hours.add((channel, instant.at))
            self.draft.add(post, (channel,), instant)

    def _clock_time(self, moment: WrittenDate, channel: str) -> time:
        return moment.clock or self.desk.channels.channels[channel].default_time or self.desk.brand.default_time

    def _written_instant(self, moment: WrittenDate, clock: time, basis: str) -> Instant:
        try:
            at = local_time.resolve(moment, self.zone, clock)
        except local_time.Unresolvable as unresolvable:
            return Instant(None, basis, str(unresolvable), unresolvable.problem)
        return Instant(at, basis, self.calendar.day_note(local_time.wall_time(at, self.zone).date()))

    def _add_when_approved(self, post: Post, channels: Sequence[str]) -> None:
        basis = "idea" if is_idea(post) else "when-approved"
        for channel in channels:
            at = self.draft.sealed_instant(post, channel, None, basis, lambda _at: True)
            self.draft.add(post, (channel,), Instant(at, basis, "" if at else _("goes out as soon as it is approved")))

    # Repeats

    def _add_repeat(self, post: Post, written: WrittenTime, channels: Sequence[str]) -> None:
        from marronnier.timetable import repeats

        rule = post.front.repeat
        assert rule is not None
        basis = "idea" if is_idea(post) else "repeat"
        if written.slot is not None or written.date is None or written.date.when_approved:
            why = _("a repeat needs a `date:` with its first day and time; it cannot be combined with a slot or with when-approved")
            self.draft.add(post, channels, Instant(None, basis, why, "bad-repeat"))
            return
        for channel in channels:
            first = self._first_wall_time(written.date, self._clock_time(written.date, channel))
            try:
                days = repeats.occurrence_days(rule, first, self.zone)
            except repeats.BadRepeat as bad:
                self.draft.add(post, (channel,), Instant(None, basis, str(bad), "bad-repeat"))
                continue
            self._add_occurrences(post, channel, written.date, first.time(), days, basis)

    def _first_wall_time(self, moment: WrittenDate, clock: time) -> datetime:
        """The naive wall time, in the brand's zone, from which a rule counts."""
        assert moment.day is not None
        if moment.offset is not None:
            return local_time.wall_time(local_time.resolve(moment, self.zone, clock), self.zone)
        return datetime.combine(moment.day, clock)

    def _add_occurrences(self, post: Post, channel: str, moment: WrittenDate, clock: time, days: tuple[date, ...], basis: str) -> None:
        unshifted = {day for day in days if self.calendar.verdict(day, weekend=True).effect in ("keep", "warn")}
        occupied = set(unshifted)
        for day in days:
            new_day, note = self._shifted_day(day, day not in unshifted, occupied)
            instant = Instant(None, basis, note) if new_day is None else self._occurrence_instant(new_day, clock, moment, basis, note)
            sealed = self.draft.sealed_instant(
                post, channel, day, basis, lambda at: local_time.is_clock_time(at, clock, self.zone, moment.edge)
            )
            if sealed is not None and sealed != instant.at:
                instant = Instant(sealed, basis, "" if new_day is not None else _("approved earlier for this time: {note}", note=note))
            if instant.at is not None and basis != "idea":
                self.draft.occupied.add((channel,), instant.at)
            self.draft.add(post, (channel,), instant, day)

    def _shifted_day(self, day: date, is_shifted: bool, occupied: set[date]) -> tuple[date | None, str]:
        """The day of an occurrence after any shift, None when it is skipped, and a note for people.

        `occupied` are the days of the other occurrences; the day of a shifted one is added.
        """
        verdict = self.calendar.verdict(day, weekend=True)
        if not is_shifted:
            return day, verdict.why
        if verdict.effect == "skip":
            return None, _("skipped: {why}", why=verdict.why)
        new_day = self.calendar.shift_target(day, weekend=True)
        if new_day is None:
            return None, _("skipped: {why}, and there is no working day near it", why=verdict.why)
        if new_day in occupied:
            return None, _("skipped: {why}, and {day} has this post already", why=verdict.why, day=messages.format_day(new_day))
        occupied.add(new_day)
        return new_day, _("moved from {day}: {why}", day=messages.format_day(day), why=verdict.why)

    def _occurrence_instant(self, day: date, clock: time, moment: WrittenDate, basis: str, note: str) -> Instant:
        try:
            at = local_time.instant(datetime.combine(day, clock), self.zone, moment.edge)
        except local_time.Unresolvable as unresolvable:
            return Instant(None, basis, str(unresolvable), unresolvable.problem)
        return Instant(at, basis, note)

    # Slots

    def _queue_for_slot(self, post: Post, written: WrittenTime, channels: Sequence[str]) -> None:
        if self.slot_assignment is None:
            from marronnier.timetable.slot_assignment import SlotAssignment

            self.slot_assignment = SlotAssignment(self.draft)
        self.slot_assignment.enqueue(post, written, channels)
