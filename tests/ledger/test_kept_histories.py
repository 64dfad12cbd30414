"""Histories kept from one look to the next: what a look sees is what the ledger has, and whoever records reads it all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

import pytest

from ledger.ledger_repo import NOW, LedgerRepo
from marronnier import ledger
from marronnier.cache import Cache
from marronnier.ledger import Damaged, EventDraft, Ledger
from marronnier.ledger import store as stores
from marronnier.model.history import History

PAYLOAD = b"bonjour"
DIGEST = hashlib.sha256(PAYLOAD).hexdigest()
SEAL = {"words": DIGEST, "when": DIGEST, "instant": NOW, "payload": DIGEST, "parts": 1, "basis": "written", "by": ["karim"]}


def publish(book: LedgerRepo, key: str) -> None:
    """Everything that is recorded of a publication that goes out."""
    book.record(EventDraft(key, "sealed", SEAL, PAYLOAD))
    book.record(
        EventDraft(key, "claimed", {"run": "r", "deadline": NOW}),
        EventDraft(key, "sending", {"part": 0, "payload": DIGEST, "run": "r", "tried": NOW}),
    )
    book.record(EventDraft(key, "sent", {"part": 0, "parts": 1, "id": key, "url": "/p/", "payload": DIGEST, "late": 0}))


@pytest.fixture
def book(local: LedgerRepo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LedgerRepo:
    """A ledger with two publications that are out and one that is to come."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    for key in ("a@journal", "b@journal"):
        publish(local, key)
    local.record(EventDraft("c@journal", "sealed", SEAL, PAYLOAD))
    return local


def look(book: LedgerRepo) -> Ledger:
    """The ledger as somebody looks at it."""
    return ledger.open(book.repo, book.brand, cache=Cache(book.path))


def as_data(histories: Mapping[str, History]) -> dict[str, tuple[object, ...]]:
    return {
        key: (one.receipt, one.seal, one.unsettled, one.maybe_sent, one.sealed_words, one.events)
        for key, one in ((key, histories[key]) for key in histories)
    }


def test_a_second_look_reads_what_is_still_to_come_and_sees_the_same(book: LedgerRepo) -> None:
    whole = as_data(book.open().histories)
    assert as_data(look(book).histories) == whole
    with mock.patch.object(stores, "parse_sent_history", side_effect=stores.parse_sent_history) as parsed:
        second = look(book).histories
        assert [call.args[0] for call in parsed.call_args_list] == ["c@journal"]
    assert as_data(second) == whole
    assert second.get("d@journal") is None
    assert ("a@journal" in second, "d@journal" in second, len(second)) == (True, False, 3)


def test_what_was_recorded_since_is_seen(book: LedgerRepo) -> None:
    look(book).histories  # noqa: B018
    publish(book, "c@journal")
    assert as_data(look(book).histories) == as_data(book.open().histories)
    assert as_data(look(book).histories) == as_data(book.open().histories)


def test_a_line_that_was_changed_since_is_damage(book: LedgerRepo) -> None:
    look(book).histories  # noqa: B018
    path = next(name for name in book.git("ls-tree", "-r", "--name-only", "ledger").splitlines() if "a@journal" in name)
    book.tamper({path: book.bytes(path).replace(b'"by":["karim"]', b'"by":["claire"]')})
    with pytest.raises(Damaged):
        look(book).histories  # noqa: B018


def test_who_records_on_a_ledger_that_was_looked_at_reads_each_file(book: LedgerRepo) -> None:
    look(book).histories  # noqa: B018
    seen = look(book)
    assert seen.histories["a@journal"].receipt is not None
    seen.append(lambda _newest: [EventDraft("a@journal", "retracted", {})], NOW)
    assert [event.name for event in book.open().history("a@journal").events] == ["sealed", "claimed", "sending", "sent", "retracted"]
    assert book.verify() == []
