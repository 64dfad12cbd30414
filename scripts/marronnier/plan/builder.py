"""Makes the plan: every publication of the default branch and of the proposals, each with its state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from marronnier import approval as approving
from marronnier import messages
from marronnier.desk import Desk
from marronnier.messages import _, ngettext
from marronnier.model.history import History
from marronnier.model.plan import Approval, Plan, PlanLine, Proposal, ProposedChange
from marronnier.model.post import Post
from marronnier.model.publication import Publication, current_and_former_keys
from marronnier.model.scalars import WrittenDate, zone_or_utc
from marronnier.plan.credentials import credential_notices
from marronnier.plan.duplicates import copy_notes, duplicate_refusals, identity_notes
from marronnier.plan.holds import hold_text
from marronnier.plan.punctuality import liveness_notices
from marronnier.plan.sent_states import PlanStatus
from marronnier.plan.states import idea_next_step, status_of
from marronnier.proofs.situation import Situation
from marronnier.text.similarity import DUPLICATE_WINDOW

_NEVER = datetime.max.replace(tzinfo=UTC)
_UNJUDGED = Approval(False)


def make(situation: Situation) -> Plan:
    """The plan of a situation. Pure: the same situation gives the same plan."""
    publications = situation.timetable.publications
    lines = [_line(publication, situation) for publication in publications.values()]
    lines.sort(key=_order)
    ready = [line for line in lines if line.state in ("ready", "due") or line.retried]
    present = {key for publication in publications.values() for key in current_and_former_keys(publication)}
    # A post that cannot be read is still there: its identity did not change.
    unreadable = set(situation.desk.unreadable_posts.values())
    present |= {key for key in situation.histories if (post_id := key.rpartition("@")[0]) in unreadable or post_id in situation.desk.over}
    refusals = duplicate_refusals(ready, present, situation)
    lines = [_refuse(line, refusals[line.key]) if line.key in refusals else line for line in lines]
    former = identity_notes([line for line in lines if _is_new_to_the_ledger(line, situation)], present, situation)
    lines = [_refuse(line, former[line.key]) if line.key in former else line for line in lines]
    copies = copy_notes([line for line in lines if _has_lapsed(line, situation)], situation)
    lines = [_note_copy(line, copies[line.key]) if line.key in copies else line for line in lines]
    for proposal in situation.proposals:
        lines += [_proposed_line(proposal, change, situation) for change in proposal.changes if change.kind != "removed"]
    lines.sort(key=_order)
    plan = Plan(situation.now, tuple(lines), refusals=refusals, at_once=situation.desk.brand.brakes.at_once)
    return replace(plan, warnings=(*situation.warnings, *_warnings(plan, situation)))


def _order(line: PlanLine) -> tuple[datetime, str, str]:
    return (line.instant.at or _NEVER, line.key, line.proposal)


def _line(publication: Publication, situation: Situation) -> PlanLine:
    """A line of the default branch."""
    key = publication.key
    instant = situation.timetable.instants[key]
    digests = situation.digests.get(key) or approving.digests(publication, instant, situation.desk)
    history = situation.histories.get(key, History(key, ()))
    # What is out needs no approval any more.
    judged = situation.approvals.get(key, _UNJUDGED) if history.receipt is None else _UNJUDGED
    status = status_of(publication, instant, digests, judged, history, situation)
    events = history if not history.is_empty else None
    unread = judged.unread and status.state == "held"
    return PlanLine(
        publication, instant, status.state, status.why, status.next, digests,
        history=events, retried=status.retried, delayed=status.delayed, unread=unread,
    )  # fmt: skip


def _refuse(line: PlanLine, why: str) -> PlanLine:
    next = _("give the post back its `id`, or change its text; only a `repeat` may send the same text again")
    return replace(line, state="held", why=why, next=next, retried=False, delayed=False)


def _is_new_to_the_ledger(line: PlanLine, situation: Situation) -> bool:
    """Whether a publication that does not go out now has no history, though the ledger covers its hour."""
    if line.history is not None or line.publication.occurrence is not None or line.state not in ("past", "missed", "held"):
        return False
    return situation.began is not None and (line.instant.at is None or line.instant.at >= situation.began)


def _has_lapsed(line: PlanLine, situation: Situation) -> bool:
    """Whether its hour came and went without a seal: it is asked about, or so late that nobody looks for its approval any more."""
    at = line.instant.at
    if at is None or line.history is not None or line.publication.occurrence is not None:
        return False
    if line.state == "held" and at + DUPLICATE_WINDOW < situation.now:
        return not situation.approvals.get(line.key, _UNJUDGED).granted
    return line.state == "missed"


def _note_copy(line: PlanLine, why: str) -> PlanLine:
    """The line with the reason that its words went out as another publication's; a missed one keeps its state and its next step."""
    return replace(line, why=why) if line.state == "missed" else _refuse(line, why)


def _proposed_line(proposal: Proposal, change: ProposedChange, situation: Situation) -> PlanLine:
    """A line that is only proposed so far."""
    hold = (
        situation.histories[change.publication.key].hold_on(change.digests.words) if change.publication.key in situation.histories else None
    )
    status = _proposed_status(proposal, change, hold_text(hold, situation.policy) if hold is not None else "")
    return PlanLine(change.publication, change.instant, status.state, status.why, status.next, change.digests, proposal.label)


