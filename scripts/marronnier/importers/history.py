"""What the other tool knows of the past, as history in the ledger: what it sent is never sent again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from marronnier.importers.crossing import Crossing, Ending, Past
from marronnier.importers.landing import Landing
from marronnier.ledger import Draft, Ledger
from marronnier.messages import _
from marronnier.model.publication import key_of


def pasts(crossing: Crossing, landing: Landing) -> Mapping[str, Past]:
    """By the publication's key, the past of all that is new or came over before; a post of other words has another past."""
    return {key_of(post.id, name): past for post in crossing.posts if post.id in landing.known for name, past in post.past.items()}


def record(crossing: Crossing, landing: Landing, ledger: Ledger, now: datetime) -> Mapping[Ending, int]:
    """Note in one commit what the ledger does not know yet, and give how many of each ending were noted. Raises Trouble."""
    known = pasts(crossing, landing)
    noted: Counter[Ending] = Counter()

    def decide(newest: Ledger) -> list[Draft]:
        noted.clear()
        drafts = [_draft(key, past, crossing.tool) for key, past in known.items() if not newest.history(key).events]
        noted.update(known[draft.key].ending for draft in drafts)
        return drafts

    ledger.append(decide, now)
    return noted


def _draft(key: str, past: Past, tool: str) -> Draft:
    at = past.at.astimezone(UTC).isoformat()
    if past.ending == "sent":
        return Draft(key, "carried", {"url": past.url, "at": at, "known": past.known, "tool": tool, "source": past.source})
    why = {
        "failed": _("{tool} noted that sending failed; look whether a part of it is out", tool=tool),
        "unrecorded": _("{tool} has no record of it", tool=tool),
    }[past.ending]
    return Draft(key, "missed", {"instant": at if past.known != "before" else "", "why": why, "tool": tool, "source": past.source})
