"""Recording what networks answered. What is out is out: its record is tried for minutes, until it is in."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from marronnier.git import GitError
from marronnier.ledger import Damaged, EventDraft, Ledger
from marronnier.messages import Trouble, _, ngettext
from marronnier.model.history import History
from marronnier.publish.claim import holds_claim
from marronnier.publish.run import Run

RECORD_FOR = 300.0
"""Seconds for which the record of an answer is tried. A server restarts within that time; a job that hangs longer is ended from outside."""
FIRST_PAUSE = 0.5
"""Seconds before the first new try; each pause is twice the one before."""
LONGEST_PAUSE = 15.0


def record_answers(events: Sequence[EventDraft], ledger: Ledger, run: Run) -> Ledger:
    """Record these events. `sent` and `unknown` are always recorded, all others only while this run holds the claim.

    Raises Trouble, which names what is out, when origin takes no record for `RECORD_FOR` seconds or the ledger is damaged.
    """
    known = {event.key: len(ledger.history(event.key).events) for event in events}

    def decide(newest: Ledger) -> list[EventDraft]:
        histories = {key: newest.history(key) for key in known}
        return [
            event
            for event in events
            if (event.name in ("sent", "unknown") or holds_claim(histories[event.key], run))
            and not _is_recorded(event, histories[event.key], known[event.key])
        ]

    give_up_at, seconds = time.monotonic() + RECORD_FOR, FIRST_PAUSE
    while True:
        try:
            return ledger.append(decide, run.now)
        except Damaged as damaged:
            raise _unrecorded_error(events, damaged.message) from damaged
        except (Trouble, GitError, OSError) as error:
            if time.monotonic() + seconds > give_up_at:
                raise _unrecorded_error(events, error.message if isinstance(error, Trouble) else str(error)) from error
        pause(seconds)
        seconds = min(seconds * 2, LONGEST_PAUSE)
        ledger = _try_reopen(ledger)


def pause(seconds: float) -> None:
    """Wait before the next try."""
    time.sleep(seconds)


def _try_reopen(ledger: Ledger) -> Ledger:
    """The newest ledger; the same one where origin does not answer now."""
    try:
        return ledger.reopen()
    except Damaged:
        raise
    except (Trouble, GitError, OSError):
        return ledger


def _is_recorded(event: EventDraft, history: History, known: int) -> bool:
    """Whether an earlier try has arrived after all: the history has this event behind the `known` ones."""
    return any(line.name == event.name and dict(line.data) == dict(event.data) for line in history.events[known:])


def _unrecorded_error(events: Sequence[EventDraft], why: str) -> Trouble:
    """The error for answers that could not be recorded; it names what is out, so that nobody sends it a second time."""
    out = {event.key: str(event.data.get("url") or event.data.get("id", "")) for event in events if event.name == "sent"}
    if not out:
        keys = ", ".join(dict.fromkeys(event.key for event in events))
        return Trouble(
            _("What the networks answered for {keys} could not be recorded: {why}", keys=keys, why=why),
            _("Run `marronnier publish` again when origin takes records: it finds out first what became of them."),
        )
    return Trouble(_out_message(out, why), _out_advice(out))


def _out_message(out: Mapping[str, str], why: str) -> str:
    return ngettext(
        "{keys} is out, and that could not be recorded: {why}",
        "{keys} are out, and that could not be recorded: {why}",
        len(out),
        keys=", ".join(f"{key} ({url})" if url else key for key, url in out.items()),
        why=why,
    )


def _out_advice(out: Mapping[str, str]) -> str:
    key, url = next(iter(out.items()))
    return _(
        "Do not send it by hand. Run `marronnier publish` again when origin takes records: it looks for it first. Where the network cannot be asked, record it then with `marronnier settle {key} --was-sent {url}`.",
        key=key,
        url=url or "URL",
    )
