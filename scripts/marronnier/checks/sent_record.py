"""What the ledger says went out, as far as the rules need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marronnier.model.history import History


@dataclass(frozen=True, slots=True)
class SentRecord:
    """The histories of publications and what goes with them. The default one stands for a repository without a ledger."""

    histories: Mapping[str, History] = field(default_factory=dict)
    """By publication key."""
    began: datetime | None = None
    """When the ledger began; None without a ledger, or when its beginning is not known."""
    payload: Callable[[str], bytes | None] = lambda _sha256: None
    """The sealed payload with that SHA-256; None when the ledger no longer has it."""
    includes_commit: Callable[[str], bool] = lambda _commit: True
    """Whether the tree that is checked descends from that commit: a branch that was left behind lacks posts that went out since."""
