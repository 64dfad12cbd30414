"""The usual history, read without parsing its events: it is what parsing gives, or it is left to the parser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marronnier.ledger.events import BadLine, EventDraft, append_lines, parse_history, sha256
from marronnier.ledger.sent_history import SentHistory, parse_sent_history
from marronnier.model.history import History

KEY, START = "portes@journal", sha256(b"{}")
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
DIGEST = "ab" * 32
SEAL = {"words": DIGEST, "when": DIGEST, "instant": NOW.isoformat(), "payload": DIGEST, "parts": 1, "basis": "written", "by": ["karim"]}


def sent_in_one_part(title: str = "Portes", url: str = "/posts/portes/", payload: str = DIGEST, parts: int = 1) -> bytes:
    drafts = [
        EventDraft(KEY, "sealed", {**SEAL, "title": title, "parts": parts}),
        EventDraft(KEY, "claimed", {"run": "r", "deadline": NOW.isoformat()}),
        EventDraft(KEY, "sending", {"part": 0, "payload": DIGEST, "run": "r", "tried": NOW.isoformat()}),
        EventDraft(KEY, "sent", {"part": 0, "parts": parts, "id": KEY, "url": url, "payload": payload, "late": 0}),
    ]
    return append_lines(drafts, b"", START, NOW)


def seen_since(data: bytes, *looks: dict[str, object]) -> bytes:
    for number, look in enumerate(looks, 1):
        data = append_lines([EventDraft(KEY, "seen", look)], data, START, NOW + number * timedelta(hours=1))
    return data


def parsed(data: bytes) -> History | None:
    """What the parser makes of the bytes; None when they are not what the ledger wrote."""
    try:
        return parse_history(KEY, data, START)
    except BadLine:
        return None


def assert_same(found: SentHistory, expected: History | None) -> None:
    assert expected is not None
    for name in ("key", "seal", "receipt", "carried", "unsettled", "maybe_sent", "last_decision", "is_skipped", "retraction", "is_empty"):
        assert getattr(found, name) == getattr(expected, name), name
    for name in ("is_retraction_accepted", "resends", "last_look", "current", "deliveries"):
        assert getattr(found, name) == getattr(expected, name), name
    for seconds in (-1, 0, 1, 3599, 3600, 3601):
        before = NOW + timedelta(seconds=seconds)
        assert found.is_over(before) == expected.is_over(before), before
    assert found == expected
    assert expected == found


@given(st.text(), st.sampled_from(["/posts/portes/", "https://x.example/é", 'a"b', "a\\b", "https://x.example/?a=1&b=%20"]))
def test_it_is_what_parsing_gives(title: str, url: str) -> None:
    data = sent_in_one_part(title, url)
    found = parse_sent_history(KEY, data, START)
    if found is not None:
        assert_same(found, parsed(data))
    assert found is not None or not url.isascii() or any(char in url for char in '"\\')


@pytest.mark.parametrize("looks", [({"part": 0},), ({"part": 0, "unsure": True},), ({"part": 0}, {"part": 0}), ({"part": 0},) * 12])
def test_what_was_seen_on_the_network_since_is_usual_too(looks: tuple[dict[str, object], ...]) -> None:
    data = seen_since(sent_in_one_part(), *looks)
    found = parse_sent_history(KEY, data, START)
    assert found is not None
    assert_same(found, parsed(data))
    assert found.receipt is not None
    assert not found.is_over(NOW + timedelta(minutes=1)), "a look came after that"


@given(st.sampled_from([0, 1, 2]), st.integers(0, 10_000), st.binary(max_size=3), st.integers(0, 2))
@example(0, -3 % 10_000, b"", 1)
@example(1, -3 % 10_000, b"", 1)
@example(1, -1 % 10_000, b"", 1)
def test_bytes_that_were_changed_are_left_to_the_parser_or_are_a_history_of_its_own(looks: int, at: int, put: bytes, cut: int) -> None:
    whole = seen_since(sent_in_one_part(), *({"part": 0},) * looks)
    at %= len(whole)
    data = whole[:at] + put + whole[at + cut :]
    found = parse_sent_history(KEY, data, START)
    if found is not None:
        assert_same(found, parsed(data))


def test_other_histories_are_left_to_the_parser() -> None:
    whole = sent_in_one_part()
    lines = whole.splitlines(keepends=True)
    for data in (
        b"".join(lines[:3]),
        b"".join(lines[1:]),
        whole + lines[3],
        sent_in_one_part(parts=2),
        sent_in_one_part(payload="cd" * 32),
        b"",
    ):
        assert parse_sent_history(KEY, data, START) is None
    assert parse_sent_history("other@journal", whole, START) is None
    assert parse_sent_history(KEY, whole, sha256(b"another ledger")) is None
    for event in ("retracted", "absent", "released", "skipped", "unsealed", "policy", "cleared"):
        for before in (whole, seen_since(whole, {"part": 0})):
            followed = append_lines([EventDraft(KEY, event, {"part": 0})], before, START, NOW)
            assert parsed(followed) is not None
            assert parse_sent_history(KEY, followed, START) is None, event
            assert parse_sent_history(KEY, seen_since(followed, {"part": 0}), START) is None, event
    seen = seen_since(whole, {"part": 0}, {"part": 0}).splitlines(keepends=True)
    assert parse_sent_history(KEY, b"".join((*seen[:4], seen[5])), START) is None
    assert parse_sent_history(KEY, seen_since(whole, {"part": 1}), START) is None
