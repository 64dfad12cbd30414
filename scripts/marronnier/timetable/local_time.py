"""Conversion between wall time and instants, also where the clocks change and a wall time exists never or twice."""

from __future__ import annotations

import importlib.util
import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from marronnier.messages import N_, _
from marronnier.model.instant import InstantProblem
from marronnier.model.scalars import Edge, WrittenDate

_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# Names that people write for a zone, and the zone they nearly always mean. An abbreviation names an offset, not a place:
# EST is the same all year, GMT+2 is two hours behind in POSIX. https://data.iana.org/time-zones/theory.html, seen 2026-11-22.
_COMMON_NAMES = {
    name: zone
    for zone, names in {
        "Europe/London": "bst, gb, gmt",
        "Europe/Brussels": "cest, cet, central european time, met, belgique, belgium, belgië, bruxelles, brussel",
        "America/Chicago": "cst, cst6cdt",
        "Europe/Athens": "eest, eet",
        "America/New_York": "est, est5edt",
        "Pacific/Honolulu": "hst",
        "Asia/Kolkata": "ist",
        "Asia/Tokyo": "jst",
        "Europe/Moscow": "msk",
        "America/Denver": "mst, mst7mdt",
        "America/Los_Angeles": "pst, pst8pdt",
        "Europe/Lisbon": "wet",
        "Africa/Algiers": "algérie",
        "Europe/Paris": "france",
        "Africa/Casablanca": "maroc, morocco",
        "UTC": "utc, z, zulu",
    }.items()
    for name in names.split(", ")
}
# A zone for each offset from UTC in hours. People who write `GMT+2` mean two hours ahead.
_ZONE_BY_OFFSET = {
    0: "Europe/London",
    1: "Europe/Brussels",
    2: "Europe/Athens",
    3: "Europe/Istanbul",
    -5: "America/New_York",
    -8: "America/Los_Angeles",
}


class BadZone(ValueError):
    """A time zone that is not an IANA Area/City name. Its text is a sentence for people."""

    def __init__(self, name: str, suggestion: str = "") -> None:
        self.name = name
        self.suggestion = suggestion
        """The IANA name that was probably meant; empty when nothing comes near."""
        message = _("{name} is not an IANA time zone like Europe/Brussels", name=repr(name))
        super().__init__(_("{said}; did you mean {suggestion}?", said=message, suggestion=suggestion) if suggestion else message)


class Unresolvable(ValueError):
    """A wall time that is not exactly one instant, with the two instants it may mean. Its text is a sentence for people."""

    sentence: ClassVar[str]
    problem: ClassVar[InstantProblem]

    def __init__(self, wall: datetime, zone: ZoneInfo, earlier: datetime, later: datetime) -> None:
        self.wall = wall
        """The wall time as written, naive."""
        self.zone = zone
        self.earlier = earlier
        """The instant with the word `earlier`, UTC."""
        self.later = later
        """The instant with the word `later`, UTC."""
        readings = {"earlier": self.describe_reading("earlier"), "later": self.describe_reading("later")}
        super().__init__(_(self.sentence, date=self.written, zone=zone.key, **readings))

    @property
    def written(self) -> str:
        """The wall time as people write it."""
        return f"{self.wall:%Y-%m-%d %H:%M}"

    def describe_reading(self, edge: Edge) -> str:
        """The wall time and offset with that word: `03:30 +02:00`, with the day when it differs."""
        local = (self.earlier if edge == "earlier" else self.later).astimezone(self.zone)
        offset = f"{local:%z}"
        text = f"{local:%H:%M} {offset[:3]}:{offset[3:5]}"
        return text if local.date() == self.wall.date() else f"{local:%Y-%m-%d} {text}"


class Nonexistent(Unresolvable):
    """A wall time that the clocks jump over."""

    sentence = N_(
        "{date} does not exist in {zone}, the clocks jump over it: write `{date} earlier` for {earlier} or `{date} later` for {later}"
    )
    problem = "nonexistent"


