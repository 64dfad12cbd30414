"""Repeats: rules with an end, the days of their occurrences, and the calendar's effect on them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marronnier.timetable import repeats
from timetable.folders import Folder

BRUSSELS = ZoneInfo("Europe/Brussels")


def all_of(folder: Folder, post: str = "a") -> dict[str, str]:
    """The wall time or problem of each occurrence, by the day in its key."""
    return {key.partition("~")[2]: folder.at(key) for key in folder.timetable().instants if key.startswith(f"{post}@")}


def test_a_repeat_keeps_its_hour_over_the_change_of_the_clocks(folder: Folder) -> None:
    folder.post("a", "date: 2026-10-20 10:00", "repeat: FREQ=WEEKLY;COUNT=3")
    assert all_of(folder) == {"2026-10-20": "2026-10-20 10:00", "2026-10-27": "2026-10-27 10:00", "2026-11-03": "2026-11-03 10:00"}
    instants = folder.timetable().instants
    assert instants["a@journal~2026-10-20"].at == datetime(2026, 10, 20, 8, tzinfo=UTC)
    assert instants["a@journal~2026-10-27"].at == datetime(2026, 10, 27, 9, tzinfo=UTC)
    assert {instant.basis for instant in instants.values()} == {"repeat"}


def test_a_repeat_dated_with_an_offset_repeats_in_the_brands_time(folder: Folder) -> None:
    folder.post("a", "date: 2026-10-24 23:30 Z", "repeat: FREQ=DAILY;COUNT=2")
    assert all_of(folder) == {"2026-10-25": "2026-10-25 01:30", "2026-10-26": "2026-10-26 01:30"}


def test_the_first_tuesday_of_six_months(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-01 10:00", "repeat: FREQ=MONTHLY;BYDAY=1TU;COUNT=6")
    assert list(all_of(folder)) == ["2026-12-01", "2027-01-05", "2027-02-02", "2027-03-02", "2027-04-06", "2027-05-04"]


@pytest.mark.parametrize("until", ["20261215", "2026-12-15", "20261215T235959", "20261215T090000Z"])
def test_until_includes_its_day(folder: Folder, until: str) -> None:
    folder.post("a", "date: 2026-12-01 10:00", f"repeat: FREQ=WEEKLY;UNTIL={until}")
    assert list(all_of(folder)) == ["2026-12-01", "2026-12-08", "2026-12-15"]


def test_until_with_an_hour_ends_at_that_hour(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-01 10:00", "repeat: FREQ=WEEKLY;UNTIL=20261215T085900Z")
    assert list(all_of(folder)) == ["2026-12-01", "2026-12-08"]


def test_c05_only_the_occurrence_whose_hour_does_not_exist_is_refused(folder: Folder) -> None:
    folder.post("a", "date: 2026-03-28 02:30", "repeat: FREQ=DAILY;COUNT=3")
    assert list(all_of(folder).values()) == ["2026-03-28 02:30", "(nonexistent)", "2026-03-30 02:30"]
    assert "2026-03-29 02:30 does not exist" in folder.note("a@journal~2026-03-29")


def test_c05_the_chosen_reading_of_the_date_holds_for_every_occurrence(folder: Folder) -> None:
    folder.post("a", "date: 2026-10-24 02:30 later", "repeat: FREQ=DAILY;COUNT=3")
    instants = folder.timetable().instants
    assert [instants[f"a@journal~2026-10-{day}"].at for day in (24, 25, 26)] == [
        datetime(2026, 10, 24, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
    ]


REFUSED = [
    ("FREQ=WEEKLY", "no end"),
    ("FREQ=WEEKLY;COUNT=0", "1 to 366"),
    ("FREQ=DAILY;COUNT=367", "1 to 366"),
    ("FREQ=DAILY;COUNT=99999999999", "1 to 366"),
    ("FREQ=DAILY;UNTIL=20991231", "more than 366 days"),
    ("FREQ=HOURLY;COUNT=3", "too often"),
    ("FREQ=MINUTELY;COUNT=3", "too often"),
    ("FREQ=SECONDLY;COUNT=3", "too often"),
    ("FREQ=WEEKLY;COUNT=3;UNTIL=20261231", "both"),
    ("FREQ=WEEKLY;INTERVAL=0;COUNT=3", "INTERVAL=0"),
    ("FREQ=WEEKLY;BYHOUR=3;COUNT=3", "time is written in"),
    ("FREQ=WEEKLY;BYDAI=MO;COUNT=3", "not a part"),
    ("FREQ=WEEKLY;BYDAY=LU;COUNT=3", "BYDAY=LU"),
    ("FREQ=WEEKLY;COUNT=3;COUNT=4", "twice"),
    ("FREQ=WEEKLY;UNTIL=20261340", "not a day of the calendar"),
    ("FREQ=WEEKLY;UNTIL=demain", "UNTIL=DEMAIN"),
    ("FREQ=WEEKLY;UNTIL=20200101", "gives no day"),
    ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "gives no day"),
    ("FREQ=YEARLY;BYMONTH=13;COUNT=3", "from 1 to 12"),
    ("FREQ=YEARLY;COUNT=100", "only"),
    ("FREQ=DAILY;BYWEEKNO=5;COUNT=3", "does not go with FREQ=DAILY"),
    ("FREQ=DAILY;INTERVAL=7;BYDAY=MO;COUNT=3", "gives no day"),
    ("chaque mardi", "NAME=VALUE"),
    ("FREQ=MONTHLY;BYMONTHDAY=x;COUNT=2", "list of numbers"),
    ("FREQ=MONTHLY;BYSETPOS=0;COUNT=2;BYDAY=MO", "from 1 to 366"),
    (";;;", "NAME=VALUE"),
]


@pytest.mark.parametrize(("rule", "said"), REFUSED)
def test_a_rule_without_an_end_or_sense_is_refused(folder: Folder, rule: str, said: str) -> None:
    folder.post("a", "date: 2026-12-01 10:00", f'repeat: "{rule}"')
    assert folder.at("a@journal") == "(bad-repeat)"
    assert said in folder.note("a@journal")


@pytest.mark.parametrize("front", [(), ("slot: mardi",), ("date: when-approved",), ("date: 2026-12-01", "slot: mardi")])
def test_a_repeat_needs_a_date_and_no_slot(folder: Folder, front: tuple[str, ...]) -> None:
    folder.post("a", *front, "repeat: FREQ=WEEKLY;COUNT=3")
    assert folder.at("a@journal") == "(bad-repeat)"


@pytest.mark.parametrize(
    "rule", ["RRULE:FREQ=WEEKLY;COUNT=2", "freq=weekly;count=2;", "FREQ = WEEKLY ; COUNT = 2", "FREQ=WEEKLY;COUNT=2;WKST=SU"]
)
def test_how_people_write_it(rule: str) -> None:
    assert repeats.occurrence_days(rule, datetime(2026, 12, 1, 10), BRUSSELS) == (date(2026, 12, 1), date(2026, 12, 8))


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 12),
    st.integers(1, 5),
    st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)),
)
def test_a_counted_rule_gives_its_count_of_days_in_order_or_is_refused(freq: str, count: int, interval: int, first: datetime) -> None:
    try:
        found = repeats.occurrence_days(f"FREQ={freq};COUNT={count};INTERVAL={interval}", first, BRUSSELS)
    except repeats.BadRepeat:
        assert freq == "YEARLY"
        return
    assert len(found) == count
    assert list(found) == sorted(set(found))
    assert found[0] == first.date()


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="FREQCOUNTLWDAILYMB=;,0123456789+- \n\x00é", max_size=60))
def test_no_text_breaks_it(rule: str) -> None:
    try:
        repeats.occurrence_days(rule, datetime(2026, 12, 1, 10), BRUSSELS)
    except repeats.BadRepeat as bad:
        assert str(bad)


# The calendar's days


def test_the_key_is_the_day_the_rule_gave_even_when_it_is_shifted(folder: Folder) -> None:
    folder.days("date: 2026-12-25, name: Noël, kind: holiday", on_holiday="shift")
    folder.post("a", "date: 2026-12-18 10:00", "repeat: FREQ=WEEKLY;COUNT=2")
    assert all_of(folder) == {"2026-12-18": "2026-12-18 10:00", "2026-12-25": "2026-12-28 10:00"}
    assert folder.note("a@journal~2026-12-25") == "moved from 2026-12-25: Noël"


def test_a_skipped_occurrence_has_no_instant_and_says_why(folder: Folder) -> None:
    folder.days("date: 2026-12-25, name: Noël, kind: holiday", on_holiday="skip")
    folder.post("a", "date: 2026-12-18 10:00", "repeat: FREQ=WEEKLY;COUNT=2")
    assert all_of(folder) == {"2026-12-18": "2026-12-18 10:00", "2026-12-25": "-"}
    assert folder.note("a@journal~2026-12-25") == "skipped: Noël"


def test_silence_always_skips_a_repeat(folder: Folder) -> None:
    folder.days("date: 2026-12-25, name: Deuil, kind: silence, effect: keep", on_holiday="keep")
    folder.post("a", "date: 2026-12-25 10:00", "repeat: FREQ=WEEKLY;COUNT=1")
    assert all_of(folder) == {"2026-12-25": "-"}


def test_weekends_do_what_days_yml_says_to_repeats(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-04 10:00", "repeat: FREQ=DAILY;COUNT=4")
    assert list(all_of(folder).values()) == [f"2026-12-0{day} 10:00" for day in (4, 5, 6, 7)]
    folder.days(on_weekend="skip")
    assert list(all_of(folder).values()) == ["2026-12-04 10:00", "-", "-", "2026-12-07 10:00"]


def test_a_shift_never_doubles(folder: Folder) -> None:
    folder.days(on_weekend="shift")
    folder.post("a", "date: 2026-12-04 10:00", "repeat: FREQ=DAILY;COUNT=4")
    folder.post("b", "date: 2026-12-05 10:00", "repeat: FREQ=DAILY;COUNT=2")
    assert list(all_of(folder).values()) == ["2026-12-04 10:00", "-", "-", "2026-12-07 10:00"]
    assert folder.note("a@journal~2026-12-05") == "skipped: the weekend, and 2026-12-07 has this post already"
    assert list(all_of(folder, "b").values()) == ["2026-12-07 10:00", "-"]


def test_a_sealed_occurrence_keeps_its_instant_when_a_day_is_added(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-18 10:00", "repeat: FREQ=WEEKLY;COUNT=2")
    folder.seal("a@journal~2026-12-25", "2026-12-25T09:00", "repeat")
    folder.days("date: 2026-12-25, name: Noël, kind: holiday", on_holiday="shift")
    assert all_of(folder)["2026-12-25"] == "2026-12-25 10:00"
    folder.days("date: 2026-12-25, name: Deuil, kind: silence")
    assert all_of(folder)["2026-12-25"] == "2026-12-25 10:00"
    assert "skipped: Deuil" in folder.note("a@journal~2026-12-25")


def test_a_sealed_occurrence_whose_hour_is_written_anew_is_not_held_to_the_old_one(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-18 11:00", "repeat: FREQ=WEEKLY;COUNT=2")
    folder.seal("a@journal~2026-12-25", "2026-12-25T09:00", "repeat")
    assert all_of(folder)["2026-12-25"] == "2026-12-25 11:00"
    folder.seal("a@journal~2026-12-25", "2026-12-25T09:00", "repeat", "sending", "sent")
    assert all_of(folder)["2026-12-25"] == "2026-12-25 10:00"
