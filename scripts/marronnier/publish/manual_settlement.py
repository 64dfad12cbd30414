"""A person's verdict on a publication: an unknown that was or was not sent, a missed post to send or to skip."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import Trouble, _
from marronnier.model.history import EventName, History
from marronnier.model.publication import Payload

Verdict = Literal["was-sent", "was-not-sent", "send-now", "never"]


def settle(key: str, verdict: Verdict, ledger: Ledger, now: datetime, *, who: str, url: str = "", when: str = "") -> Ledger:
    """Record a person's verdict on a publication; `who` is the person, `url` where a sent post can be read.

    `when` is the digest of the When that the verdict is about: a decision to send late lasts for that date only.

    Raises Trouble when the verdict does not fit the publication's history.
    """

    def decide(newest: Ledger) -> list[EventDraft]:
        history = newest.history(key)
        name, data = _event_of_verdict(history, verdict, newest, url)
        if when and name == "released":
            data = {**data, "when": when}
        return [EventDraft(key, name, {**data, "who": who})]

    return ledger.append(decide, now)


def _event_of_verdict(history: History, verdict: Verdict, ledger: Ledger, url: str) -> tuple[EventName, Mapping[str, Any]]:
    """The name and data of the event that records a verdict. Raises Trouble when the verdict does not fit the history."""
    debt = history.unsettled
    if verdict in ("was-sent", "was-not-sent"):
        if debt is None:
            raise Trouble(
                _("{key} has nothing to settle: no send is in doubt", key=history.key),
                _("See `marronnier status {key}`.", key=history.key),
            )
        number = int(debt.data["part"])
        if verdict == "was-not-sent":
            return "cleared", {"part": number, "why": "a person looked"}
        seal = history.seal
        data = ledger.payload(seal.payload) if seal else None
        parts = len(Payload.from_bytes(data).parts) if data else number + 1
        return "sent", {"part": number, "parts": parts, "id": url, "url": url, "settled": True, "payload": seal.payload if seal else ""}
    if debt is not None:
        raise Trouble(
            _("{key} may have been sent already", key=history.key),
            _("Look on the network first, then run `marronnier settle {key} --was-sent URL` or `--was-not-sent`.", key=history.key),
        )
    if history.receipt is not None:
        raise Trouble(_("{key} was already sent: {url}", key=history.key, url=history.receipt.url))
    return ("released" if verdict == "send-now" else "skipped"), {}
