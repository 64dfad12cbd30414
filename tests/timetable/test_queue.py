"""Slots and their queue: which post takes which place, and that no approved post loses its place."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marronnier import timetable
from timetable.folders import Folder, slot_places


def test_a_slots_place_is_the_first_free_one_ahead(folder: Folder) -> None:
    folder.post("a", "slot: mardi")
    folder.post("b", "slot: mardi")
    assert (folder.at("a@journal"), folder.at("b@journal")) == ("2026-12-01 10:00", "2026-12-08 10:00")
    assert folder.timetable().instants["a@journal"].basis == "slot:mardi"


def test_a_place_that_is_now_is_not_ahead(folder: Folder) -> None:
    folder.now = datetime(2026, 12, 1, 9, tzinfo=UTC)
    folder.post("a", "slot: mardi")
    assert folder.at("a@journal") == "2026-12-08 10:00"


def test_next_is_the_earliest_place_of_any_slot_that_serves_all_channels(folder: Folder) -> None:
    folder.now = datetime(2026, 12, 2, 9, tzinfo=UTC)
    folder.post("a", "slot: next")
    folder.post("b", "slot: next", channels="[journal, krant]")
    assert folder.at("a@journal") == "2026-12-03 17:30"
    assert folder.at("b@journal") == folder.at("b@krant") == "2026-12-08 10:00"
    assert folder.note("b@journal") == "in the slot mardi"
    assert folder.timetable().instants["b@journal"].basis == "next"


def test_next_leaves_alone_what_is_kept_for_another_pillar(folder: Folder) -> None:
    folder.slots(conseil='days: [mardi], at: "10:00", pillar: conseils', libre='days: [vendredi], at: "10:00"')
    folder.post("a", "slot: next")
    folder.post("b", "slot: next", "pillar: conseils")
    assert folder.at("a@journal") == "2026-12-04 10:00"
    assert folder.at("b@journal") == "2026-12-01 10:00"


def test_when_every_slot_is_kept_for_another_pillar_it_says_so(folder: Folder) -> None:
    folder.slots(conseil='days: [mardi], at: "10:00", pillar: conseils')
    folder.post("a", "slot: next", "pillar: coulisses")
    assert folder.at("a@journal") == "(no-free-slot)"
    assert "reserved for another pillar" in folder.note("a@journal")


def test_the_date_is_the_first_day_that_suits(folder: Folder) -> None:
    folder.post("a", "slot: mardi", "date: 2026-12-15")
    folder.post("b", "slot: mardi", "date: 2026-12-15 10:00")
    folder.post("c", "slot: mardi", "date: 2026-12-15 10:01")
    assert [folder.at(f"{name}@journal") for name in "abc"] == ["2026-12-15 10:00", "2026-12-22 10:00", "2026-12-29 10:00"]


def test_those_without_a_date_go_first_then_by_date_then_by_id(folder: Folder) -> None:
    folder.post("a", "slot: mardi", "date: 2026-11-01")
    folder.post("b", "slot: mardi", "date: 2026-10-01")
    folder.post("z", "slot: mardi")
    assert [folder.at(f"{name}@journal") for name in "zba"] == ["2026-12-01 10:00", "2026-12-08 10:00", "2026-12-15 10:00"]


def test_a_post_holds_one_place_on_all_its_channels(folder: Folder) -> None:
    folder.post("a", "slot: mardi", channels="[krant]")
    folder.post("b", "slot: mardi", channels="[journal, krant]")
    folder.post("c", "slot: mardi", channels="[journal]")
    assert folder.at("a@krant") == "2026-12-01 10:00"
    assert folder.at("b@journal") == folder.at("b@krant") == "2026-12-08 10:00"
    assert folder.at("c@journal") == "2026-12-01 10:00"


def test_a_channel_with_a_slot_of_its_own_goes_its_own_way(folder: Folder) -> None:
    folder.post("a", "slot: mardi", "for:", "  journal: {slot: jeudi}", channels="[journal, krant]")
    assert folder.at("a@krant") == "2026-12-01 10:00"
    assert folder.at("a@journal") == "2026-12-03 17:30"


def test_unknown_slots_are_refused_with_what_was_meant(folder: Folder) -> None:
    folder.post("a", "slot: mardis")
    folder.post("b", "slot: zzz")
    assert folder.at("a@journal") == "(unknown-slot)"
    assert "did you mean mardi?" in folder.note("a@journal")
    assert "known are jeudi, mardi, next" in folder.note("b@journal")


def test_a_slot_that_is_not_for_a_channel_is_refused_there_only(folder: Folder) -> None:
    folder.post("a", "slot: jeudi", channels="[journal, krant]")
    assert folder.at("a@journal") == "2026-12-03 17:30"
    assert folder.at("a@krant") == "(unknown-slot)"
    assert "the slot jeudi is not for krant" in folder.note("a@krant")


def test_no_place_within_370_days(folder: Folder) -> None:
    folder.slots(fini='days: [mardi], at: "10:00", end: 2026-12-08')
    for name in "abc":
        folder.post(name, "slot: fini")
    assert [folder.at(f"{name}@journal") for name in "abc"] == ["2026-12-01 10:00", "2026-12-08 10:00", "(no-free-slot)"]
    assert "370 days" in folder.note("c@journal")


def test_no_slot_serves_the_channels_together(folder: Folder) -> None:
    folder.slots(un='days: [mardi], at: "10:00", channels: [journal]', deux='days: [mardi], at: "10:00", channels: [krant]')
    folder.post("a", "slot: next", channels="[journal, krant]")
    assert folder.at("a@journal") == "(no-free-slot)"
    assert "no slot is for journal, krant together" in folder.note("a@journal")


def test_next_without_any_slot(folder: Folder) -> None:
    folder.write("calendar/slots.yml", "slots: {}\n")
    folder.post("a", "slot: next")
    assert folder.at("a@journal") == "(no-free-slot)"


def test_every_other_week_is_counted_from_its_start(folder: Folder) -> None:
    folder.slots(quinzaine='days: [jeudi, mardi], at: "10:00", every: 2, start: 2026-11-26')
    days = [str(place.day) for place in slot_places(folder.desk(), "quinzaine", "2026-11-01", "2026-12-31")]
    assert days == ["2026-11-26", "2026-12-08", "2026-12-10", "2026-12-22", "2026-12-24"]


def test_slots_keep_their_hour_over_the_change_of_the_clocks(folder: Folder) -> None:
    folder.slots(nuit='days: [dimanche], at: "02:30"', matin='days: [dimanche], at: "09:00"')
    desk = folder.desk()
    assert [f"{place.at:%m-%d %H:%M}" for place in slot_places(desk, "matin", "2026-10-18", "2026-10-26")] == [
        "10-18 07:00",
        "10-25 08:00",
    ]
    # Twice that night: the first time. Never that night: no place.
    assert [f"{place.at:%m-%d %H:%M}" for place in slot_places(desk, "nuit", "2026-10-25", "2026-10-25")] == ["10-25 00:30"]
    assert slot_places(desk, "nuit", "2026-03-29", "2026-03-29") == []


def test_an_hour_that_a_dated_post_has_is_not_free(folder: Folder) -> None:
    folder.post("a", "date: 2026-12-01 10:00")
    folder.post("b", "slot: mardi")
    folder.post("c", "slot: mardi", channels="[krant]")
    assert folder.at("b@journal") == "2026-12-08 10:00"
    assert folder.at("c@krant") == "2026-12-01 10:00"


# Seals


def test_what_is_sealed_keeps_its_place(folder: Folder) -> None:
    folder.post("z", "slot: mardi")
    folder.seal("z@journal", "2026-12-01T09:00", "slot:mardi")
    folder.post("a", "slot: mardi")
    assert (folder.at("z@journal"), folder.at("a@journal")) == ("2026-12-01 10:00", "2026-12-08 10:00")


def test_what_was_sent_occupies_its_place_and_shows_it(folder: Folder) -> None:
    folder.now = datetime(2026, 12, 1, 8, 59, tzinfo=UTC)
    folder.post("z", "slot: jeudi")
    folder.seal("z@journal", "2026-12-01T09:00", "slot:mardi", "sending", "sent")
    folder.post("a", "slot: mardi")
    assert (folder.at("z@journal"), folder.at("a@journal")) == ("2026-12-01 10:00", "2026-12-08 10:00")


def test_other_channels_follow_the_instant_already_approved(folder: Folder) -> None:
    folder.post("a", "slot: mardi", channels="[krant]")
    folder.post("b", "slot: mardi", channels="[journal, krant]")
    folder.seal("b@journal", "2026-12-15T09:00", "slot:mardi")
    assert folder.at("b@krant") == "2026-12-15 10:00"
    assert folder.at("a@krant") == "2026-12-01 10:00"
    assert "already approved" in folder.note("b@krant")


def test_other_channels_do_not_follow_into_the_past(folder: Folder) -> None:
    folder.post("b", "slot: mardi", channels="[journal, krant]")
    folder.seal("b@journal", "2026-11-24T09:00", "slot:mardi", "sending", "sent")
    assert folder.at("b@journal") == "2026-11-24 10:00"
    assert folder.at("b@krant") == "2026-12-01 10:00"


def test_other_channels_do_not_follow_onto_a_place_that_is_taken(folder: Folder) -> None:
    folder.post("a", "slot: mardi", channels="[krant]")
    folder.seal("a@krant", "2026-12-01T09:00", "slot:mardi")
    folder.post("b", "slot: mardi", channels="[journal, krant]")
    folder.seal("b@journal", "2026-12-01T09:00", "slot:mardi")
    assert folder.at("b@krant") == "2026-12-08 10:00"


def test_a_seal_withdrawn_or_for_another_slot_gives_the_place_back(folder: Folder) -> None:
    folder.post("z", "slot: mardi")
    folder.post("a", "slot: mardi")
    folder.seal("z@journal", "2026-12-15T09:00", "slot:mardi", "unsealed")
    assert folder.at("z@journal") == "2026-12-08 10:00"
    folder.seal("z@journal", "2026-12-03T16:30", "slot:jeudi")
    assert folder.at("z@journal") == "2026-12-08 10:00"


def test_a_slot_moved_to_another_hour_moves_what_was_sealed_for_the_old_one(folder: Folder) -> None:
    folder.post("z", "slot: mardi")
    folder.seal("z@journal", "2026-12-15T09:00", "slot:mardi")
    folder.slots(mardi='days: [mardi], at: "11:00"')
    assert folder.at("z@journal") == "2026-12-01 11:00"


def test_c06_a_seal_whose_digest_matches_keeps_its_instant(folder: Folder) -> None:
    folder.post("z", "slot: mardi")
    folder.seal("z@journal", "2026-12-15T10:00", "slot:mardi")
    instants = folder.timetable(is_current=lambda publication, seal: publication.key == "z@journal" and seal.when == "d").instants
    assert instants["z@journal"].at == datetime(2026, 12, 15, 10, tzinfo=UTC)
    assert folder.timetable(is_current=lambda _publication, _seal: False).instants["z@journal"].at == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_a_post_sealed_twice_a_day_of_its_slot_is_still_one_place(folder: Folder) -> None:
    """The slot's hour changed after another post was sent. Its Tuesday stays occupied."""
    folder.slots(mardi='days: [mardi], at: "11:00"')
    folder.post("z", "slot: mardi")
    folder.seal("z@journal", "2026-12-01T09:00", "slot:mardi", "sending", "sent")
    folder.post("a", "slot: mardi")
    assert folder.at("a@journal") == "2026-12-08 11:00"


