"""Single values that people write: dates, durations, weekdays, slugs, languages. Each has a parser and an annotated type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Annotated, Literal, Self

from marronnier.model.fields import Converter

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

SLUG = r"[a-z0-9][a-z0-9._-]{0,99}"
"""The regular expression of a name in file names, keys and URLs: 1 to 100 characters."""

Edge = Literal["earlier", "later"]
"""Which of two instants a wall time means on the day when the clocks change."""

_WRITTEN_DATE = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:(?:[ T]+)(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?"
    r"(?:\s*(?P<offset>Z|[+-]\d{2}:?\d{2}))?"
    r"(?:\s+(?P<edge>earlier|later))?"
)
_DURATION = re.compile(r"(\d{1,4})\s*(min|m|h|d|w)")
_UNITS = {"min": timedelta(minutes=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_WEEKDAYS = (
    ("monday", "lundi", "maandag", "الاثنين"),
    ("tuesday", "mardi", "dinsdag", "الثلاثاء"),
    ("wednesday", "mercredi", "woensdag", "الأربعاء"),
    ("thursday", "jeudi", "donderdag", "الخميس"),
    ("friday", "vendredi", "vrijdag", "الجمعة"),
    ("saturday", "samedi", "zaterdag", "السبت"),
    ("sunday", "dimanche", "zondag", "الأحد"),
)


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as written: a day, perhaps an hour, perhaps an offset; or `when-approved`.

    It is not an instant yet: `timetable` computes that with the brand's time zone.
    """

    text: str
    """The text as written, for messages and for the digest."""
    day: date | None
    """The day; None only for `when-approved`."""
    clock: time | None = None
    """The wall time; None when only the day is written (the brand's `default_time` applies)."""
    offset: timedelta | None = None
    """The written offset from UTC; None when not written."""
    edge: Edge | None = None
    """The word `earlier` or `later` for an hour that does not exist or exists twice."""

    @property
    def when_approved(self) -> bool:
        """Whether the post goes out as soon as it is approved."""
        return self.day is None

    @classmethod
    def parse(cls, text: object) -> Self:
        """Parse `2026-12-05 10:00`, with an optional offset (`+01:00`, `Z`) or edge (`earlier`, `later`), or `when-approved`.

        Raises ValueError with a sentence for people.
        """
        if isinstance(text, cls):
            return text
        if not isinstance(text, str):
            raise ValueError("a date is one text, like 2026-12-05 10:00")
        if text.strip() == "when-approved":
            return cls(text="when-approved", day=None)
        match = _WRITTEN_DATE.fullmatch(text.strip())
        if match is None:
            raise ValueError("a date looks like 2026-12-05 10:00")
        day = _parse_iso_day(match["day"])
        if not 1990 <= day.year <= 2199:
            raise ValueError("the year lies between 1990 and 2199")
        clock = _parse_wall_time(match["clock"]) if match["clock"] else None
        offset = _parse_offset(match["offset"]) if match["offset"] else None
        if offset is not None and clock is None:
            raise ValueError("an offset needs an hour, like 2026-12-05 10:00 +01:00")
        return cls(text=text.strip(), day=day, clock=clock, offset=offset, edge=match["edge"])  # type: ignore[arg-type]

    def __str__(self) -> str:
        return self.text


def _parse_wall_time(text: str) -> time:
    hour, _colon, rest = text.partition(":")
    # Python 3.14 parses 24:00 as 0:00 of the day after, without saying so.
    if int(hour) > 23:
        raise ValueError("an hour lies between 00:00 and 23:59")
    try:
        return time.fromisoformat(f"{int(hour):02}:{rest}")
    except ValueError:
        raise ValueError("a day and an hour that exist") from None


def _parse_iso_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day and an hour that exist") from None


def _parse_offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)
    if minutes > 59 or abs(offset) > timedelta(hours=14):
        raise ValueError("an offset lies between -14:00 and +14:00")
    return offset


def parse_duration(text: object) -> timedelta:
    """Parse `90 min`, `2h`, `3 d` or `1w`. Raises ValueError."""
    if isinstance(text, timedelta):
        return text
    match = _DURATION.fullmatch(str(text).strip())
    if match is None:
        raise ValueError("a duration looks like 90 min, 2h, 3d or 1w")
    return int(match[1]) * _UNITS[match[2]]


