"""The ledger: the Git branch that records what happened to every publication, append-only and signed by the publisher."""

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
