"""Times as posts write them: dates, words, ideas, and the overrides of `for:`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marronnier import timetable
from timetable.folders import Folder


def test_a_date_is_in_the_brands_zone(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-05 10:00")
    assert folder.timetable().instants["a@journal"].at == datetime(2026, 12, 5, 9, tzinfo=UTC)
    assert folder.timetable().instants["a@journal"].basis == "written"


def test_a_day_alone_takes_the_channels_hour_else_the_brands(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-05", channels="[journal, radio]")
    assert folder.at("a@journal") == "2026-12-05 09:00"
    assert folder.at("a@radio") == "2026-12-05 18:00"


def test_c05_dst_gap_in_a_post_is_a_problem_with_its_sentence(folder: Folder) -> None:
    folder.post("a", "date: 2026-03-29 02:30")
    folder.post("b", "date: 2026-10-25 02:30")
    folder.post("c", "date: 2026-10-25 02:30 later")
    assert folder.at("a@journal") == "(nonexistent)"
    assert "later` for 03:30 +02:00" in folder.note("a@journal")
    assert folder.at("b@journal") == "(ambiguous)"
    assert folder.at("c@journal") == "2026-10-25 02:30"


def test_c06_a_bad_zone_is_a_problem_of_every_publication(folder: Folder) -> None:
    folder.write("brand/brand.yml", "name: x\nzone: EST\n")
    folder.post("a", "date: 2026-12-05 10:00")
    folder.post("b", "slot: next")
    for key in ("a@journal", "b@journal"):
        assert folder.at(key) == "(bad-zone)"
        assert "did you mean America/New_York?" in folder.note(key)


def test_neither_date_nor_slot(folder: Folder) -> None:
    folder.post("a")
    folder.post("b", folder="ideas")
    assert folder.at("a@journal") == "(no-date)"
    assert folder.at("b@journal") == "-"
    assert folder.timetable().instants["b@journal"].basis == "idea"


def test_ideas_have_no_place_but_show_their_date(folder: Folder) -> None:
    folder.post("a", "slot: mardi", "draft: true")
    folder.post("b", "date: 2026-12-05 10:00", folder="ideas")
    assert folder.at("a@journal") == "-"
    assert folder.at("b@journal") == "2026-12-05 10:00"
    assert {instant.basis for instant in folder.timetable().instants.values()} == {"idea"}


def test_unknown_channels_are_absent(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-05 10:00", channels="[journal, nowhere]")
    assert list(folder.timetable().publications) == ["a@journal"]


def test_a_channel_may_have_a_date_of_its_own(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-05 10:00", "for:", "  krant: {date: 2026-12-06 08:30}", channels="[partout, radio]")
    assert [folder.at(f"a@{channel}") for channel in ("journal", "krant", "radio")] == [
        "2026-12-05 10:00",
        "2026-12-06 08:30",
        "2026-12-05 10:00",
    ]


def test_the_channel_has_the_last_word_then_the_group_then_the_network(folder: Folder) -> None:
    folder.post(
        "a",
        "date: 2026-12-05 10:00",
        "for:",
        "  krant: {date: 2026-12-08 10:00}",
        "  partout: {date: 2026-12-07 10:00}",
        "  feed: {date: 2026-12-06 10:00}",
        channels="[journal, krant, radio]",
    )
    assert folder.at("a@radio") == "2026-12-06 10:00"
    assert folder.at("a@journal") == "2026-12-07 10:00"
    assert folder.at("a@krant") == "2026-12-08 10:00"


def test_a_date_of_its_own_takes_a_channel_out_of_the_slot(folder: Folder) -> None:
    folder.post("a", "slot: mardi", "for:", "  krant: {date: 2026-12-06 08:30}", channels="[journal, krant]")
    assert folder.at("a@journal") == "2026-12-01 10:00"
    assert folder.at("a@krant") == "2026-12-06 08:30"
    assert folder.timetable().instants["a@krant"].basis == "written"


def test_when_approved_waits_for_its_seal(folder: Folder) -> None:
    folder.post("a", "date: when-approved")
    assert folder.at("a@journal") == "-"
    assert folder.note("a@journal") == "goes out as soon as it is approved"
    folder.seal("a@journal", "2026-12-01T07:42", "when-approved")
    assert folder.at("a@journal") == "2026-12-01 08:42"
    folder.seal("a@journal", "2026-12-01T07:42", "when-approved", "unsealed")
    assert folder.at("a@journal") == "-"


def test_a_seal_for_another_date_does_not_make_it_when_approved(folder: Folder) -> None:
    folder.post("a", "date: when-approved")
    folder.seal("a@journal", "2026-12-24T07:42", "written")
    assert folder.at("a@journal") == "-"


def test_what_is_written_counts_for_a_written_date_whatever_was_sealed(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-05 11:00")
    folder.seal("a@journal", "2026-12-05T09:00", "written")
    assert folder.at("a@journal") == "2026-12-05 11:00"


def test_publications_and_instants_have_the_same_keys(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-07 10:00", "repeat: FREQ=WEEKLY;COUNT=3", channels="[partout]")
    made = folder.timetable()
    assert set(made.publications) == set(made.instants)
    assert all(publication.key == key for key, publication in made.publications.items())
    assert "a@krant~2026-12-14" in made.publications
    assert "nothing@journal" not in made.publications


@pytest.mark.parametrize(("front", "hours"), [((), 2), (("grace: 30 min",), 0.5), (("grace: 1d",), 24)])
def test_grace_is_the_posts_else_the_brands(folder: Folder, front: tuple[str, ...], hours: float) -> None:
    folder.post("a", "date: 2026-12-05 10:00", *front)
    desk, publication = folder.desk(), folder.timetable().publications["a@journal"]
    assert timetable.grace(desk, publication) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("front", "hours"),
    [
        ((), 2),
        (("on_missed: ask",), 2),
        (("on_missed: send-until 8h",), 8),
        (("on_missed: send-until 1h",), 2),
        (("grace: 9h", "on_missed: ask"), 9),
    ],
)
def test_t15_until_when_a_missed_post_may_still_go(folder: Folder, front: tuple[str, ...], hours: float) -> None:
    folder.post("a", "date: 2026-12-05 10:00", *front)
    desk, publication = folder.desk(), folder.timetable().publications["a@journal"]
    assert timetable.allowed_lateness(desk, publication) == timedelta(hours=hours)


def test_the_brand_may_say_what_happens_to_missed_posts(folder: Folder) -> None:
    folder.write("brand/brand.yml", "name: x\non_missed: send-until 6h\n")
    folder.post("a", "date: 2026-12-05 10:00")
    folder.post("b", "date: 2026-12-05 10:00", "on_missed: ask")
    desk, publications = folder.desk(), folder.timetable().publications
    assert timetable.allowed_lateness(desk, publications["a@journal"]) == timedelta(hours=6)
    assert timetable.allowed_lateness(desk, publications["b@journal"]) == timedelta(hours=2)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-12-05 10:00", "2026-12-05 09:00"),
        ("2026-12-05", "2026-12-05 23:00"),
        ("2026-10-25 02:30", "2026-10-25 00:30"),
        ("2026-10-25 02:30 later", "2026-10-25 01:30"),
        ("2026-03-29 02:30", "2026-03-29 00:30"),
    ],
)
def test_expiry_never_lets_a_post_out_later_than_written(folder: Folder, written: str, expected: str) -> None:
    folder.post("a", "date: 2026-01-05 10:00", f"expires: {written}")
    desk, publication = folder.desk(), folder.timetable().publications["a@journal"]
    assert timetable.expiry_instant(desk, publication) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_no_expiry(folder: Folder) -> None:
    folder.post("a", "date: 2026-01-05 10:00")
    assert timetable.expiry_instant(folder.desk(), folder.timetable().publications["a@journal"]) is None
