"""Removal of payloads from the ledger's newest tree, on withdrawal or after retention."""

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
    """Remove the payloads with these SHA-256 from the newest tree, as one commit. Every history still verifies.

    Raises as `Ledger.append`.
    """
    for attempt in range(MAX_TRIES):
        if ledger.head is None:
            return ledger
        with ledger.repo.open_reader() as reader:
            paths = [payload_path(digest) for digest in sorted(payloads)]
            stored = [
                path
                for path, data in zip(paths, reader.read_all(f"{ledger.head}:{path}" for path in paths), strict=True)
                if data is not None
            ]
        if not stored:
            return ledger
        new = make_commit(
            ledger.repo, ledger.head, dict.fromkeys(stored), f"Remove {len(stored)} payloads: {why}", now, signed=not ledger.unsigned
        )
        if push.update_head(ledger.repo, new, ledger.head, remote=ledger.remote) == "landed":
            return ledger.with_commit(new, {})
        push.pause_before_retry(attempt)
        ledger = ledger.reopen()
    raise Contended(_("Other runs kept writing to the ledger at the same time."), _("Run the command again."))
