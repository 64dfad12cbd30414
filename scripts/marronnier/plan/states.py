"""States: where one publication stands, why, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from marronnier import messages, networks
from marronnier.desk import Desk
from marronnier.messages import _
from marronnier.model.history import Event, History, Receipt
from marronnier.model.instant import Instant
from marronnier.model.plan import Approval, Digests, State
from marronnier.model.post import Post
from marronnier.model.publication import Publication, split_key
from marronnier.model.scalars import zone_to_show
from marronnier.timetable import allowed_lateness, day_calendar, expiry_instant


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """A state with its reason and the next step."""

    state: State
    why: str
    next: str = ""


@dataclass(frozen=True)
class PlanContext:
    """What all publications of a plan share."""

    desk: Desk
    now: datetime
    began: datetime | None
    """When the ledger began; None while there is none."""
    sent: Callable[[str, str], bool | None]
    """Whether a post (id) is out on a channel, or where it is not for that channel, on all of its own; None when there is no such post."""

    def when(self, at: datetime) -> str:
        """An instant as the brand reads it: `2026-12-05 10:00`."""
        return messages.moment(at.astimezone(zone_to_show(self.desk.brand.zone)))

    def day(self, at: datetime) -> date:
        """Its day in the brand's zone."""
        return at.astimezone(zone_to_show(self.desk.brand.zone)).date()


def status_of(
    publication: Publication, instant: Instant, digests: Digests, approval: Approval, history: History, around: PlanContext
) -> PlanStatus:
    """Where a publication of the default branch stands."""
    if (told := _from_history(publication, digests, history, around)) is not None:
        return told
    if instant.basis == "idea":
        return PlanStatus("idea", _("it is an idea"), idea_next_step(publication.post))
    if (unknown := _on_no_network(publication)) is not None:
        return unknown
    if instant.problem:
        return PlanStatus(
            "held", instant.note or _("no instant can be given"), _("run `marronnier check {path}`", path=publication.post.path)
        )
    if instant.at is None and instant.basis == "repeat":
        return PlanStatus("past", instant.note)
    if not approval.granted:
        return _unapproved(publication, instant, approval, around)
    return _approved(publication, instant, digests, approval, history, around)


def _on_no_network(publication: Publication) -> PlanStatus | None:
    """A channel on a network that nobody here knows, or not yet: it can be planned, never sent."""
    try:
        networks.get(publication.channel.network)
    except networks.UnknownNetwork:
        name, channel = publication.channel.network, publication.channel_name
        if networks.is_announced(name):
            why = _("{channel} is on {network}, a network that is not there yet", channel=channel, network=name)
            return PlanStatus("held", why, _("leave it: a version that can send to {network} takes it up", network=name))
        why = _("{channel} is on the network {network}, which is not known here", channel=channel, network=name)
        return PlanStatus("held", why, _("run `marronnier check` and correct brand/channels.yml"))
    return None


def _from_history(publication: Publication, digests: Digests, history: History, around: PlanContext) -> PlanStatus | None:
    """What the ledger alone decides; None while the publication has yet to go out."""
    receipt, debt, last = history.receipt, history.debt, _last_settling(history)
    look = _("see `marronnier status {key}`", key=publication.key)
    if any(event.name == "retracted" for event in history.events):
        return PlanStatus("retracted", _("taken back"))
    if receipt is not None:
        said = _said_sent(receipt, history, around)
        seal = history.seal
        if seal is not None and seal.words != digests.words:
            next = _("put the words back as they were sent, or correct the post by hand on the network: nothing is sent twice")
            return PlanStatus("edited", _("{sent}, and its words changed since", sent=said), next)
        return PlanStatus("sent", said)
    if debt is not None:
        if debt.name == "sending" and (deadline := _deadline(history)) is not None and deadline > around.now:
            return PlanStatus("sending", _("a run is sending it"))
        why = _("it may have been sent: {why}", why=debt.data.get("why") or _("the run that sent it ended before the answer"))
        next = _("look on the network, then run `marronnier settle {key} --was-sent URL` or `--was-not-sent`", key=publication.key)
        return PlanStatus("unknown", why, next)
    if last is None:
        return None
    if last.name == "refused":
        return PlanStatus(
            "refused", _("the network refused it: {why}", why=last.data.get("why", "")), _("change the post and have it approved again")
        )
    if last.name == "skipped":
        return PlanStatus("past", _("a person decided that it never goes out"))
    if last.name == "missed":
        next = _("run `marronnier settle {key} --send-now` or `--never`", key=publication.key)
        reason = last.data.get("why")
        why = _("it waits for a person: {why}", why=reason) if reason else _("it missed its hour and waits for a person")
        return PlanStatus("missed", why, next)
    return None if last.name != "unknown" else PlanStatus("unknown", _("it may have been sent"), look)


