"""States: which state one publication is in, why, and what comes next."""

from __future__ import annotations

import shlex
from datetime import date, datetime, timedelta

from marronnier import messages, networks
from marronnier.approval.names import people
from marronnier.messages import _, ngettext
from marronnier.model.history import Event, History, Receipt
from marronnier.model.instant import Instant
from marronnier.model.plan import Approval, Digests
from marronnier.model.post import Post
from marronnier.model.publication import Payload, Publication
from marronnier.plan.handoffs import handed_over
from marronnier.plan.holds import hold_text
from marronnier.plan.sent_states import PlanStatus, being_retracted, correction_step, retracted
from marronnier.proofs.situation import Situation
from marronnier.timetable import allowed_lateness, expiry_instant, special_days


def _moment(at: datetime, situation: Situation) -> str:
    """An instant in the brand's zone, as people read it: `2026-12-05 10:00`."""
    return messages.format_instant(situation.local(at))


def _day(at: datetime, situation: Situation) -> date:
    """The day of an instant in the brand's zone."""
    return situation.local(at).date()


def status_of(
    publication: Publication, instant: Instant, digests: Digests, approval: Approval, history: History, situation: Situation
) -> PlanStatus:
    """The status of a publication of the default branch."""
    if (settled := _status_in_history(publication, digests, history, situation)) is not None:
        return settled
    if instant.basis == "idea":
        return PlanStatus("idea", _("it is an idea"), idea_next_step(publication.post))
    if (held := _without_network(publication)) is not None:
        return held
    if instant.problem:
        return PlanStatus(
            "held",
            instant.note or _("no date can be worked out"),
            _("run `marronnier check {path}`", path=shlex.quote(publication.post.path)),
        )
    if instant.at is None and instant.basis == "repeat":
        return PlanStatus("past", instant.note)
    if not approval.granted:
        return _unapproved(publication, instant, digests, approval, history, situation)
    return _approved(publication, instant, digests, approval, history, situation)


def _without_network(publication: Publication) -> PlanStatus | None:
    """The status on a channel whose network is not known here, or not yet: it can be planned, never sent. None on any other channel."""
    try:
        networks.get(publication.channel.network)
    except networks.UnknownNetwork:
        name, channel = publication.channel.network, publication.channel_name
        if networks.is_announced(name):
            why = _("{channel} is on {network}, a network that is not supported yet", channel=channel, network=name)
            return PlanStatus("held", why, _("leave it: a version that supports {network} will send it", network=name))
        why = _("{channel} is on the network {network}, which is not known here", channel=channel, network=name)
        return PlanStatus("held", why, _("run `marronnier check` and correct brand/channels.yml"))
    return None


def _status_in_history(publication: Publication, digests: Digests, history: History, situation: Situation) -> PlanStatus | None:
    """The status that the ledger alone decides; None while the publication has yet to go out."""
    receipt, debt, last = history.receipt, history.unsettled, history.last_decision
    look = _("see `marronnier status {key}`", key=publication.key)
    if (retraction := history.retraction) is not None:
        return retracted(retraction, history)
    if (pending := history.pending_retraction) is not None:
        return being_retracted(pending)
    if receipt is not None:
        sent = _sent_text(receipt, history, situation)
        if history.sealed_words and history.sealed_words != digests.words:
            return PlanStatus("edited", _("{sent}, and its text changed since", sent=sent), correction_step(publication))
        return PlanStatus("sent", sent)
    if debt is not None:
        claim = history.last_event("claimed") if debt.name == "sending" else None
        if claim is not None and _is_of_a_fast_clock(claim, situation):
            return PlanStatus("unknown", _fast_clock_text(claim, situation), _trust_clock_advice())
        if claim is not None and datetime.fromisoformat(claim.data["deadline"]) > situation.now:
            return PlanStatus("sending", _("it is being sent"))
        if (handed := handed_over(publication, debt, situation)) is not None:
            return handed
        why = _("it may have been sent: {why}", why=debt.data.get("why") or _("sending stopped before the network answered"))
        next = _("look on the network, then run `marronnier settle {key} --was-sent URL` or `--was-not-sent`", key=publication.key)
        return PlanStatus("unknown", why, next)
    if last is not None and last.name == "skipped":
        next = _("if it should go out after all: `marronnier settle {key} --send-now`", key=publication.key)
        return PlanStatus("past", _("a person decided that it never goes out"), next)
    if (hold := history.hold_on(digests.words)) is not None:
        next = _(
            "somebody who may approve releases it: `marronnier settle {key} --send-now`; other words end the hold once approved",
            key=hold.key,
        )
        return PlanStatus("held", hold_text(hold, situation.policy), next)
    if history.sent_parts and (changed := _changed_in_the_middle(publication, digests, history, situation)) is not None:
        return changed
    if last is None:
        return None
    if last.name == "refused":
        return _refused(publication, digests, last, history)
    if last.name == "missed":
        next = _("run `marronnier settle {key} --send-now` or `--never`", key=publication.key)
        reason = last.data.get("why")
        why = _("it needs your decision: {why}", why=reason) if reason else _("it missed its time and needs your decision")
        return PlanStatus("missed", why, next)
    return None if last.name != "unknown" else PlanStatus("unknown", _("it may have been sent"), look)


