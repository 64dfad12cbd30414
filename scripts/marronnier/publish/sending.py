"""Sending: claim, record the intention, send, record the answer. Nothing leaves before its intention is in the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from marronnier import networks
from marronnier.ledger import Draft, Ledger
from marronnier.messages import _
from marronnier.model.planned import Planned
from marronnier.model.publication import Delivery, Payload, Picture
from marronnier.model.record import History
from marronnier.networks.seam import Account, Locked, Network, Refused, Sending, Unknown, Wait
from marronnier.publish.outcome import Step
from marronnier.publish.reach import Secrets

LEASE = timedelta(minutes=10)
"""How long a claim holds; a run that was paused for longer sends nothing more."""
MARGIN = timedelta(minutes=2)
"""A run stops sending this long before its lease ends: a request takes time."""
BATCH = 50
"""Publications of a network that can never post twice are recorded together, this many at a time."""


@dataclass(frozen=True)
class Run:
    """One run of the publisher."""

    name: str
    """Told apart from all other runs: the workflow's run id, or the machine and process."""
    now: datetime
    frozen: Callable[[], str]
    """Read again before each send: why nothing may go out, or empty."""
    secrets: Secrets
    """The values of a channel's secrets. Raises Locked when one is missing, or the channel is out of reach."""
    pictures: Callable[[str, Picture], bytes]
    """The bytes of a picture at the commit of a seal. Raises Refused when they are not those that were approved."""
    started: float
    """`boot_seconds()` when the claim was made."""

    def lease_over(self) -> bool:
        """Whether this run slept past its lease (a paused machine): then it must not send any more."""
        return boot_seconds() - self.started > (LEASE - MARGIN).total_seconds()


def boot_seconds() -> float:
    """Seconds since the machine started, those it slept through too: a wall clock may jump, this one cannot."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def send_all(due: Sequence[Planned], ledger: Ledger, run: Run) -> Iterator[tuple[Step, Ledger]]:
    """Send everything that is due, in time order; one failure never stops the next. Gives each step with the ledger after it."""
    for batch in _batches(due):
        ledger, claimed = _claim(batch, ledger, run)
        for line in batch:
            if line.key not in claimed:
                yield Step(line.key, "left", _("another run has it")), ledger
        mine = [line for line in batch if line.key in claimed]
        for step, ledger in _send_batch(mine, ledger, run):  # noqa: B020 - the ledger moves on with each step
            yield step, ledger


def _batches(due: Sequence[Planned]) -> Iterator[list[Planned]]:
    """Idempotent single-part publications together, all others one by one: a crash must leave as few debts as can be."""
    together: list[Planned] = []
    for line in due:
        if networks.get(line.publication.channel.network).IDEMPOTENT:
            together.append(line)
            if len(together) == BATCH:
                yield together
                together = []
        else:
            if together:
                yield together
                together = []
            yield [line]
    if together:
        yield together


def claimable(history: History, now: datetime) -> bool:
    """Whether a run may take this publication: sealed, not out, no debt, and nobody else holds it."""
    if history.seal is None or history.receipt is not None or history.debt is not None:
        return False
    return not _held_by_another(history, now)


def _held_by_another(history: History, now: datetime) -> bool:
    last = history.events[-1] if history.events else None
    return last is not None and last.name == "claimed" and datetime.fromisoformat(last.data["deadline"]) > now


def _claim(batch: Sequence[Planned], ledger: Ledger, run: Run) -> tuple[Ledger, set[str]]:
    """Claim all that nobody else holds, in one commit; the ledger's compare-and-swap elects one run."""
    claimed: set[str] = set()

    def decide(newest: Ledger) -> list[Draft]:
        claimed.clear()
        drafts = []
        for line in batch:
            history = newest.history(line.key)
            seal = history.seal
            if seal is None or seal.words != line.digests.words or not claimable(history, run.now):
                continue
            claimed.add(line.key)
            drafts.append(Draft(line.key, "claimed", {"run": run.name, "deadline": (run.now + LEASE).isoformat()}))
        return drafts

    return ledger.append(decide, run.now), claimed


