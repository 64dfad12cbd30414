"""The ledger: the Git branch that records what happened to every publication, append-only and signed by the publisher."""

from marronnier.ledger.checkpoints import count_checkpoints, prune, tag_daily_checkpoint
from marronnier.ledger.creation import FirstPolicy, init, will_be_unsigned
from marronnier.ledger.damage import Contended, Damage, Damaged, missing_policy_damage
from marronnier.ledger.events import POLICY, EventDraft
from marronnier.ledger.log_lines import log
from marronnier.ledger.payload_removal import remove_payloads
from marronnier.ledger.policy_events import Cause, is_signed_by_publisher, policy_draft
from marronnier.ledger.protection import Protection, forced_pushes
from marronnier.ledger.publisher_key import VARIABLE as KEY_VARIABLE
from marronnier.ledger.publisher_key import has_key
from marronnier.ledger.publisher_key import public_key as own_public_key
from marronnier.ledger.push import last_error_line
from marronnier.ledger.renamed_channels import with_current_names
from marronnier.ledger.store import Ledger, open
from marronnier.ledger.time_record import record_time
from marronnier.ledger.trust import signs_head
from marronnier.ledger.verification import verify

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
    "count_checkpoints",
    "forced_pushes",
    "has_key",
    "init",
    "is_signed_by_publisher",
    "last_error_line",
    "log",
    "missing_policy_damage",
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
