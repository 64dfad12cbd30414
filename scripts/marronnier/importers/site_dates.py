"""When a static site shows a post: from its front matter, its file's name and the site's time zone, written as our date."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from marronnier.files import Tree
from marronnier.model.finding import KeyPath
from marronnier.model.loose_dates import guess_date
from marronnier.model.scalars import WrittenDate

_CLOCK = re.compile(r"(?<!\d)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?P<second>:\d{2})?(?!\d)\s*(?P<half>[ap]m\b)?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})|(?:UTC|GMT|Z))\s*$")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")


@dataclass(frozen=True, slots=True)
class SiteMoment:
    """When a site shows a post."""

    date: WrittenDate | None
    """The date in our notation; None when nothing says it."""
    path: KeyPath = ()
    """The keys under which the site's date is written; empty when none is."""
    written: str = ""
    """The date as the site's file has it; empty when none is written."""
    exactness: Literal["as written", "corrected", "file name"] = "as written"
    """Where the date is from: as written, a text that is no date of ours but can only mean one, or the name of the file."""
    has_zone: bool = True
    """False for an hour without an offset, which is the site's own."""

    def instants(self, zone: ZoneInfo, others: tuple[ZoneInfo, ...] = ()) -> tuple[datetime, ...]:
        """The instant, an hour without an offset in that zone; then, where the site's file has no offset, that hour in the other zones."""
        moment = self.date
        if moment is None or moment.day is None:
            return ()
        local = datetime.combine(moment.day, moment.clock or time())
        first = local.replace(tzinfo=zone) if moment.offset is None else (local - moment.offset).replace(tzinfo=UTC)
        return (first, *(() if self.has_zone else (local.replace(tzinfo=each) for each in others)))


def site_moment(data: Mapping[str, Any], keys: tuple[str, ...], day_in_name: date | None, site_zone: ZoneInfo | None) -> SiteMoment:
    """When the site shows a post: the first of these keys that is written decides, and the file's name where its value is no date."""
    for path, value in _written_dates(data, keys):
        parsed, exactness = _read_date(value, day_in_name)
        if parsed is None and day_in_name is None:
            return SiteMoment(None, path, value)
        if parsed is None:
            return SiteMoment(WrittenDate.parse(day_in_name.isoformat()), path, value, "file name")  # type: ignore[union-attr]
        if site_zone is not None and parsed.clock is not None and parsed.offset is None and parsed.day is not None:
            local = datetime.combine(parsed.day, parsed.clock, site_zone)
            return SiteMoment(with_offset(local), path, value, exactness, has_zone=False)
        return SiteMoment(parsed, path, value, exactness, has_zone=parsed.clock is None or parsed.offset is not None)
    return SiteMoment(WrittenDate.parse(day_in_name.isoformat()), (), "", "file name") if day_in_name else SiteMoment(None)


def with_offset(local: datetime) -> WrittenDate:
    """An aware instant in our notation, with its offset from UTC; seconds only where there are any."""
    offset = local.utcoffset() or timedelta()
    minutes = abs(int(offset.total_seconds() // 60))
    sign = "-" if offset < timedelta() else "+"
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return WrittenDate.parse(f"{local:%Y-%m-%d} {clock} {sign}{minutes // 60:02}:{minutes % 60:02}")


def _written_dates(data: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[tuple[KeyPath, str]]:
    """The dates under these keys, in their order. `published: false` is no date; Material's blog writes `date: {created: …}`."""
    for key in keys:
        value = data.get(key)
        path: KeyPath = (key,)
        if isinstance(value, Mapping):
            value, path = value.get("created"), (key, "created")
        if isinstance(value, (list, Mapping)) or (value is None and path != (key,)):
            # No generator reads such a date either; whoever wrote it must hear of it.
            yield (key,), json.dumps(data[key], ensure_ascii=False)
        elif isinstance(value, str) and value.strip() and value.strip().casefold() not in ("true", "false"):
            yield path, value.strip()


def _read_date(text: str, day_in_name: date | None) -> tuple[WrittenDate | None, Literal["as written", "corrected"]]:
    """The date that a text means; None where it is unclear. The day in the file's name says which of two days a text means."""
    parsed = _parse(text)
    if parsed is not None:
        return parsed, "as written"
    guessed = _parse(guess_date(text) or "")
    if guessed is not None and (day_in_name is None or guessed.day == day_in_name):
        return guessed, "corrected"
    days = _days_in(text)
    day = day_in_name if day_in_name in days else next(iter(days)) if len(days) == 1 and day_in_name is None else None
    return (_parse(f"{day.isoformat()}{_clock_in(text)}") if day else None), "corrected"


def _parse(text: str) -> WrittenDate | None:
    try:
        return WrittenDate.parse(text)
    except ValueError:
        return None


def _days_in(text: str) -> set[date]:
    """The days that the numbers of a text may mean."""
    numbers = [tuple(map(int, match.groups())) for match in _YEAR_FIRST.finditer(text)]
    last = [tuple(map(int, match.groups())) for match in _YEAR_LAST.finditer(text)]
    numbers += [(year, *pair) for first, second, year in last for pair in ((second, first), (first, second))]
    days = set()
    for year, month, day in numbers:
        try:
            days.add(date(year, month, day))
        except ValueError:
            continue
    return days


def _clock_in(text: str) -> str:
    """The hour and offset in a text, in our notation after a space; empty where there is none that exists."""
    clock, offset = _CLOCK.search(text), _OFFSET.search(text)
    if clock is None or int(clock["hour"]) > 23 or clock["minute"] > "59" or (clock["second"] or "") > ":59":
        return ""
    hour = int(clock["hour"])
    if clock["half"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if clock["half"].casefold() == "pm" else 0)
    shift = "" if offset is None else f" {offset['sign']}{offset['hours']}:{offset['minutes']}" if offset["sign"] else " +00:00"
    return f" {hour:02}:{clock['minute']}{clock['second'] or ''}{shift}"


def zone_in_settings(source: Tree, files: tuple[str, ...], key: str) -> tuple[ZoneInfo | None, str]:
    """The time zone that a site's settings name, and the name as written; None where there is none, or no such zone."""
    name = written_setting(source, files, key, r"[\w/+-]+")
    try:
        return (ZoneInfo(name) if name else None), name
    except (KeyError, ValueError, OSError):
        return None, name


def base_path_in_settings(source: Tree, files: tuple[str, ...], key: str) -> str:
    """Where a site stands below its host, as its settings say: `blog` for `/blog` and for `https://example.org/blog/`."""
    address = written_setting(source, files, key, r"[^\s\"'#,}]+")
    return re.sub(r"^(?:[a-z][a-z0-9+.-]*:)?//[^/]*", "", address, flags=re.IGNORECASE).strip("/")


def written_setting(source: Tree, files: tuple[str, ...], key: str, value: str) -> str:
    """What a site's settings have under a key, in the first file that has it; empty where none has. `value` is a pattern.

    TOML, YAML and JSON write such a line alike.
    """
    pattern = re.compile(rf"^[ \t{{,]*[\"']?{key}[\"']?[ \t]*[:=][ \t]*[\"']?({value})", re.MULTILINE | re.IGNORECASE)
    for file in files:
        if source.exists(file) and (match := pattern.search(source.read(file).decode("utf-8", "replace"))):
            return match[1]
    return ""
