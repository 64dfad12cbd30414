"""Wall time and zone to instant: what a clock on the wall means, and the two days a year when it means nothing or two things."""

from __future__ import annotations

import importlib.util
import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from marronnier.messages import _
from marronnier.model.scalars import Edge, WrittenDate

_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# What people write for a zone and what they nearly always mean. An abbreviation names an offset, not a place:
# EST is the same all year, GMT+2 is two hours behind in POSIX. https://data.iana.org/time-zones/theory.html, seen 2026-11-22.
_COMMON_NAMES = {
    "bst": "Europe/London",
    "cest": "Europe/Brussels",
    "cet": "Europe/Brussels",
    "central european time": "Europe/Brussels",
    "cst": "America/Chicago",
    "cst6cdt": "America/Chicago",
    "eest": "Europe/Athens",
    "eet": "Europe/Athens",
    "est": "America/New_York",
    "est5edt": "America/New_York",
    "gb": "Europe/London",
    "gmt": "Europe/London",
    "hst": "Pacific/Honolulu",
    "ist": "Asia/Kolkata",
    "jst": "Asia/Tokyo",
    "met": "Europe/Brussels",
    "msk": "Europe/Moscow",
    "mst": "America/Denver",
    "mst7mdt": "America/Denver",
    "pst": "America/Los_Angeles",
    "pst8pdt": "America/Los_Angeles",
    "wet": "Europe/Lisbon",
    "algérie": "Africa/Algiers",
    "belgique": "Europe/Brussels",
    "belgium": "Europe/Brussels",
    "belgië": "Europe/Brussels",
    "bruxelles": "Europe/Brussels",
    "brussel": "Europe/Brussels",
    "france": "Europe/Paris",
    "maroc": "Africa/Casablanca",
    "morocco": "Africa/Casablanca",
    "utc": "UTC",
    "z": "UTC",
    "zulu": "UTC",
}
# Zones whose offset from UTC fits `GMT+2`, as people mean it: two hours ahead.
_ZONE_BY_OFFSET = {
    0: "Europe/London",
    1: "Europe/Brussels",
    2: "Europe/Athens",
    3: "Europe/Istanbul",
    -5: "America/New_York",
    -8: "America/Los_Angeles",
}


class BadZone(ValueError):
    """A zone that is no IANA Area/City name. Its text is a sentence for people."""

    def __init__(self, name: str, suggestion: str = "") -> None:
        self.name = name
        self.suggestion = suggestion
        """The IANA name that was probably meant; empty when nothing comes near."""
        said = _("{name} is not an IANA time zone like Europe/Brussels", name=repr(name))
        super().__init__(_("{said}; did you mean {suggestion}?", said=said, suggestion=suggestion) if suggestion else said)


class Unresolvable(ValueError):
    """A wall time that is not one instant, with the two instants it may mean. Its text is a sentence for people."""

    def __init__(self, sentence: str, wall: datetime, zone: ZoneInfo, earlier: datetime, later: datetime) -> None:
        super().__init__(sentence)
        self.wall = wall
        """The wall time as written, naive."""
        self.zone = zone
        self.earlier = earlier
        """What the word `earlier` makes of it, UTC."""
        self.later = later
        """What the word `later` makes of it, UTC."""

    @property
    def written(self) -> str:
        """The wall time, as people write it."""
        return f"{self.wall:%Y-%m-%d %H:%M}"

    def describe_reading(self, edge: Edge) -> str:
        """What an instant looks like on the wall with that word: `03:30 +02:00`, with its day when that differs."""
        there = (self.earlier if edge == "earlier" else self.later).astimezone(self.zone)
        return (
            f"{there:%H:%M} {_offset_text(there)}" if there.date() == self.wall.date() else f"{there:%Y-%m-%d %H:%M} {_offset_text(there)}"
        )


class Nonexistent(Unresolvable):
    """The hour the clocks jump over."""