def _said_sent(receipt: Receipt, history: History, around: PlanContext) -> str:
    """When and where it went out, and by which tool where that was not this one: such a tool may not have noted the hour."""
    when, day = around.when(receipt.at), messages.day(around.day(receipt.at))
    carried = history.carried
    if carried is not None:
        tool = carried.data.get("tool") or _("another tool")
        said = {
            "before": _("sent by {tool} before {day}", tool=tool, day=day),
            "day": _("sent by {tool} about {day}", tool=tool, day=day),
        }.get(carried.data.get("known", ""), _("sent by {tool} {when}", tool=tool, when=when))
    else:
        said = _("sent {when}", when=when)
    return _("{sent}: {url}", sent=said, url=receipt.url) if receipt.url else said


def _last_settling(history: History) -> Event | None:
    """The last event that decides, unless the post was sealed anew or released since."""
    for event in reversed(history.events):
        if event.name in ("refused", "skipped", "missed"):
            return event
        if event.name in ("sealed", "released"):
            return None
    return None


def _deadline(history: History) -> datetime | None:
    claims = [event for event in history.events if event.name == "claimed"]
    return datetime.fromisoformat(claims[-1].data["deadline"]) if claims else None


def _unapproved(publication: Publication, instant: Instant, approval: Approval, around: PlanContext) -> PlanStatus:
    if instant.at is not None and instant.at + allowed_lateness(around.desk, publication) < around.now:
        return PlanStatus("past", _("its hour passed before it was approved"), _("give it another date if it should still go out"))
    if not around.desk.policy.approvers:
        return PlanStatus("held", approval.why or _("not approved"), _("name who may approve in brand/approvals.yml, under `approvers:`"))
    next = _("have it approved: `marronnier approve {key}`, by somebody who did not write it", key=publication.key)
    return PlanStatus("held", approval.why or _("not approved"), next)


def _approved(
    publication: Publication, instant: Instant, digests: Digests, approval: Approval, history: History, around: PlanContext
) -> PlanStatus:
    at, now = instant.at, around.now
    why = approval.why or _("approved")
    if (over := _expired(publication, at, around)) is not None:
        return over
    if at is not None and at > now:
        return _ahead(publication, instant, why, history, around)
    if at is not None and (late := _late(publication, at, digests, approval, history, around)) is not None:
        return late
    if (held := _held_back(publication, at or now, around)) is not None:
        return held
    if (until := _waits_until(history)) is not None and until > now:
        return PlanStatus("ready", _("{why}; waits until {when}: {reason}", why=why, when=around.when(until), reason=_waiting_for(history)))
    if around.began is None:
        return PlanStatus("due", _("{why}; due, and there is no ledger yet", why=why), _("run `marronnier ledger init`"))
    noted = (
        _("{why}; tried, and waits: {reason}", why=why, reason=reason) if (reason := _waiting_for(history)) else _("{why}; due", why=why)
    )
    return PlanStatus("due", noted, _("the next `marronnier publish` sends it"))


def idea_next_step(post: Post) -> str:
    """What makes a post of an idea."""
    if post.path.startswith("content/ideas/"):
        return _("give it a date and move it to content/posts/")
    return _("take out `draft: true` when it is finished")


def _ahead(publication: Publication, instant: Instant, why: str, history: History, around: PlanContext) -> PlanStatus:
    """Approved, and its hour is still to come."""
    assert instant.at is not None
    when, day = around.when(instant.at), around.day(instant.at)
    if (held := _paused(publication, day) or _silent(publication, day, around)) is not None:
        return held
    for post_id in publication.post.front.requires:
        if around.sent(post_id, publication.channel_name) is None:
            return _requires_unknown(post_id, publication)
    if history.seal is not None:
        return PlanStatus("ready", _("{why}; sealed", why=why), _("it goes out {when}", when=when))
    if instant.basis == "next" or instant.basis.startswith("slot:"):
        return PlanStatus("ready", why, _("it goes out {when}, if `marronnier publish` runs before and keeps it that place", when=when))
    return PlanStatus("ready", why, _("it goes out {when}", when=when))


