"""The other tool's past sends, recorded in the ledger so that nothing it sent is sent again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from marronnier.importers.bundle import Bundle, PastOutcome, PastSend
from marronnier.importers.writer import ImportDiff
from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import _
from marronnier.model.publication import publication_key


def past_sends_by_key(bundle: Bundle, diff: ImportDiff) -> Mapping[str, PastSend]:
    """The past of new and unchanged posts, by the publication's key. A post whose words differ here has another past."""
    return {
        publication_key(post.id, name): send
        for post in bundle.posts
        if post.id in diff.new_and_unchanged
        for name, send in post.past.items()
    }


def record_past_sends(bundle: Bundle, diff: ImportDiff, ledger: Ledger, now: datetime) -> Mapping[PastOutcome, int]:
    """Append in one commit the past sends that the ledger lacks, and return how many there are of each outcome.

    Raises Trouble where the ledger cannot be written.
    """
    past = past_sends_by_key(bundle, diff)
    recorded: Counter[PastOutcome] = Counter()

    def missing_events(newest: Ledger) -> list[EventDraft]:
        recorded.clear()
        drafts = [_event_draft(key, send, bundle.tool) for key, send in past.items() if not newest.history(key).events]
        recorded.update(past[draft.key].outcome for draft in drafts)
        return drafts

    ledger.append(missing_events, now)
    return recorded


def _event_draft(key: str, send: PastSend, tool: str) -> EventDraft:
    at = send.at.astimezone(UTC).isoformat()
    if send.outcome == "sent":
        return EventDraft(key, "carried", {"url": send.url, "at": at, "known": send.precision, "tool": tool, "source": send.source})
    why = {
        "failed": _("{tool} recorded that sending failed; check whether part of it was published", tool=tool),
        "unrecorded": _("{tool} has no record of it", tool=tool),
    }[send.outcome]
    return EventDraft(key, "missed", {"instant": at if send.precision != "before" else "", "why": why, "tool": tool, "source": send.source})
