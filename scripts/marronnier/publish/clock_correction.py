"""Records of a clock that was fast, put right once a person says that this machine's clock is: a lease, a wait and an instant end when they should have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from marronnier.ledger import EventDraft, Ledger
from marronnier.model.history import History
from marronnier.publish import real_time
from marronnier.publish.run import LEASE, MAX_CLOCK_SKEW


def correct_hours(ledger: Ledger, now: datetime) -> Ledger:
    """Record again, by this run's clock, what still holds of each publication and was recorded at an hour that is yet to come."""

    def decide(newest: Ledger) -> list[EventDraft]:
        return [draft for _key, history in sorted(newest.histories.items()) for draft in _corrections(history, now)]

    return ledger.append(decide, now)


def _corrections(history: History, now: datetime) -> Iterator[EventDraft]:
    """The events that a right clock would have recorded. A lease begins anew, so that whoever has it now may end what it does."""
    latest = now + MAX_CLOCK_SKEW
    if (history.receipt is not None and history.retraction is None) or all(event.at <= latest for event in history.current):
        return
    key, last, debt = history.key, history.events[-1], history.unsettled
    seal = history.last_event("sealed", "unsealed")
    is_open = history.last_decision is None and history.retraction is None
    if is_open and seal is not None and seal.name == "sealed" and seal.at > latest and seal.data.get("basis") == "when-approved":
        yield EventDraft(key, "sealed", {**seal.data, "instant": now.isoformat()})
    if debt is not None:
        yield from _debt_corrections(history, now)
    elif last.name in ("waiting", "absent") and last.at > latest:
        until = last.data.get("until")
        wait = {"until": (now + max(datetime.fromisoformat(until) - last.at, timedelta())).isoformat()} if until else {}
        yield EventDraft(key, last.name, {**last.data, **wait})


def _debt_corrections(history: History, now: datetime) -> Iterator[EventDraft]:
    """The lease and the try again, at this hour: how long ago the true try was, nobody knows."""
    key, last, debt = history.key, history.events[-1], history.unsettled
    assert debt is not None
    claim, tried = history.last_event("claimed"), real_time.real_now().isoformat()
    if last.name == "sending":
        if claim is not None and claim.at > now + MAX_CLOCK_SKEW:
            yield EventDraft(key, "claimed", {**claim.data, "deadline": (now + LEASE).isoformat()})
            yield EventDraft(key, "sending", {**last.data, "tried": tried})
    elif debt.name == "unknown" and debt.at > now + MAX_CLOCK_SKEW:
        yield EventDraft(key, "unknown", {"part": debt.data["part"], "why": debt.data.get("why", ""), "tried": tried})
