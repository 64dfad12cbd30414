"""Sending of claimed publications, part by part, with each answer recorded. No byte leaves before its `sending` event is in the ledger."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from marronnier import networks
from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import _
from marronnier.model.history import Event, History
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Delivery, Payload
from marronnier.networks.kit.seam import HandedOver, Locked, Refused, SendRequest, Unknown, Wait
from marronnier.publish import real_time
from marronnier.publish.accounts import checked_account
from marronnier.publish.claim import batches, claim, first_missing_part, holds_claim, sending_event
from marronnier.publish.held_publications import hold_back
from marronnier.publish.record import record_answers
from marronnier.publish.report import Act, Step
from marronnier.publish.run import MAX_CLOCK_SKEW, Run, boot_seconds
from marronnier.publish.timepiece import signals_held


@dataclass(frozen=True, slots=True)
class PartResult:
    """The result of sending one part: the event to record, and the step to report."""

    event: EventDraft
    step: Step
    parts: int = 1
    """How many parts the payload has."""

    @property
    def has_next_part(self) -> bool:
        """Whether this part was sent and another follows."""
        return self.step.act == "sent" and int(self.event.data["part"]) < self.parts - 1


def send_all(due: Sequence[PlanLine], ledger: Ledger, run: Run) -> tuple[list[Step], Ledger]:
    """Send every due publication, in time order. The failure of one never stops the next."""
    sendable, steps, ledger = hold_back(due, ledger, run)
    if why := run.wrong_clock_reason:
        return [*steps, *(Step(line.key, "waiting", why) for line in sendable)], ledger
    _fetch_media(sendable, ledger, run)
    for batch in batches(sendable):
        if run.is_told_to_end():
            steps += [Step(line.key, "waiting", _("this run was told to end")) for line in batch]
            continue
        if run.is_lease_over():
            # The next run claims them: a claim of this one would have ended before it began.
            steps += [Step(line.key, "waiting", _("this run was interrupted too long and gave up")) for line in batch]
            continue
        # Cut in between, it would be a debt, which on some networks only a person can settle.
        with signals_held():
            ledger, claimed = claim(batch, ledger, run)
            steps += [Step(line.key, "left", _("another run is sending it")) for line in batch if line.key not in claimed]
            batch_steps, ledger = _send_batch([line for line in batch if line.key in claimed], ledger, run)
        steps += batch_steps
    return steps, ledger


def _fetch_media(lines: Sequence[PlanLine], ledger: Ledger, run: Run) -> None:
    """Fetch what is in Git LFS before anything is claimed: no claim may end while a video arrives."""
    for line in lines:
        seal = ledger.history(line.key).seal
        data = ledger.payload(seal.payload) if seal is not None else None
        if data is not None and seal is not None:
            for part in Payload.from_bytes(data).parts:
                run.media.fetch(seal.commit, part.media)


def _send_batch(lines: Sequence[PlanLine], ledger: Ledger, run: Run) -> tuple[list[Step], Ledger]:
    """Send the next part of each publication until every one is sent or stopped.

    The answer to a part and the `sending` of the next part are recorded in one commit.
    """
    steps = []
    while lines:
        answers = [_send_next(line, ledger, run) for line in lines]
        events = []
        for answer in answers:
            events.append(answer.event)
            if answer.has_next_part:
                events.append(sending_event(answer.event.key, int(answer.event.data["part"]) + 1, answer.event.data["payload"], run))
            else:
                steps.append(answer.step)
        ledger = record_answers(events, ledger, run)
        lines = [
            line for line, answer in zip(lines, answers, strict=True) if answer.has_next_part and holds_claim(ledger.history(line.key), run)
        ]
    return steps, ledger


def _send_next(line: PlanLine, ledger: Ledger, run: Run) -> PartResult:
    """Send the first missing part of one publication. Each way to fail has its event: `refused`, `waiting` or `unknown`."""
    history = ledger.history(line.key)
    number = first_missing_part(history)
    seal = history.seal
    data = ledger.payload(seal.payload) if seal else None
    if data is None:
        return _waiting_result(line.key, number, "held", _("the approved content is not in the ledger; run `marronnier ledger verify`"))
    if why := run.freeze_reason():
        return _waiting_result(line.key, number, "waiting", why)
    if run.is_told_to_end():
        return _waiting_result(line.key, number, "waiting", _("this run was told to end"))
    if run.is_lease_over():
        return _waiting_result(line.key, number, "waiting", _("this run was interrupted too long and gave up"))
    payload = Payload.from_bytes(data)
    try:
        account = checked_account(line.publication, run)
        request = send_request(history, payload, number, run)
        delivery = networks.get(line.publication.channel.network).send(request, account, run.web)
    except Refused as refusal:
        return PartResult(EventDraft(line.key, "refused", {"part": number, "why": str(refusal)}), Step(line.key, "refused", str(refusal)))
    except Locked as locked:
        return _waiting_result(line.key, number, "held", str(locked))
    except Wait as wait:
        return _waiting_result(line.key, number, "waiting", str(wait), until=wait.until, uploads=wait.uploads)
    except HandedOver as handed:
        owner = line.publication.post.front.owner or ""
        return PartResult(_handed_event(line.key, number, owner), Step(line.key, "unknown", str(handed), handed_to=owner))
    except Unknown as unknown:
        return _unknown_result(line.key, number, str(unknown), uploads=unknown.uploads)
    except Exception as error:  # noqa: BLE001 - it may have been sent, whatever went wrong
        return _unknown_result(line.key, number, _("{kind} while sending", kind=type(error).__name__))
    event = EventDraft(line.key, "sent", {**sent_event(number, payload, delivery), "late": _seconds_late(line, run)})
    return PartResult(event, Step(line.key, "sent", delivery.note, _first_url(history, delivery)), len(payload.parts))


def _waiting_result(
    key: str, number: int, act: Act, why: str, *, until: datetime | None = None, uploads: Mapping[str, str] | None = None
) -> PartResult:
    """The result for a part of which nothing was sent: a `waiting` event."""
    data: dict[str, object] = {"part": number, "why": why}
    if until is not None:
        data["until"] = until.isoformat()
    if act == "held":
        data["locked"] = True
    if uploads:
        data["uploads"] = dict(uploads)
    return PartResult(EventDraft(key, "waiting", data), Step(key, act, why))


def _unknown_result(key: str, number: int, why: str, *, uploads: Mapping[str, str] | None = None) -> PartResult:
    """The result for a part that may have been sent: a debt until evidence ends it."""
    return PartResult(_unknown_event(key, number, why, uploads), Step(key, "unknown", _("it may have been sent: {why}", why=why)))


def _unknown_event(key: str, number: int, why: str, uploads: Mapping[str, str] | None = None) -> EventDraft:
    data: dict[str, object] = {"part": number, "why": why, "tried": real_time.real_now().isoformat()}
    if uploads:
        data["uploads"] = dict(uploads)
    return EventDraft(key, "unknown", data)


def _handed_event(key: str, number: int, owner: str) -> EventDraft:
    """The debt of what was given to a person. It has no sentence of its own: whoever shows it says it in their language."""
    draft = _unknown_event(key, number, "")
    handed = {"handed": True, **({"to": owner} if owner else {})}
    return EventDraft(draft.key, draft.name, {name: value for name, value in draft.data.items() if name != "why"} | handed)


def _seconds_late(line: PlanLine, run: Run) -> int:
    """Seconds from the publication's instant to the network's answer, for statistics of punctuality."""
    at = line.instant.at
    return max(0, round((run.clock_at(boot_seconds()) - at).total_seconds())) if at else 0


def _first_url(history: History, delivery: Delivery) -> str:
    """The address of the first part."""
    sent_before = history.deliveries
    return sent_before[0].url if sent_before else delivery.url


def sent_event(number: int, payload: Payload, delivery: Delivery) -> dict[str, object]:
    """The data of the `sent` event of one part; `files` are the SHA-256 of its media as the network got them, `note` is what people should know."""
    event = {"part": number, "parts": len(payload.parts), "id": delivery.id, "url": delivery.url, "payload": payload.sha256}
    more = {"files": list(delivery.files), "note": delivery.note}
    return {**event, **{name: value for name, value in more.items() if value}}


def send_request(history: History, payload: Payload, number: int, run: Run, taken: Container[str] = frozenset()) -> SendRequest:
    """The request to send one part, or to look for it on the network; `taken` are the ids and addresses that are never this part's."""
    seal = history.seal
    since_first, since_last = _since_the_tries(history, number, run)
    commit = seal.commit if seal else ""
    return SendRequest(
        key=history.key,
        number=number,
        total=len(payload.parts),
        part=payload.parts[number],
        payload_sha256=payload.sha256,
        previous=history.deliveries,
        first_sent_at=_first_attempt_at(history, number),
        now=run.now,
        read_picture=lambda picture: run.media.read(commit, picture),
        open_media=lambda media: run.media.open(commit, media),
        parts=payload.parts,
        taken=taken,
        since_first_try=since_first,
        since_last_try=since_last,
        uploads=_begun_uploads(history, number),
        public_address=run.public_address,
        again=history.resends,
    )


