"""What the ledger says: events, seals, receipts, and the history of one publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

EventName = Literal[
    "sealed",  # approved: words and instant are fixed
    "unsealed",  # withdrawn before sending: the post changed, moved or lost its approval
    "claimed",  # a run took it, until a deadline
    "sending",  # recorded before the first byte of a part
    "sent",  # the network's answer for a part
    "refused",  # a definite no
    "waiting",  # nothing was sent; not before
    "unknown",  # it may have been sent
    "cleared",  # evidence that an unknown was not sent
    "missed",  # later than its grace; asked
    "released",  # a person said: send it still
    "skipped",  # a person said: never send it
    "retracted",  # taken back
    "carried",  # history brought along from another tool
]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a publication's file in the ledger."""

    key: str
    seq: int
    """From 0."""
    name: EventName
    at: datetime
    """When it was recorded, aware, UTC."""
    data: Mapping[str, Any]
    """By event: sealed(words, when, instant, payload, basis, by, title, commit) · claimed(run, deadline) · sending(part, payload, run) ·
    sent(part, id, url, parts) · refused(why, part) · waiting(until, why) · unknown(part, why) · cleared(part, why) · missed(instant, why) ·
    carried(url, at, known, tool, source)."""


@dataclass(frozen=True, slots=True)
class Seal:
    """An approval, proved and fixed."""

    words: str
    """The words digest."""
    when: str
    """The when digest."""
    instant: datetime
    payload: str
    """SHA-256 of the payload, a blob of the ledger."""
    by: tuple[str, ...]
    """Who approved; empty for quorum 0."""
    basis: str
    """What made the instant: written, slot:NAME, next, repeat, when-approved."""
    unsigned: bool = False
    commit: str = ""
    """The commit of the default branch it was sealed from: its pictures are read there."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A publication that is out: where each part stands."""

    key: str
    at: datetime
    """When the last part was sent."""
    url: str
    """Of the first part."""
    ids: tuple[str, ...]
    """The network's names for its parts, in order."""
    payload: str = ""
    """SHA-256 of what was sent."""


@dataclass(frozen=True, slots=True)
class History:
    """All that the ledger says of one publication, in order."""

    key: str
    events: tuple[Event, ...]

    @property
    def seal(self) -> Seal | None:
        """The seal in force: the last `sealed` not withdrawn by a later `unsealed`."""
        for event in reversed(self.events):
            if event.name == "unsealed":
                return None
            if event.name == "sealed":
                data = event.data
                return Seal(
                    words=data["words"],
                    when=data["when"],
                    instant=datetime.fromisoformat(data["instant"]),
                    payload=data["payload"],
                    by=tuple(data.get("by", ())),
                    basis=data.get("basis", "written"),
                    unsigned=bool(data.get("unsigned", False)),
                    commit=data.get("commit", ""),
                )
        return None

    def _last_event(self, *names: str) -> Event | None:
        return next((event for event in reversed(self.events) if event.name in names), None)

    @property
    def carried(self) -> Event | None:
        """What another tool noted of it, when it went out there."""
        return self._last_event("carried")

    @property
    def sent_parts(self) -> Mapping[int, Event]:
        """The `sent` events by part number, from 0."""
        return {int(event.data["part"]): event for event in self.events if event.name == "sent"}

    @property
    def receipt(self) -> Receipt | None:
        """When every part is out, or history was carried over; a retracted publication keeps its receipt."""
        carried = self.carried
        if carried is not None:
            return Receipt(self.key, datetime.fromisoformat(carried.data["at"]), carried.data.get("url", ""), ())
        sent = self.sent_parts
        if not sent:
            return None
        parts = max(int(event.data["parts"]) for event in sent.values())
        if len(sent) < parts:
            return None
        last = sent[parts - 1]
        return Receipt(
            self.key, last.at, sent[0].data["url"], tuple(sent[part].data["id"] for part in range(parts)), last.data.get("payload", "")
        )

    @property
    def unsettled(self) -> Event | None:
        """The `sending` or `unknown` that no answer ended: it may have been sent. A later refusal never clears an older debt."""
        open_parts: dict[int, Event] = {}
        for event in self.events:
            part = int(event.data.get("part", 0))
            if event.name == "sending":
                open_parts.setdefault(part, event)
            elif event.name == "unknown":
                open_parts[part] = event
            elif event.name in ("sent", "cleared"):
                open_parts.pop(part, None)
            elif event.name in ("refused", "waiting") and part in open_parts and open_parts[part].name == "sending":
                del open_parts[part]
        return next(iter(open_parts.values()), None)

    @property
    def maybe_sent(self) -> bool:
        """Whether anything was ever sent or may have been: such a key is never used again for other words."""
        return any(event.name in ("sending", "sent", "unknown", "carried") for event in self.events)
