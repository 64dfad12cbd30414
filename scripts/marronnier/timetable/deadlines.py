"""How late is late: grace, expiry, and until when a missed post may still go out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from marronnier.model.post import SendUntil
from marronnier.model.publication import Publication
from marronnier.timetable import local_time
from marronnier.timetable.day_calendar import ONE_DAY

if TYPE_CHECKING:
    from marronnier.desk import Desk


def grace(desk: Desk, publication: Publication) -> timedelta:
    """How late it may go out without a question: the post's own grace, else the brand's."""
    written = publication.post.front.grace
    return desk.brand.grace if written is None else written


def allowed_lateness(desk: Desk, publication: Publication) -> timedelta:
    """How long after its instant it may still go out by itself; later than this, a person is asked.

    Its grace, or what `on_missed: send-until 8h` says where that is longer.
    """
    on_missed = publication.post.front.on_missed or desk.brand.on_missed
    within = grace(desk, publication)
    return max(within, on_missed.until) if isinstance(on_missed, SendUntil) else within


def expiry_instant(desk: Desk, publication: Publication) -> datetime | None:
    """The instant (UTC) from which it must not go out any more; None when it never expires.

    A day alone counts to its end. Where the clocks change and no word chooses, the earlier reading: rather not sent than sent too late.
    Raises local.BadZone.
    """
    written = publication.post.front.expires
    if written is None or written.day is None:
        return None
    zone = local_time.zone(desk.brand.zone)
    if written.clock is None:
        return local_time.start_of_day(written.day + ONE_DAY, zone)
    try:
        return local_time.resolve(written, zone, written.clock)
    except local_time.Unresolvable as unresolvable:
        return unresolvable.earlier
