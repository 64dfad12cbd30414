"""The ledger: the branch that says what happened to every publication, and that can be believed."""

from marronnier.ledger.appending import checkpoint, remove
from marronnier.ledger.beginning import goes_unsigned, init
from marronnier.ledger.damage import Contended, Damage, Damaged
from marronnier.ledger.lines import Draft
from marronnier.ledger.reading import Ledger, open
from marronnier.ledger.renaming import renamed
from marronnier.ledger.telling import log
from marronnier.ledger.walk import verify

__all__ = [
    "Contended",
    "Damage",
    "Damaged",
    "Draft",
    "Ledger",
    "checkpoint",
    "goes_unsigned",
    "init",
    "log",
    "open",
    "remove",
    "renamed",
    "verify",
]
