"""A post that was published, or may have been, and is no longer in the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from marronnier.checks.view import View
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.publication import split_key

if TYPE_CHECKING:
    from marronnier.model.history import Event, History

LEVEL: Level = "error"
ALLOWABLE = False

_MAX_FINDINGS = 10
"""The latest have a finding each: a calendar whose old posts were deleted has hundreds."""


def check(view: View) -> Iterator[Finding]:
    """Every history whose post is not in the calendar, the latest first: an error when it may have been sent, a warning when it was."""
    if view.desk.only is not None or not view.situation.histories:
        return
    place = view.desk.place("brand/brand.yml", "ledger")
    debts: dict[str, tuple[History, Event]] = {}
    sent: dict[str, History] = {}
    for history in _orphans(view):
        if (debt := history.unsettled) is not None:
            debts[history.key] = (history, debt)
        elif history.receipt is not None:
            sent.setdefault(split_key(history.key)[0], history)
    for history, debt in debts.values():
        yield _debt_finding(view, place, history, debt)
    for post_id, history in list(sent.items())[:_MAX_FINDINGS]:
        yield _receipt_finding(view, place, post_id, history)
    if len(sent) > _MAX_FINDINGS:
        message = ngettext(
            "{count} more post went out and is no longer in the calendar",
            "{count} more posts went out and are no longer in the calendar",
            len(sent) - _MAX_FINDINGS,
        )
        expected = _("every published post in the calendar")
        next = _("restore the files from Git: `git log --diff-filter=D --name-only -- content/` lists them")
        yield Finding("orphan-receipt", "warning", place, message, expected, next)


def _orphans(view: View) -> list[History]:
    post_ids = view.post_ids
    renamed_ids = {split_key(key)[0] for key in view.renamed}
    orphans = [
        history
        for key in view.situation.histories
        if (post_id := key.rpartition("@")[0]) not in post_ids
        and post_id not in renamed_ids
        and (history := view.situation.histories[key]).maybe_sent
        and history.retraction is None
    ]
    orphans = [history for history in orphans if history.seal is None or view.situation.follows(history.seal.commit)]
    return sorted(orphans, key=lambda history: (history.events[-1].at, history.key), reverse=True)


def _debt_finding(view: View, place: Place, history: History, debt: Event) -> Finding:
    message = _(
        "{key} may have been sent {when}, and its post is no longer in the calendar", key=history.key, when=view.format_time(debt.at)
    )
    expected = _("somebody's answer whether it was sent")
    next = _("look on the network, then run `marronnier settle {key} --was-sent URL` or `--was-not-sent`", key=history.key)
    return Finding("orphan-receipt", LEVEL, place, message, expected, next)


def _receipt_finding(view: View, place: Place, post_id: str, history: History) -> Finding:
    assert history.receipt is not None
    message = _(
        "{key} went out {when}, and no post has the id `{id}` any more",
        key=history.key,
        when=view.format_time(history.receipt.at),
        id=post_id,
    )
    expected = _("the post in the calendar, as it was published")
    next = _("restore its file from Git, or write `id: {id}` in the post that replaces it", id=post_id)
    return Finding("orphan-receipt", "warning", place, message, expected, next)
