"""Settling of debts. A part that may have been sent is a debt. Only evidence ends it."""

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
from marronnier.model.where import Where
from marronnier.networks.kit.seam import Account, Finds, Network, SendRequest
from marronnier.publish.claim import is_in_force
from marronnier.publish.report import Step
from marronnier.publish.run import Run
from marronnier.publish.send import send_request, sent_event

SETTLE_TIME = timedelta(seconds=60)
"""A post that a network does not show this long after the last attempt was not sent. Before that, the network's servers may not agree yet."""


def settle_all(lines: Mapping[str, PlanLine], ledger: Ledger, run: Run) -> tuple[list[Step], Ledger]:
    """End every debt that evidence can end.

    An idempotent network is sent the part again, which can never post twice. Any other that can look is asked whether the part is there.
    A debt without evidence is recorded as `unknown`: a person must settle it.
    """
    steps: list[Step] = []
    for key, history in sorted(ledger.histories.items()):
        debt = history.unsettled
        if debt is None or _is_being_sent(history, run.now):
            continue
        line = lines.get(key)
        settlement = _settle(line, history, debt, ledger, run) if line else None
        if settlement is None:
            if debt.name == "unknown":
                continue
            why = _("a run stopped while it was being sent")
            settlement = EventDraft(key, "unknown", {"part": debt.data["part"], "why": why}), Step(key, "unknown", why)
        draft, step = settlement
        ledger = _record_if_unchanged(ledger, draft, len(history.events), run.now)
        steps.append(step)
    return steps, ledger


def _record_if_unchanged(ledger: Ledger, draft: EventDraft, event_count: int, now: datetime) -> Ledger:
    """Record the draft, unless another run recorded an event of that publication meanwhile."""
    return ledger.append(lambda newest: [draft] if len(newest.history(draft.key).events) == event_count else [], now)


def _is_being_sent(history: History, now: datetime) -> bool:
    """Whether the run that recorded `sending` last may still be sending: its claim is in force."""
    claims = [event for event in history.events if event.name == "claimed"]
    return bool(claims) and history.events[-1].name == "sending" and is_in_force(claims[-1], now)


def _settle(line: PlanLine, history: History, debt: Event, ledger: Ledger, run: Run) -> tuple[EventDraft, Step] | None:
    """The event that ends this debt, with its step; None when there is no evidence."""
    seal = history.seal
    data = ledger.payload(seal.payload) if seal else None
    if data is None or seal is None:
        return None
    # Whoever stands there now has no say about what was sent elsewhere, and must get neither the words nor the secrets.
    if seal.where is not None and seal.where != Where.of(line.publication.channel):
        return None
    payload, number, key = Payload.from_bytes(data), int(debt.data["part"]), history.key
    try:
        evidence = _gather_evidence(line, send_request(history, payload, number, run), run)
    except Exception:  # noqa: BLE001 - a network that fails gives no evidence, and must not stop the other publications
        return None
    if evidence is None:
        return None
    delivery = evidence.delivery
    if delivery is None and not run.web.loopback and run.now - _last_attempt_at(history, number) < SETTLE_TIME:
        return None
    if delivery is None:
        why = _("searched for on the network and not found")
        return EventDraft(key, "cleared", {"part": number, "why": why}), Step(key, "cleared", why)
    return EventDraft(key, "sent", {**sent_event(number, payload, delivery), "settled": True}), Step(
        key, "sent", _("it had already been sent"), delivery.url
    )


@dataclass(frozen=True, slots=True)
class _SettlementEvidence:
    """Evidence of whether a part was sent."""

    delivery: Delivery | None
    """The network's answer to the part; None when the part is not on the network."""


def _gather_evidence(line: PlanLine, request: SendRequest, run: Run) -> _SettlementEvidence | None:
    """Evidence from sending again or from looking; None when the network allows neither."""
    channel_name = line.publication.channel_name
    network: Network = networks.get(line.publication.channel.network)
    account = Account(channel_name, line.publication.channel, run.secrets(channel_name))
    if network.IDEMPOTENT and not run.freeze_reason():
        return _SettlementEvidence(network.send(request, account, run.web))
    if isinstance(network, Finds):
        return _SettlementEvidence(network.find(request, account, run.web))
    return None


def _last_attempt_at(history: History, number: int) -> datetime:
    """When the newest attempt at that part was recorded."""
    return max(event.at for event in history.events if event.name in ("sending", "unknown") and event.data.get("part") == number)
