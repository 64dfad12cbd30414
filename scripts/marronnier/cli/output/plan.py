"""The plan, for each kind of reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from marronnier.cli import output
from marronnier.cli.output.columns import padded
from marronnier.desk import Desk
from marronnier.messages import _, ngettext, preferred
from marronnier.model.plan import Plan, PlanLine, ShownState
from marronnier.model.scalars import zone_or_utc
from marronnier.timetable import day_calendar

GLYPHS: Mapping[ShownState, str] = {"draft": "○", "in review": "◐", "ready": "●", "sent": "✓", "needs you": "!"}
COLOURS: Mapping[ShownState, str] = {"draft": "bright_black", "in review": "cyan", "ready": "green", "sent": "blue", "needs you": "red"}
_MOST_ROWS = 500
"""A job summary holds 1 MiB (https://docs.github.com/actions/reference/limits, seen 2026-11-22); nobody reads that much."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """Publications of one post that stand alike at the same instant: one line for people."""

    lines: tuple[PlanLine, ...]

    @property
    def first(self) -> PlanLine:
        """Any of them: they differ only in their channel."""
        return self.lines[0]

    @property
    def channels(self) -> str:
        """Where it goes."""
        return ", ".join(line.publication.channel_name for line in self.lines)


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What is needed to show a plan to somebody."""

    plan: Plan
    desk: Desk
    lines: tuple[PlanLine, ...]
    """The part of the plan that is asked for, in time order."""
    hidden: int = 0
    """How many more there are."""

    def local(self, at: datetime) -> datetime:
        """In the brand's zone."""
        return at.astimezone(zone_or_utc(self.desk.brand.zone))

    def days(self) -> Iterator[tuple[date | None, list[PlanRow]]]:
        """Rows by day, those without an instant last."""
        for day, lines in groupby(self.lines, key=lambda line: self.local(line.instant.at).date() if line.instant.at else None):
            yield day, list(rows(lines))


def rows(lines: Iterable[PlanLine]) -> Iterator[PlanRow]:
    """Lines put together where only the channel differs."""
    alike: dict[tuple[object, ...], list[PlanLine]] = {}
    for line in lines:
        place = (line.publication.post.id, line.publication.occurrence, line.instant, line.state, line.why, line.proposal)
        alike.setdefault(place, []).append(line)
    for together in alike.values():
        yield PlanRow(tuple(together))


def state_label(state: ShownState) -> str:
    """The state as people see it, in their language."""
    return {"draft": _("draft"), "in review": _("in review"), "ready": _("ready"), "sent": _("sent"), "needs you": _("needs you")}[state]


def day_name(day: date, *, short: bool = False) -> str:
    """A day with its weekday, as people write it in their language."""
    from babel.dates import format_date

    return format_date(
        day, "EEE d MMM y" if short else "EEEE d MMMM y", locale=preferred() if preferred() in ("fr", "nl", "en", "ar") else "en"
    )


def say(reading: PlanReport, form: output.Form) -> None:
    """Print a plan in that form."""
    if form == "json":
        output.say_json(as_json(reading))
    elif form == "markdown":
        output.say(as_markdown(reading))
    elif form == "github":
        for line in reading.lines:
            if line.shown_state == "needs you":
                output.say(as_annotation(line))
    else:
        for text in as_text(reading):
            output.say(text)


def as_text(reading: PlanReport) -> Iterator[str]:
    """The plan by day: hour, channel, state, title; and for what needs somebody, why and what next."""
    for warning in reading.plan.warnings:
        yield output.coloured("⚠ ", "yellow") + output.visible(warning)
    if reading.plan.warnings:
        yield ""
    if not reading.lines:
        yield _("Nothing is planned.")
    widths = _widths(reading)
    for day, found in reading.days():
        yield output.coloured(_day_heading(day, reading), "white", bold=True)
        for row in found:
            yield from _row_text(row, reading, widths)
        yield ""
    if reading.hidden:
        yield ngettext(
            "{count} more is not shown: `--all` shows everything.", "{count} more are not shown: `--all` shows everything.", reading.hidden
        )


def _widths(reading: PlanReport) -> tuple[int, int]:
    channels = max((len(row.channels) for _day, found in reading.days() for row in found), default=0)
    states = max((len(state_label(line.shown_state)) for line in reading.lines), default=0)
    return min(channels, 24), states


def _day_heading(day: date | None, reading: PlanReport) -> str:
    if day is None:
        return _("No date yet")
    named = [day_calendar.describe_day(one) for one in day_calendar.days_on(reading.desk, day)]
    today = f" · {_('today')}" if day == reading.local(reading.plan.now).date() else ""
    return output.visible(day_name(day) + today + "".join(f" · {name}" for name in named))


def _row_text(row: PlanRow, reading: PlanReport, widths: tuple[int, int]) -> Iterator[str]:
    line = row.first
    hour = f"{reading.local(line.instant.at):%H:%M}" if line.instant.at else "  ·  "
    mark = output.coloured(
        f"{GLYPHS[line.shown_state]} {padded(state_label(line.shown_state), widths[1])}",
        COLOURS[line.shown_state],
        bold=line.shown_state == "needs you",
    )
    proposed = output.coloured(f" [{output.visible(line.proposal)}]", "cyan") if line.proposal else ""
    yield f"  {hour}  {padded(output.visible(row.channels), widths[0])}  {mark}  {output.visible(line.publication.post.title)}{proposed}"
    for text in _reasons(line):
        yield " " * (9 + widths[0] + 4) + output.coloured(text, "bright_black")


def _reasons(line: PlanLine) -> Iterator[str]:
    """Why and what next, where somebody has to do something; else only what moved it."""
    if line.shown_state == "needs you" or line.state in ("past", "in-review"):
        yield output.visible(line.why)
        if line.next:
            yield "→ " + output.visible(line.next)
    elif line.instant.note and line.state != "idea":
        yield output.visible(line.instant.note)


def as_json(reading: PlanReport) -> Mapping[str, object]:
    """For programs: stable keys, instants in UTC."""
    plan = reading.plan
    return {
        "now": plan.now.isoformat(),
        "zone": reading.desk.brand.zone,
        "braked": plan.braked,
        "warnings": list(plan.warnings),
        "lines": [line_as_json(line, reading.desk) for line in reading.lines],
    }


def line_as_json(line: PlanLine, desk: Desk) -> Mapping[str, object]:
    """One publication of the plan."""
    publication = line.publication
    at = line.instant.at
    receipt = line.history.receipt if line.history is not None else None
    return {
        "key": line.key,
        "post": publication.post.id,
        "channel": publication.channel_name,
        "network": publication.channel.network,
        "occurrence": publication.occurrence.isoformat() if publication.occurrence else None,
        "title": publication.post.title,
        "path": publication.post.path,
        "at": at.isoformat() if at else None,
        "local": at.astimezone(zone_or_utc(desk.brand.zone)).isoformat() if at else None,
        "basis": line.instant.basis,
        "note": line.instant.note,
        "state": line.state,
        "shown": line.shown_state,
        "why": line.why,
        "next": line.next,
        "proposal": line.proposal,
        "words": f"sha256:{line.digests.words}",
        "when": f"sha256:{line.digests.when}",
        "url": receipt.url if receipt is not None else "",
    }


def as_markdown(reading: PlanReport) -> str:
    """For job summaries and pull requests: what posts say stands in code, so that it pings nobody."""
    said = [f"> {output.code(warning)}" for warning in reading.plan.warnings]
    lines = reading.lines[:_MOST_ROWS]
    part = PlanReport(reading.plan, reading.desk, lines, reading.hidden + len(reading.lines) - len(lines))
    if not lines:
        said.append(_("Nothing is planned."))
    heads = (_("Hour"), _("Channels"), _("State"), _("Post"), _("Why"))
    for day, found in part.days():
        said.append(f"### {_day_heading(day, part)}" if day is None else f"### {day_name(day)}")
        named = [day_calendar.describe_day(one) for one in day_calendar.days_on(part.desk, day)] if day else []
        said += [output.code(" · ".join(named))] if named else []
        said.append(output.table(heads, [_row_cells(row, part) for row in found]))
    if part.hidden:
        said.append(ngettext("One more is not shown.", "{count} more are not shown.", part.hidden))
    return "\n\n".join(said)


def _row_cells(row: PlanRow, reading: PlanReport) -> Sequence[str]:
    line = row.first
    hour = f"{reading.local(line.instant.at):%H:%M}" if line.instant.at else ""
    proposed = f" ({output.code(line.proposal)})" if line.proposal else ""
    why = "; ".join(part for part in (line.why, line.next) if part)
    return (
        hour,
        output.code(row.channels),
        f"{GLYPHS[line.shown_state]} {state_label(line.shown_state)}{proposed}",
        output.code(line.publication.post.title),
        output.code(why if line.shown_state in ("needs you", "in review") else ""),
    )


def as_annotation(line: PlanLine) -> str:
    """What needs somebody, at its post."""
    place = line.publication.post.place("date")
    message = "\n".join(part for part in (f"{line.key}: {line.why}", line.next) if part)
    return output.annotation("warning", message, path=place.path, line=place.line, column=place.column, title=state_label(line.shown_state))
