"""Settling debts: a part that may have been sent stays a debt until evidence ends it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from marronnier import networks
from marronnier.ledger import Draft, Ledger
from marronnier.messages import _
from marronnier.model.planned import Planned
from marronnier.model.publication import Delivery, Payload
from marronnier.model.record import Event, History
from marronnier.networks.seam import Account, Finds, Locked, Network, Refused, Unknown, Wait
from marronnier.publish.outcome import Step
from marronnier.publish.run import Run
from marronnier.publish.sending import sending_of, sent


def settle_all(lines: Mapping[str, Planned], ledger: Ledger, run: Run) -> tuple[list[Step], Ledger]:
    """End every debt that evidence can end: send again where that can never post twice, else look, else say that a person must."""
    steps: list[Step] = []
    for key, history in sorted(ledger.histories.items()):
        debt = history.debt
        if debt is None or _in_flight(history, run.now):
            continue
        line = lines.get(key)
        found = _settle(line, history, debt, ledger, run) if line else None
        if found is None:
            if debt.name == "unknown":
                continue
            why = _("a run ended while it was being sent")
            found = Draft(key, "unknown", {"part": debt.data["part"], "why": why}), Step(key, "unknown", why)
        draft, step = found
        ledger = _record_if_unchanged(ledger, draft, len(history.events), run.now)
        steps.append(step)
    return steps, ledger


def _record_if_unchanged(ledger: Ledger, draft: Draft, seen: int, now: datetime) -> Ledger:
    """Record the draft, unless another run said something about that publication meanwhile."""
    return ledger.append(lambda newest: [draft] if len(newest.history(draft.key).events) == seen else [], now)


def _in_flight(history: History, now: datetime) -> bool:
    """Whether the run that began to send may still be at it."""
    claims = [event for event in history.events if event.name == "claimed"]
    return bool(claims) and history.events[-1].name == "sending" and datetime.fromisoformat(claims[-1].data["deadline"]) > now


def _settle(line: Planned, history: History, debt: Event, ledger: Ledger, run: Run) -> tuple[Draft, Step] | None:
    """The event that ends this debt, or None when nothing can tell."""
    seal = history.seal
    data = ledger.payload(seal.payload) if seal else None
    if data is None:
        return None
    payload, number, key = Payload.from_bytes(data), int(debt.data["part"]), history.key
    network: Network = networks.get(line.publication.channel.network)
    sending = sending_of(history, payload, number, run)
    try:
        channel_name = line.publication.channel_name
        account = Account(channel_name, line.publication.channel, run.secrets(channel_name))
        delivery: Delivery | None
        if network.IDEMPOTENT and not run.frozen():
            delivery = network.send(sending, account, run.web)
        elif isinstance(network, Finds):
            delivery = network.find(sending, account, run.web)
        else:
            return None
    except (Refused, Locked, Wait, Unknown):
        return None
    if delivery is None:
        why = _("looked for and not found")
        return Draft(key, "cleared", {"part": number, "why": why}), Step(key, "cleared", why)
    return Draft(key, "sent", {**sent(number, payload, delivery), "settled": True}), Step(
        key, "sent", _("it had been sent already"), delivery.url
    )