def test_history_carried_over_from_another_tool_keeps_its_hour(folder: Folder) -> None:
    folder.post("z", "slot: mardi")
    folder.record("z@journal", [("carried", {"url": "https://example.org/1", "at": "2026-11-03T09:00:00+00:00"})])
    assert folder.at("z@journal") == "2026-11-03 10:00"


# Properties

_POST = st.tuples(
    st.sampled_from(["mardi", "jeudi", "next"]),
    st.sampled_from([None, "2026-12-08", "2026-12-17 10:00"]),
    st.sampled_from(["[journal]", "[krant]", "[journal, krant]"]),
)
_POSTS = st.dictionaries(st.sampled_from("abcdefgh"), _POST, min_size=1, max_size=8)
_SLOTS = {
    "mardi": 'days: [mardi], at: "10:00"',
    "jeudi": 'days: [jeudi], at: "17:30"',
    "soir": 'days: [jeudi], at: "17:30", channels: [krant]',
}


@contextmanager
def _folder(posts: dict[str, tuple[str, str | None, str]]) -> Iterator[Folder]:
    with tempfile.TemporaryDirectory() as root:
        made = Folder(Path(root))
        made.slots(**_SLOTS)
        for name, (slot, date, channels) in posts.items():
            made.post(name, f"slot: {slot}", *([f"date: {date}"] if date else []), channels=channels)
        yield made


