"""Taking payloads out of the newest tree of the ledger, on withdrawal or after retention. The chain of every history still verifies."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from marronnier.ledger import push
from marronnier.ledger.commit import make_commit
from marronnier.ledger.damage import Contended
from marronnier.ledger.events import payload_path
from marronnier.ledger.store import MAX_TRIES, Ledger
from marronnier.messages import _


def remove_payloads(ledger: Ledger, payloads: Collection[str], why: str, now: datetime) -> Ledger:
    """Take payloads out of the newest tree, on withdrawal or after retention; the chain still verifies. Raises as `append`."""
    for attempt in range(MAX_TRIES):
        if ledger.head is None:
            return ledger
        with ledger.repo.open_reader() as batch:
            paths = [payload_path(digest) for digest in sorted(payloads)]
            there = [
                path
                for path, data in zip(paths, batch.read_all(f"{ledger.head}:{path}" for path in paths), strict=True)
                if data is not None
            ]
        if not there:
            return ledger
        new = make_commit(
            ledger.repo, ledger.head, dict.fromkeys(there), f"Remove {len(there)} payloads: {why}", now, signed=not ledger.unsigned
        )
        if push.update_head(ledger.repo, new, ledger.head, remote=ledger.remote) == "landed":
            return ledger.with_commit(new, {})
        push.pause_before_retry(attempt)
        ledger = ledger.reopen()
    raise Contended(_("Others kept recording in the ledger at the same time."), _("Run the command again."))