def _held_back(publication: Publication, at: datetime, around: PlanContext) -> PlanStatus | None:
    """Due, but something else says no."""
    if (pause := _paused(publication, around.day(max(at, around.now)))) is not None:
        return pause
    if (silent := _silent(publication, around.day(around.now), around)) is not None:
        return silent
    if around.desk.broken:
        finding = around.desk.broken[0]
        why = _("{place} is wrong, so nothing goes out: {message}", place=finding.place, message=finding.message)
        return PlanStatus("held", why, _("run `marronnier check` and correct it"))
    freeze = around.desk.freeze
    if freeze is not None and (not freeze.channels or publication.channel_name in around.desk.expand(freeze.channels)):
        return PlanStatus("held", _("everything is frozen: {why}", why=freeze.why), _("remove calendar/freeze.yml when it is over"))
    for post_id in publication.post.front.requires:
        out = around.sent(post_id, publication.channel_name)
        if out is None:
            return _requires_unknown(post_id, publication)
        if not out:
            return PlanStatus(
                "held", _("it waits for {post}, which is not out yet", post=post_id), _("see `marronnier status {post}`", post=post_id)
            )
    return None


def _requires_unknown(post_id: str, publication: Publication) -> PlanStatus:
    why = _("it requires {post}, and there is no such post", post=post_id)
    return PlanStatus("held", why, _("correct `requires` in {path}", path=publication.post.path))


def _paused(publication: Publication, day: date) -> PlanStatus | None:
    channel = publication.channel
    if channel.paused is None or (channel.until is not None and day > channel.until):
        return None
    until = _("until {day}", day=messages.day(channel.until)) if channel.until else _("until further notice")
    why = _("{channel} is paused {until}: {why}", channel=publication.channel_name, until=until, why=channel.paused and _(channel.paused))
    return PlanStatus("held", why, _("move the post, or end the pause in brand/channels.yml"))


def _silent(publication: Publication, day: date, around: PlanContext) -> PlanStatus | None:
    """A day on which the brand says nothing, but for the post that says why it speaks."""
    silence = next((one for one in day_calendar.days_on(around.desk, day) if one.kind == "silence"), None)
    if silence is None or publication.post.allows("silent-day"):
        return None
    why = _("{day} is a day of silence: {name}", day=messages.day(day), name=silence.name)
    return PlanStatus("held", why, _("move the post, or write in it why it must be said then: `allow: {silent-day: the reason}`"))


def _expired(publication: Publication, at: datetime | None, around: PlanContext) -> PlanStatus | None:
    end = expiry_instant(around.desk, publication)
    if end is None:
        return None
    if around.now >= end:
        return PlanStatus("past", _("it expired {when}", when=around.when(end)))
    if at is not None and at >= end:
        why = _("it would go out {when}, after it expires {end}", when=around.when(at), end=around.when(end))
        return PlanStatus("held", why, _("change `date` or `expires` in {path}", path=publication.post.path))
    return None


def _late(
    publication: Publication, at: datetime, digests: Digests, approval: Approval, history: History, around: PlanContext
) -> PlanStatus | None:
    """Later than its grace: never a burst, a person is asked; None while it may still go out."""
    if any(event.name == "released" for event in history.events) or history.sent_parts:
        return None
    patience = allowed_lateness(around.desk, publication)
    if around.now <= at + patience:
        return None
    if around.began is None:
        return PlanStatus("past", _("its hour passed before there was a ledger"))
    if at < around.began:
        return PlanStatus("past", _("its hour passed before the ledger began, {when}", when=around.when(around.began)))
    seal = history.seal
    if approval.at is not None and approval.at > at + patience and (seal is None or seal.when != digests.when):
        return PlanStatus("past", _("its hour passed before it was approved"), _("give it another date if it should still go out"))
    why = _("it missed its hour, {when}, by more than its grace", when=around.when(at))
    return PlanStatus(
        "missed", why, _("run `marronnier settle {key} --send-now` or `--never`, or give it another date", key=publication.key)
    )


def _waits_until(history: History) -> datetime | None:
    last = history.events[-1] if history.events else None
    if last is None or last.name != "waiting" or not last.data.get("until"):
        return None
    return datetime.fromisoformat(last.data["until"])


def _waiting_for(history: History) -> str:
    last = history.events[-1] if history.events else None
    return str(last.data.get("why", "")) if last is not None and last.name == "waiting" else ""


def was_sent(histories: Mapping[str, History], keys_by_post: Mapping[str, tuple[str, ...]]) -> Callable[[str, str], bool | None]:
    """Answers whether a post is out on a channel, from the ledger and the keys each post has on the desk."""
    gone: dict[str, list[str]] = {}
    for key in histories:
        try:
            gone.setdefault(split_key(key)[0], []).append(key)
        except ValueError:
            continue

    def sent(post_id: str, channel_name: str) -> bool | None:
        keys = keys_by_post.get(post_id) or tuple(gone.get(post_id, ()))
        if not keys:
            return None
        here = [key for key in keys if split_key(key)[1] == channel_name] or list(keys)
        return all(key in histories and histories[key].receipt is not None for key in here)

    return sent
