"""What the other tool knows of the past, as history in the ledger: what it sent is never sent again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from marronnier.importers.bundle import Bundle, Ending, PastSend
from marronnier.importers.writer import ImportDiff
from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import _
from marronnier.model.publication import publication_key


def past_sends(crossing: Bundle, landing: ImportDiff) -> Mapping[str, PastSend]:
    """By the publication's key, the past of all that is new or came over before; a post of other words has another past."""
    return {publication_key(post.id, name): past for post in crossing.posts if post.id in landing.known for name, past in post.past.items()}


def record(crossing: Bundle, landing: ImportDiff, ledger: Ledger, now: datetime) -> Mapping[Ending, int]:
    """Note in one commit what the ledger does not know yet, and give how many of each ending were noted. Raises Trouble."""
    known = past_sends(crossing, landing)
    noted: Counter[Ending] = Counter()

    def decide(newest: Ledger) -> list[EventDraft]:
        noted.clear()
        drafts = [_draft(key, past, crossing.tool) for key, past in known.items() if not newest.history(key).events]
        noted.update(known[draft.key].ending for draft in drafts)
        return drafts

    ledger.append(decide, now)
    return noted


def _draft(key: str, past: PastSend, tool: str) -> EventDraft:
    at = past.at.astimezone(UTC).isoformat()
    if past.ending == "sent":
        return EventDraft(key, "carried", {"url": past.url, "at": at, "known": past.known, "tool": tool, "source": past.source})
    why = {
        "failed": _("{tool} noted that sending failed; look whether a part of it is out", tool=tool),
        "unrecorded": _("{tool} has no record of it", tool=tool),
    }[past.ending]
    return EventDraft(key, "missed", {"instant": at if past.known != "before" else "", "why": why, "tool": tool, "source": past.source})