class Ambiguous(Unresolvable):
    """The hour that comes twice."""


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name (an Area/City, or UTC). Raises BadZone, with what was probably meant.

    Abbreviations and POSIX forms (`EST`, `GMT+2`, `Etc/GMT-1`) are refused: they name an offset that does not follow the clocks of any place.
    """
    if name == "UTC" or (name in _zone_names()):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadZone(name) from None
    raise BadZone(name, _suggest_zone(name))


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    """Every Area/City name. From the tzdata package: a file system that ignores case would take `europe/brussels` for a name."""
    found = importlib.util.find_spec("tzdata")
    try:
        lines = Path(found.origin).with_name("zones").read_text(encoding="utf-8").split() if found and found.origin else None
    except OSError:
        lines = None
    if lines is None:
        lines = sorted(available_timezones())
    return frozenset(name for name in lines if name.partition("/")[0] in _AREAS)


def _suggest_zone(name: str) -> str:
    """The zone that was probably meant, or nothing."""
    import difflib

    folded = re.sub(r"\s+", " ", name.strip().casefold())
    if folded in _COMMON_NAMES:
        return _COMMON_NAMES[folded]
    if found := re.fullmatch(r"(?:etc/)?(?:gmt|utc)\s*([+-])0*(\d{1,2})(?::?00)?", folded):
        # Written as Etc/GMT-1 the sign is POSIX's, the other way round than people read it.
        sign = -1 if (found[1] == "-") != folded.startswith("etc/") else 1
        return _ZONE_BY_OFFSET.get(sign * int(found[2]), "")
    known = {known.casefold(): known for known in _zone_names()}
    spelled = folded.replace(" ", "_")
    if spelled in known:
        return known[spelled]
    cities = {place.rpartition("/")[2]: known[place] for place in sorted(known, reverse=True)}
    city = spelled.rpartition("/")[2]
    if city in cities:
        return cities[city]
    near = difflib.get_close_matches(spelled, known, n=1, cutoff=0.75)
    if near:
        return known[near[0]]
    near = difflib.get_close_matches(city, cities, n=1, cutoff=0.75)
    return cities[near[0]] if near else ""


def resolve(moment: WrittenDate, zone: ZoneInfo | str, default_time: time) -> datetime:
    """The instant (UTC) of a written date, at `default_time` when only the day is written.

    A written offset makes it an instant by itself; the word `earlier` or `later` chooses where the clocks change.
    Raises Nonexistent or Ambiguous with both readings, BadZone, and ValueError for `when-approved`, which is no date.
    """
    if moment.day is None:
        raise ValueError(_("when-approved is not a date"))
    wall = datetime.combine(moment.day, moment.clock or default_time)
    if moment.offset is not None:
        return (wall - moment.offset).replace(tzinfo=UTC)
    return instant(wall, zone, moment.edge)


def instant(wall: datetime, where: ZoneInfo | str, edge: Edge | None = None) -> datetime:
    """The instant (UTC) at which clocks in that zone show that naive wall time.

    Raises Nonexistent or Ambiguous where they show it never or twice and no `edge` chooses, and BadZone.
    """
    place = zone(where) if isinstance(where, str) else where
    before, after = _offsets_around(wall, place)
    if before == after:
        return (wall - before).replace(tzinfo=UTC)
    # fold 0 takes the offset before the change, fold 1 the one after it (PEP 495).
    earlier, later = sorted(((wall - before).replace(tzinfo=UTC), (wall - after).replace(tzinfo=UTC)))
    if edge is not None:
        return earlier if edge == "earlier" else later
    trouble = Nonexistent if before < after else Ambiguous
    raise trouble(_describe(trouble, wall, place, earlier, later), wall, place, earlier, later)


def _offsets_around(wall: datetime, place: ZoneInfo) -> tuple[timedelta, timedelta]:
    before, after = wall.replace(tzinfo=place).utcoffset(), wall.replace(tzinfo=place, fold=1).utcoffset()
    assert before is not None
    assert after is not None
    return before, after


def _describe(trouble: type[Unresolvable], wall: datetime, place: ZoneInfo, earlier: datetime, later: datetime) -> str:
    shown = trouble("", wall, place, earlier, later)
    values = {
        "date": shown.written,
        "zone": place.key,
        "earlier": shown.describe_reading("earlier"),
        "later": shown.describe_reading("later"),
    }
    if trouble is Nonexistent:
        return _(
            "{date} does not exist in {zone}, the clocks jump over it: write `{date} earlier` for {earlier} or `{date} later` for {later}",
            **values,
        )
    return _(
        "{date} comes twice in {zone}, the clocks go back: write `{date} earlier` for {earlier} or `{date} later` for {later}", **values
    )


def _offset_text(there: datetime) -> str:
    text = f"{there:%z}"
    return f"{text[:3]}:{text[3:5]}"


def wall_time(at: datetime, where: ZoneInfo) -> datetime:
    """What clocks in that zone show at that instant, naive."""
    return at.astimezone(where).replace(tzinfo=None)


def is_clock_time(at: datetime, clock: time, where: ZoneInfo, edge: Edge | None) -> bool:
    """Whether `clock` on that day in that zone, with that word, is that instant."""
    try:
        return instant(datetime.combine(wall_time(at, where).date(), clock), where, edge) == at
    except Unresolvable:
        return False


def start_of_day(day: date, where: ZoneInfo) -> datetime:
    """The first instant (UTC) of that day in that zone; where midnight does not exist, the moment the clocks jump."""
    midnight = datetime.combine(day, time())
    try:
        return instant(midnight, where)
    except Ambiguous as twice:
        return twice.earlier
    except Nonexistent as never:
        # The day begins where the clocks jump to; that is the gap's end, at the reading by the offset after the change.
        return _first_instant_of_day(day, never.earlier, never.later, where)


def _first_instant_of_day(day: date, low: datetime, high: datetime, where: ZoneInfo) -> datetime:
    """By halving: the first second between two instants at which it is that day (or later) there."""
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if wall_time(middle, where).date() < day:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