class Ambiguous(Unresolvable):
    """A wall time that comes twice."""

    sentence = N_("{date} comes twice in {zone}, the clocks go back: write `{date} earlier` for {earlier} or `{date} later` for {later}")
    problem = "ambiguous"


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name (an Area/City, or UTC). Raises BadZone with the zone that was probably meant.

    Abbreviations and POSIX forms (`EST`, `GMT+2`, `Etc/GMT-1`) are refused: they name an offset that follows the clocks of no place.
    """
    if name == "UTC" or (name in _zone_names()):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadZone(name) from None
    raise BadZone(name, _suggest_zone(name))


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    """Every Area/City name, from the tzdata package: a file system that ignores case would accept `europe/brussels`."""
    tzdata = importlib.util.find_spec("tzdata")
    try:
        lines = Path(tzdata.origin).with_name("zones").read_text(encoding="utf-8").split() if tzdata and tzdata.origin else None
    except OSError:
        lines = None
    if lines is None:
        lines = sorted(available_timezones())
    return frozenset(name for name in lines if name.partition("/")[0] in _AREAS)


def _suggest_zone(name: str) -> str:
    """The zone that was probably meant; empty when none comes near."""
    import difflib

    folded = re.sub(r"\s+", " ", name.strip().casefold())
    if folded in _COMMON_NAMES:
        return _COMMON_NAMES[folded]
    if match := re.fullmatch(r"(?:etc/)?(?:gmt|utc)\s*([+-])0*(\d{1,2})(?::?00)?", folded):
        # In Etc/GMT-1 the sign is POSIX's, the opposite of what people read.
        sign = -1 if (match[1] == "-") != folded.startswith("etc/") else 1
        return _ZONE_BY_OFFSET.get(sign * int(match[2]), "")
    known = {known.casefold(): known for known in _zone_names()}
    spelled = folded.replace(" ", "_")
    cities = {place.rpartition("/")[2]: known[place] for place in sorted(known, reverse=True)}
    city = spelled.rpartition("/")[2]
    searches = ((spelled, known), (city, cities))
    for typed, zones in searches:
        if typed in zones:
            return zones[typed]
    for typed, zones in searches:
        if near := difflib.get_close_matches(typed, zones, n=1, cutoff=0.75):
            return zones[near[0]]
    return ""


def resolve(moment: WrittenDate, zone: ZoneInfo | str, default_time: time, edge: Edge | None = None) -> datetime:
    """The instant (UTC) of a written date, at `default_time` when only the day is written.

    A written offset needs no zone. Where the clocks change, the word `earlier` or `later` in the date decides, else `edge`.
    Raises Nonexistent or Ambiguous with both instants, BadZone, and ValueError for `when-approved`, which is no date.
    """
    if moment.day is None:
        raise ValueError(_("when-approved is not a date"))
    wall = datetime.combine(moment.day, moment.clock or default_time)
    if moment.offset is not None:
        return (wall - moment.offset).replace(tzinfo=UTC)
    return instant(wall, zone, moment.edge or edge)


def instant(wall: datetime, where: ZoneInfo | str, edge: Edge | None = None) -> datetime:
    """The instant (UTC) at which clocks in that zone show that naive wall time.

    Raises Nonexistent or Ambiguous when they show it never or twice and `edge` does not decide, and BadZone.
    """
    place = zone(where) if isinstance(where, str) else where
    before, after = _offsets_around(wall, place)
    if before == after:
        return (wall - before).replace(tzinfo=UTC)
    # fold 0 takes the offset before the change, fold 1 the one after it (PEP 495).
    earlier, later = sorted(((wall - before).replace(tzinfo=UTC), (wall - after).replace(tzinfo=UTC)))
    if edge is not None:
        return earlier if edge == "earlier" else later
    raise (Nonexistent if before < after else Ambiguous)(wall, place, earlier, later)


def _offsets_around(wall: datetime, place: ZoneInfo) -> tuple[timedelta, timedelta]:
    before, after = wall.replace(tzinfo=place, fold=0).utcoffset(), wall.replace(tzinfo=place, fold=1).utcoffset()
    assert before is not None
    assert after is not None
    return before, after


def wall_time(at: datetime, where: ZoneInfo) -> datetime:
    """The naive wall time in that zone at that instant."""
    return at.astimezone(where).replace(tzinfo=None)


def is_clock_time(at: datetime, clock: time, where: ZoneInfo, edge: Edge | None) -> bool:
    """Whether clocks in that zone show `clock` at that instant; `edge` decides where they show it twice."""
    try:
        return instant(datetime.combine(wall_time(at, where).date(), clock), where, edge) == at
    except Unresolvable:
        return False


def start_of_day(day: date, where: ZoneInfo) -> datetime:
    """The first instant (UTC) of that day in that zone. When midnight does not exist, it is when the clocks jump."""
    midnight = datetime.combine(day, time())
    try:
        return instant(midnight, where)
    except Ambiguous as twice:
        return twice.earlier
    except Nonexistent as never:
        low, high = never.earlier, never.later
    # The day begins when the clocks jump, between the two instants that midnight may mean: bisection finds the second.
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if wall_time(middle, where).date() < day:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
