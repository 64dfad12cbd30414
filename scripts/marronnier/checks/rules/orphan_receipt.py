"""Something that is out, or may be, and has no post any more."""

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

_MOST = 10
"""The latest are told one by one: a calendar that was cut back long ago has hundreds."""


def check(view: View) -> Iterator[Finding]:
    """Every history whose post is not in the calendar, the latest first; a debt is an error, what is out is a warning."""
    if view.desk.only is not None or not view.histories:
        return
    place = view.desk.place("brand/brand.yml", "ledger")
    debts: dict[str, tuple[History, Event]] = {}
    out: dict[str, History] = {}
    for history in _orphans(view):
        if (debt := history.unsettled) is not None:
            debts[history.key] = (history, debt)
        elif history.receipt is not None:
            out.setdefault(split_key(history.key)[0], history)
    for history, debt in debts.values():
        yield _debt(view, place, history, debt)
    for post_id, history in list(out.items())[:_MOST]:
        yield _receipt(view, place, post_id, history)
    if len(out) > _MOST:
        yield Finding(
            "orphan-receipt",
            "warning",
            place,
            ngettext("{count} more post went out and is gone", "{count} more posts went out and are gone", len(out) - _MOST),
            _("every post that went out, so that the calendar tells what people read"),
            _("bring the files back from Git: `git log --diff-filter=D --name-only -- content/` names them"),
        )


def _orphans(view: View) -> list[History]:
    known = view.post_ids
    moved = {split_key(key)[0] for key in view.moved}
    found = [
        history
        for key, history in view.histories.items()
        if (post_id := key.rpartition("@")[0]) not in known and post_id not in moved and history.maybe_sent and not _is_retracted(history)
    ]
    found = [history for history in found if history.seal is None or view.follows(history.seal.commit)]
    return sorted(found, key=lambda history: (history.events[-1].at, history.key), reverse=True)


def _is_retracted(history: History) -> bool:
    return any(event.name == "retracted" for event in history.events)


def _debt(view: View, place: Place, history: History, debt: Event) -> Finding:
    return Finding(
        "orphan-receipt",
        LEVEL,
        place,
        _("{key} may have been sent {when}, and its post is gone", key=history.key, when=view.shown(debt.at)),
        _("a person who looked whether it is out"),
        _("look on the network, then run `marronnier settle {key} --was-sent URL` or `--was-not-sent`", key=history.key),
    )


def _receipt(view: View, place: Place, post_id: str, history: History) -> Finding:
    assert history.receipt is not None
    return Finding(
        "orphan-receipt",
        "warning",
        place,
        _(
            "{key} went out {when}, and no post has the id `{id}` any more",
            key=history.key,
            when=view.shown(history.receipt.at),
            id=post_id,
        ),
        _("the post that went out, so that the calendar tells what people read"),
        _("bring its file back from Git, or give the post that it became its `id: {id}`", id=post_id),
    )
