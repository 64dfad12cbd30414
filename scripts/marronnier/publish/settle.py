"""Settling of debts. A part that may have been sent is a debt. Only evidence ends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from marronnier import networks
from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import _
from marronnier.model.brand import Channels
from marronnier.model.history import Event, History
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Delivery, Payload
from marronnier.model.where import Where
from marronnier.networks.kit.seam import Account, Finds, Network, NoticesDeletions, ReadsBack, SendRequest, Unknown
from marronnier.publish.accounts import checked_account
from marronnier.publish.claim import is_in_force
from marronnier.publish.report import Step
from marronnier.publish.run import Run
from marronnier.publish.send import send_request, sent_event
from marronnier.publish.taken_posts import TakenPosts


def settle_all(lines: Mapping[str, PlanLine], channels: Channels, ledger: Ledger, run: Run) -> tuple[list[Step], Ledger]:
    """End every debt that evidence can end.

    An idempotent network is sent the part again, which can never post twice. Any other that can look is asked whether the part is there.
    A debt without evidence is recorded as `unknown`: a person must settle it.
    """
    steps: list[Step] = []
    taken = TakenPosts(ledger, channels)
    for key, history in sorted(ledger.histories.items()):
        debt = history.unsettled
        if debt is None or _is_being_sent(history, run.now):
            continue
        line = lines.get(key)
        settlement = _settle(line, history, debt, ledger, run, taken) if line else None
        if settlement is None:
            if debt.name == "unknown":
                continue
            settlement = _looked(debt, _("a run stopped while it was being sent"))
        draft, step = settlement
        ledger = _record_if_unchanged(ledger, draft, len(history.events), channels, run.now)
        if ledger.history(key).events[len(history.events) :]:
            steps.append(step)
            taken.add(draft)
    return steps, ledger


def _looked(debt: Event, why: str) -> tuple[EventDraft, Step]:
    """The event and the step of a look that ended nothing."""
    return EventDraft(debt.key, "unknown", {"part": debt.data["part"], "why": why, "looked": True}), Step(debt.key, "unknown", why)


def _record_if_unchanged(ledger: Ledger, draft: EventDraft, event_count: int, channels: Channels, now: datetime) -> Ledger:
    """Record the draft, unless another run recorded an event of that publication meanwhile, or gave the same post to another one."""

    def decide(newest: Ledger) -> list[EventDraft]:
        if len(newest.history(draft.key).events) != event_count:
            return []
        moved_on = draft.name == "sent" and newest.head != ledger.head
        return [] if moved_on and TakenPosts(newest, channels).has(draft) else [draft]

    return ledger.append(decide, now)


def _is_being_sent(history: History, now: datetime) -> bool:
    """Whether the run that recorded `sending` last may still be sending: its claim is in force."""
    claims = [event for event in history.events if event.name == "claimed"]
    return bool(claims) and history.events[-1].name == "sending" and is_in_force(claims[-1], now)


def _settle(line: PlanLine, history: History, debt: Event, ledger: Ledger, run: Run, taken: TakenPosts) -> tuple[EventDraft, Step] | None:
    """The event that ends this debt or tells why only a person can, with its step; None when there is nothing new."""
    seal = history.seal
    data = ledger.payload(seal.payload) if seal else None
    if data is None or seal is None:
        return None
    # Whoever stands there now has no say about what was sent elsewhere, and must get neither the words nor the secrets.
    if seal.where is not None and seal.where != Where.of(line.publication.channel):
        return None
    payload, number, key = Payload.from_bytes(data), int(debt.data["part"]), history.key
    request = send_request(history, payload, number, run, taken.on(line.publication.channel_name))
    try:
        evidence = _gather_evidence(line, request, run)
    except Unknown as unknown:
        return None if debt.data.get("why") == str(unknown) else _looked(debt, str(unknown))
    except Exception:  # noqa: BLE001 - a network that fails gives no evidence, and must not stop the other publications
        return None
    if evidence is None:
        return None
    delivery = evidence.delivery
    if delivery is None:
        why = _("searched for on the network and not found")
        return EventDraft(key, "cleared", {"part": number, "why": why}), Step(key, "cleared", why)
    if evidence.by_look and _is_sent_now_elsewhere(request, ledger, run):
        return None
    return EventDraft(key, "sent", {**sent_event(number, payload, delivery), "settled": True}), Step(
        key, "sent", _("it had already been sent"), delivery.url
    )


@dataclass(frozen=True, slots=True)
class _SettlementEvidence:
    """Evidence of whether a part was sent."""

    delivery: Delivery | None
    """The network's answer to the part; None when the part is not on the network."""
    by_look: bool = False
    """Whether the network was asked, and nothing was sent."""


def _gather_evidence(line: PlanLine, request: SendRequest, run: Run) -> _SettlementEvidence | None:
    """Evidence from sending again or from looking; None when the network allows neither, or it is too early. Raises the network's outcomes."""
    network: Network = networks.get(line.publication.channel.network)
    account = checked_account(line.publication, run)
    if network.IDEMPOTENT and not run.freeze_reason() and not _hangs_on_nothing(request, network, account, run):
        if isinstance(network, NoticesDeletions) and (address := network.vanished_address(request, account, run.web)):
            raise Unknown(_("it is not at {url} now: it never arrived, or somebody deleted it there", url=address))
        return _SettlementEvidence(network.send(request, account, run.web))
    if not isinstance(network, Finds):
        return None
    delivery = network.find(request, account, run.web)
    is_early = request.since_last_try is None or request.since_last_try < timedelta(seconds=network.SETTLE.value)
    return None if delivery is None and is_early else _SettlementEvidence(delivery, by_look=True)


def _hangs_on_nothing(request: SendRequest, network: Network, account: Account, run: Run) -> bool:
    """Whether a part of a thread would follow one that was deleted: sent again, it would be a post without its beginning. Raises Wait, Locked."""
    if not request.previous or not isinstance(network, ReadsBack):
        return False
    ends = {0: request.previous[0], len(request.previous) - 1: request.previous[-1]}
    return any(network.still_there(delivery, request.parts[part], account, run.web) is False for part, delivery in ends.items())


def _is_sent_now_elsewhere(request: SendRequest, ledger: Ledger, run: Run) -> bool:
    """Whether another run is sending the same request for another publication: the post that was found may be that one's."""
    for history in ledger.histories.values():
        if (
            history.key == request.key
            or history.receipt is not None
            or not history.events
            or history.events[-1].name != "sending"
            or not _is_being_sent(history, run.now)
        ):
            continue
        data = ledger.payload(str(history.events[-1].data["payload"]))
        if data is not None and any(part.wire == request.part.wire for part in Payload.from_bytes(data).parts):
            return True
    return False
