"""Conversion of wall time to instants: where the clocks change, and wrong zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marronnier.model.scalars import WrittenDate
from marronnier.timetable import local_time

NINE = time(9)
ZONES = sorted(
    name
    for name in resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    if name.split("/")[0] in ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)


def resolve(text: str, zone: str = "Europe/Brussels") -> str:
    return local_time.resolve(WrittenDate.parse(text), zone, NINE).isoformat()


def test_a_day_alone_takes_the_default_time() -> None:
    assert resolve("2026-12-05") == "2026-12-05T08:00:00+00:00"


def test_summer_and_winter_are_told_apart() -> None:
    assert resolve("2026-12-05 10:00") == "2026-12-05T09:00:00+00:00"
    assert resolve("2026-07-05 10:00") == "2026-07-05T08:00:00+00:00"


def test_a_written_offset_is_the_instant_whatever_the_zone() -> None:
    assert resolve("2026-12-05 10:00 +05:30") == "2026-12-05T04:30:00+00:00"
    assert resolve("2026-03-29 02:30 +01:00") == "2026-03-29T01:30:00+00:00"
    assert resolve("2026-10-25 02:30 Z") == "2026-10-25T02:30:00+00:00"


# Edges: date, zone, and the instants of `earlier` and `later` (UTC).
GAPS = [
    ("2026-03-29 02:30", "Europe/Brussels", "2026-03-29 00:30", "2026-03-29 01:30"),
    ("2026-03-29 02:00", "Europe/Brussels", "2026-03-29 00:00", "2026-03-29 01:00"),
    ("2026-03-29 01:30", "Europe/London", "2026-03-29 00:30", "2026-03-29 01:30"),
    ("2026-03-08 02:30", "America/New_York", "2026-03-08 06:30", "2026-03-08 07:30"),
    # Morocco goes back for Ramadan and forward again after it.
    ("2026-03-22 02:30", "Africa/Casablanca", "2026-03-22 01:30", "2026-03-22 02:30"),
    # Half an hour only: 02:00 becomes 02:30.
    ("2026-10-04 02:15", "Australia/Lord_Howe", "2026-10-03 15:15", "2026-10-03 15:45"),
    # Midnight itself does not exist.
    ("2026-09-06 00:30", "America/Santiago", "2026-09-06 03:30", "2026-09-06 04:30"),
    # A whole day that never was.
    ("2011-12-30 10:00", "Pacific/Apia", "2011-12-29 20:00", "2011-12-30 20:00"),
]
OVERLAPS = [
    ("2026-10-25 02:30", "Europe/Brussels", "2026-10-25 00:30", "2026-10-25 01:30"),
    ("2026-10-25 02:00", "Europe/Brussels", "2026-10-25 00:00", "2026-10-25 01:00"),
    ("2026-11-01 01:30", "America/New_York", "2026-11-01 05:30", "2026-11-01 06:30"),
    ("2026-02-15 02:30", "Africa/Casablanca", "2026-02-15 01:30", "2026-02-15 02:30"),
    ("2026-04-05 01:45", "Australia/Lord_Howe", "2026-04-04 14:45", "2026-04-04 15:15"),
]


@pytest.mark.parametrize(("text", "zone", "earlier", "later"), GAPS)
def test_c05_dst_gap_is_refused_with_both_readings(text: str, zone: str, earlier: str, later: str) -> None:
    with pytest.raises(local_time.Nonexistent) as refused:
        resolve(text, zone)
    assert refused.value.earlier == datetime.fromisoformat(earlier).replace(tzinfo=UTC)
    assert refused.value.later == datetime.fromisoformat(later).replace(tzinfo=UTC)
    assert f"{text} earlier" in str(refused.value)
    assert f"{text} later" in str(refused.value)
    assert resolve(f"{text} earlier", zone) == refused.value.earlier.isoformat()
    assert resolve(f"{text} later", zone) == refused.value.later.isoformat()


@pytest.mark.parametrize(("text", "zone", "earlier", "later"), OVERLAPS)
def test_c05_dst_overlap_is_refused_with_both_readings(text: str, zone: str, earlier: str, later: str) -> None:
    with pytest.raises(local_time.Ambiguous) as refused:
        resolve(text, zone)
    assert refused.value.earlier == datetime.fromisoformat(earlier).replace(tzinfo=UTC)
    assert refused.value.later == datetime.fromisoformat(later).replace(tzinfo=UTC)
    assert resolve(f"{text} earlier", zone) == refused.value.earlier.isoformat()
    assert resolve(f"{text} later", zone) == refused.value.later.isoformat()


@pytest.mark.parametrize("text", ["2026-03-29 01:59", "2026-03-29 03:00", "2026-10-25 01:59", "2026-10-25 03:00"])
def test_c05_the_minutes_around_a_clock_change_are_unambiguous(text: str) -> None:
    at = datetime.fromisoformat(resolve(text))
    assert f"{at.astimezone(ZoneInfo('Europe/Brussels')):%Y-%m-%d %H:%M}" == text


def test_c05_the_sentences_name_what_to_write() -> None:
    with pytest.raises(local_time.Nonexistent) as gap:
        resolve("2026-03-29 02:30")
    assert str(gap.value) == (
        "2026-03-29 02:30 does not exist in Europe/Brussels, the clocks jump over it: "
        "write `2026-03-29 02:30 earlier` for 01:30 +01:00 or `2026-03-29 02:30 later` for 03:30 +02:00"
    )
    with pytest.raises(local_time.Ambiguous) as overlap:
        resolve("2026-10-25 02:30")
    assert str(overlap.value) == (
        "2026-10-25 02:30 comes twice in Europe/Brussels, the clocks go back: "
        "write `2026-10-25 02:30 earlier` for 02:30 +02:00 or `2026-10-25 02:30 later` for 02:30 +01:00"
    )


def test_an_edge_word_changes_nothing_on_a_plain_day() -> None:
    assert resolve("2026-12-05 10:00 earlier") == resolve("2026-12-05 10:00 later") == resolve("2026-12-05 10:00")


def test_when_approved_is_no_date() -> None:
    with pytest.raises(ValueError, match="when-approved"):
        resolve("when-approved")


@settings(max_examples=400, deadline=None)
@example(wall=datetime(2008, 10, 5, 2, 0, fold=1), zone="Australia/Adelaide")
@given(wall=st.datetimes(datetime(1990, 1, 1), datetime(2199, 12, 31)), zone=st.sampled_from(ZONES))
def test_any_wall_time_reads_back_or_is_refused(wall: datetime, zone: str) -> None:
    wall = wall.replace(second=0, microsecond=0)
    place = ZoneInfo(zone)
    try:
        at = local_time.instant(wall, place)
    except local_time.Nonexistent as never:
        assert never.earlier < never.later
        assert local_time.wall_time(never.earlier, place) < wall < local_time.wall_time(never.later, place)
    except local_time.Ambiguous as twice:
        assert twice.earlier < twice.later
        assert local_time.wall_time(twice.earlier, place) == local_time.wall_time(twice.later, place) == wall
    else:
        assert local_time.wall_time(at, place) == wall


def edges(zone: str, year: int) -> list[datetime]:
    """Wall times in the middle of every clock change of a year, found by trying every quarter of an hour."""
    place, found = ZoneInfo(zone), []
    at, quarter = datetime(year, 1, 1, tzinfo=UTC), timedelta(minutes=15)
    while at.year == year:
        after = local_time.wall_time(at + quarter, place)
        step = after - local_time.wall_time(at, place)
        if step > quarter:
            found.append(after - timedelta(minutes=10))
        elif step < quarter:
            found.append(after + timedelta(minutes=5))
        at += quarter
    return found


@pytest.mark.parametrize("zone", ["Europe/Brussels", "Africa/Casablanca", "Australia/Lord_Howe", "America/St_Johns", "Asia/Gaza"])
def test_every_change_of_the_clocks_is_refused(zone: str) -> None:
    found = edges(zone, 2026)
    assert found
    for wall in found:
        with pytest.raises(local_time.Unresolvable):
            local_time.instant(wall, zone)


REFUSED = [
    ("EST", "America/New_York"),
    ("CET", "Europe/Brussels"),
    ("GMT", "Europe/London"),
    ("GMT+2", "Europe/Athens"),
    ("UTC+1", "Europe/Brussels"),
    ("Etc/GMT-1", "Europe/Brussels"),
    ("PST8PDT", "America/Los_Angeles"),
    ("europe/brussels", "Europe/Brussels"),
    ("EUROPE/PARIS", "Europe/Paris"),
    ("Brussels", "Europe/Brussels"),
    ("Europe/Bruxelles", "Europe/Brussels"),
    ("Europe/Brussel", "Europe/Brussels"),
    ("New York", "America/New_York"),
    ("Africa/Casablnca", "Africa/Casablanca"),
    ("utc", "UTC"),
]


@pytest.mark.parametrize(("name", "meant"), REFUSED)
def test_c06_a_zone_that_is_no_area_and_city_is_refused_with_a_suggestion(name: str, meant: str) -> None:
    with pytest.raises(local_time.BadZone) as refused:
        local_time.zone(name)
    assert refused.value.suggestion == meant
    assert meant in str(refused.value)


@pytest.mark.parametrize(
    "name", ["", "/", "../etc/passwd", "Mars/Olympus", "US/Eastern", "posix/Europe/Brussels", "EST5EDT4,M3", "Europe/", "a" * 500]
)
def test_c06_a_nonsense_zone_is_refused(name: str) -> None:
    with pytest.raises(local_time.BadZone):
        local_time.zone(name)


@pytest.mark.parametrize("name", ["UTC", "Europe/Brussels", "America/Argentina/Ushuaia", "Africa/Algiers", "Asia/Calcutta"])
def test_c06_area_and_city_are_accepted(name: str) -> None:
    assert local_time.zone(name).key == name


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        ("2026-12-05", "Europe/Brussels", "2026-12-04 23:00"),
        ("2026-09-06", "America/Santiago", "2026-09-06 04:00"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30 10:00"),
        ("2026-10-25", "Atlantic/Azores", "2026-10-25 00:00"),
    ],
)
def test_where_a_day_begins(day: str, zone: str, begins: str) -> None:
    assert local_time.start_of_day(date.fromisoformat(day), ZoneInfo(zone)) == datetime.fromisoformat(begins).replace(tzinfo=UTC)
