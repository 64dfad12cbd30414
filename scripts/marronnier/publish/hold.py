"""Holding publications that cannot be sent from here: a secret is missing or another account's, or the host may not be reached. Recorded once, not at every run."""

from __future__ import annotations

from collections.abc import Sequence

from marronnier.ledger import EventDraft, Ledger
from marronnier.model.history import History
from marronnier.model.plan import PlanLine
from marronnier.model.where import Where
from marronnier.networks.kit.seam import Locked, Wait
from marronnier.publish.accounts import checked_account
from marronnier.publish.claim import first_missing_part
from marronnier.publish.report import Step
from marronnier.publish.run import Run


def hold_back(due: Sequence[PlanLine], ledger: Ledger, run: Run) -> tuple[list[PlanLine], list[Step], Ledger]:
    """The publications that can be sent, the steps of those that are held, and the ledger after their reasons were recorded."""
    sendable, reasons = [], {}
    for line in due:
        if _speaks_elsewhere(line, ledger):
            # The claim leaves it. Whoever stands there now gets no secret, not even to say whose it is.
            sendable.append(line)
            continue
        try:
            checked_account(line.publication, run)
        except Locked as locked:
            reasons[line.key] = str(locked)
        except Wait:
            # Sending meets the same answer, and records it.
            sendable.append(line)
        else:
            sendable.append(line)

    def decide(newest: Ledger) -> list[EventDraft]:
        histories = {key: newest.history(key) for key in reasons}
        return [
            EventDraft(key, "waiting", {"part": first_missing_part(history), "why": reasons[key], "locked": True})
            for key, history in histories.items()
            if not _ends_with_hold(history, reasons[key])
        ]

    if reasons:
        ledger = ledger.append(decide, run.now)
    return sendable, [Step(key, "held", why) for key, why in reasons.items()], ledger


def _speaks_elsewhere(line: PlanLine, ledger: Ledger) -> bool:
    """Whether the channel of a sealed publication is at another place now than when it was sealed."""
    seal = ledger.history(line.key).seal
    return seal is not None and seal.where is not None and seal.where != Where.of(line.publication.channel)


def _ends_with_hold(history: History, why: str) -> bool:
    """Whether the history ends with `waiting` for that reason."""
    last = history.events[-1] if history.events else None
    return last is not None and last.name == "waiting" and last.data.get("why") == why
