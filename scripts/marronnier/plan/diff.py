"""Differences of two plans: what a change does to the calendar, for `plan --since REV`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile

from marronnier.desk import Desk
from marronnier.messages import _, day_and_hour
from marronnier.model.plan import Plan, PlanLine
from marronnier.model.scalars import zone_or_utc
from marronnier.timetable import special_days

NEEDS_APPROVAL = ("held", "draft", "in-review")


@dataclass(frozen=True, slots=True)
class MovedPublication:
    """A publication that goes out at another time."""

    line: PlanLine
    """As it stands after."""
    before: datetime | None
    """When it went out before; None when no instant could be given."""
    after: datetime | None
    holiday: tuple[str, ...] = ()
    """What `calendar/days.yml` says of its new day."""
    clash: tuple[str, ...] = ()
    """Keys of other posts on the same channel, closer than `brand.yml: gap`."""


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """What changed between two plans, each part in time order."""

    added: tuple[MovedPublication, ...]
    """`before` is None in all of them."""
    moved: tuple[MovedPublication, ...]
    removed: tuple[PlanLine, ...]
    """As they stood before."""
    reworded: tuple[PlanLine, ...]
    """Their words changed; they may have moved too."""
    needs_approval: tuple[PlanLine, ...]
    """Those of the above that are not approved as they stand now."""

    @property
    def empty(self) -> bool:
        """Whether nothing changed that anybody would see."""
        return not (self.added or self.moved or self.removed or self.reworded)


def compare_plans(before: Plan, after: Plan, desk: Desk) -> PlanDiff:
    """What differs from one plan to the other, in the publications of the default branch; `desk` is that of the later one."""
    old, new = _by_key(before), _by_key(after)
    on_channels = _by_channel(new.values())
    added = [_moved_publication(line, None, on_channels, desk) for key, line in new.items() if key not in old]
    moved = [
        _moved_publication(line, old[key].instant.at, on_channels, desk)
        for key, line in new.items()
        if key in old and _schedule(old[key]) != _schedule(line)
    ]
    reworded = [line for key, line in new.items() if key in old and old[key].digests.words != line.digests.words]
    removed = [line for key, line in old.items() if key not in new]
    touched = {move.line.key: move.line for move in (*added, *moved)} | {line.key: line for line in reworded}
    needs = [line for line in new.values() if line.key in touched and line.state in NEEDS_APPROVAL]
    return PlanDiff(tuple(added), tuple(moved), tuple(removed), tuple(reworded), tuple(needs))


def describe_instant(at: datetime | None, desk: Desk) -> str:
    """An instant with its weekday, in the brand's zone."""
    return day_and_hour(at.astimezone(zone_or_utc(desk.brand.zone)), short=True) if at is not None else _("no date")


def describe_move(move: MovedPublication, desk: Desk) -> tuple[str, ...]:
    """The new time of a publication and its old one, then the holidays there, then the close publications."""
    after = describe_instant(move.after, desk)
    when = after if move.before is None else _("from {before} to {after}", before=describe_instant(move.before, desk), after=after)
    # They are on the same channel, so their posts are enough, and the channels of one post say the same.
    others = dict.fromkeys(key.partition("@")[0] for key in move.clash)
    clash = (_("close in time to {others}", others=", ".join(others)),) if others else ()
    return (when, *move.holiday, *clash)


def _by_key(plan: Plan) -> Mapping[str, PlanLine]:
    """A plan's publications by key, those of branches left out, in time order."""
    return {line.key: line for line in plan.lines if not line.proposal}


def _schedule(line: PlanLine) -> tuple[datetime | None, bool]:
    """When it goes out, and whether it is only an idea."""
    return line.instant.at, line.state == "idea"


def _moved_publication(line: PlanLine, before: datetime | None, on_channels: Mapping[str, list[PlanLine]], desk: Desk) -> MovedPublication:
    after = line.instant.at
    if after is None or line.state == "idea":
        return MovedPublication(line, before, after)
    day = after.astimezone(zone_or_utc(desk.brand.zone)).date()
    holiday = tuple(map(special_days.describe_day, special_days.calendar_of(desk).entries_on(day)))
    return MovedPublication(line, before, after, holiday, _clashes(line, after, on_channels[line.publication.channel_name], desk))


def _clashes(line: PlanLine, at: datetime, on_channel: list[PlanLine], desk: Desk) -> tuple[str, ...]:
    """Keys of other posts on the channel that are closer than the brand's gap."""
    start = bisect_left(on_channel, at - desk.brand.gap, key=_instant)
    near = takewhile(lambda other: _instant(other) - at < desk.brand.gap, islice(on_channel, start, None))
    # At exactly the gap before it, nothing clashes.
    others = (other for other in near if at - _instant(other) < desk.brand.gap)
    return tuple(other.key for other in others if other.publication.post.id != line.publication.post.id)


def _by_channel(lines: Iterable[PlanLine]) -> Mapping[str, list[PlanLine]]:
    """Those with an instant, by channel, in time order."""
    by_channel: dict[str, list[PlanLine]] = {}
    for line in lines:
        if line.instant.at is not None and line.state != "idea":
            by_channel.setdefault(line.publication.channel_name, []).append(line)
    for on_channel in by_channel.values():
        on_channel.sort(key=_instant)
    return by_channel


def _instant(line: PlanLine) -> datetime:
    assert line.instant.at is not None
    return line.instant.at
