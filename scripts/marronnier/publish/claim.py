"""Claiming: of all the runs at work, the ledger's compare-and-swap elects one for each publication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from marronnier import networks
from marronnier.ledger import EventDraft, Ledger
from marronnier.model.history import History
from marronnier.model.plan import PlanLine
from marronnier.publish.run import LEASE, Run

MAX_BATCH = 50
"""Publications of a network that can never post twice are recorded together, this many at a time."""


def batches(due: Sequence[PlanLine]) -> Iterator[list[PlanLine]]:
    """Publications of idempotent networks together, all others one by one: a crash must leave as few debts as can be."""
    together: list[PlanLine] = []
    for line in due:
        if networks.get(line.publication.channel.network).IDEMPOTENT:
            together.append(line)
            if len(together) < MAX_BATCH:
                continue
        if together:
            yield together
            together = []
        if not networks.get(line.publication.channel.network).IDEMPOTENT:
            yield [line]
    if together:
        yield together


def claim(batch: Sequence[PlanLine], ledger: Ledger, run: Run) -> tuple[Ledger, frozenset[str]]:
    """Claim all that nobody else holds, and say in the same commit that its first missing part is about to be sent.

    Gives the ledger after it, and the keys that are ours.
    """
    claimed: set[str] = set()

    def decide(newest: Ledger) -> list[EventDraft]:
        claimed.clear()
        drafts = []
        for line in batch:
            history = newest.history(line.key)
            seal = history.seal
            # Another run, which saw more, may have sealed other words or another hour meanwhile.
            if seal is None or seal.words != line.digests.words or seal.instant > run.now or not is_claimable(history, run.now):
                continue
            claimed.add(line.key)
            drafts.append(EventDraft(line.key, "claimed", {"run": run.name, "deadline": (run.now + LEASE).isoformat()}))
            drafts.append(sending_event(line.key, first_missing_part(history), seal.payload, run))
        return drafts

    return ledger.append(decide, run.now), frozenset(claimed)


def is_claimable(history: History, now: datetime) -> bool:
    """Whether a run may take this publication: not out, no debt, and nobody else holds it."""
    if history.receipt is not None or history.debt is not None:
        return False
    last = history.events[-1] if history.events else None
    return last is None or last.name != "claimed" or datetime.fromisoformat(last.data["deadline"]) <= now


def holds_claim(history: History, run: Run) -> bool:
    """Whether the newest claim is this run's: a run that was paused for long may have been overtaken."""
    claims = [event for event in history.events if event.name == "claimed"]
    return bool(claims) and claims[-1].data["run"] == run.name


def first_missing_part(history: History) -> int:
    """The number of the first part that is not out."""
    sent = history.sent_parts
    return next(number for number in range(len(sent) + 1) if number not in sent)


def sending_event(key: str, number: int, payload: str, run: Run) -> EventDraft:
    """What stands in the ledger before the first byte of a part leaves; `payload` is its SHA-256."""
    return EventDraft(key, "sending", {"part": number, "payload": payload, "run": run.name})
