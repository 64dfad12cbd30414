"""Sending what was claimed, part by part, and recording each answer. Nothing leaves before its intention is in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marronnier import networks
from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import _
from marronnier.model.history import History
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Delivery, Payload
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest, Unknown, Wait
from marronnier.publish.claim import batches, claim, first_missing_part, holds_claim, sending_event
from marronnier.publish.hold import hold_back
from marronnier.publish.report import Act, Step
from marronnier.publish.run import Run


@dataclass(frozen=True, slots=True)
class PartResult:
    """What became of one part: what the ledger notes, and what people are told."""

    event: EventDraft
    step: Step
    parts: int = 1
    """How many parts the whole has."""

    @property
    def has_next_part(self) -> bool:
        """Whether the next part can be sent."""
        return self.step.act == "sent" and int(self.event.data["part"]) < self.parts - 1


def send_all(due: Sequence[PlanLine], ledger: Ledger, run: Run) -> tuple[list[Step], Ledger]:
    """Send everything that is due, in time order; one failure never stops the next."""
    free, steps, ledger = hold_back(due, ledger, run)
    for batch in batches(free):
        ledger, claimed = claim(batch, ledger, run)
        steps += [Step(line.key, "left", _("another run has it")) for line in batch if line.key not in claimed]
        sent_now, ledger = _send_batch([line for line in batch if line.key in claimed], ledger, run)
        steps += sent_now
    return steps, ledger


def _send_batch(lines: Sequence[PlanLine], ledger: Ledger, run: Run) -> tuple[list[Step], Ledger]:
    """Send the next part of each, until every one is out or stopped. An answer and the next intention are recorded together."""
    steps = []
    while lines:
        answers = [_send_next(line, ledger, run) for line in lines]
        notes = []
        for answer in answers:
            notes.append(answer.event)
            if answer.has_next_part:
                notes.append(sending_event(answer.event.key, int(answer.event.data["part"]) + 1, answer.event.data["payload"], run))
            else:
                steps.append(answer.step)
        ledger = _record_answers(notes, ledger, run)
        lines = [
            line for line, answer in zip(lines, answers, strict=True) if answer.has_next_part and holds_claim(ledger.history(line.key), run)
        ]
    return steps, ledger


def _record_answers(notes: Sequence[EventDraft], ledger: Ledger, run: Run) -> Ledger:
    """Note what was learned. What is out, or may be, is always noted; all else only while the claim is still ours."""
    return ledger.append(
        lambda newest: [note for note in notes if note.name in ("sent", "unknown") or holds_claim(newest.history(note.key), run)], run.now
    )


def _send_next(line: PlanLine, ledger: Ledger, run: Run) -> PartResult:
    """Send the first missing part of one publication, and name the answer."""
    history = ledger.history(line.key)
    number = first_missing_part(history)
    seal = history.seal
    data = ledger.payload(seal.payload) if seal else None
    if data is None:
        return _waiting_result(line.key, number, "held", _("the sealed payload is not in the ledger; run `marronnier ledger verify`"))
    if why := run.frozen():
        return _waiting_result(line.key, number, "waiting", why)
    if run.is_lease_over():
        return _waiting_result(line.key, number, "waiting", _("this run was paused too long and let go"))
    payload = Payload.from_bytes(data)
    channel_name = line.publication.channel_name
    try:
        account = Account(channel_name, line.publication.channel, run.secrets(channel_name))
        sending = send_request(history, payload, number, run)
        delivery = networks.get(line.publication.channel.network).send(sending, account, run.web)
    except Refused as refusal:
        return PartResult(EventDraft(line.key, "refused", {"part": number, "why": str(refusal)}), Step(line.key, "refused", str(refusal)))
    except Locked as locked:
        return _waiting_result(line.key, number, "held", str(locked))
    except Wait as wait:
        return _waiting_result(line.key, number, "waiting", str(wait), until=wait.until)
    except Unknown as unknown:
        return _unknown_result(line.key, number, str(unknown))
    except Exception as surprise:  # noqa: BLE001 - whatever went wrong after the first byte, it may have been sent
        return _unknown_result(line.key, number, _("{kind} while sending", kind=type(surprise).__name__))
    note = EventDraft(line.key, "sent", {**sent_event(number, payload, delivery), "late": _seconds_late(line, run)})
    return PartResult(note, Step(line.key, "sent", "", _first_url(history, delivery)), len(payload.parts))


def _waiting_result(key: str, number: int, act: Act, why: str, *, until: datetime | None = None) -> PartResult:
    data: dict[str, object] = {"part": number, "why": why}
    if until is not None:
        data["until"] = until.isoformat()
    if act == "held":
        data["locked"] = True
    return PartResult(EventDraft(key, "waiting", data), Step(key, act, why))


def _unknown_result(key: str, number: int, why: str) -> PartResult:
    return PartResult(
        EventDraft(key, "unknown", {"part": number, "why": why}), Step(key, "unknown", _("it may have been sent: {why}", why=why))
    )


def _seconds_late(line: PlanLine, run: Run) -> int:
    """Seconds between the instant and the run, for honest figures of punctuality."""
    return max(0, int((run.now - line.instant.at).total_seconds())) if line.instant.at else 0


def _first_url(history: History, delivery: Delivery) -> str:
    sent_before = deliveries(history)
    return sent_before[0].url if sent_before else delivery.url


def sent_event(number: int, payload: Payload, delivery: Delivery) -> dict[str, object]:
    """What the ledger notes of a part that is out."""
    return {"part": number, "parts": len(payload.parts), "id": delivery.id, "url": delivery.url, "payload": payload.sha256}


def send_request(history: History, payload: Payload, number: int, run: Run) -> SendRequest:
    """One part on its way, with all that the network may need to know."""
    seal = history.seal
    commit = seal.commit if seal else ""
    return SendRequest(
        key=history.key,
        number=number,
        of=len(payload.parts),
        part=payload.parts[number],
        payload=payload.sha256,
        before=deliveries(history),
        first_sent_at=_first_attempt_at(history, number),
        now=run.now,
        read=lambda picture: run.pictures(commit, picture),
    )


def deliveries(history: History) -> tuple[Delivery, ...]:
    """What the network answered to the parts already out, in order."""
    out = history.sent_parts
    return tuple(Delivery(out[number].data["id"], out[number].data["url"]) for number in sorted(out))


def _first_attempt_at(history: History, number: int) -> datetime | None:
    """When a part was first sent, or may have been, since it was last known not to be out."""
    first = None
    for event in history.events:
        if event.data.get("part") != number:
            continue
        if event.name == "sending" and first is None:
            first = event.at
        elif event.name in ("refused", "waiting", "cleared"):
            first = None
    return first
