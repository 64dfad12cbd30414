"""The effect of `calendar/days.yml` on slots and dates, and working days."""

from __future__ import annotations

from datetime import date

import pytest

from marronnier.timetable import special_days
from timetable.folders import Folder, slot_places

NOEL = "date: 2026-12-25, name: Noël, kind: holiday"
D = date.fromisoformat


def places(folder: Folder, name: str, first: str, last: str) -> list[str]:
    return [str(place.day) for place in slot_places(folder.desk(), name, first, last)]


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ("keep", ["2026-12-18", "2026-12-25"]),
        ("warn", ["2026-12-18", "2026-12-25"]),
        ("skip", ["2026-12-18"]),
        ("shift", ["2026-12-18", "2026-12-28"]),
    ],
)
def test_a_holiday_does_what_days_yml_says(folder: Folder, effect: str, expected: list[str]) -> None:
    folder.slots(vendredi='days: [vendredi], at: "10:00"')
    folder.days(NOEL, on_holiday=effect)
    assert places(folder, "vendredi", "2026-12-14", "2026-12-31") == expected


def test_the_days_own_effect_goes_before_that_of_all_holidays_and_the_slots_own_before_both(folder: Folder) -> None:
    folder.slots(vendredi='days: [vendredi], at: "10:00"', sur='days: [vendredi], at: "11:00", on_holiday: keep')
    folder.days(f"{NOEL}, effect: skip", on_holiday="shift")
    assert places(folder, "vendredi", "2026-12-24", "2026-12-31") == []
    assert places(folder, "sur", "2026-12-24", "2026-12-31") == ["2026-12-25"]


def test_a_day_of_silence_always_skips(folder: Folder) -> None:
    folder.slots(sur='days: [vendredi], at: "11:00", on_holiday: keep')
    folder.days("date: 2026-12-25, name: Deuil, kind: silence, effect: keep", on_holiday="keep")
    assert places(folder, "sur", "2026-12-24", "2026-12-31") == []


def test_a_shift_passes_weekends_holidays_and_silence(folder: Folder) -> None:
    folder.slots(vendredi='days: [vendredi], at: "10:00"')
    folder.days(
        f"{NOEL}, effect: shift",
        "date: 2026-12-28, name: Pont, kind: holiday, effect: keep",
        "date: 2026-12-29, name: Deuil, kind: silence",
        "date: 2026-12-30, name: Inventaire, effect: skip",
    )
    assert places(folder, "vendredi", "2026-12-24", "2026-12-31") == ["2026-12-31"]


def test_a_shift_onto_another_place_of_the_same_slot_gives_one_place(folder: Folder) -> None:
    folder.slots(deux='days: [vendredi, lundi], at: "10:00"')
    folder.days(NOEL, on_holiday="shift")
    assert places(folder, "deux", "2026-12-24", "2026-12-31") == ["2026-12-28"]


def test_a_shift_may_cross_into_the_next_month(folder: Folder) -> None:
    folder.slots(jeudi='days: [jeudi], at: "10:00"')
    folder.days("date: 2026-12-31, name: Réveillon, kind: holiday", "date: 2027-01-01, name: Nouvel An, kind: holiday", on_holiday="shift")
    assert places(folder, "jeudi", "2026-12-28", "2027-01-06") == ["2027-01-04"]
    folder.post("a", "slot: jeudi", "date: 2026-12-28")
    assert folder.at("a@journal") == "2027-01-04 10:00"
    assert folder.note("a@journal") == "moved from 2026-12-31: Réveillon"


def test_warn_says_what_day_it_is(folder: Folder) -> None:
    folder.slots(vendredi='days: [vendredi], at: "10:00"')
    folder.days(NOEL)
    folder.post("a", "slot: vendredi", "date: 2026-12-21")
    assert (folder.at("a@journal"), folder.note("a@journal")) == ("2026-12-25 10:00", "Noël")


def test_a_marronnier_moves_nothing_unless_it_says_so(folder: Folder) -> None:
    folder.slots(vendredi='days: [vendredi], at: "10:00"')
    folder.days("date: 2026-12-18, name: Fête du sapin", "date: 2026-12-25, name: Repos, effect: skip")
    assert places(folder, "vendredi", "2026-12-14", "2026-12-31") == ["2026-12-18"]


def test_a_date_written_by_hand_stays_and_says_what_day_it_is(folder: Folder) -> None:
    folder.days(
        f"{NOEL}, estimated: true",
        "date: 2026-12-24, name: Deuil, kind: silence",
        "date: 2026-12-23, name: Sapin",
    )
    for day in (23, 24, 25):
        folder.post(f"p{day}", f"date: 2026-12-{day} 10:00")
    assert [folder.at(f"p{day}@journal") for day in (23, 24, 25)] == [f"2026-12-{day} 10:00" for day in (23, 24, 25)]
    assert [folder.note(f"p{day}@journal") for day in (23, 24, 25)] == ["", "Deuil, a day of silence", "Noël, a holiday (estimated)"]


