"""The queue for slot places: which post takes which free place. The result depends on the set of posts, never on their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from marronnier.messages import _
from marronnier.model.instant import Instant
from marronnier.timetable.occupied_places import OccupiedPlaces
from marronnier.timetable.slots import SEARCH_WINDOW, SlotPlace, SlotPlaces, month_number

NEXT = "next"
"""`slot: next`: the next free place of any slot."""
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class QueuedPost:
    """A post that waits for one place, on the channels that are sent together."""

    post_id: str
    channels: tuple[str, ...]
    slot: str
    """A slot's name, or `next`."""
    not_before: datetime | None
    """The post's own date, UTC: the earliest instant of its place."""
    pillar: str | None

    @property
    def basis(self) -> str:
        """The basis of its instant, as in Instant and Seal."""
        return NEXT if self.slot == NEXT else f"slot:{self.slot}"

    @property
    def queue_order(self) -> tuple[datetime, str, tuple[str, ...]]:
        """The sort key in the queue: the date written, then the id, so that merges in either order give the same queue."""
        return self.not_before or _BEFORE_ALL, self.post_id, self.channels


def assign_places(
    queue: Iterable[QueuedPost], places: SlotPlaces, occupied: OccupiedPlaces, now: datetime
) -> Iterator[tuple[QueuedPost, Instant]]:
    """Give every queued post the first place that is free on all its channels, strictly after `now` and not before its own date.

    The places it gives are added to `occupied`. Without a free place, the Instant has a problem and a sentence.
    """
    reached: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[int, int]] = {}
    for queued in sorted(queue, key=lambda queued: queued.queue_order):
        names, refusal = _suitable_slots(queued, places)
        if refusal is not None:
            yield queued, refusal
            continue
        place = _first_free_place(queued, names, places, occupied, now, reached)
        if place is None:
            yield queued, Instant(None, queued.basis, _no_free_place_message(queued, names), "no-free-slot")
            continue
        occupied.add(queued.channels, place.at, place.slot, place.day)
        yield queued, Instant(place.at, queued.basis, _place_note(queued, place))


def _suitable_slots(queued: QueuedPost, places: SlotPlaces) -> tuple[tuple[str, ...], Instant | None]:
    """The slots whose places suit a queued post; or none, and an Instant that says why."""
    if queued.slot != NEXT:
        return (queued.slot,), None
    names = places.slots_serving(queued.channels, queued.pillar)
    if names:
        return names, None
    together = ", ".join(queued.channels)
    if not places.slots:
        why = _("calendar/slots.yml has no slot yet, so there is no next one")
    elif any(all(places.serves(name, channel) for channel in queued.channels) for name in places.slots):
        why = _("every slot for {channels} is reserved for another pillar; name a slot, or give the post its pillar", channels=together)
    else:
        why = _("no slot is for {channels} together; give the channels their own slots under `for:`", channels=together)
    return (), Instant(None, queued.basis, why, "no-free-slot")


def _first_free_place(
    queued: QueuedPost,
    names: tuple[str, ...],
    places: SlotPlaces,
    occupied: OccupiedPlaces,
    now: datetime,
    reached: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[int, int]],
) -> SlotPlace | None:
    """The first free place for a queued post, or None.

    `reached` holds where the search for the same slots and channels ended last: the queue goes forward in time, and no place becomes
    free again.
    """
    after = max(now, queued.not_before or now)
    kind = (names, queued.channels)
    month, index = max(reached.get(kind, (0, 0)), (month_number(after, places.zone), 0))
    last = month_number(after + SEARCH_WINDOW, places.zone)
    while month <= last:
        occurrences = places.places_in_month(names, month)
        while index < len(occurrences):
            occurrence = occurrences[index]
            if occurrence.at > after + SEARCH_WINDOW:
                return None
            if occurrence.at > now and occurrence.at >= after and not occupied.is_occupied(queued.channels, occurrence):
                reached[kind] = (month, index + 1)
                return occurrence
            index += 1
            reached[kind] = (month, index)
        month, index = month + 1, 0
    return None


def _no_free_place_message(queued: QueuedPost, names: tuple[str, ...]) -> str:
    if queued.slot == NEXT:
        return _("no place is free within {days} days in {slots}", days=SEARCH_WINDOW.days, slots=", ".join(names))
    return _("no place is free within {days} days in the slot {slot}", days=SEARCH_WINDOW.days, slot=queued.slot)


def _place_note(queued: QueuedPost, place: SlotPlace) -> str:
    """The note on the instant of a place, for people; it names the slot when the post asked for `next`."""
    if queued.slot == NEXT:
        where = _("in the slot {slot}", slot=place.slot)
        return f"{where}; {place.note}" if place.note else where
    return place.note


def unknown_slot_message(slot: str, places: SlotPlaces) -> str:
    """The sentence for an unknown slot, with the name that was probably meant."""
    import difflib

    near = difflib.get_close_matches(slot, places.slots, n=1)
    if near:
        return _("there is no slot {slot} in calendar/slots.yml; did you mean {near}?", slot=repr(slot), near=near[0])
    known = ", ".join((*sorted(places.slots), NEXT))
    return _("there is no slot {slot} in calendar/slots.yml; known are {known}", slot=repr(slot), known=known)


def excluded_channel_message(slot: str, channel: str) -> str:
    """The sentence for a slot that does not serve that channel."""
    return _(
        "the slot {slot} is not for {channel}; add the channel to the slot, or give it its own under `for:`", slot=slot, channel=channel
    )
