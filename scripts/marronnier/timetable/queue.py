"""The queue: who takes which free place. A function of the set of posts, never of the order they come in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from marronnier.messages import _
from marronnier.model.instant import Instant
from marronnier.timetable.occupied import OccupiedPlaces
from marronnier.timetable.slots import SEARCH_WINDOW, SlotPlace, SlotPlaces, month_number

NEXT = "next"
"""The word for the next free place of whichever slot."""
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class QueuedPost:
    """What waits for one place: a post's channels that go out together."""

    post_id: str
    channels: tuple[str, ...]
    slot: str
    """A slot's name, or `next`."""
    not_before: datetime | None
    """The post's own date, UTC: no place before it suits."""
    pillar: str | None

    @property
    def basis(self) -> str:
        """What makes its instant, as Instant and Seal say it."""
        return NEXT if self.slot == NEXT else f"slot:{self.slot}"

    @property
    def queue_order(self) -> tuple[datetime, str, tuple[str, ...]]:
        """Its turn among those without a place: by the date written, then by id, so that merges in either order give the same queue."""
        return self.not_before or _BEFORE_ALL, self.post_id, self.channels


def assign_places(
    seats: Iterable[QueuedPost], places: SlotPlaces, taken: OccupiedPlaces, now: datetime
) -> Iterator[tuple[QueuedPost, Instant]]:
    """Give every seat the first place that is free on all its channels, strictly after `now` and not before its own date.

    What it gives is added to `taken`. Where there is none, the Instant has the problem and a sentence.
    """
    reached: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[int, int]] = {}
    for seat in sorted(seats, key=lambda seat: seat.queue_order):
        names, refusal = _slots_for(seat, places)
        if refusal is not None:
            yield seat, refusal
            continue
        found = _first_free_place(seat, names, places, taken, now, reached)
        if found is None:
            yield seat, Instant(None, seat.basis, _no_free_place_message(seat, names), "no-free-slot")
            continue
        taken.add(seat.channels, found.at, found.slot, found.day)
        yield seat, Instant(found.at, seat.basis, _place_note(seat, found))


def _slots_for(seat: QueuedPost, places: SlotPlaces) -> tuple[tuple[str, ...], Instant | None]:
    """The slots whose places suit, or why there are none."""
    if seat.slot != NEXT:
        return (seat.slot,), None
    names = places.slots_serving(seat.channels, seat.pillar)
    if names:
        return names, None
    together = ", ".join(seat.channels)
    if not places.slots:
        why = _("calendar/slots.yml has no slot yet, so there is no next one")
    elif any(all(places.serves(name, channel) for channel in seat.channels) for name in places.slots):
        why = _("every slot for {channels} is kept for another pillar; name a slot, or give the post its pillar", channels=together)
    else:
        why = _("no slot serves {channels} together; give the channels their own slots under `for:`", channels=together)
    return (), Instant(None, seat.basis, why, "no-free-slot")


def _first_free_place(
    seat: QueuedPost,
    names: tuple[str, ...],
    places: SlotPlaces,
    taken: OccupiedPlaces,
    now: datetime,
    reached: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[int, int]],
) -> SlotPlace | None:
    """The first free place; `reached` remembers how far such seats have come: turns only go up and places never become free again."""
    after = max(now, seat.not_before or now)
    kind = (names, seat.channels)
    month, index = max(reached.get(kind, (0, 0)), (month_number(after, places.zone), 0))
    last = month_number(after + SEARCH_WINDOW, places.zone)
    while month <= last:
        occurrences = places.places_in_month(names, month)
        while index < len(occurrences):
            occurrence = occurrences[index]
            if occurrence.at > after + SEARCH_WINDOW:
                return None
            if occurrence.at > now and occurrence.at >= after and not taken.is_occupied(seat.channels, occurrence):
                reached[kind] = (month, index + 1)
                return occurrence
            index += 1
            reached[kind] = (month, index)
        month, index = month + 1, 0
    return None


def _no_free_place_message(seat: QueuedPost, names: tuple[str, ...]) -> str:
    if seat.slot == NEXT:
        return _("no place is free within {days} days in {slots}", days=SEARCH_WINDOW.days, slots=", ".join(names))
    return _("no place is free within {days} days in the slot {slot}", days=SEARCH_WINDOW.days, slot=seat.slot)


def _place_note(seat: QueuedPost, found: SlotPlace) -> str:
    if seat.slot == NEXT:
        where = _("in the slot {slot}", slot=found.slot)
        return f"{where}; {found.note}" if found.note else where
    return found.note


def unknown_slot_message(slot: str, places: SlotPlaces) -> str:
    """That there is no such slot, with the one that was probably meant, for people."""
    import difflib

    near = difflib.get_close_matches(slot, places.slots, n=1)
    if near:
        return _("there is no slot {slot} in calendar/slots.yml; did you mean {near}?", slot=repr(slot), near=near[0])
    known = ", ".join((*sorted(places.slots), NEXT))
    return _("there is no slot {slot} in calendar/slots.yml; known are {known}", slot=repr(slot), known=known)


def excluded_channel_message(slot: str, channel: str) -> str:
    """That the slot is not for that channel, for people."""
    return _(
        "the slot {slot} is not for {channel}; add the channel to the slot, or give it its own under `for:`", slot=slot, channel=channel
    )
