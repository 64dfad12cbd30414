"""`calendar.ics`: the calendar for people's own calendar applications (RFC 5545)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event, vDuration

from marronnier.pages.site_view import SiteView

_EVENT_LENGTH = timedelta(minutes=15)
"""A post takes no time, but calendar applications hide events without a duration."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def calendar_file(view: SiteView) -> bytes:
    """The file: publications that this build may show, campaigns, and the days of the calendar. Equal input gives equal bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Marronnier//Editorial calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("name", _one_line(view.brand.name))
    calendar.add("x-wr-calname", _one_line(view.brand.name))
    calendar.add("x-wr-timezone", view.brand.zone)
    # How often an application refreshes the calendar: RFC 7986, and Outlook's own property.
    calendar.add("refresh-interval", vDuration(timedelta(hours=1)), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    # UIDs must be unique in the world: somebody follows several brands, each with its 25 December.
    brand = hashlib.sha256(view.brand_identity.encode()).hexdigest()[:12]
    for event in (*_post_events(view), *_campaign_events(view), *_day_events(view)):
        event["uid"] = f"{event['uid']}.{brand}"
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _post_events(view: SiteView) -> Iterator[Event]:
    for publication in view.publications:
        if publication.at is None or publication.state == "idea":
            continue
        proposal = publication.line.proposal if publication.line else ""
        # The key never changes. A proposal of the same post needs a UID of its own, or one event would hide the other.
        uid = f"{publication.key}~{proposal}" if proposal else publication.key
        at = publication.at.astimezone(UTC)
        event = _event(uid, f"{publication.title} · {publication.channel_label}", at, at)
        event.add("duration", _EVENT_LENGTH)
        event.add("status", "CONFIRMED" if publication.public_state in ("ready", "sent") else "TENTATIVE")
        if view.internal:
            event.add("description", str(view.state_name(publication.shown_word)))
        if view.brand.site_url:
            event.add("url", f"{view.brand.site_url.rstrip('/')}/posts/{publication.post_id}/")
        yield event


def _campaign_events(view: SiteView) -> Iterator[Event]:
    if view.internal:
        for slug, campaign in view.campaigns.items():
            yield _all_day_event(f"campaign-{slug}", campaign.title, campaign.start, campaign.end)


def _day_events(view: SiteView) -> Iterator[Event]:
    first = min([*view.by_day, view.today])
    last = max([*view.by_day, view.today + timedelta(days=366 if view.internal else 31)])
    for ahead in range(min((last - first).days, 3660) + 1):
        day = first + timedelta(days=ahead)
        for number, known in enumerate(view.days_on(day)):
            yield _all_day_event(f"day-{day.isoformat()}-{number}", known.name, day, day)


def _all_day_event(uid: str, title: str, start: date, end: date) -> Event:
    event = _event(uid, title, datetime.combine(start, time(), UTC), start)
    event.add("dtend", end + timedelta(days=1))
    return event


def _event(uid: str, title: str, stamp: datetime, start: date) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", start)
    event.add("summary", _one_line(title))
    event.add("transp", "TRANSPARENT")
    return event


def _one_line(text: str) -> str:
    """The text on one line, so that no line break in it begins another property."""
    return _UNPRINTABLE.sub(" ", text).strip()