@settings(max_examples=60, deadline=None)
@given(posts=_POSTS, data=st.data())
def test_the_queue_is_a_function_of_the_set(posts: dict[str, tuple[str, str | None, str]], data: st.DataObject) -> None:
    with _folder(posts) as made:
        desk = made.desk()
        first = timetable.make(desk, {}, made.now)
        shuffled = data.draw(st.permutations(list(desk.posts)))
        again = timetable.make(replace(desk, posts={name: desk.posts[name] for name in shuffled}), {}, made.now)
        assert first.instants == again.instants


@settings(max_examples=60, deadline=None)
@given(posts=_POSTS)
def test_no_two_posts_hold_the_same_place_on_a_channel(posts: dict[str, tuple[str, str | None, str]]) -> None:
    with _folder(posts) as made:
        held = [(key.partition("@")[2], instant.at) for key, instant in made.timetable().instants.items() if instant.at]
        assert len(held) == len(set(held))
        assert all(at > made.now for _channel, at in held if at)


@settings(max_examples=60, deadline=None)
@given(posts=_POSTS, more=_POSTS, data=st.data())
def test_what_is_sealed_never_moves_whatever_is_added(
    posts: dict[str, tuple[str, str | None, str]], more: dict[str, tuple[str, str | None, str]], data: st.DataObject
) -> None:
    with _folder(posts) as made:
        before = made.timetable().instants
        sealed = {key for key in before if data.draw(st.booleans()) and before[key].at}
        for key in sealed:
            at = before[key].at
            assert at is not None
            made.seal(key, f"{at:%Y-%m-%dT%H:%M}", before[key].basis)
        for name, (slot, date, channels) in more.items():
            made.post(f"0{name}", f"slot: {slot}", *([f"date: {date}"] if date else []), channels=channels)
        made.now += timedelta(days=data.draw(st.integers(0, 20)))
        after = made.timetable().instants
        assert {key: after[key].at for key in sealed} == {key: before[key].at for key in sealed}
        held = [(key.partition("@")[2], instant.at) for key, instant in after.items() if instant.at]
        assert len(held) == len(set(held))


@pytest.mark.parametrize("first", ["a", "b"])
def test_two_branches_merged_in_either_order(folder: Folder, first: str) -> None:
    """Each post is sealed after its merge: the first keeps its place, the second takes the next one."""
    second = "b" if first == "a" else "a"
    folder.post(first, "slot: next")
    assert folder.at(f"{first}@journal") == "2026-12-01 10:00"
    folder.seal(f"{first}@journal", "2026-12-01T09:00", "next")
    folder.post(second, "slot: next")
    assert folder.at(f"{first}@journal") == "2026-12-01 10:00"
    assert folder.at(f"{second}@journal") == "2026-12-03 17:30"