def _begun_uploads(history: History, number: int) -> Mapping[str, str]:
    """What the last attempt at a part left with the network that was not ready yet, or may be published. A look leaves nothing there."""
    ends = (
        event.data
        for event in reversed(history.current)
        if event.name in ("waiting", "unknown") and event.data.get("part") == number and not event.data.get("looked")
    )
    uploads = next(ends, {}).get("uploads")
    return {str(sha256): str(upload) for sha256, upload in uploads.items()} if isinstance(uploads, Mapping) else {}


def _tries(history: History, number: int) -> list[Event]:
    """The events of the attempts at a part that may have sent it: since evidence last said that no attempt did."""
    tries: list[Event] = []
    for event in history.current:
        if event.data.get("part") != number:
            continue
        if event.name == "sending" or (event.name == "unknown" and not event.data.get("looked")):
            tries.append(event)
        elif event.name in ("refused", "waiting", "cleared"):
            tries.clear()
    return tries


def _first_attempt_at(history: History, number: int) -> datetime | None:
    """When the first attempt at a part began that may have sent it; None when evidence says that no attempt did."""
    return next((event.at for event in _tries(history, number)), None)


_LONG_AGO = timedelta(days=30)
"""How far back is looked for a try whose hour nobody knows."""


def _since_the_tries(history: History, number: int, run: Run) -> tuple[timedelta | None, timedelta | None]:
    """How long ago the first and the last attempt at a part were in real time; None where evidence says that none sent it.

    Older ledgers know the run's time only, which may be a brand's clock. An attempt at an hour yet to come is of a clock that was fast: it
    may have been long ago, and it was before the attempts that follow it.
    """
    waits: list[timedelta] = []
    fast = False
    for event in _tries(history, number):
        tried = event.data.get("tried")
        since = real_time.real_now() - datetime.fromisoformat(tried) if tried else run.now - event.at
        if since < -MAX_CLOCK_SKEW:
            fast, waits = True, [timedelta()]
        else:
            waits = [max(since, timedelta())] if fast and waits == [timedelta()] else [*waits, max(since, timedelta())]
    if not waits:
        return None, None
    return max([*waits, _LONG_AGO]) if fast else max(waits), min(waits)
