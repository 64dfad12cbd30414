"""Settling debts: a part that may have been sent stays a debt until evidence ends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from marronnier import networks
from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import _
from marronnier.model.history import Event, History
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Delivery, Payload
from marronnier.networks.kit.seam import Account, Finds, Network, SendRequest
from marronnier.publish.report import Step
from marronnier.publish.run import Run
from marronnier.publish.send import send_request, sent_event

SETTLE_TIME = timedelta(seconds=60)
"""So long after it was tried, what a network does not show is not there: its copies follow each other with a delay."""


def settle_all(lines: Mapping[str, PlanLine], ledger: Ledger, run: Run) -> tuple[list[Step], Ledger]:
    """End every debt that evidence can end: send again where that can never post twice, else look, else say that a person must."""
    steps: list[Step] = []
    for key, history in sorted(ledger.histories.items()):
        debt = history.debt
        if debt is None or _is_being_sent(history, run.now):
            continue
        line = lines.get(key)
        found = _settle(line, history, debt, ledger, run) if line else None
        if found is None:
            if debt.name == "unknown":
                continue
            why = _("a run ended while it was being sent")
            found = EventDraft(key, "unknown", {"part": debt.data["part"], "why": why}), Step(key, "unknown", why)
        draft, step = found
        ledger = _record_if_unchanged(ledger, draft, len(history.events), run.now)
        steps.append(step)
    return steps, ledger


def _record_if_unchanged(ledger: Ledger, draft: EventDraft, seen: int, now: datetime) -> Ledger:
    """Record the draft, unless another run said something about that publication meanwhile."""
    return ledger.append(lambda newest: [draft] if len(newest.history(draft.key).events) == seen else [], now)


def _is_being_sent(history: History, now: datetime) -> bool:
    """Whether the run that began to send may still be at it."""
    claims = [event for event in history.events if event.name == "claimed"]
    return bool(claims) and history.events[-1].name == "sending" and datetime.fromisoformat(claims[-1].data["deadline"]) > now


def _settle(line: PlanLine, history: History, debt: Event, ledger: Ledger, run: Run) -> tuple[EventDraft, Step] | None:
    """The event that ends this debt, or None when nothing can tell."""
    seal = history.seal
    data = ledger.payload(seal.payload) if seal else None
    if data is None:
        return None
    payload, number, key = Payload.from_bytes(data), int(debt.data["part"]), history.key
    try:
        found = _gather_evidence(line, send_request(history, payload, number, run), run)
    except Exception:  # noqa: BLE001 - whatever the network met, it knows nothing now, and must not stop the others
        return None
    if found is None:
        return None
    delivery = found.delivery
    if delivery is None and not run.web.loopback and run.now - _last_attempt_at(history, number) < SETTLE_TIME:
        return None
    if delivery is None:
        why = _("looked for and not found")
        return EventDraft(key, "cleared", {"part": number, "why": why}), Step(key, "cleared", why)
    return EventDraft(key, "sent", {**sent_event(number, payload, delivery), "settled": True}), Step(
        key, "sent", _("it had been sent already"), delivery.url
    )


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What was learned."""

    delivery: Delivery | None
    """The answer to the part, or None when it is not out."""


def _gather_evidence(line: PlanLine, sending: SendRequest, run: Run) -> _Evidence | None:
    """What sending again or looking tells; None where neither is possible."""
    channel_name = line.publication.channel_name
    network: Network = networks.get(line.publication.channel.network)
    account = Account(channel_name, line.publication.channel, run.secrets(channel_name))
    if network.IDEMPOTENT and not run.frozen():
        return _Evidence(network.send(sending, account, run.web))
    if isinstance(network, Finds):
        return _Evidence(network.find(sending, account, run.web))
    return None


def _last_attempt_at(history: History, number: int) -> datetime:
    """When that part was last on its way."""
    return max(event.at for event in history.events if event.name in ("sending", "unknown") and event.data.get("part") == number)