_MAX_CLOCK_SKEW = timedelta(seconds=60)
"""More than that apart, of two clocks one is wrong."""


def _is_of_a_fast_clock(event: Event, situation: Situation) -> bool:
    """Whether an event was recorded at an hour that is yet to come, by the clock that judges."""
    return event.at > situation.now + _MAX_CLOCK_SKEW


def _fast_clock_text(event: Event, situation: Situation) -> str:
    return _("a clock that was fast, or this one is slow: the ledger says that it was recorded {when}", when=_moment(event.at, situation))


def _trust_clock_advice() -> str:
    return _("where the clock of this machine is right, run `marronnier publish --trust-clock`")


def _refused(publication: Publication, digests: Digests, refusal: Event, history: History) -> PlanStatus | None:
    """The status of what the network refused; None once the post is other than what was refused: then it can be approved and sent."""
    seal = history.refused_seal
    if seal is not None and (seal.words, seal.when) != (digests.words, digests.when):
        return None
    why = _("the network refused it: {why}", why=refusal.data.get("why", ""))
    next = _(
        "change the post and have it approved again, or run `marronnier settle {key} --send-now` to try it as it is, or `--never`",
        key=publication.key,
    )
    return PlanStatus("refused", why, next)


def _changed_in_the_middle(publication: Publication, digests: Digests, history: History, situation: Situation) -> PlanStatus | None:
    """The status of a thread of which some parts are out and those parts changed since; None when it can go on."""
    seal = history.seal
    if seal is None or seal.words == digests.words:
        return None
    sealed, now = situation.payload(seal.payload), _composed(publication)
    out = sorted(history.sent_parts)
    if sealed is not None and now is not None:
        parts = Payload.from_bytes(sealed).parts
        if all(part < min(len(parts), len(now.parts)) and parts[part] == now.parts[part] for part in out):
            return None
    why = ngettext("{count} part is out, and its text changed since", "{count} parts are out, and their text changed since", len(out))
    next = _("restore the text of what is out, or run `marronnier settle {key} --never` to leave the thread as it is", key=publication.key)
    return PlanStatus("edited", why, next)


def _composed(publication: Publication) -> Payload | None:
    """What would be sent now; None when nobody knows the network."""
    try:
        return networks.get(publication.channel.network).compose(publication)
    except networks.UnknownNetwork:
        return None


def _sent_text(receipt: Receipt, history: History, situation: Situation) -> str:
    """When and where it went out, and by which tool where that was not this one: such a tool may not have noted the hour."""
    when, day = _moment(receipt.at, situation), messages.format_day(_day(receipt.at, situation))
    carried = history.carried
    if carried is not None:
        tool = carried.data.get("tool") or _("another tool")
        text = {
            "before": _("sent by {tool} before {day}", tool=tool, day=day),
            "day": _("sent by {tool} about {day}", tool=tool, day=day),
        }.get(carried.data.get("known", ""), _("sent by {tool} {when}", tool=tool, when=when))
    else:
        text = _("sent {when}", when=when)
    return _("{sent}: {url}", sent=text, url=receipt.url) if receipt.url else text


def _nobody_approves_advice() -> str:
    return _(
        "name who may approve in brand/approvals.yml, under `approvers:`, and commit; `marronnier policy` then says what is still needed"
    )


