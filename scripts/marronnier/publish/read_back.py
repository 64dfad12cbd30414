"""Read-back: ten minutes and a day after a post was sent, its network is asked whether it is still there. It never fails or delays a publication."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from marronnier import networks
from marronnier.git import GitError
from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import Trouble, _
from marronnier.model.history import History
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Payload
from marronnier.model.where import Where
from marronnier.networks.kit.seam import ReadsBack
from marronnier.publish.accounts import checked_account
from marronnier.publish.report import Step
from marronnier.publish.run import Run

FIRST, SECOND = timedelta(minutes=10), timedelta(days=1)
"""How long after it was sent a post is asked for."""
UNTIL = timedelta(days=3)
"""After this it is not asked for any more: an old ledger costs nothing, and neither does a new version on its first day."""
AGAIN = timedelta(minutes=5)
"""Between two answers that a post is gone: a server that is mended may know nothing for a moment."""
MAX_POSTS = 25
"""The most posts that one run asks for; the next run asks for the others."""
MAX_SECONDS = 30.0


def read_back(lines: Mapping[str, PlanLine], ledger: Ledger, run: Run) -> tuple[list[Step], Ledger]:
    """Ask for the posts whose time to be asked for has come, record the answers in one commit, and report what was deleted."""
    due = [history for history in ledger.histories.values() if _is_due(history, run.now) and _can_be_asked(history, lines.get(history.key))]
    if not due:
        return [], ledger
    drafts = list(_ask_for(sorted(due, key=_sent_at), lines, ledger, run))

    def decide(newest: Ledger) -> list[EventDraft]:
        return [draft for draft in drafts if len(newest.history(draft.key).events) == len(ledger.history(draft.key).events)]

    try:
        newer = ledger.append(decide, run.now)
    except (Trouble, GitError, OSError):
        # The next run asks again.
        return [], ledger
    deleted = (draft for draft in drafts if draft.name == "retracted" and newer.history(draft.key).retraction is not None)
    return [Step(draft.key, "retracted", draft.data["why"], draft.data["url"]) for draft in deleted], newer


def missing_part(line: PlanLine, history: History, payload: Payload, run: Run) -> EventDraft | None:
    """The event for a thread of which a part that the rest would follow is gone; None where it can go on. Raises Wait, Locked.

    The first part and the last one that is out are asked for.
    """
    network = networks.get(line.publication.channel.network)
    if not isinstance(network, ReadsBack):
        return None
    account = checked_account(line.publication, run)
    out = sorted(history.sent_parts)
    for part, delivery in zip(out, history.deliveries, strict=True):
        if part in (out[0], out[-1]) and network.still_there(delivery, payload.parts[part], account, run.web) is False:
            return _absence_event(history, part, delivery.url, run.now)
    return None


def _absence_event(history: History, part: int, url: str, now: datetime) -> EventDraft:
    """The event for a part that the network does not have: the first answer is noted, and one some minutes later counts."""
    look = history.last_look
    if look is None or look.name != "absent" or now - look.at < AGAIN:
        why = _("part {part} is not on the network any more: {url}", part=part + 1, url=url)
        return EventDraft(history.key, "absent", {"part": part, "why": why})
    return EventDraft(history.key, "retracted", {"part": part, "why": _("the network was asked twice, and does not have it"), "url": url})


def _ask_for(due: Sequence[History], lines: Mapping[str, PlanLine], ledger: Ledger, run: Run) -> Iterable[EventDraft]:
    """The answers, as events. A channel that gives none is not asked again in this run."""
    silent: set[str] = set()
    stop_at = time.monotonic() + MAX_SECONDS
    asked = 0
    for history in due:
        line = lines[history.key]
        if line.publication.channel_name in silent:
            continue
        if asked == MAX_POSTS or run.is_lease_over() or time.monotonic() > stop_at:
            return
        asked += 1
        try:
            draft = _ask(line, history, ledger, run)
        except Exception:  # noqa: BLE001 - an error says nothing about the post, and must stop nothing
            silent.add(line.publication.channel_name)
            continue
        if draft is not None:
            yield draft


def _ask(line: PlanLine, history: History, ledger: Ledger, run: Run) -> EventDraft | None:
    network, receipt = networks.get(line.publication.channel.network), history.receipt
    data = ledger.payload(receipt.payload) if receipt is not None else None
    if not isinstance(network, ReadsBack) or data is None:
        return None
    first = history.deliveries[0]
    there = network.still_there(first, Payload.from_bytes(data).parts[0], checked_account(line.publication, run), run.web)
    if there is not False:
        # Where the server can never tell, it is not asked again before tomorrow either.
        return EventDraft(history.key, "seen", {"part": 0} if there else {"part": 0, "unsure": True})
    return _absence_event(history, 0, first.url, run.now)


def _is_due(history: History, now: datetime) -> bool:
    """Whether a post is to be asked for now."""
    # What went out long ago is told by its receipt: its events are not parsed again in every run.
    receipt = history.receipt
    if receipt is None or not FIRST <= now - receipt.at <= UNTIL or now - history.events[-1].at > UNTIL:
        return False
    if history.carried is not None or history.retraction is not None:
        return False
    look = history.last_look
    if look is None:
        return True
    return now - look.at >= AGAIN if look.name == "absent" else look.at < receipt.at + SECOND <= now


def _can_be_asked(history: History, line: PlanLine | None) -> bool:
    """Whether the network of a post can be asked for it, at the place where it was sent."""
    seal = history.seal
    if line is None or seal is None:
        return False
    channel = line.publication.channel
    try:
        asks = isinstance(networks.get(channel.network), ReadsBack)
    except networks.UnknownNetwork:
        asks = False
    # Whoever stands elsewhere now has no say about what was sent here, and gets no secret.
    return asks and (seal.where is None or seal.where == Where.of(channel))


def _sent_at(history: History) -> datetime:
    return history.events[-1].at
