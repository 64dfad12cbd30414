"""Examines a calendar before it publishes: its accounts, its ledger, the settings of its forge. Nothing is posted."""

from marronnier.doctor.accounts import EXPIRES, PATH, Checkup, CredentialsEnd, Doctor, LimitProposal, add_limits
from marronnier.doctor.note import Note, NoteState
from marronnier.doctor.repository import examine_ledger, examine_policy, examine_settings, ledger_not_begun

__all__ = [
    "EXPIRES", "PATH", "Checkup", "CredentialsEnd", "Doctor", "LimitProposal", "Note", "NoteState", "add_limits", "examine_ledger", "examine_policy", "examine_settings",
    "ledger_not_begun",
]  # fmt: skip
