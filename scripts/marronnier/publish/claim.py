"""Claims: the ledger's compare-and-swap gives each publication to one run, for the length of a lease."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from marronnier import networks
from marronnier.ledger import EventDraft, Ledger
from marronnier.model.history import Event, History
from marronnier.model.plan import PlanLine
from marronnier.model.where import Where
from marronnier.publish import real_time
from marronnier.publish.run import LEASE, MAX_CLOCK_SKEW, Run

MAX_BATCH = 50
"""The most publications of an idempotent network that are claimed, sent and recorded together."""


def batches(due: Sequence[PlanLine]) -> Iterator[list[PlanLine]]:
    """Publications of idempotent networks together, all others one by one: a crash must leave as few debts as possible."""
    batch: list[PlanLine] = []
    for line in due:
        idempotent = networks.get(line.publication.channel.network).IDEMPOTENT
        if idempotent:
            batch.append(line)
            if len(batch) < MAX_BATCH:
                continue
        if batch:
            yield batch
            batch = []
        if not idempotent:
            yield [line]
    if batch:
        yield batch


def claim(batch: Sequence[PlanLine], ledger: Ledger, run: Run) -> tuple[Ledger, frozenset[str]]:
    """Claim every publication that no other run holds, and record in the same commit that its first missing part is `sending`.

    Returns the ledger after that commit, and the keys that this run claimed.
    """
    claimed: set[str] = set()

    def decide(newest: Ledger) -> list[EventDraft]:
        claimed.clear()
        drafts = []
        for line in batch:
            history = newest.history(line.key)
            seal = history.seal
            # Another run with a newer branch may have sealed other words or another instant meanwhile.
            if seal is None or seal.words != line.digests.words or seal.instant > run.now or not is_claimable(history, run.now):
                continue
            if history.hold_on(seal.words) is not None:
                # Somebody put it on hold since this run read the ledger.
                continue
            if seal.where is not None and seal.where != Where.of(line.publication.channel):
                continue
            claimed.add(line.key)
            drafts.append(EventDraft(line.key, "claimed", {"run": run.name, "deadline": (run.now + LEASE).isoformat()}))
            drafts.append(sending_event(line.key, first_missing_part(history), seal.payload, run))
        return drafts

    return ledger.append(decide, run.now), frozenset(claimed)


def is_claimable(history: History, now: datetime) -> bool:
    """Whether a run may claim this publication: it is not sent, it has no debt, and no other claim is in force."""
    if history.receipt is not None or history.unsettled is not None:
        return False
    last = history.events[-1] if history.events else None
    return last is None or last.name != "claimed" or not is_in_force(last, now)


def is_in_force(claimed: Event, now: datetime) -> bool:
    """Whether a claim still holds, whatever the two runs' clocks say: one may be slow by `MAX_CLOCK_SKEW`, the other fast by as much."""
    return now < datetime.fromisoformat(claimed.data["deadline"]) + 2 * MAX_CLOCK_SKEW


def holds_claim(history: History, run: Run) -> bool:
    """Whether the newest claim is this run's. Another run may have claimed the publication while this one was paused."""
    claims = [event for event in history.events if event.name == "claimed"]
    return bool(claims) and claims[-1].data["run"] == run.name


def first_missing_part(history: History) -> int:
    """The number, from 0, of the first part that is not sent."""
    sent = history.sent_parts
    return next(number for number in range(len(sent) + 1) if number not in sent)


def sending_event(key: str, number: int, payload: str, run: Run) -> EventDraft:
    """The event that is recorded before the first byte of a part leaves; `payload` is the SHA-256 of the whole payload, `tried` is real time."""
    return EventDraft(key, "sending", {"part": number, "payload": payload, "run": run.name, "tried": real_time.real_now().isoformat()})
