"""Assignment of slot places to the posts that ask for a slot. A sealed post keeps the place it was sealed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
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
    from marronnier.timetable.draft_timetable import TimetableDraft
    from marronnier.timetable.written_times import WrittenTime


class SlotAssignment:
    """Collects the posts that ask for a slot, then gives each its place."""

    def __init__(self, draft: TimetableDraft) -> None:
        self.draft = draft
        """The timetable that the posts are added to."""
        self.places = SlotPlaces(draft.desk, draft.zone)
        self.queued: list[tuple[QueuedPost, Post]] = []

    def enqueue(self, post: Post, written: WrittenTime, channels: Sequence[str]) -> None:
        """Queue a post for a place on these channels; a channel that can have none gets an instant that says why."""
        slot = written.slot or ""
        if is_idea(post):
            self.draft.add(post, channels, Instant(None, "idea", _("an idea has no place in a slot")))
            return
        if slot != NEXT and slot not in self.places.slots:
            self.draft.add(post, channels, Instant(None, f"slot:{slot}", unknown_slot_message(slot, self.places), "unknown-slot"))
            return
        served = [channel for channel in channels if slot == NEXT or self.places.serves(slot, channel)]
        for channel in channels:
            if channel not in served:
                self.draft.add(post, (channel,), Instant(None, f"slot:{slot}", excluded_channel_message(slot, channel), "unknown-slot"))
        if served:
            self.queued.append((QueuedPost(post.id, tuple(served), slot, self._not_before(written.date), post.front.pillar), post))

    def _not_before(self, moment: WrittenDate | None) -> datetime | None:
        """The earliest instant for the post's place; a date without an hour counts from the beginning of its day."""
        if moment is None or moment.day is None:
            return None
        if moment.clock is None:
            return local_time.start_of_day(moment.day, self.draft.zone)
        return local_time.resolve(moment, self.draft.zone, moment.clock, "earlier")

    def assign(self) -> None:
        """Give the queued posts their places, in three steps.

        A sealed channel keeps its sealed place. Its post's other channels join it there, if they are free and it lies ahead.
        All others take the first free place in turn.
        """
        joining: list[tuple[QueuedPost, Post, datetime]] = []
        waiting: list[tuple[QueuedPost, Post]] = []
        for queued, post in self.queued:
            suits = partial(self._is_suitable, queued)
            instants = {channel: self.draft.sealed_instant(post, channel, None, queued.basis, suits) for channel in queued.channels}
            sealed = {channel: at for channel, at in instants.items() if at is not None}
            for channel, at in sealed.items():
                self._occupy(queued, (channel,), at)
                self.draft.add(post, (channel,), Instant(at, queued.basis))
            unsealed = tuple(channel for channel in queued.channels if channel not in sealed)
            if not unsealed:
                continue
            rest = replace(queued, channels=unsealed)
            ahead = min((at for at in sealed.values() if at > self.draft.now), default=None)
            if ahead is None:
                waiting.append((rest, post))
            else:
                joining.append((rest, post, ahead))
        for queued, post, at in sorted(joining, key=lambda row: (row[2], row[0].queue_order)):
            if any((channel, at) in self.draft.occupied.hours for channel in queued.channels):
                waiting.append((queued, post))
                continue
            self._occupy(queued, queued.channels, at)
            note = _("at the same time as its other channels, already approved")
            self.draft.add(post, queued.channels, Instant(at, queued.basis, note))
        posts = {queued.post_id: post for queued, post in waiting}
        for queued, instant in assign_places((queued for queued, _post in waiting), self.places, self.draft.occupied, self.draft.now):
            self.draft.add(posts[queued.post_id], queued.channels, instant)

    def _occupy(self, queued: QueuedPost, channels: Sequence[str], at: datetime) -> None:
        """Mark the place of a queued post as occupied on these channels."""
        day = local_time.wall_time(at, self.draft.zone).date()
        self.draft.occupied.add(channels, at, "" if queued.slot == NEXT else queued.slot, day)

    def _is_suitable(self, queued: QueuedPost, at: datetime) -> bool:
        """Whether that instant still suits a queued post: not before its date, and at the slot's hour. `next` takes any slot's."""
        if queued.not_before is not None and at < queued.not_before:
            return False
        return queued.slot == NEXT or local_time.is_clock_time(at, self.places.slots[queued.slot].at, self.draft.zone, "earlier")