def _unapproved(
    publication: Publication, instant: Instant, digests: Digests, approval: Approval, history: History, situation: Situation
) -> PlanStatus:
    is_late = instant.at is not None and instant.at + allowed_lateness(situation.desk, publication) < situation.now
    if is_late and (not (history.tried or history.was_sealed(digests.when)) or approval.lapsed):
        return PlanStatus("past", _("its time passed before it was approved"), _("give it another date if it should still go out"))
    if approval.held_by:
        next = _(
            "ask {people} to approve it or to take the request back, in the pull request, or change the words and have them approved anew",
            people=people(situation.policy, approval.held_by, last=_("{names} and {last}")),
        )
        return PlanStatus("held", approval.why, next)
    if approval.needs_approver:
        return PlanStatus("held", approval.why, _("name somebody else who may approve in brand/approvals.yml, under `approvers:`"))
    if approval.waits_for_policy:
        return PlanStatus(
            "held", approval.why, _("have the change approved: `marronnier approve --policy`; `marronnier policy` says by whom")
        )
    if not situation.policy.approvers and situation.policy.quorum == 0:
        next = _("run `marronnier ask {key}`, and merge the branch it makes: merging counts as approval here", key=publication.key)
        return PlanStatus("held", _("not approved: it was merged before merging counted as approval"), next)
    if not situation.policy.approvers:
        return PlanStatus("held", approval.why or _("not approved"), _nobody_approves_advice())
    if approval.unread:
        return PlanStatus("held", approval.why, _("set that right, or wait: the next run asks again, and what was approved stays approved"))
    if any(approver.github is not None for approver in situation.policy.approvers.values()):
        next = _(
            "have it approved by somebody who did not write it: `marronnier ask {key}` opens a pull request for it, `marronnier approve {key}` signs",
            key=publication.key,
        )
        return PlanStatus("held", approval.why or _("not approved"), next)
    next = _("have it approved: `marronnier approve {key}`, by somebody who did not write it", key=publication.key)
    return PlanStatus("held", approval.why or _("not approved"), next)


def _approved(
    publication: Publication, instant: Instant, digests: Digests, approval: Approval, history: History, situation: Situation
) -> PlanStatus:
    at, now = instant.at, situation.now
    why = approval.why or _("approved")
    if (expired := _expired(publication, at, situation)) is not None:
        return expired
    if at is not None and at > now:
        return _scheduled(publication, instant, why, history, situation)
    if at is not None and (late := _late(publication, at, digests, approval, history, situation)) is not None:
        return late
    if (held := _held_back(publication, at or now, situation)) is not None:
        return held
    until, reason = history.pending_retry
    if until is not None and until > now and _is_of_a_fast_clock(history.events[-1], situation):
        return PlanStatus("held", _fast_clock_text(history.events[-1], situation), _trust_clock_advice())
    if until is not None and until > now:
        waits = _("{why}; waits until {when}: {reason}", why=why, when=_moment(until, situation), reason=reason)
        return PlanStatus("ready", waits, delayed=True)
    if (locked := _locked(digests, history)) is not None:
        return locked
    if situation.began is None:
        return PlanStatus("due", _("{why}; due, and there is no ledger yet", why=why), _("run `marronnier ledger init`"))
    if reason := reason or history.delay_reason:
        why_due = _("{why}; tried, and will be retried: {reason}", why=why, reason=reason)
        return PlanStatus("due", why_due, _("the next `marronnier publish` tries again"), delayed=True)
    return PlanStatus("due", _("{why}; due now", why=why), _("the next `marronnier publish` sends it"))


def idea_next_step(post: Post) -> str:
    """What makes a post of an idea."""
    if post.path.startswith("content/ideas/"):
        return _("give it a date and move it to content/posts/")
    return _("take out `draft: true` when it is finished")


def _scheduled(publication: Publication, instant: Instant, why: str, history: History, situation: Situation) -> PlanStatus:
    """The status of an approved publication whose hour is still to come."""
    assert instant.at is not None
    when, day = _moment(instant.at, situation), _day(instant.at, situation)
    if (held := _paused(publication, day) or _silenced(publication, day, situation)) is not None:
        return held
    for post_id in publication.post.front.requires:
        if situation.is_sent(post_id, publication.channel_name) is None:
            return _requires_unknown(post_id, publication)
    sealed = history.last_event("sealed") if history.seal is not None else None
    if sealed is not None and instant.basis == "when-approved" and _is_of_a_fast_clock(sealed, situation):
        return PlanStatus("held", _fast_clock_text(sealed, situation), _trust_clock_advice())
    if sealed is not None:
        return PlanStatus("ready", _("{why}; text and time are fixed", why=why), _("it goes out {when}", when=when))
    if instant.basis == "next" or instant.basis.startswith("slot:"):
        return PlanStatus(
            "ready", why, _("it goes out {when}, if `marronnier publish` runs before then and reserves that place", when=when)
        )
    return PlanStatus("ready", why, _("it goes out {when}", when=when))


