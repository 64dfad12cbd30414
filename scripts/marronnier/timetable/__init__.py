"""The timetable: the instant at which every publication is sent. Pure: a function of the desk, the ledger's histories and now."""

from __future__ import annotations

from marronnier.timetable.deadlines import allowed_lateness, expiry_instant, grace
from marronnier.timetable.draft_timetable import SealCheck
from marronnier.timetable.table import LazyPublications, Timetable, make

__all__ = ["LazyPublications", "SealCheck", "Timetable", "allowed_lateness", "expiry_instant", "grace", "make"]
