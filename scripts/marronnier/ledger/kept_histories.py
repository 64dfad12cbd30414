"""Histories kept from one look at the ledger to the next, under the id of the tree that holds them: the same tree has the same histories.

Only whoever looks uses them. A run, an approval and `ledger verify` read every line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from functools import partial

from marronnier.cache import Cache
from marronnier.ledger.sent_history import SentHistory
from marronnier.model.history import Histories, History, Receipt

_SHELF = "histories"

_Kept = tuple[str, str, str, str, str, str, str]
"""Of a publication that is out: the blob of its history, when it went out, the address, the network's id, the payload, the sealed words, when the last line was written."""


class KeptHistories(Histories):
    """All histories of a ledger. Those of what is out are made when they are first read."""

    def __init__(self, kept: Mapping[str, _Kept], others: Mapping[str, History], read: Callable[[str], bytes], identity: str) -> None:
        self._kept = kept
        self._histories = dict(others)
        self._others = tuple(others)
        self._read = read
        self._identity = identity

    def __getitem__(self, key: str) -> History:
        history = self._histories.get(key)
        if history is None:
            blob, at, url, sent_id, payload, words, last_at = self._kept[key]
            receipt = Receipt(key, datetime.fromisoformat(at), url, (sent_id,), payload)
            history = self._histories[key] = SentHistory(
                key, partial(self._read, blob), self._identity, receipt, words, datetime.fromisoformat(last_at)
            )
        return history

    def __iter__(self) -> Iterator[str]:
        yield from self._kept
        yield from self._others

    def __len__(self) -> int:
        return len(self._kept) + len(self._others)

    def __contains__(self, key: object) -> bool:
        return key in self._kept or key in self._others

    @property
    def sent_keys(self) -> Collection[str]:
        """The keys of what is out."""
        return {*self._kept, *(key for key in self._others if self._histories[key].receipt is not None)}


def read_kept(cache: Cache, tree: str) -> tuple[Mapping[str, _Kept], Mapping[str, str]] | None:
    """What was kept of the histories in a tree: of what is out, and the blobs of the others by key; None when nothing was."""
    return cache.get(_SHELF, tree)  # type: ignore[no-any-return]


def keep(cache: Cache, tree: str, histories: Mapping[str, History], blobs: Mapping[str, str]) -> None:
    """Keep the histories of a tree, in place of all that was kept before; `blobs` are the blobs of their files."""
    kept: dict[str, _Kept] = {}
    others: dict[str, str] = {}
    for key, history in histories.items():
        receipt = history.receipt
        if isinstance(history, SentHistory) and receipt is not None:
            at, last_at = receipt.at.isoformat(), history.last_at.isoformat()
            kept[key] = (blobs[key], at, receipt.url, receipt.ids[0], receipt.payload, history.sealed_words, last_at)
        else:
            others[key] = blobs[key]
    cache.put_alone(_SHELF, tree, (kept, others))
    cache.save()