def parse_dollars(text: object) -> int:
    """Parse an amount in US dollars, `20`, `12.50`, `$0.2` or `12.50 USD`, into thousandths of a dollar. Raises ValueError."""
    if isinstance(text, int):
        return text
    match = re.fullmatch(r"(?:US)?\$?\s*(\d{1,9})(?:[.,](\d{1,3}))?\s*(?:USD|(?:US)?\$)?", str(text).strip(), re.IGNORECASE)
    if match is None:
        raise ValueError("an amount is in US dollars, like 20 or 12.50")
    return int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0"))


def parse_weekday(text: object) -> int:
    """Parse a weekday in English, French, Dutch or Arabic; Monday is 0. Raises ValueError."""
    if isinstance(text, int):
        return text
    folded = str(text).strip().casefold()
    for number, names in enumerate(_WEEKDAYS):
        if folded in names or (len(folded) == 3 and any(name.startswith(folded) for name in names[:1])):
            return number
    raise ValueError("a weekday is monday … sunday, lundi … dimanche or maandag … zondag")


def parse_clock(text: object) -> time:
    """Parse `9:00`, `09:00`, `18h30`, `18h` or `18u30`. Raises ValueError."""
    if isinstance(text, time):
        return text
    match = re.fullmatch(r"(\d{1,2})(?::(\d{2})|\s*[hHuU]\s*(\d{2})?)", str(text).strip())
    if match is None:
        raise ValueError("an hour looks like 09:00 or 18h30")
    hour, minute = int(match[1]), int(match[2] or match[3] or 0)
    if hour > 23 or minute > 59:
        raise ValueError("an hour lies between 00:00 and 23:59")
    return time(hour, minute)


def parse_day(text: object) -> date:
    """Parse `2026-12-05`. Raises ValueError."""
    if isinstance(text, date):
        return text
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(text).strip()):
        raise ValueError("a day looks like 2026-12-05")
    return _parse_iso_day(str(text).strip())


def parse_warning(value: object) -> object:
    """`true` or `false` for yes or no in English; any other value as it is, for it is the text of a content warning.

    Raises ValueError for yes or no in French or Dutch: `sensitive: non` would show everybody the warning « non ».
    """
    folded = value.strip().casefold() if isinstance(value, str) else None
    if folded in ("oui", "non", "ja", "nee", "neen", "vrai", "faux"):
        raise ValueError("true, false, or the text of the warning")
    return {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}.get(folded or "", value)


def parse_names(value: object) -> object:
    """One name as a tuple; a list as it is. Raises ValueError for several names in one text."""
    if isinstance(value, str) and len(split_names(value)) > 1:
        raise ValueError("several names stand between brackets, like [one, another]")
    return (value,) if isinstance(value, str) else value


def split_names(text: str) -> list[str]:
    """The names in one text: separated by commas or semicolons, or each with its `#`."""
    return [name.removeprefix("#") for part in re.split(r"[,;]|\s+(?=#)", text) if (name := part.strip())]


def _check_slug(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(SLUG, value):
        raise ValueError("a name uses small letters a-z, digits, '.', '_' and '-', and starts with a letter or digit")
    return value


def _check_lang(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", value.strip()):
        raise ValueError("a language is written in two letters, like fr, nl or fr-BE")
    return value


Lang = Annotated[str, Converter(_check_lang, type="string", examples=["fr", "nl", "fr-BE"])]
"""A BCP 47 language tag; `français` is refused, because no rule would ever match it."""
Slug = Annotated[str, Converter(_check_slug, type="string", pattern=f"^{SLUG}$")]
Date = Annotated[WrittenDate, Converter(WrittenDate.parse, type="string", examples=["2026-12-05 10:00", "when-approved"])]
Day = Annotated[date, Converter(parse_day, type="string", format="date")]
Clock = Annotated[time, Converter(parse_clock, type="string", examples=["09:00"])]
Duration = Annotated[timedelta, Converter(parse_duration, type="string", examples=["2h", "90 min"])]
Dollars = Annotated[int, Converter(parse_dollars, type="string", examples=["20", "12.50"])]
"""Thousandths of a US dollar."""
Weekday = Annotated[int, Converter(parse_weekday, type="string", examples=["tuesday", "mardi"])]
Weekdays = Annotated[
    tuple[Weekday, ...],
    Converter(
        parse_names,
        anyOf=[{"type": "string", "examples": ["tuesday", "mardi"]}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
    ),
]
"""One weekday, or a list of them."""
Names = Annotated[tuple[str, ...], Converter(parse_names, anyOf=[{"type": "string"}, {"type": "array", "items": {"type": "string"}}])]
"""One text, or a list of them."""


def zone_or_utc(name: str) -> ZoneInfo:
    """The time zone of that name, for showing times; UTC when there is none, which a rule of `check` reports."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
