"""A glance at a few histories of the ledger as this clone has it, for whoever checks one post while it is typed.

Nothing is fetched, no signature is verified and no rewind is looked for: `check` of everything, `plan` and every run do that.
A glance can only be read, so that nothing can be approved, sealed or sent by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from marronnier.git import GitError, Repo
from marronnier.ledger.events import BadLine, history_path, parse_history, sha256
from marronnier.model.brand import Brand
from marronnier.model.history import History

_HEADS = ("refs/remotes/origin/ledger", "refs/heads/ledger")
"""Where this clone has the ledger; origin's, as last fetched, comes first."""


@dataclass(frozen=True, slots=True)
class LedgerGlance:
    """Some histories, by key, and when the ledger began."""

    histories: Mapping[str, History]
    began: datetime | None
    unreadable: str = ""
    """The key of a history that is not what the ledger wrote; empty when all are."""


def glance(repo: Repo, brand: Brand, keys: Iterable[str]) -> LedgerGlance | None:
    """The histories of these publications; None where the brand has no ledger, or this clone lacks it. Raises NotInstalled."""
    first = brand.ledger.first
    if first is None:
        return None
    reader = repo.shared_reader()
    try:
        head = next((oid for name in _HEADS if (oid := reader.object_id(f"{name}^{{commit}}")) is not None), None)
        identity = reader.read(f"{first}:ledger.json") if head is not None else None
        if identity is None:
            return None
        keys = tuple(keys)
        start, histories = sha256(identity), {}
        for key, data in zip(keys, reader.read_all(f"{head}:{history_path(key)}" for key in keys), strict=True):
            try:
                if data is not None:
                    histories[key] = parse_history(key, data, start)
            except BadLine:
                return LedgerGlance({}, _began(identity), key)
    except GitError:
        return None
    return LedgerGlance(histories, _began(identity))


def _began(identity: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(identity)["began"])
    except (ValueError, KeyError, TypeError):
        return None
