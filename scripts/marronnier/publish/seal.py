"""Sealing: a proved approval fixes the payload and the instant, so that no later change can alter what is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from marronnier import plan
from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import _
from marronnier.model.finding import Finding
from marronnier.model.history import History
from marronnier.model.plan import Approval, Plan, PlanLine
from marronnier.model.publication import current_and_former_keys, payload_digest, split_key
from marronnier.model.where import Where
from marronnier.proofs.situation_loader import CommittedSituation, with_ledger
from marronnier.publish.report import Step

REPEAT_HORIZON = timedelta(days=14)
"""A repeat is sealed this far ahead, occurrence by occurrence."""


def seal_all(
    before: CommittedSituation,
    plan_before: Plan,
    errors: Callable[[CommittedSituation, Plan], Mapping[str, Finding]],
    ledger: Ledger,
    now: datetime,
) -> tuple[list[Step], Ledger]:
    """Record in one commit a seal for every proved approval, and an `unsealed` for every seal that is no longer what is approved.

    `before` and `plan_before` were made with this ledger; `errors` gives the rules' errors in the posts to be sealed, by path.
    """
    steps: list[Step] = []

    def decide(newest: Ledger) -> list[EventDraft]:
        steps.clear()
        drafts = []
        # Another run may have sealed slot places meanwhile, which moves the queue.
        situation = before if newest is ledger else with_ledger(before, newest)
        planned = plan_before if newest is ledger else plan.make(situation)
        faulty = errors(situation, planned)
        for line in planned.lines:
            if line.proposal:
                continue
            history = newest.history(line.key)
            if (finding := faulty.get(line.publication.post.path)) is not None:
                if _can_be_sealed(situation, line, history, now):
                    steps.append(Step(line.key, "held", finding.as_text(_("; "))))
                continue
            if _can_be_sealed(situation, line, history, now):
                drafts.append(sealed_event(situation, line, situation.approvals[line.key], now))
                steps.append(
                    Step(line.key, "sealed", _("approved by {people}", people=", ".join(situation.approvals[line.key].by) or _("merging")))
                )
        for draft in _unsealed_events(situation, planned, newest):
            drafts.append(draft)
            steps.append(Step(draft.key, "unsealed", draft.data["why"]))
        return drafts

    return steps, ledger.append(decide, now)


def _can_be_sealed(situation: CommittedSituation, line: PlanLine, history: History, now: datetime) -> bool:
    """Whether the publication is approved as it is now, has an instant, and has no seal with these digests yet.

    What is out, or may be, is never sealed anew; what a network refused and somebody corrected is, and so is the rest of a thread.
    """
    approval = situation.approvals.get(line.key)
    if (
        approval is None
        or not approval.granted
        or history.receipt is not None
        or history.unsettled is not None
        or line.state not in ("ready", "due")
    ):
        return False
    instant = line.instant.at
    if instant is None and line.instant.basis != "when-approved":
        return False
    if line.publication.occurrence is not None and instant is not None and instant > now + REPEAT_HORIZON:
        return False
    seal = history.seal
    if seal is None or seal.words != line.digests.words or seal.when != line.digests.when:
        return True
    return seal.where is not None and seal.where != Where.of(line.publication.channel)


def sealed_event(situation: CommittedSituation, line: PlanLine, approval: Approval, now: datetime) -> EventDraft:
    """The event that fixes what a proved approval is about."""
    publication = line.publication
    payload, parts = situation.composed(publication)
    data: dict[str, object] = {
        "words": line.digests.words,
        "when": line.digests.when,
        "instant": (line.instant.at or now).isoformat(),
        "payload": payload_digest(payload),
        "parts": parts,
        "basis": line.instant.basis,
        "by": list(approval.by),
        "title": publication.post.title,
        "commit": situation.commit,
        "where": Where.of(publication.channel).as_json(),
    }
    if situation.standing.last is not None:
        data["policy"] = situation.standing.last.number
    if approval.unsigned:
        data["unsigned"] = True
    return EventDraft(line.key, "sealed", data, payload)


def _unsealed_events(situation: CommittedSituation, planned: Plan, ledger: Ledger) -> list[EventDraft]:
    """An `unsealed` event for each seal whose post was removed, or was changed and is not approved as it is now."""
    lines = {line.key: line for line in planned.lines if not line.proposal}
    unreadable = set(situation.desk.unreadable_posts.values())
    names = {former: key for key, line in lines.items() for former in current_and_former_keys(line.publication)}
    drafts = []
    for key, history in ledger.histories.items():
        if history.maybe_sent:
            continue
        seal = history.seal
        # A post that cannot be read was not removed. A renamed channel still has its seals under its former name.
        if seal is None or split_key(key)[0] in unreadable:
            continue
        line = lines.get(names.get(key, key))
        if line is None:
            drafts.append(EventDraft(key, "unsealed", {"why": _("the post is gone from the default branch")}))
        elif (seal.words, seal.when) != (line.digests.words, line.digests.when) and not situation.approvals[line.key].granted:
            drafts.append(EventDraft(key, "unsealed", {"why": _("the post changed after its approval")}))
    return drafts
