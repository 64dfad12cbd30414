"""Making the plan: every publication of the default branch and of the proposals, each where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from marronnier import approval as approving
from marronnier import messages
from marronnier.desk import Desk
from marronnier.messages import _, ngettext
from marronnier.model.history import History
from marronnier.model.plan import Approval, Digests, Plan, PlanLine, Proposal, ProposedChange
from marronnier.model.publication import Publication, publication_key
from marronnier.model.scalars import WrittenDate
from marronnier.plan.duplicates import copy_notes, duplicate_refusals
from marronnier.plan.states import PlanContext, PlanStatus, idea_next_step, status_of, was_sent
from marronnier.text.similarity import DUPLICATE_WINDOW
from marronnier.timetable import Timetable

_NEVER = datetime.max.replace(tzinfo=UTC)
_UNJUDGED = Approval(False)


def make(
    desk: Desk,
    timetable: Timetable,
    histories: Mapping[str, History],
    approvals: Mapping[str, Approval],
    proposals: Iterable[Proposal],
    now: datetime,
    *,
    began: datetime | None = None,
    payload: Callable[[str], bytes | None] = lambda _sha256: None,
    digests: Mapping[str, Digests] | None = None,
    warnings: Iterable[str] = (),
) -> Plan:
    """The plan at `now` (aware). Pure: a function of what was loaded.

    `began` is when the ledger began, None while there is none; `payload` gives a sealed payload by its digest;
    `digests` are those already computed, by key; `warnings` are sentences that concern the whole.
    """
    by_post: dict[str, list[str]] = {}
    for key, publication in timetable.publications.items():
        by_post.setdefault(publication.post.id, []).append(key)
    keys_by_post = {post_id: tuple(keys) for post_id, keys in by_post.items()}
    around = PlanContext(desk, now, began, was_sent(histories, keys_by_post))
    lines = [
        _line(publication, timetable, histories, approvals, around, (digests or {}).get(key))
        for key, publication in timetable.publications.items()
    ]
    lines.sort(key=_order)
    about = [line for line in lines if line.state in ("ready", "due")]
    present = [name for publication in timetable.publications.values() for name in former_keys(publication)]
    # A post that cannot be read is still there: its identity did not change.
    unread = set(desk.unreadable_posts.values())
    present += [key for key in histories if key.rpartition("@")[0] in unread]
    refused = duplicate_refusals(about, histories, present, payload, now)
    lines = [_refuse(line, refused[line.key]) if line.key in refused else line for line in lines]
    copied = copy_notes([line for line in lines if _lapsed(line, approvals, now)], histories, payload)
    lines = [_say_copied(line, copied[line.key]) if line.key in copied else line for line in lines]
    for proposal in proposals:
        lines += [_proposed(proposal, change, desk) for change in proposal.changes if change.kind != "removed"]
    lines.sort(key=_order)
    made = Plan(now, tuple(lines), refusals=refused, at_once=desk.brand.brakes.at_once)
    return replace(made, warnings=(*warnings, *_warnings(made, desk, began)))


def former_keys(publication: Publication) -> tuple[str, ...]:
    """Its key, and those it had while its channel had other names."""
    names = (publication.channel_name, *publication.channel.was)
    return tuple(publication_key(publication.post.id, name, publication.occurrence) for name in names)


def _order(line: PlanLine) -> tuple[datetime, str, str]:
    return (line.instant.at or _NEVER, line.key, line.proposal)


def _line(
    publication: Publication,
    timetable: Timetable,
    histories: Mapping[str, History],
    approvals: Mapping[str, Approval],
    around: PlanContext,
    known: Digests | None,
) -> PlanLine:
    key = publication.key
    instant = timetable.instants[key]
    digests = known or approving.digests(publication, instant, around.desk)
    history = histories.get(key, History(key, ()))
    standing = status_of(publication, instant, digests, approvals.get(key, _UNJUDGED), history, around)
    return PlanLine(publication, instant, standing.state, standing.why, standing.next, digests, history=history if history.events else None)


def _refuse(line: PlanLine, why: str) -> PlanLine:
    next = _("give the post back its `id`, or change its words; a `repeat` may say the same again")
    return replace(line, state="held", why=why, next=next)


def _lapsed(line: PlanLine, approvals: Mapping[str, Approval], now: datetime) -> bool:
    """Whether its hour came and went without a seal: it is asked about, or so late that nobody looks for its approval any more."""
    at = line.instant.at
    if at is None or line.history is not None or line.publication.occurrence is not None:
        return False
    return line.state == "missed" or (
        line.state == "held" and at + DUPLICATE_WINDOW < now and not approvals.get(line.key, _UNJUDGED).granted
    )


def _say_copied(line: PlanLine, why: str) -> PlanLine:
    """What is asked about stays so, with its own next step."""
    return replace(line, why=why) if line.state == "missed" else _refuse(line, why)


def _proposed(proposal: Proposal, change: ProposedChange, desk: Desk) -> PlanLine:
    """A line that is only proposed so far."""
    say = partial(PlanLine, change.publication, change.instant, digests=change.digests, proposal=proposal.name)
    standing = _proposed_standing(proposal, change)
    return say(state=standing.state, why=standing.why, next=standing.next)


def _proposed_standing(proposal: Proposal, change: ProposedChange) -> PlanStatus:
    key = change.publication.key
    said = {
        "added": _("new on {branch}", branch=proposal.name),
        "changed": _("changed on {branch}", branch=proposal.name),
        "asked": _("unchanged; asked to be approved again on {branch}", branch=proposal.name),
        "removed": _("removed on {branch}", branch=proposal.name),
    }[change.kind]
    if not proposal.committed:
        return PlanStatus("draft", _("not committed"), _("commit it, then run `marronnier ask {key}`", key=key))
    if change.instant.basis == "idea":
        return PlanStatus("idea", said, idea_next_step(change.publication.post))
    approval = change.approval
    if approval is not None and approval.granted:
        return PlanStatus("in-review", _("{said}; {approved}", said=said, approved=approval.why), _("merge {branch}", branch=proposal.name))
    if proposal.in_review:
        next = _("somebody else reads it and runs `marronnier approve {key}` on {branch}", key=key, branch=proposal.name)
        return PlanStatus("in-review", said, next)
    return PlanStatus("draft", said, _("run `marronnier ask {key}` on {branch} when it is ready to be read", key=key, branch=proposal.name))


def _clock(clock: WrittenDate) -> str:
    said = messages.format_day(clock.day) if clock.day else str(clock)
    return f"{said} {clock.clock:%H:%M}" if clock.day and clock.clock else said


def _warnings(plan: Plan, desk: Desk, began: datetime | None) -> Iterable[str]:
    if desk.brand.clock is not None:
        yield _("This brand lives at {day}: nothing but its feed and this machine can be reached.", day=_clock(desk.brand.clock))
    if desk.unreadable_posts:
        yield ngettext(
            "{count} post cannot be read and is left out: run `marronnier check`.",
            "{count} posts cannot be read and are left out: run `marronnier check`.",
            len(desk.unreadable_posts),
        )
    if desk.freeze is not None:
        yield _("Frozen: {why}", why=desk.freeze.why)
    if began is None:
        yield _("There is no ledger yet: nothing goes out before `marronnier ledger init`.")
    if desk.policy.unsigned:
        yield _("brand/approvals.yml says `unsigned: true`: approvals count without a signature.")
    if desk.policy.quorum == 0:
        yield _("brand/approvals.yml says `quorum: 0`: merging is approving.")
    if plan.braked:
        yield ngettext(
            "{count} publication is due at once, more than brakes.at_once ({most}): nothing goes out before somebody has looked.",
            "{count} publications are due at once, more than brakes.at_once ({most}): nothing goes out before somebody has looked.",
            len(plan.due()),
            most=plan.at_once,
        )
    changed = [key for key, why in plan.refusals.items() if why]
    if changed:
        yield ngettext(
            "{count} publication would say again what went out already.",
            "{count} publications would say again what went out already.",
            len(changed),
        )
