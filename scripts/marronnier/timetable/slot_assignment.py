"""Seating: which posts of slots take which places. What is sealed stays where it is sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from marronnier.messages import _
from marronnier.model.instant import Instant
from marronnier.timetable import local_time
from marronnier.timetable.queue import NEXT, QueuedPost, assign_places, excluded_channel_message, unknown_slot_message
from marronnier.timetable.slots import SlotPlaces
from marronnier.timetable.written_times import is_idea

if TYPE_CHECKING:
    from marronnier.model.post import Post
    from marronnier.model.scalars import WrittenDate
    from marronnier.timetable.draft import TimetableDraft
    from marronnier.timetable.written_times import WrittenTime


class SlotAssignment:
    """The posts that wait for a place in a slot."""

    def __init__(self, draft: TimetableDraft) -> None:
        self.draft = draft
        """The timetable they get their instants in."""
        self.places = SlotPlaces(draft.desk, draft.zone)
        self.seats: list[tuple[QueuedPost, Post]] = []

    def ask(self, post: Post, written: WrittenTime, channels: Sequence[str]) -> None:
        """Let a post ask for a place on these channels, or say why it has none."""
        slot = written.slot or ""
        if is_idea(post):
            for channel in channels:
                self.draft.add(post, channel, None, Instant(None, "idea", _("an idea takes no place in a slot")))
            return
        if slot != NEXT and slot not in self.places.slots:
            for channel in channels:
                self.draft.add(post, channel, None, Instant(None, f"slot:{slot}", unknown_slot_message(slot, self.places), "unknown-slot"))
            return
        served = [channel for channel in channels if slot == NEXT or self.places.serves(slot, channel)]
        for channel in channels:
            if channel not in served:
                self.draft.add(post, channel, None, Instant(None, f"slot:{slot}", excluded_channel_message(slot, channel), "unknown-slot"))
        if served:
            self.seats.append((QueuedPost(post.id, tuple(served), slot, self._not_before(written.date), post.front.pillar), post))

    def _not_before(self, moment: WrittenDate | None) -> datetime | None:
        """The instant before which no place suits; a day alone counts from its beginning."""
        if moment is None or moment.day is None:
            return None
        if moment.clock is None:
            return local_time.start_of_day(moment.day, self.draft.zone)
        try:
            return local_time.resolve(moment, self.draft.zone, moment.clock)
        except local_time.Unresolvable as unresolvable:
            return unresolvable.earlier

    def seat(self) -> None:
        """Seat the posts of slots: what is sealed where it is sealed, its other channels beside it, then the others in turn."""
        beside: list[tuple[QueuedPost, Post, datetime]] = []
        waiting: list[tuple[QueuedPost, Post]] = []
        for seat, post in self.seats:
            held = {channel: at for channel in seat.channels if (at := self._seat_of(seat, post, channel)) is not None}
            for channel, at in held.items():
                self.draft.occupied.add(
                    (channel,), at, "" if seat.slot == NEXT else seat.slot, local_time.wall_time(at, self.draft.zone).date()
                )
                self.draft.add(post, channel, None, Instant(at, seat.basis))
            left = tuple(channel for channel in seat.channels if channel not in held)
            if not left:
                continue
            rest = QueuedPost(seat.post_id, left, seat.slot, seat.not_before, seat.pillar)
            ahead = min((at for at in held.values() if at > self.draft.now), default=None)
            if ahead is None:
                waiting.append((rest, post))
            else:
                beside.append((rest, post, ahead))
        for seat, post, at in sorted(beside, key=lambda one: (one[2], one[0].queue_order)):
            if any((channel, at) in self.draft.occupied.hours for channel in seat.channels):
                waiting.append((seat, post))
                continue
            self.draft.occupied.add(
                seat.channels, at, "" if seat.slot == NEXT else seat.slot, local_time.wall_time(at, self.draft.zone).date()
            )
            for channel in seat.channels:
                self.draft.add(post, channel, None, Instant(at, seat.basis, _("with its other channels, already approved for then")))
        posts = {seat.post_id: post for seat, post in waiting}
        for seat, instant in assign_places((seat for seat, _post in waiting), self.places, self.draft.occupied, self.draft.now):
            for channel in seat.channels:
                self.draft.add(posts[seat.post_id], channel, None, instant)

    def _seat_of(self, seat: QueuedPost, post: Post, channel: str) -> datetime | None:
        return self.draft.sealed_instant(post, channel, None, seat.basis, lambda at: self._sits(seat, at))

    def _sits(self, seat: QueuedPost, at: datetime) -> bool:
        """Whether that instant still suits a seat: not before its date, at the slot's hour. `next` takes any slot's."""
        if seat.not_before is not None and at < seat.not_before:
            return False
        return seat.slot == NEXT or local_time.is_clock_time(at, self.places.slots[seat.slot].at, self.draft.zone, "earlier")
