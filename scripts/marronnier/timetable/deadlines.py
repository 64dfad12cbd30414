"""Deadlines of a publication: its grace, the lateness at which it is missed, and its expiry."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from marronnier.model.post import SendUntil
from marronnier.model.publication import Publication
from marronnier.timetable import local_time
from marronnier.timetable.special_days import ONE_DAY

if TYPE_CHECKING:
    from marronnier.desk import Desk


def grace(desk: Desk, publication: Publication) -> timedelta:
    """How late a publication may be sent: the post's own grace, else the brand's."""
    written = publication.post.front.grace
    return desk.brand.grace if written is None else written


def allowed_lateness(desk: Desk, publication: Publication) -> timedelta:
    """How long after its instant a publication may still be sent without asking a person.

    It is the grace, or the time of `on_missed: send-until 8h` when that is longer.
    """
    on_missed = publication.post.front.on_missed or desk.brand.on_missed
    within = grace(desk, publication)
    return max(within, on_missed.until) if isinstance(on_missed, SendUntil) else within


def expiry_instant(desk: Desk, publication: Publication) -> datetime | None:
    """The instant (UTC) from which a publication must not be sent any more; None when it never expires.

    A date without an hour lasts to the end of its day. Where the clocks change and no word decides, the earlier instant counts: it is
    better not to send than to send too late. Raises BadZone.
    """
    written = publication.post.front.expires
    if written is None or written.day is None:
        return None
    zone = local_time.zone(desk.brand.zone)
    if written.clock is None:
        return local_time.start_of_day(written.day + ONE_DAY, zone)
    return local_time.resolve(written, zone, written.clock, "earlier")
