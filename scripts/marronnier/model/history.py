"""What the ledger records of one publication: its events, and the seal and receipt derived from them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from marronnier.model.publication import Delivery, Payload, split_key
from marronnier.model.where import Where

EventName = Literal[
    "sealed",  # approved: words and instant are fixed
    "unsealed",  # withdrawn before sending: the post changed, moved or lost its approval
    "claimed",  # a run reserved it, until a deadline
    "sending",  # recorded before the first byte of a part
    "sent",  # the network's answer for a part
    "refused",  # the network refused it; it was not sent
    "waiting",  # it was not sent; try again at a later instant
    "unknown",  # it may have been sent; only evidence ends this
    "cleared",  # evidence proves that an unknown part was not sent
    "missed",  # later than its grace; a person must decide
    "released",  # a person decided: send it although it is late
    "skipped",  # a person decided: never send it
    "held",  # a person decided: not these words, until somebody who may approve releases them
    "seen",  # read back: it is still on the network
    "absent",  # read back: the network does not have it; asked once more before that counts
    "retracting",  # a person decided to delete it on the network; recorded before the first request
    "retracted",  # deleted on the network, by such a decision or as two answers say
    "edited",  # corrected on the network, after a person asked for it
    "carried",  # history imported from another tool
    "policy",  # another policy is in force: in a file of its own, of no publication
]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a publication: one line of its file in the ledger."""

    key: str
    seq: int
    """The sequence number, from 0."""
    name: EventName
    at: datetime
    """When it was recorded: aware, in UTC."""
    data: Mapping[str, Any]
    """The data of each kind of event: sealed(words, when, instant, payload, parts, basis, by, title, commit, where, policy) · claimed(run, deadline) · sending(part, payload, run, tried) ·
    sent(part, id, url, parts) · refused(why, part) · waiting(until, why) · unknown(part, why, tried, handed, to) · cleared(part, why) · missed(instant, why) ·
    carried(url, at, known, tool, source) · released(who, when, account, comment) · held(words, who, account, comment) · policy(payload, digest, commit, by, cause, signature) ·
    seen(part, unsure) · absent(part, why) · retracting(who) · retracted(part, why, url, who) · edited(who, parts, was)."""


@dataclass(frozen=True, slots=True)
class Seal:
    """An approval that was proved, with the words and instant it fixes."""

    words: str
    """The digest of the words."""
    when: str
    """The digest of what is written about the time."""
    instant: datetime
    payload: str
    """SHA-256 of the payload, which the ledger stores as a blob."""
    by: tuple[str, ...]
    """Ids of those who approved; empty for quorum 0."""
    basis: str
    """What the instant was derived from: written, slot:NAME, next, repeat, when-approved."""
    unsigned: bool = False
    commit: str = ""
    """The commit of the default branch it was sealed from; its pictures are read from that commit."""
    where: Where | None = None
    """Where its channel spoke; None in a seal of days when that was not recorded."""
    parts: int = 0
    """How many parts the payload has; 0 in a seal of an older version, which did not say."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that every part of a publication was sent."""

    key: str
    at: datetime
    """When the last part was sent."""
    url: str
    """The URL of the first part."""
    ids: tuple[str, ...]
    """The network's ids of the parts, in order."""
    payload: str = ""
    """SHA-256 of the payload that was sent."""