def _proposed_status(proposal: Proposal, change: ProposedChange, hold: str) -> PlanStatus:
    """The status of what is only proposed; `hold` says who holds these words back, and is empty where nobody does."""
    key = change.publication.key
    change_text = {
        "added": _("new on {branch}", branch=proposal.label),
        "changed": _("changed on {branch}", branch=proposal.label),
        "asked": _("unchanged; a new approval was requested on {branch}", branch=proposal.label),
        "removed": _("removed on {branch}", branch=proposal.label),
    }[change.kind]
    if not proposal.committed:
        return PlanStatus("draft", _("not committed"), _("commit it, then run `marronnier ask {key}`", key=key))
    if change.instant.basis == "idea":
        return PlanStatus("idea", change_text, idea_next_step(change.publication.post))
    approval = change.approval
    if approval is not None and approval.granted:
        approved = _("{said}; {approved}", said=change_text, approved=approval.why)
        why = _("; ").join(filter(None, (approved, hold)))
        return PlanStatus("in-review", why, _("merge {branch}", branch=proposal.label))
    why = _("; ").join(filter(None, (change_text, hold, *_pull_request_notes(proposal), approval.why if approval is not None else "")))
    if proposal.in_review and proposal.reference and approval is None:
        # Nobody is asked: merging it approves it, or takes it away.
        return PlanStatus("in-review", why, _("merge {reference}: {url}", reference=proposal.reference, url=proposal.url))
    if proposal.in_review and proposal.reference:
        return PlanStatus("in-review", why, _("a reviewer approves {reference}: {url}", reference=proposal.reference, url=proposal.url))
    if proposal.reference:
        return PlanStatus("draft", why, _("mark {reference} as ready for review: {url}", reference=proposal.reference, url=proposal.url))
    if proposal.in_review:
        next = _("a reviewer reads it and runs `marronnier approve {key}` on {branch}", key=key, branch=proposal.label)
        return PlanStatus("in-review", change_text, next)
    return PlanStatus(
        "draft", change_text, _("run `marronnier ask {key}` on {branch} when it is ready for review", key=key, branch=proposal.label)
    )


def _pull_request_notes(proposal: Proposal) -> Iterator[str]:
    """What its pull request tells beside its changes: who was asked to review it, and its labels."""
    if proposal.reviewers:
        yield _("{people} asked to review it", people=", ".join(proposal.reviewers))
    if proposal.labels:
        yield ngettext("label {labels}", "labels {labels}", len(proposal.labels), labels=", ".join(proposal.labels))


def _clock_text(clock: WrittenDate) -> str:
    day = messages.format_day(clock.day) if clock.day else str(clock)
    return f"{day} {clock.clock:%H:%M}" if clock.day and clock.clock else day


def _warnings(plan: Plan, situation: Situation) -> Iterable[str]:
    """Sentences about the whole plan, beside those that came with the situation."""
    desk = situation.desk
    if desk.brand.clock is not None:
        yield _(
            "Demo, with its date fixed at {day}: only its feed and servers on this machine can be reached.",
            day=_clock_text(desk.brand.clock),
        )
    if desk.unreadable_posts:
        yield ngettext(
            "{count} post cannot be read and is left out: run `marronnier check`.",
            "{count} posts cannot be read and are left out: run `marronnier check`.",
            len(desk.unreadable_posts),
        )
    if nowhere := sum(_goes_nowhere(post, desk) for post in desk.posts.values()):
        yield ngettext(
            "{count} post names only channels that brand/channels.yml does not have, and is left out: run `marronnier check`.",
            "{count} posts name only channels that brand/channels.yml does not have, and are left out: run `marronnier check`.",
            nowhere,
        )
    if desk.settings_errors:
        broken = desk.settings_errors[0]
        yield _("{place} is wrong, so nothing goes out: {message}", place=broken.place, message=broken.message)
    if desk.freeze is not None:
        yield _("Frozen: {why}", why=desk.freeze.why)
    if situation.began is None:
        yield _("There is no ledger yet: nothing goes out before `marronnier ledger init`.")
    if situation.policy.unsigned:
        yield _("brand/approvals.yml says `unsigned: true`: approvals count without a signature.")
    if situation.policy.quorum == 0:
        yield _("brand/approvals.yml says `quorum: 0`: merging counts as approval.")
    if plan.braked:
        yield ngettext(
            "{count} publication is due at once, more than brakes.at_once ({most}): nothing goes out until somebody has checked.",
            "{count} publications are due at once, more than brakes.at_once ({most}): nothing goes out until somebody has checked.",
            len(plan.due()),
            most=plan.at_once,
        )
    yield from liveness_notices(plan, situation)
    if missed := _dated_before_the_ledger(plan, situation):
        yield ngettext(
            "{count} new post is dated before the ledger began, so it never goes out: run `marronnier check`.",
            "{count} new posts are dated before the ledger began, so they never go out: run `marronnier check`.",
            len(missed),
        )
    yield from credential_notices(desk.channels, situation.now, zone_or_utc(desk.brand.zone))
    if plan.refusals:
        yield ngettext(
            "{count} publication would repeat what was already sent.",
            "{count} publications would repeat what was already sent.",
            len(plan.refusals),
        )


def _goes_nowhere(post: Post, desk: Desk) -> bool:
    """Whether a post names channels, and none of them is the brand's: it has no publication, so no line of the plan tells of it."""
    return bool(post.front.channels) and not desk.expand(post.front.channels)


def _dated_before_the_ledger(plan: Plan, situation: Situation) -> list[str]:
    """The paths of posts that are newer than the ledger and due before it began: nobody else would tell of them."""
    began = situation.began
    if began is None:
        return []
    posts = {
        line.publication.post.path: line.publication.post
        for line in plan.lines
        if line.state == "past" and line.instant.at is not None and line.instant.at < began and not (line.history and line.history.events)
    }
    return sorted(path for path, post in posts.items() if not situation.existed(post))
