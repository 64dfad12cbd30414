"""Repeats: recurrence rules (RFC 5545) that have an end, and the days of their occurrences."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from marronnier.messages import _

MAX_OCCURRENCES = 366
"""The most occurrences a repeat may have."""
MAX_YEARS = {"DAILY": 10, "WEEKLY": 10, "MONTHLY": 50, "YEARLY": 50}
"""The most years a repeat may last, by frequency. A rule whose parts never meet is searched no longer."""

_NUMBER_RANGES = {"COUNT": (1, MAX_OCCURRENCES), "INTERVAL": (1, 1000)}
_PARTS = ("FREQ", "COUNT", "UNTIL", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYYEARDAY", "BYWEEKNO", "WKST")
_HOUR_PARTS = ("BYHOUR", "BYMINUTE", "BYSECOND")
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_LIST_LIMITS = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
# https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10, seen 2026-11-22: the table of parts and frequencies.
_ALLOWED_FREQUENCIES = {"BYWEEKNO": ("YEARLY",), "BYYEARDAY": ("YEARLY",), "BYMONTHDAY": ("DAILY", "MONTHLY", "YEARLY")}
_NUMBER_LIST = re.compile(r"[+-]?\d{1,3}(,[+-]?\d{1,3})*")
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU))*")
_UNTIL = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{2})?(Z)?)?")


class BadRepeat(ValueError):
    """A repeat that is not a valid rule, has no end, or has too many occurrences. Its text is a sentence for people."""


@lru_cache(maxsize=4096)
def occurrence_days(rule: str, first: datetime, zone: ZoneInfo) -> tuple[date, ...]:
    """The days of a rule's occurrences, in order, counted from the naive wall time `first` in that zone.

    `first` itself is an occurrence only when the rule gives it.
    Raises BadRepeat for a rule without COUNT and UNTIL, with more than 366 occurrences or none, more often than daily, or with an
    unknown part.
    """
    from dateutil.rrule import rrulestr

    parts = _parse(rule)
    if not _has_possible_day(parts):
        raise BadRepeat(_("the repeat {rule} gives no day", rule=repr(rule)))
    count = int(parts.pop("COUNT")) if "COUNT" in parts else None
    years = MAX_YEARS[parts["FREQ"]]
    horizon = first + timedelta(days=366 * years)
    until = min(_parse_until(parts.pop("UNTIL"), zone), horizon) if "UNTIL" in parts else horizon
    text = ";".join(f"{name}={value}" for name, value in parts.items()) + f";UNTIL={until:%Y%m%dT%H%M%S}"
    days: list[date] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            occurrences = iter(rrulestr(text, dtstart=first.replace(microsecond=0)))
        for occurrence in occurrences:
            days.append(occurrence.date())
            if len(days) == count:
                break
            if len(days) > MAX_OCCURRENCES:
                raise BadRepeat(_("the repeat {rule} gives more than {most} days; end it earlier", rule=repr(rule), most=MAX_OCCURRENCES))
    except BadRepeat:
        raise
    except (ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise BadRepeat(_("the repeat {rule} is not a recurrence rule: {why}", rule=repr(rule), why=error)) from error
    if not days:
        raise BadRepeat(_("the repeat {rule} gives no day", rule=repr(rule)))
    if count is not None and len(days) < count:
        raise BadRepeat(
            _(
                "the repeat {rule} gives only {found} of its {count} days in {years} years",
                rule=repr(rule),
                found=len(days),
                count=count,
                years=years,
            )
        )
    return tuple(days)


def _parse(rule: str) -> dict[str, str]:
    """The parts of a rule by name. Raises BadRepeat for an unknown, repeated or wrong part."""
    text = rule.strip().upper().removeprefix("RRULE:").strip().rstrip(";")
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value:
            raise BadRepeat(
                _("{part} in the repeat is not NAME=VALUE; a repeat looks like FREQ=MONTHLY;BYDAY=1TU;COUNT=6", part=repr(part))
            )
        if name in _HOUR_PARTS:
            raise BadRepeat(_("{name} is not allowed in a repeat: the time is written in `date`", name=name))
        if name not in _PARTS:
            raise BadRepeat(_("{name} is not a part of a repeat; known are {known}", name=repr(name), known=", ".join(_PARTS)))
        if name in parts:
            raise BadRepeat(_("{name} appears twice in the repeat", name=name))
        parts[name] = value.replace(" ", "")
    _validate(parts)
    return parts


def _validate(parts: dict[str, str]) -> None:
    """Raises BadRepeat for a part with a wrong value, or parts that do not go together."""
    frequency = parts.get("FREQ", "")
    if frequency in _TOO_OFTEN:
        raise BadRepeat(_("FREQ={frequency} is too often: a post repeats daily at most", frequency=frequency))
    if frequency not in MAX_YEARS:
        raise BadRepeat(_("a repeat begins with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, like FREQ=WEEKLY;COUNT=6"))
    if "COUNT" not in parts and "UNTIL" not in parts:
        raise BadRepeat(_("the repeat has no end: add COUNT=6 or UNTIL=20261231"))
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadRepeat(_("the repeat has both COUNT and UNTIL: keep one"))
    for name, (least, most) in _NUMBER_RANGES.items():
        value = parts.get(name)
        if value is not None and not (re.fullmatch(r"\d{1,4}", value) and least <= int(value) <= most):
            raise BadRepeat(
                _("{name}={value} in the repeat is not a number from {least} to {most}", name=name, value=value, least=least, most=most)
            )
    for name, most in _LIST_LIMITS.items():
        value = parts.get(name)
        if value is not None and not (_NUMBER_LIST.fullmatch(value) and all(1 <= abs(int(number)) <= most for number in value.split(","))):
            raise BadRepeat(_("{name}={value} in the repeat is not a list of numbers from 1 to {most}", name=name, value=value, most=most))
    for name, frequencies in _ALLOWED_FREQUENCIES.items():
        if name in parts and frequency not in frequencies:
            raise BadRepeat(_("{name} does not go with FREQ={frequency}", name=name, frequency=frequency))
    if "BYDAY" in parts and not _BYDAY.fullmatch(parts["BYDAY"]):
        raise BadRepeat(_("BYDAY={value} in the repeat is not a list of days like MO,WE or 1TU or -1FR", value=parts["BYDAY"]))


def _has_possible_day(parts: dict[str, str]) -> bool:
    """Whether some month of the rule has one of its month days: searching fifty years for 30 February is slow."""
    if "BYMONTH" not in parts or "BYMONTHDAY" not in parts:
        return True
    longest = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
    months = [abs(int(month)) for month in parts["BYMONTH"].split(",")]
    numbers = [abs(int(number)) for number in parts["BYMONTHDAY"].split(",")]
    return any(number <= longest.get(month, 31) for month in months for number in numbers)


def _parse_until(text: str, zone: ZoneInfo) -> datetime:
    """UNTIL as wall time: a day lasts to its end, an instant in UTC becomes wall time in that zone. Raises BadRepeat."""
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise BadRepeat(_("UNTIL={value} in the repeat is not a day like 20261231", value=text))
    year, month, day, hour, minute, second, utc = match.groups()
    try:
        last = date(int(year), int(month), int(day))
        if hour is None:
            return datetime.combine(last, time(23, 59, 59))
        at = datetime.combine(last, time(int(hour), int(minute), int(second or 0)))
        return at.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if utc else at
    except (ValueError, OverflowError) as error:
        raise BadRepeat(_("UNTIL={value} in the repeat is not a day of the calendar", value=text)) from error
