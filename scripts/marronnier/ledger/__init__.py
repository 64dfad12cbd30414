"""The ledger: the Git branch that records what happened to every publication, append-only and signed by the publisher.

Its parts are imported at their first use: whoever checks one post while it is typed needs the reading of one history and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marronnier.ledger.checkpoints import count_checkpoints, prune, tag_daily_checkpoint
    from marronnier.ledger.creation import FirstPolicy, init, will_be_unsigned
    from marronnier.ledger.damage import Contended, Damage, Damaged, missing_policy_damage
    from marronnier.ledger.events import POLICY, EventDraft
    from marronnier.ledger.identity import continued_first, named_repository
    from marronnier.ledger.log_lines import log
    from marronnier.ledger.payload_removal import remove_payloads
    from marronnier.ledger.policy_events import Cause, is_signed_by_publisher, policy_draft
    from marronnier.ledger.protection import Protection, forced_pushes
    from marronnier.ledger.publisher_key import VARIABLE as KEY_VARIABLE
    from marronnier.ledger.publisher_key import has_key
    from marronnier.ledger.publisher_key import public_key as own_public_key
    from marronnier.ledger.push import last_error_line
    from marronnier.ledger.references import astray_reason
    from marronnier.ledger.renamed_channels import with_current_names
    from marronnier.ledger.signed_continuation import SignedContinuation, can_continue_signed, continue_signed
    from marronnier.ledger.store import Ledger, open
    from marronnier.ledger.time_record import record_time
    from marronnier.ledger.trust import signs_head
    from marronnier.ledger.verification import verify

_MODULES = {
    "checkpoints": ("count_checkpoints", "prune", "tag_daily_checkpoint"),
    "creation": ("FirstPolicy", "init", "will_be_unsigned"),
    "damage": ("Contended", "Damage", "Damaged", "missing_policy_damage"),
    "events": ("POLICY", "EventDraft"),
    "identity": ("continued_first", "named_repository"),
    "log_lines": ("log",),
    "payload_removal": ("remove_payloads",),
    "policy_events": ("Cause", "is_signed_by_publisher", "policy_draft"),
    "protection": ("Protection", "forced_pushes"),
    "publisher_key": ("has_key",),
    "push": ("last_error_line",),
    "references": ("astray_reason",),
    "renamed_channels": ("with_current_names",),
    "signed_continuation": ("SignedContinuation", "can_continue_signed", "continue_signed"),
    "store": ("Ledger", "open"),
    "time_record": ("record_time",),
    "trust": ("signs_head",),
    "verification": ("verify",),
}
_PLACES = {
    **{name: (module, name) for module, names in _MODULES.items() for name in names},
    "KEY_VARIABLE": ("publisher_key", "VARIABLE"),
    "own_public_key": ("publisher_key", "public_key"),
}
"""By the name that it has here: its module, and its name there."""

__all__ = [
    "KEY_VARIABLE",
    "POLICY",
    "Cause",
    "Contended",
    "Damage",
    "Damaged",
    "EventDraft",
    "FirstPolicy",
    "Ledger",
    "Protection",
    "SignedContinuation",
    "astray_reason",
    "can_continue_signed",
    "continue_signed",
    "continued_first",
    "count_checkpoints",
    "forced_pushes",
    "has_key",
    "init",
    "is_signed_by_publisher",
    "last_error_line",
    "log",
    "missing_policy_damage",
    "named_repository",
    "open",
    "own_public_key",
    "policy_draft",
    "prune",
    "record_time",
    "remove_payloads",
    "signs_head",
    "tag_daily_checkpoint",
    "verify",
    "will_be_unsigned",
    "with_current_names",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, name_there = _PLACES[name]
    return getattr(import_module(f"{__name__}.{module}"), name_there)
