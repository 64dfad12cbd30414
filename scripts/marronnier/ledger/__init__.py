"""The ledger: the Git branch that records what happened to every publication, append-only and signed by the publisher.

Its parts are imported at their first use: whoever checks one post while it is typed needs the reading of one history and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marronnier.ledger.checkpoints import count_checkpoints, prune, tag_daily_checkpoint
    from marronnier.ledger.creation import init, will_be_unsigned
    from marronnier.ledger.damage import Contended, Damage, Damaged
    from marronnier.ledger.events import EventDraft
    from marronnier.ledger.log_lines import log
    from marronnier.ledger.payload_removal import remove_payloads
    from marronnier.ledger.protection import Protection, forced_pushes
    from marronnier.ledger.push import last_error_line
    from marronnier.ledger.renamed_channels import with_current_names
    from marronnier.ledger.store import Ledger, open
    from marronnier.ledger.verification import verify

_MODULES = {
    "checkpoints": (
        "count_checkpoints",
        "prune",
        "tag_daily_checkpoint",
    ),
    "creation": (
        "init",
        "will_be_unsigned",
    ),
    "damage": (
        "Contended",
        "Damage",
        "Damaged",
    ),
    "events": ("EventDraft",),
    "log_lines": ("log",),
    "payload_removal": ("remove_payloads",),
    "protection": (
        "Protection",
        "forced_pushes",
    ),
    "push": ("last_error_line",),
    "renamed_channels": ("with_current_names",),
    "store": (
        "Ledger",
        "open",
    ),
    "verification": ("verify",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Contended",
    "Damage",
    "Damaged",
    "EventDraft",
    "Ledger",
    "Protection",
    "count_checkpoints",
    "forced_pushes",
    "init",
    "last_error_line",
    "log",
    "open",
    "prune",
    "remove_payloads",
    "tag_daily_checkpoint",
    "verify",
    "will_be_unsigned",
    "with_current_names",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