@pytest.mark.parametrize(
    ("territory", "working", "resting"),
    [
        ("BE", "2026-12-04", "2026-12-05"),
        ("FR", "2026-12-04", "2026-12-06"),
        ("NL", "2026-12-04", "2026-12-05"),
        ("LU", "2026-12-04", "2026-12-05"),
        ("MA", "2026-12-04", "2026-12-05"),
        ("DZ", "2026-12-06", "2026-12-04"),
        ("dz", "2026-12-06", "2026-12-05"),
        ("BE-BRU", "2026-12-04", "2026-12-05"),
        ("ZZ", "2026-12-04", "2026-12-05"),
    ],
)
def test_every_territory_has_its_weekend(folder: Folder, territory: str, working: str, resting: str) -> None:
    folder.write("brand/brand.yml", f"name: x\nterritory: {territory}\n")
    assert special_days.calendar_of(folder.desk()).is_working_day(D(working))
    assert not special_days.calendar_of(folder.desk()).is_working_day(D(resting))


def test_days_yml_may_have_a_weekend_of_its_own(folder: Folder) -> None:
    folder.write("calendar/days.yml", "weekend: [dimanche, lundi]\n")
    assert special_days.calendar_of(folder.desk()).is_working_day(D("2026-12-05"))
    assert not special_days.calendar_of(folder.desk()).is_working_day(D("2026-12-07"))


def test_the_table_of_weekends_agrees_with_unicode() -> None:
    from babel import Locale

    from marronnier.timetable.weekends import WEEKENDS

    for territory, weekend in WEEKENDS.items():
        known = Locale.parse(f"und_{territory}")
        assert weekend == set(range(known.weekend_start, known.weekend_end + 1)), territory


def test_a_day_of_another_territory_does_not_count_here(folder: Folder) -> None:
    folder.days(f"{NOEL}, territory: FR", "date: 2026-07-21, name: Fête nationale, kind: holiday, territory: BE")
    assert special_days.calendar_of(folder.desk()).entries_on(D("2026-12-25")) == ()
    assert [day.name for day in special_days.calendar_of(folder.desk()).entries_on(D("2026-07-21"))] == ["Fête nationale"]
    folder.write("brand/brand.yml", "name: x\nterritory: FR-57\n")
    assert [day.name for day in special_days.calendar_of(folder.desk()).entries_on(D("2026-12-25"))] == ["Noël"]


def test_yearly_days_come_back_from_their_year_on(folder: Folder) -> None:
    folder.days("date: 2020-05-04, name: Anniversaire, yearly: true")
    desk = folder.desk()
    (found,) = special_days.calendar_of(desk).entries_on(D("2027-05-04"))
    assert (found.name, found.date) == ("Anniversaire", D("2027-05-04"))
    assert special_days.calendar_of(desk).entries_on(D("2019-05-04")) == ()
    assert special_days.calendar_of(desk).entries_on(D("2027-05-05")) == ()


def test_29_february_is_kept_on_the_28th_in_common_years_and_says_so(folder: Folder) -> None:
    folder.days("date: 2024-02-29, name: Jour en plus, yearly: true")
    desk = folder.desk()
    assert [day.name for day in special_days.calendar_of(desk).entries_on(D("2028-02-29"))] == ["Jour en plus"]
    assert special_days.calendar_of(desk).entries_on(D("2028-02-28")) == ()
    assert [day.name for day in special_days.calendar_of(desk).entries_on(D("2027-02-28"))] == [
        "Jour en plus (29 February, kept on the 28th)"
    ]


def test_the_next_working_day_is_after_weekends_and_holidays(folder: Folder) -> None:
    folder.days(NOEL)
    calendar = special_days.calendar_of(folder.desk())
    assert calendar.next_working_day(D("2026-12-24")) == D("2026-12-28")
    assert calendar.next_working_day(D("2026-12-28"), -1) == D("2026-12-24")


def test_a_brand_that_never_works_has_no_next_working_day(folder: Folder) -> None:
    folder.write("calendar/days.yml", "weekend: [lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche]\non_holiday: shift\n")
    assert special_days.calendar_of(folder.desk()).next_working_day(D("2026-12-24")) is None


@pytest.mark.parametrize("line", ['days: [mardi], at: "10:00", every: 2', 'days: [mardi], at: "10:00", start: 2026-12-08, end: 2026-12-01'])
def test_a_slot_that_does_not_hold_together_is_refused(line: str) -> None:
    import yaml

    from marronnier.model.calendar import Slot
    from marronnier.model.shape import parse_model

    made, refused = parse_model(Slot, yaml.load(f"{{{line}}}", yaml.BaseLoader))
    assert made is None
    assert "start" in refused[0].detail