@dataclass(frozen=True)
class History:
    """All events of one publication, in order."""

    key: str
    events: tuple[Event, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was recorded."""
        return not self.events

    @cached_property
    def seal(self) -> Seal | None:
        """The seal in force: the last `sealed` event that no later `unsealed` withdraws."""
        event = self.last_event("sealed", "unsealed")
        return seal_in(event.data) if event is not None and event.name == "sealed" else None

    @property
    def sealed_words(self) -> str:
        """The digest of the words that are sealed; empty without a seal."""
        return self.seal.words if self.seal is not None else ""

    @property
    def refused_seal(self) -> Seal | None:
        """The seal of the words that the network refused last; None when it refused none."""
        refusal = self.last_event("refused")
        sealed = [event for event in self.events if event.name == "sealed" and refusal is not None and event.seq < refusal.seq]
        return seal_in(sealed[-1].data) if sealed else None

    def last_event(self, *names: EventName) -> Event | None:
        """The last event with one of these names."""
        return next((event for event in reversed(self.events) if event.name in names), None)

    @property
    def current(self) -> tuple[Event, ...]:
        """The events since a person decided to send again what was deleted on the network; all of them where nobody did."""
        start = self._restarts[-1] if self._restarts else 0
        return self.events[start:] if start else self.events

    @property
    def _restarts(self) -> list[int]:
        """The places of the decisions to send again what was deleted."""
        restarts, is_retracted = [], False
        for place, event in enumerate(self.events):
            if event.name == "retracted":
                is_retracted = True
            elif event.name == "released" and is_retracted:
                is_retracted = False
                restarts.append(place)
        return restarts

    @property
    def resends(self) -> int:
        """How often a person decided to send again what was deleted: each time it is another post there."""
        return len(self._restarts)

    @property
    def retraction(self) -> Event | None:
        """The `retracted` event, unless a person decided since then to send it again."""
        return next((event for event in reversed(self.current) if event.name == "retracted"), None)

    @property
    def pending_retraction(self) -> Event | None:
        """The decision to delete it on the network, where that is not known to be done."""
        last = next((event for event in reversed(self.current) if event.name in ("retracting", "retracted")), None)
        return last if last is not None and last.name == "retracting" else None

    @property
    def is_retraction_accepted(self) -> bool:
        """Whether a person decided to delete it, or to leave it deleted."""
        if self.retraction is not None and self.retraction.data.get("who"):
            return True
        retraction, skipped = self.retraction, self.last_event("skipped")
        return retraction is not None and skipped is not None and skipped.seq > retraction.seq

    @property
    def pending_retry(self) -> tuple[datetime | None, str]:
        """When it is tried again, and why it was not sent; None and an empty text when it does not wait."""
        if not self.events or self.events[-1].name not in ("waiting", "absent"):
            return None, ""
        data = self.events[-1].data
        return datetime.fromisoformat(data["until"]) if data.get("until") else None, str(data.get("why", ""))

    @property
    def delay_reason(self) -> str:
        """Why the last try sent nothing, though nothing refused it; empty where none did, or where what was approved is another since.

        A person's decision to send it late ends no such reason: only the next try knows.
        """
        last = self.last_event("waiting", "sealed", "unsealed", "sent", "refused", "unknown", "cleared", "retracted")
        return str(last.data.get("why", "")) if last is not None and last.name == "waiting" else ""

    @property
    def last_look(self) -> Event | None:
        """The last time that the network was asked whether what was sent is still there; None since a part was sent."""
        last = next((event for event in reversed(self.current) if event.name in ("sent", "seen", "absent")), None)
        return last if last is not None and last.name != "sent" else None

    @property
    def carried(self) -> Event | None:
        """The `carried` event: another tool sent this publication."""
        return next((event for event in reversed(self.current) if event.name == "carried"), None)

    @property
    def sent_parts(self) -> Mapping[int, Event]:
        """The `sent` event of each part, by part number from 0."""
        return {int(event.data["part"]): event for event in self.current if event.name == "sent"}

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The network's answers to the parts already sent, in order."""
        sent = self.sent_parts
        return tuple(Delivery(sent[number].data["id"], sent[number].data["url"]) for number in sorted(sent))

    @cached_property
    def receipt(self) -> Receipt | None:
        """The receipt, once every part is sent or the history was imported; a retracted publication keeps it."""
        carried = self.carried
        if carried is not None:
            return Receipt(self.key, datetime.fromisoformat(carried.data["at"]), carried.data.get("url", ""), ())
        sent = self.sent_parts
        if not sent:
            return None
        # A thread whose refused part was corrected is sealed anew in the middle, and may have other parts than it began with.
        last, seal = sent[max(sent)], self.seal
        parts = (seal.parts if seal is not None else 0) or int(last.data["parts"])
        if any(part not in sent for part in range(parts)):
            return None
        payload = seal.payload if seal is not None else last.data.get("payload", "")
        return Receipt(self.key, last.at, sent[0].data["url"], tuple(sent[part].data["id"] for part in range(parts)), payload)

    @cached_property
    def unsettled(self) -> Event | None:
        """The `sending` or `unknown` event without an answer: that part may have been sent. A later refusal never clears an older one."""
        unsettled_parts: dict[int, Event] = {}
        for event in self.current:
            part = int(event.data.get("part", 0))
            if event.name == "sending":
                unsettled_parts.setdefault(part, event)
            elif event.name == "unknown":
                unsettled_parts[part] = event
            elif event.name in ("sent", "cleared"):
                unsettled_parts.pop(part, None)
            elif event.name in ("refused", "waiting") and part in unsettled_parts and unsettled_parts[part].name == "sending":
                del unsettled_parts[part]
        return next(iter(unsettled_parts.values()), None)

    @property
    def maybe_sent(self) -> bool:
        """Whether anything is out, or may be: such a key is never used again for other words. What a network refused is not out."""
        return self.carried is not None or bool(self.sent_parts) or self.unsettled is not None

    def is_over(self, before: datetime) -> bool:
        """Whether it went out whole before an instant, nothing was recorded of it since, and nobody has to decide about it."""
        return (
            self.receipt is not None
            and self.unsettled is None
            and (self.retraction is None or self.is_retraction_accepted)
            and self.events[-1].at < before
            and (self.seal is None or self.seal.instant < before)
        )

    @property
    def last_decision(self) -> Event | None:
        """The last event that ends it, unless the post was sealed anew or released since."""
        last = self.last_event("refused", "skipped", "missed", "sealed", "released")
        return last if last is not None and last.name not in ("sealed", "released") else None

    @property
    def is_skipped(self) -> bool:
        """Whether a person decided that it never goes out."""
        return self.last_decision is not None and self.last_decision.name == "skipped"

    @property
    def tried(self) -> bool:
        """Whether a run ever began to send it."""
        return any(event.name == "sending" for event in self.events)

    def was_sealed(self, when: str) -> bool:
        """Whether it was ever approved and fixed at the When that has this digest, withdrawn since or not."""
        return any(event.name == "sealed" and event.data.get("when") == when for event in self.events)

    def is_released(self, when: str) -> bool:
        """Whether a person decided to send it although it is late, at the When that has this digest. Older decisions name no When."""
        return any(event.name == "released" and event.data.get("when", when) == when for event in self.events)

    def hold_on(self, words: str) -> Event | None:
        """The decision to hold these words back, by their digest; None where there is none, or somebody decided otherwise since.

        Other words need an approval of their own. Another date does not end it: nobody moved the post with that in mind.
        """
        for event in reversed(self.events):
            if event.name in ("released", "skipped"):
                return None
            if event.name == "held" and event.data.get("words") == words:
                return event
        return None

    def has_comment(self, name: EventName, comment: int) -> bool:
        """Whether a comment was carried out already: it is, once."""
        return any(event.name == name and event.data.get("comment") == comment for event in self.events)

    def sent_text(self, read_payload: Callable[[str], bytes | None]) -> str | None:
        """The text of the sealed payload; None when the ledger no longer holds it. `read_payload` returns a payload's bytes by its SHA-256."""
        seal = self.seal
        data = read_payload(seal.payload) if seal is not None else None
        try:
            return Payload.from_bytes(data).text if data is not None else None
        except ValueError:
            return None


def seal_in(data: Mapping[str, Any]) -> Seal:
    """The seal that the data of a `sealed` event records."""
    return Seal(
        words=data["words"],
        when=data["when"],
        instant=datetime.fromisoformat(data["instant"]),
        payload=data["payload"],
        by=tuple(data.get("by", ())),
        basis=data.get("basis", "written"),
        unsigned=bool(data.get("unsigned", False)),
        commit=data.get("commit", ""),
        where=Where.from_json(data["where"]) if "where" in data else None,
        parts=int(data.get("parts", 0)),
    )


class Histories(Mapping[str, History]):
    """Histories by key that tell which publications are out without making a history of each."""

    @property
    @abstractmethod
    def sent_keys(self) -> Collection[str]:
        """The keys of what is out."""


def sent_keys(histories: Mapping[str, History]) -> Collection[str]:
    """The keys of the publications that are out."""
    if isinstance(histories, Histories):
        return histories.sent_keys
    return {key for key, history in histories.items() if history.receipt is not None}


MAX_VANISHED = 400
"""The most keys that `vanished_keys` returns: a bound on time, not a rule."""


def vanished_keys(histories: Mapping[str, History], is_present: Callable[[str], bool]) -> Mapping[str, list[str]]:
    """Keys that were sent or may have been and are no longer present, by channel name, those with the latest event first."""
    vanished = [key for key in histories if not is_present(key) and histories[key].maybe_sent]
    vanished.sort(key=lambda key: histories[key].events[-1].at, reverse=True)
    by_channel: dict[str, list[str]] = {}
    for key in vanished[:MAX_VANISHED]:
        by_channel.setdefault(split_key(key)[1], []).append(key)
    return by_channel
