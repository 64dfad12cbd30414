"""Holding publications that cannot be sent from here: a secret is missing or another account's, the host may not be reached, a thread lost its first part. Recorded once, not at every run."""

from __future__ import annotations

from collections.abc import Sequence

from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import _
from marronnier.model.history import History
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Payload
from marronnier.model.where import Where
from marronnier.networks.kit.seam import Locked, Wait
from marronnier.publish.accounts import checked_account
from marronnier.publish.claim import first_missing_part
from marronnier.publish.read_back import missing_part
from marronnier.publish.report import Step
from marronnier.publish.run import Run


def hold_back(due: Sequence[PlanLine], ledger: Ledger, run: Run) -> tuple[list[PlanLine], list[Step], Ledger]:
    """The publications that can be sent, the steps of those that are held, and the ledger after their reasons were recorded.

    A thread that goes on in this run is asked for first: what its rest would follow may have been deleted since.
    """
    sendable: list[PlanLine] = []
    reasons: dict[str, str] = {}
    broken: dict[str, tuple[EventDraft | None, Step]] = {}
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
            try:
                stop = _broken_thread(line, ledger, run)
            except Locked as locked:
                reasons[line.key] = str(locked)
                continue
            if stop is not None:
                broken[line.key] = stop
            else:
                sendable.append(line)

    def decide(newest: Ledger) -> list[EventDraft]:
        histories = {key: newest.history(key) for key in reasons}
        held = [
            EventDraft(key, "waiting", {"part": first_missing_part(history), "why": reasons[key], "locked": True})
            for key, history in histories.items()
            if not _ends_with_hold(history, reasons[key])
        ]
        stopped = [draft for draft, _step in broken.values() if draft is not None]
        return [*held, *(draft for draft in stopped if len(newest.history(draft.key).events) == len(ledger.history(draft.key).events))]

    steps = [*(Step(key, "held", why) for key, why in reasons.items()), *(step for _draft, step in broken.values())]
    return sendable, steps, ledger.append(decide, run.now) if reasons or broken else ledger


def _broken_thread(line: PlanLine, ledger: Ledger, run: Run) -> tuple[EventDraft | None, Step] | None:
    """The event and the step of a thread whose rest cannot follow what is out: it was deleted, or nobody can tell now. None where it can go on. Raises Locked."""
    history = ledger.history(line.key)
    seal = history.seal
    data = ledger.payload(seal.payload) if history.sent_parts and seal is not None else None
    if data is None:
        return None
    try:
        absent = missing_part(line, history, Payload.from_bytes(data), run)
    except Locked:
        raise
    except Exception as error:  # noqa: BLE001 - whatever went wrong, nobody can tell whether the thread can go on
        why = str(error) if isinstance(error, Wait) else _("{kind} while looking for its first part", kind=type(error).__name__)
        draft = EventDraft(line.key, "waiting", {"part": first_missing_part(history), "why": why})
        return None if _ends_with_hold(history, why) else draft, Step(line.key, "waiting", why)
    if absent is None:
        return None
    if absent.name == "retracted":
        return absent, Step(line.key, "retracted", absent.data["why"], absent.data["url"])
    last = history.last_look
    return None if last is not None and last.name == "absent" else absent, Step(line.key, "waiting", absent.data["why"])


def _speaks_elsewhere(line: PlanLine, ledger: Ledger) -> bool:
    """Whether the channel of a sealed publication is at another place now than when it was sealed."""
    seal = ledger.history(line.key).seal
    return seal is not None and seal.where is not None and seal.where != Where.of(line.publication.channel)


def _ends_with_hold(history: History, why: str) -> bool:
    """Whether the history ends with `waiting` for that reason."""
    last = history.events[-1] if history.events else None
    return last is not None and last.name == "waiting" and last.data.get("why") == why
