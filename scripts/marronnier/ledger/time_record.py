"""A record of nothing but the time: the way out when a run with a fast clock was the last to record."""

from __future__ import annotations

from datetime import datetime

from marronnier.ledger import push
from marronnier.ledger.commit import make_commit
from marronnier.ledger.damage import Contended
from marronnier.ledger.store import MAX_TRIES, Ledger
from marronnier.messages import _


def record_time(ledger: Ledger, now: datetime) -> Ledger:
    """Record that it is `now`, by a commit that changes no file. Raises Trouble when it cannot be recorded."""
    for attempt in range(MAX_TRIES):
        new = make_commit(ledger.repo, ledger.head, {}, "time", now, signed=not ledger.unsigned)
        if push.update_head(ledger.repo, new, ledger.head, remote=ledger.remote) == "landed":
            return ledger.with_commit(new, {})
        push.pause_before_retry(attempt)
        ledger = ledger.reopen()
        if ledger.head and ledger.repo.is_ancestor(new, ledger.head):
            return ledger
    raise Contended(
        _("Other runs kept writing to the ledger at the same time: {tries} attempts failed, and nothing was recorded.", tries=MAX_TRIES),
        _("Run the command again."),
    )
