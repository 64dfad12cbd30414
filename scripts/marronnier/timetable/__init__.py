"""The timetable: when every publication goes out. Pure: a function of the desk, the ledger's histories and now."""

from __future__ import annotations

from marronnier.timetable.deadlines import expiry, grace, missed_until
from marronnier.timetable.table import Publications, Stands, Timetable, make

__all__ = ["Publications", "Stands", "Timetable", "expiry", "grace", "make", "missed_until"]
