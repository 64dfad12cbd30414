"""Dates in other notations, converted to ours: `5 décembre 2026, 10h30` is `2026-12-05 10:30`."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

_MONTHS = (
    "january jan janvier janv januari",
    "february feb février fevrier févr fevr februari",
    "march mar mars maart mrt",
    "april apr avril avr",
    "may mai mei",
    "june jun juin juni",
    "july jul juillet juil juli",
    "august aug août aout augustus",
    "september sep sept septembre",
    "october oct octobre oktober okt",
    "november nov novembre",
    "december dec décembre decembre déc",
)
"""The names of the months, in full and abbreviated, in English, French and Dutch."""
_WEEKDAYS = (
    "monday mon lundi lun maandag",
    "tuesday tue mardi dinsdag",
    "wednesday wed mercredi mer woensdag",
    "thursday thu jeudi jeu donderdag",
    "friday fri vendredi ven vrijdag",
    "saturday sat samedi sam zaterdag",
    "sunday sun dimanche dim zondag",
)
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_WEEKDAY_NUMBERS = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
_ASCII_DASHES_AND_SPACES = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2212": "-", "\u00a0": " ", "\u202f": " ", "\u2007": " "}
)
_DAY = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"
    r"|(?P<day1>\d{1,2})[-/.](?P<month1>\d{1,2})[-/.](?P<year1>\d{4})(?!\d)"
    r"|(?P<day2>\d{1,2})(?:er|st|nd|rd|th|ste|e)?\.?\s+(?P<name2>[^\W\d]+)\.?,?\s+(?P<year2>\d{4})(?!\d)"
    r"|(?P<name3>[^\W\d]+)\.?\s+(?P<day3>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year3>\d{4})(?!\d)"
)
_CLOCK = re.compile(
    r"[\s,t]*(?:(?:at|à|om)\s+)?(?P<hour>\d{1,2})\s*"
    r"(?:(?:h(?:eures?)?|u(?:ur)?)\s*(?P<after>\d{2})?|(?::(?P<minute>\d{1,2})|\.(?P<point>\d{2}))(?::(?P<second>\d{2}))?|(?=[ap]m))\s*(?P<half>am|pm)?"
    r"(?P<rest>\s*(?:z|[+-]\d{2}:?\d{2})?(?:\s+(?:earlier|later))?)"
)


_ZONE = re.compile(r"(?P<local>.*\S)\s+\(?(?P<zone>UTC|GMT|[A-Z]\w*(?:/[A-Z][\w+-]*)+)\)?")


def guess_date(text: str) -> str | None:
    """The date in our notation, when the text can only mean one date. The name of a time zone becomes the offset it has then.

    None when it is ambiguous (`05/12/2026`), when the weekday does not match, when the clocks of that zone skip or repeat the hour,
    and when the text is not a date.
    """
    zoned = _ZONE.fullmatch(text.translate(_ASCII_DASHES_AND_SPACES).strip())
    if zoned is None:
        return _guess_local_date(text)
    local = _guess_local_date(zoned["local"])
    return _with_offset(local, zoned["zone"]) if local is not None else None


def _with_offset(written: str, zone_name: str) -> str | None:
    """The date with the offset of that zone at that hour; None without an hour, and where the hour or the zone is not certain."""
    from zoneinfo import ZoneInfo

    try:
        local = datetime.strptime(written, "%Y-%m-%d %H:%M:%S" if written.count(":") == 2 else "%Y-%m-%d %H:%M")  # noqa: DTZ007
        zone = ZoneInfo({"GMT": "UTC"}.get(zone_name, zone_name))
        first, second = local.replace(tzinfo=zone).utcoffset(), local.replace(tzinfo=zone, fold=1).utcoffset()
    except (KeyError, ValueError, OSError):
        return None
    if first is None or first != second or first.total_seconds() % 60:
        return None
    minutes = int(first.total_seconds() // 60)
    return f"{written} {'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _guess_local_date(text: str) -> str | None:
    """The date in our notation of a text that names no zone; None as `guess_date`."""
    folded = unicodedata.normalize("NFC", text).casefold().translate(_ASCII_DASHES_AND_SPACES).strip()
    folded = re.sub(r"^(?:le|the|on|op)\s+", "", folded)
    weekday_match = re.match(r"([^\W\d]+)\.?,?\s+", folded)
    weekday = _WEEKDAY_NUMBERS.get(weekday_match[1]) if weekday_match else None
    if weekday_match and weekday is not None:
        folded = folded[weekday_match.end() :]
    day_match = _DAY.match(folded)
    day = _parse_day(day_match) if day_match else None
    if day_match is None or day is None or (weekday is not None and day.weekday() != weekday):
        return None
    rest = folded[day_match.end() :].strip(" ,")
    clock = _parse_clock(rest) if rest else ""
    return None if clock is None else f"{day.isoformat()} {clock}".strip()


def names_no_day(text: str) -> bool:
    """Whether a text has the form of a day that no calendar has, like 2027-06-31 or 31/06/2027, whichever number is the month."""
    match = _DAY.match(unicodedata.normalize("NFC", text).casefold().translate(_ASCII_DASHES_AND_SPACES).strip())
    name = match["name2"] or match["name3"] if match is not None else None
    if match is None or (name and name not in _MONTH_NUMBERS):
        return False
    number = int(match["day"] or match["day1"] or match["day2"] or match["day3"])
    year = int(match["year"] or match["year1"] or match["year2"] or match["year3"])
    month = _MONTH_NUMBERS[name] if name else int(match["month"] or match["month1"])
    pairs = [(month, number), (number, month)] if match["year1"] else [(month, number)]
    return not any(_exists(year, *pair) for pair in pairs)


def _exists(year: int, month: int, number: int) -> bool:
    try:
        date(year, month, number)
    except ValueError:
        return False
    return True


def _parse_day(match: re.Match[str]) -> date | None:
    year = int(match["year"] or match["year1"] or match["year2"] or match["year3"])
    number = int(match["day"] or match["day1"] or match["day2"] or match["day3"])
    name = match["name2"] or match["name3"]
    month = _MONTH_NUMBERS.get(name, 0) if name else int(match["month"] or match["month1"])
    if match["year1"] and number <= 12 and number != month:
        # 5 December in Europe, 12 May in the United States.
        return None
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _parse_clock(text: str) -> str | None:
    """The hour in the text after the day, as `10:30`, with its offset, `earlier` or `later`; None when it is not an hour."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute, am_pm = int(match["hour"]), match["minute"] or match["point"] or match["after"] or "00", match["half"]
    if am_pm and not 1 <= hour <= 12:
        return None
    if am_pm:
        hour = hour % 12 + (12 if am_pm == "pm" else 0)
    minute = minute.rjust(2, "0")
    if hour > 23 or max(minute, match["second"] or "") > "59":
        return None
    second = f":{match['second']}" if match["second"] else ""
    return f"{hour:02}:{minute}{second} {match['rest'].strip().replace('z', 'Z')}".strip()
