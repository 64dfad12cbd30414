"""What comes next: the instants at which a run will have something to do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from marronnier import networks
from marronnier.ledger import Ledger
from marronnier.model.history import Event, History
from marronnier.model.plan import Plan, PlanLine
from marronnier.networks.kit.seam import Finds
from marronnier.publish.channels_of_job import ChannelFilter
from marronnier.publish.report import Step
from marronnier.publish.run import MAX_CLOCK_SKEW
from marronnier.publish.upcoming_instant import Upcoming

TRY_AGAIN = timedelta(minutes=5)
"""Until the next try of what a network did not take and named no hour for, and of reviews that could not be read."""
LOOK_FOR = timedelta(hours=1)
"""For so long a post that may have been sent is looked for again; after that a person is asked, and each later run still looks."""


def upcoming(planned: Plan, ledger: Ledger, steps: Collection[Step], stopped: str, is_ours: ChannelFilter) -> tuple[Upcoming, ...]:
    """What the runs of this job will have to do after this one, in time order.

    `planned` was made before this run sent anything, `ledger` is as it left it, `steps` are what it did; `stopped` says why it sent nothing.
    """
    return tuple(sorted(_each(planned, ledger, steps, stopped, is_ours)))


def _each(planned: Plan, ledger: Ledger, steps: Collection[Step], stopped: str, is_ours: ChannelFilter) -> Iterator[Upcoming]:
    now, has_sent = planned.now, any(step.act == "sent" for step in steps)
    for line in planned.lines:
        at = line.instant.at
        if line.proposal or not is_ours(line.publication.channel_name):
            continue
        if line.state == "ready" and at is not None and at > now:
            yield Upcoming(at, line.key)
        elif line.unread:
            # It may be approved: it is asked about again soon, and at its hour.
            yield Upcoming(at if at is not None and at > now else now + TRY_AGAIN, line.key)
        elif line.state in ("due", "ready", "sending", "unknown"):
            again = _again(line, ledger.history(line.key), now, stopped)
            if again is not None:
                yield Upcoming(again if again > now else now + TRY_AGAIN, line.key)
        elif line.state == "held" and has_sent and line.publication.post.front.requires and at is not None and at <= now:
            # What it waited for may just have gone out.
            yield Upcoming(now, line.key)


def _again(line: PlanLine, history: History, now: datetime, stopped: str) -> datetime | None:
    """When it is tried or looked for again; None when it is out, or when only a person ends what keeps it."""
    if history.receipt is not None:
        return None
    if (debt := history.unsettled) is not None:
        return _looked_for(line, history, debt, now)
    last = history.events[-1] if history.events else None
    if last is not None and last.name == "waiting" and last.data.get("until"):
        return datetime.fromisoformat(last.data["until"])
    is_locked = last is not None and last.name == "waiting" and last.data.get("locked")
    if stopped or is_locked or history.last_decision is not None or history.seal is None:
        return None
    return now + TRY_AGAIN


def _looked_for(line: PlanLine, history: History, debt: Event, now: datetime) -> datetime | None:
    """When a part that may have been sent is looked for again."""
    claimed = history.last_event("claimed")
    if debt.name == "sending" and claimed is not None and history.events[-1].name == "sending":
        # The run that sends it may still be at work.
        return datetime.fromisoformat(claimed.data["deadline"]) + 2 * MAX_CLOCK_SKEW + timedelta(seconds=1)
    network = networks.get(line.publication.channel.network)
    return now + TRY_AGAIN if (network.IDEMPOTENT or isinstance(network, Finds)) and now - debt.at < LOOK_FOR else None