def _held_back(publication: Publication, at: datetime, situation: Situation) -> PlanStatus | None:
    """The status of a due publication that something holds back; None when nothing does."""
    if (pause := _paused(publication, _day(max(at, situation.now), situation))) is not None:
        return pause
    if (silent := _silenced(publication, _day(situation.now, situation), situation)) is not None:
        return silent
    if situation.desk.settings_errors:
        finding = situation.desk.settings_errors[0]
        why = _("{place} is wrong, so nothing goes out: {message}", place=finding.place, message=finding.message)
        return PlanStatus("held", why, _("run `marronnier check` and correct it"))
    freeze = situation.desk.freeze
    if freeze is not None and (not freeze.channels or publication.channel_name in situation.desk.expand(freeze.channels)):
        return PlanStatus("held", _("everything is frozen: {why}", why=freeze.why), _("remove calendar/freeze.yml when it is over"))
    for post_id in publication.post.front.requires:
        is_sent = situation.is_sent(post_id, publication.channel_name)
        if is_sent is None:
            return _requires_unknown(post_id, publication)
        if not is_sent:
            return PlanStatus(
                "held", _("it waits for {post}, which is not sent yet", post=post_id), _("see `marronnier status {post}`", post=post_id)
            )
    return None


def _requires_unknown(post_id: str, publication: Publication) -> PlanStatus:
    why = _("it requires {post}, and there is no such post", post=post_id)
    return PlanStatus("held", why, _("correct `requires` in {path}", path=publication.post.path))


def _paused(publication: Publication, day: date) -> PlanStatus | None:
    channel = publication.channel
    if channel.paused is None or (channel.until is not None and day > channel.until):
        return None
    until = _("until {day}", day=messages.format_day(channel.until)) if channel.until else _("until further notice")
    why = _("{channel} is paused {until}: {why}", channel=publication.channel_name, until=until, why=channel.paused and _(channel.paused))
    return PlanStatus("held", why, _("move the post, or end the pause in brand/channels.yml"))


def _silenced(publication: Publication, day: date, situation: Situation) -> PlanStatus | None:
    """The status on a day of silence, but for a post that gives a reason to speak; None on any other day."""
    silence = next((entry for entry in special_days.calendar_of(situation.desk).entries_on(day) if entry.kind == "silence"), None)
    if silence is None or publication.post.allows("silent-day"):
        return None
    why = _("{day} is a day of silence: {name}", day=messages.format_day(day), name=silence.name)
    return PlanStatus("held", why, _("move the post, or write in it why it must go out that day: `allow: {silent-day: the reason}`"))


def _expired(publication: Publication, at: datetime | None, situation: Situation) -> PlanStatus | None:
    end = expiry_instant(situation.desk, publication)
    if end is None:
        return None
    if situation.now >= end:
        return PlanStatus("past", _("it expired {when}", when=_moment(end, situation)))
    if at is not None and at >= end:
        why = _("it would go out {when}, after it expires {end}", when=_moment(at, situation), end=_moment(end, situation))
        return PlanStatus("held", why, _("change `date` or `expires` in {path}", path=publication.post.path))
    return None


def _late(
    publication: Publication, at: datetime, digests: Digests, approval: Approval, history: History, situation: Situation
) -> PlanStatus | None:
    """The status of a publication later than its grace: never a burst, a person is asked. None while it may still go out."""
    if history.is_released(digests.when) or history.sent_parts:
        return None
    patience = allowed_lateness(situation.desk, publication)
    if situation.now <= at + patience:
        return None
    if situation.began is None:
        return PlanStatus("past", _("its time passed before there was a ledger"))
    if at < situation.began:
        return PlanStatus("past", _("its time passed before the ledger began, {when}", when=_moment(situation.began, situation)))
    approved_late = approval.at is not None and approval.at > at + patience
    if approved_late and not history.tried and not history.was_sealed(digests.when):
        return PlanStatus("past", _("its time passed before it was approved"), _("give it another date if it should still go out"))
    why = _("it missed its time, {when}, by more than `grace` allows", when=_moment(at, situation))
    if history.delay_reason:
        why = _("{why}; what kept it: {reason}", why=why, reason=history.delay_reason)
    return PlanStatus(
        "missed", why, _("run `marronnier settle {key} --send-now` or `--never`, or give it another date", key=publication.key)
    )


def _locked(digests: Digests, history: History) -> PlanStatus | None:
    """The status of what the credentials kept from being sent: each run tries it again, and a person must mend them."""
    last, seal = history.events[-1] if history.events else None, history.seal
    if last is None or last.name != "waiting" or not last.data.get("locked"):
        return None
    if seal is None or (seal.words, seal.when) != (digests.words, digests.when):
        return None
    next = _("correct that, and the next `marronnier publish` sends it; `marronnier doctor` looks at the account")
    return PlanStatus("held", str(last.data.get("why", "")), next, retried=True)
