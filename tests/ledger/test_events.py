"""Event lines: what is written parses back equal, and every change to a line is detected."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.ledger_repo import NOW, LedgerRepo
from marronnier.ledger import EventDraft, verify
from marronnier.ledger.events import BadLine, append_lines, compare_lines, history_path, key_from_path, parse_history
from marronnier.model.history import EventName

KEY = "portes-ouvertes@journal"
START = "0" * 64

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=3),
    max_leaves=8,
)
data = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=10), json_values, max_size=4)
drafts = st.builds(EventDraft, st.just(KEY), st.sampled_from(get_args(EventName)), data)


@given(st.lists(st.lists(drafts, max_size=3), min_size=1, max_size=4))
def test_any_sequence_of_records_reads_back_equal(batches: list[list[EventDraft]]) -> None:
    text, at = b"", []
    for number, batch in enumerate(batches):
        now = NOW + timedelta(minutes=number)
        text = append_lines(batch, text, START, now)
        at += [now] * len(batch)
    if not text:
        return
    history = parse_history(KEY, text, START)
    flat = [draft for batch in batches for draft in batch]
    assert [(event.name, event.data, event.at, event.seq) for event in history.events] == [
        (draft.name, draft.data, now, number) for number, (draft, now) in enumerate(zip(flat, at, strict=True))
    ]


@given(st.lists(drafts, min_size=1, max_size=4), st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_flipped_byte_is_detected(some: list[EventDraft], choice: st.DataObject) -> None:
    before = append_lines(some, b"", START, NOW)
    place = choice.draw(st.integers(0, len(before) - 1))
    after = bytearray(before)
    after[place] ^= choice.draw(st.integers(1, 255))
    bad = compare_lines(before, bytes(after))
    assert bad is not None
    if place < before.rstrip(b"\n").rfind(b"\n"):
        # Before the last line the chain alone tells, whoever rewrote history.
        with pytest.raises(BadLine):
            parse_history(KEY, bytes(after), START)


@given(st.lists(drafts, min_size=2, max_size=5), st.data())
def test_dropped_and_exchanged_lines_are_named(some: list[EventDraft], choice: st.DataObject) -> None:
    before = append_lines(some, b"", START, NOW)
    lines = before.splitlines(keepends=True)
    place = choice.draw(st.integers(0, len(lines) - 2))
    dropped = b"".join([*lines[:place], *lines[place + 1 :]])
    assert compare_lines(before, dropped).kind == "dropped-line"
    with pytest.raises(BadLine) as caught:
        parse_history(KEY, dropped, START)
    assert (caught.value.kind, caught.value.number) == ("dropped-line", place + 1)
    lines[place], lines[place + 1] = lines[place + 1], lines[place]
    assert compare_lines(before, b"".join(lines)).kind == "reordered-lines"
    with pytest.raises(BadLine) as caught:
        parse_history(KEY, b"".join(lines), START)
    assert (caught.value.kind, caught.value.number) == ("reordered-lines", place + 1)
    assert compare_lines(before, b"".join(before.splitlines(keepends=True)[:-1])).kind == "dropped-tail"
    assert compare_lines(before, before + b"x\n") is None


def test_a_line_is_canonical_json_in_a_known_shape() -> None:
    text = append_lines(
        [EventDraft(KEY, "sent", {"part": 0, "url": "/é/"})], b"", START, datetime(2026, 12, 2, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    )
    assert text == (
        b'{"at":"2026-12-02T09:00:00+00:00","data":{"part":0,"url":"/\xc3\xa9/"},"event":"sent","key":"portes-ouvertes@journal",'
        b'"prev":"0000000000000000000000000000000000000000000000000000000000000000","seq":0}\n'
    )


def test_instants_days_and_tuples_become_json() -> None:
    text = append_lines([EventDraft(KEY, "sealed", {"instant": NOW, "day": NOW.date(), "by": ("b", "a"), "set": {2, 1}})], b"", START, NOW)
    assert json.loads(text)["data"] == {"instant": "2026-12-02T09:00:00+00:00", "day": "2026-12-02", "by": ["b", "a"], "set": [1, 2]}


def test_a_chain_of_another_ledger_does_not_fit() -> None:
    text = append_lines([EventDraft(KEY, "sent", {})], b"", START, NOW)
    with pytest.raises(BadLine):
        parse_history(KEY, text, "1" * 64)


@pytest.mark.parametrize(
    "line", [b"[]\n", b"null\n", b"{}\n", b"\n", b"[" * 100_000 + b"\n", b"\xff\n", b'{"seq":1e999}\n', b'{"seq":true,"event":"x"}\n']
)
def test_rubbish_is_a_bad_line_never_a_crash(line: bytes) -> None:
    with pytest.raises(BadLine):
        parse_history(KEY, line, START)


def test_paths_hold_keys_and_nothing_else() -> None:
    key = "fete@journal~2026-12-08"
    assert key_from_path(history_path(key)) == key
    assert history_path(key).endswith(f"/{key}.jsonl")
    for path in (
        "publications/00/fete@journal.jsonl",
        "publications/x/a@b.jsonl",
        "publications/00/a.jsonl",
        "ledger.json",
        "publications/00/..@x.jsonl",
    ):
        assert key_from_path(path) is None


class Ledgers:
    """Strategies for ledgers: batches of any size, with keys that repeat."""

    keys = st.sampled_from(["a@journal", "b@journal", "a@krant", "r@journal~2026-12-08"])
    batches = st.lists(st.lists(st.builds(EventDraft, keys, st.sampled_from(get_args(EventName)), data), max_size=4), max_size=5)


@given(Ledgers.batches)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_appends_reads_back_equal_from_a_repository(local: LedgerRepo, batches: list[list[EventDraft]]) -> None:
    local.git("update-ref", "refs/heads/ledger", local.brand.ledger.first)
    for name in local.git("for-each-ref", "--format=%(refname)", "refs/tags/ledger-checkpoint/").split():
        local.git("update-ref", "-d", name)
    local.forget()
    local.forget_checkpoints()
    expected: dict[str, list[tuple[str, object]]] = {}
    newest = local.open()
    for batch in batches:
        newest = newest.append(lambda _newest, batch=batch: batch, NOW)
        for draft in batch:
            expected.setdefault(draft.key, []).append((draft.name, draft.data))
    for seen in (newest, local.open()):
        assert {key: [(event.name, event.data) for event in history.events] for key, history in seen.histories.items()} == expected
    assert verify(local.repo, local.brand) == ()
    assert newest.began is not None
    assert newest.began.tzinfo == UTC