def _send_batch(lines: Sequence[Planned], ledger: Ledger, run: Run) -> Iterator[tuple[Step, Ledger]]:
    payloads: dict[str, Payload] = {}
    steps: list[Step] = []
    for line in lines:
        seal = ledger.history(line.key).seal
        data = ledger.payload(seal.payload) if seal else None
        if data is None:
            steps.append(Step(line.key, "held", _("the sealed payload is not in the ledger; run `marronnier ledger verify`")))
        else:
            payloads[line.key] = Payload.from_bytes(data)
    for step in steps:
        yield step, ledger
    lines = [line for line in lines if line.key in payloads]
    longest = max((len(payload.parts) for payload in payloads.values()), default=0)
    for number in range(longest):
        waiting_for_part = [
            line
            for line in lines
            if number < len(payloads[line.key].parts) and number not in ledger.history(line.key).sent_parts
        ]
        if not waiting_for_part:
            continue
        ready: list[tuple[Planned, Account]] = []
        refusals: list[tuple[Draft, Step]] = []
        for line in waiting_for_part:
            before = _ready_to_send(line, run)
            if isinstance(before, Account):
                ready.append((line, before))
            else:
                refusals.append(_waiting(line.key, number, before, locked=True))
        ledger = _record_intentions([line for line, _account in ready], number, payloads, ledger, run)
        answers = refusals + [_send_part(line, number, payloads[line.key], account, ledger, run) for line, account in ready]
        ledger = _record(ledger, [draft for draft, _step in answers], run.now)
        failed = {step.key for _draft, step in answers if step.act != "sent"}
        for _draft, step in answers:
            if step.act != "sent" or number == len(payloads[step.key].parts) - 1:
                yield step, ledger
        lines = [line for line in lines if line.key not in failed]


def _ready_to_send(line: Planned, run: Run) -> Account | str:
    """The account to speak with, or why not."""
    publication = line.publication
    try:
        secrets = run.secrets(publication.channel_name)
    except Locked as locked:
        return str(locked)
    return Account(publication.channel_name, publication.channel, secrets)


def _record_intentions(lines: Sequence[Planned], number: int, payloads: Mapping[str, Payload], ledger: Ledger, run: Run) -> Ledger:
    """Say in the ledger that these parts are about to be sent, before the first byte."""
    drafts = [Draft(line.key, "sending", {"part": number, "payload": payloads[line.key].sha256, "run": run.name}) for line in lines]
    return _record(ledger, drafts, run.now)


def _record(ledger: Ledger, drafts: Sequence[Draft], now: datetime) -> Ledger:
    return ledger.append(lambda _newest: drafts, now) if drafts else ledger


def _send_part(line: Planned, number: int, payload: Payload, account: Account, ledger: Ledger, run: Run) -> tuple[Draft, Step]:
    """Send one part and name the answer."""
    key, of = line.key, len(payload.parts)
    if why := run.frozen():
        return _waiting(key, number, why)
    if run.lease_over():
        return _waiting(key, number, _("this run was paused too long and let go"))
    history = ledger.history(key)
    network: Network = networks.get(line.publication.channel.network)
    sending = sending_of(history, payload, number, run)
    try:
        delivery = network.send(sending, account, None)
    except Refused as refusal:
        return Draft(key, "refused", {"part": number, "why": str(refusal)}), Step(key, "refused", str(refusal))
    except Locked as locked:
        return _waiting(key, number, str(locked), locked=True)
    except Wait as wait:
        return _waiting(key, number, str(wait), until=wait.until)
    except Unknown as unknown:
        return _unknown(key, number, str(unknown))
    except Exception as surprise:  # noqa: BLE001 - whatever went wrong after the first byte, it may have been sent
        return _unknown(key, number, _("{kind} while sending", kind=type(surprise).__name__))
    sent = {"part": number, "parts": of, "id": delivery.id, "url": delivery.url, "payload": payload.sha256, "late": _lateness(line, run)}
    return Draft(key, "sent", sent), Step(key, "sent", "", delivery.url)


def _waiting(key: str, number: int, why: str, *, until: datetime | None = None, locked: bool = False) -> tuple[Draft, Step]:
    data: dict[str, object] = {"part": number, "why": why}
    if until is not None:
        data["until"] = until.isoformat()
    if locked:
        data["locked"] = True
    return Draft(key, "waiting", data), Step(key, "held" if locked else "waiting", why)


def _unknown(key: str, number: int, why: str) -> tuple[Draft, Step]:
    said = _("it may have been sent: {why}", why=why)
    return Draft(key, "unknown", {"part": number, "why": why}), Step(key, "unknown", said)


def _lateness(line: Planned, run: Run) -> int:
    """Seconds between the instant and the run, for honest figures of punctuality."""
    return max(0, int((run.now - line.instant.at).total_seconds())) if line.instant.at else 0


def sending_of(history: History, payload: Payload, number: int, run: Run) -> Sending:
    """One part on its way, with all that the network may need to know."""
    seal = history.seal
    commit = seal.commit if seal else ""
    return Sending(
        key=history.key,
        number=number,
        of=len(payload.parts),
        part=payload.parts[number],
        payload=payload.sha256,
        before=deliveries(history),
        first_sent_at=first_tried(history, number),
        read=lambda picture: run.pictures(commit, picture),
    )


def deliveries(history: History) -> tuple[Delivery, ...]:
    """What the network answered to the parts already out, in order."""
    sent = history.sent_parts
    return tuple(Delivery(sent[number].data["id"], sent[number].data["url"]) for number in sorted(sent))


def first_tried(history: History, number: int) -> datetime | None:
    """When a part was first sent or may have been."""
    tries = [event.at for event in history.events if event.name == "sending" and event.data.get("part") == number]
    return tries[0] if tries else None
