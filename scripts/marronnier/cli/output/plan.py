"""Output of the plan for each kind of reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from marronnier.cli import output
from marronnier.desk import Desk
from marronnier.messages import _, day_with_weekday, format_dollars, ngettext
from marronnier.model.plan import Plan, PlanLine, ShownState, ShownWord
from marronnier.model.scalars import zone_or_utc
from marronnier.plan import PlanCosts
from marronnier.plan.punctuality import seconds_late
from marronnier.text.columns import pad, wrap
from marronnier.text.markdown_code import code_span
from marronnier.timetable import special_days

GLYPHS: Mapping[ShownState, str] = {"draft": "○", "in review": "◐", "ready": "●", "sent": "✓", "needs you": "!"}
COLOURS: Mapping[ShownState, str] = {"draft": "bright_black", "in review": "cyan", "ready": "green", "sent": "blue", "needs you": "red"}

_INDENT = 9
"""The columns before a detail of the plan: it begins below the channels."""

_KEYS = "\x1f"
"""Stands for the keys in a step that several publications share."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """Publications of one post that differ only in their channel: one line for people."""

    lines: tuple[PlanLine, ...]

    @property
    def first(self) -> PlanLine:
        """The first of them; the others differ only in their channel."""
        return self.lines[0]

    @property
    def channels(self) -> str:
        """The names of their channels."""
        return ", ".join(line.publication.channel_name for line in self.lines)

    @property
    def keys(self) -> tuple[str, ...]:
        """Their keys, as commands take them."""
        return tuple(line.key for line in self.lines)

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What comes next, each once: a command that takes several keys names all of them, any other one has a step for each."""
        keys_by_step: dict[str, list[str]] = {}
        for line in self.lines:
            step = re.sub(rf"(marronnier (?:approve|ask)) {re.escape(line.key)}(?=[` ])", rf"\1 {_KEYS}", line.next)
            keys_by_step.setdefault(step, []).append(line.key)
        return tuple(step.replace(_KEYS, " ".join(keys)) for step, keys in keys_by_step.items() if step)


@dataclass(frozen=True, slots=True)
class PlanReport:
    """The part of a plan that is printed, with the desk it belongs to."""

    plan: Plan
    desk: Desk
    lines: tuple[PlanLine, ...]
    """The lines to print, in time order."""
    hidden_count: int = 0
    """How many lines are left out."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many lines of each state are left out because nobody asked for everything."""
    costs: PlanCosts | None = None
    """What the whole plan costs; None where no network charges."""

    def local_time(self, at: datetime) -> datetime:
        """The instant in the brand's zone."""
        return at.astimezone(zone_or_utc(self.desk.brand.zone))

    def rows_by_day(self) -> Iterator[tuple[date | None, list[PlanRow]]]:
        """Each day with its rows; rows without an instant come last, under None."""
        for day, lines in groupby(self.lines, key=lambda line: self.local_time(line.instant.at).date() if line.instant.at else None):
            yield day, list(group_lines(lines))


def group_lines(lines: Iterable[PlanLine]) -> Iterator[PlanRow]:
    """Lines as rows: those that differ only in their channel share one."""
    groups: dict[tuple[object, ...], list[PlanLine]] = {}
    for line in lines:
        identity = (line.publication.post.id, line.publication.occurrence, line.instant, line.state, line.why, line.proposal)
        groups.setdefault(identity, []).append(line)
    for group in groups.values():
        yield PlanRow(tuple(group))


def state_label(word: ShownWord) -> str:
    """The name of a state in the language in use."""
    return {
        "draft": _("draft"),
        "in review": _("in review"),
        "ready": _("ready"),
        "sent": _("sent"),
        "needs you": _("needs you"),
        "past": _("past"),
        "retracted": _("retracted"),
    }[word]


def print_plan(report: PlanReport, output_format: output.OutputFormat) -> None:
    """Print a plan in that format."""
    output.print_as(
        output_format,
        as_text=lambda: as_text(report),
        as_json=lambda: as_json(report),
        as_markdown=lambda: as_markdown(report),
        as_annotations=lambda: (as_annotation(line) for line in report.lines if line.shown_state == "needs you"),
    )


def as_text(report: PlanReport) -> Iterator[str]:
    """The plan by day: hour, channels, state and title, with the reason and the next step where somebody is needed."""
    yield from map(output.warning_line, report.plan.warnings)
    if report.plan.warnings:
        yield ""
    if not report.lines:
        yield _("Nothing is planned.")
    widths = _column_widths(report)
    for day, rows in report.rows_by_day():
        yield output.coloured(_day_heading(day, report), "white", bold=True)
        for row in rows:
            yield from _row_text(row, report, widths)
        yield ""
    if report.hidden_count:
        yield ngettext(
            "{count} more is not shown: `--all` shows everything.",
            "{count} more are not shown: `--all` shows everything.",
            report.hidden_count,
        )
    if report.left_out:
        yield _("Not shown: {counts}. `marronnier plan --all` shows them too.", counts=", ".join(_left_out_counts(report.left_out)))
    yield from map(output.escape_controls, cost_lines(report.costs))


def cost_lines(costs: PlanCosts | None) -> Iterator[str]:
    """What the plan costs, in all and by campaign; nothing where no network charges."""
    if costs is None:
        return
    yield _("What is still to come costs {amount}.", amount=format_dollars(costs.to_come))
    for slug, campaign in costs.campaigns.items():
        yield _("Campaign `{name}`: {cost}.", name=slug, cost=campaign)


def count_ideas(count: int) -> str:
    """That many ideas, in words."""
    return ngettext("{count} idea", "{count} ideas", count)


def _left_out_counts(counts: Mapping[str, int]) -> Iterator[str]:
    if ideas := counts.get("idea"):
        yield count_ideas(ideas)
    if sent := counts.get("sent"):
        yield _("{count} {state}", count=sent, state=state_label("sent"))
    if past := counts.get("past"):
        yield _("{count} past", count=past)


def _column_widths(report: PlanReport) -> tuple[int, int]:
    channels = max((len(row.channels) for _day, rows in report.rows_by_day() for row in rows), default=0)
    states = max((len(state_label(line.shown_word)) for line in report.lines), default=0)
    return min(channels, 24), states


def _day_heading(day: date | None, report: PlanReport) -> str:
    if day is None:
        return _("No date yet")
    day_names = [special_days.describe_day(calendar_day) for calendar_day in special_days.calendar_of(report.desk).entries_on(day)]
    today = f" · {_('today')}" if day == report.local_time(report.plan.now).date() else ""
    return output.escape_controls(day_with_weekday(day) + today + "".join(f" · {name}" for name in day_names))


def _row_text(row: PlanRow, report: PlanReport, widths: tuple[int, int]) -> Iterator[str]:
    line = row.first
    hour = f"{report.local_time(line.instant.at):%H:%M}" if line.instant.at else "  ·  "
    mark = output.coloured(
        f"{GLYPHS[line.shown_state]} {pad(state_label(line.shown_word), widths[1])}",
        COLOURS[line.shown_state],
        bold=line.shown_state == "needs you",
    )
    proposed = output.coloured(f" [{output.escape_controls(line.proposal)}]", "cyan") if line.proposal else ""
    yield f"  {hour}  {pad(output.escape_controls(row.channels), widths[0])}  {mark}  {output.escape_controls(line.publication.post.title)}{proposed}"
    for text in _reason_lines(row):
        yield from indented(text, _INDENT)


def indented(text: str, cells: int) -> Iterator[str]:
    """A detail below a row, in lines that a terminal has room for."""
    for line in wrap(text, output.COLUMNS - cells, hanging=2 if text.startswith("→") else 0):
        yield " " * cells + output.coloured(line, "bright_black")


def action_lines(row: PlanRow) -> Iterator[str]:
    """Why somebody must act, and what to do. Every publication is named by its key, as commands take it."""
    why, steps = row.first.why, row.next_steps
    unnamed = [key for key in row.keys if not any(key in step for step in steps)]
    yield output.escape_controls(_("{key}: {why}", key=", ".join(unnamed), why=why) if unnamed else why)
    yield from ("→ " + output.escape_controls(step) for step in steps)


def _reason_lines(row: PlanRow) -> Iterator[str]:
    """The reason and the next steps where somebody has to act or where it is late; else only the note on a moved instant."""
    line = row.first
    if line.shown_state == "needs you" or line.delayed or line.state in ("past", "in-review"):
        yield from action_lines(row)
    elif line.instant.note and line.state != "idea":
        yield output.escape_controls(line.instant.note)


def as_json(report: PlanReport) -> Mapping[str, object]:
    """The plan for programs: stable keys, instants in UTC."""
    plan = report.plan
    return {
        "now": plan.now.isoformat(),
        "zone": report.desk.brand.zone,
        "braked": plan.braked,
        "warnings": list(plan.warnings),
        "lines": [{**line_as_json(line, report.desk), **_cost_as_json(line, report.costs)} for line in report.lines],
    } | ({"costs": _costs_as_json(report.costs)} if report.costs is not None else {})


def _cost_as_json(line: PlanLine, costs: PlanCosts | None) -> Mapping[str, object]:
    return {"cost": costs.lines.get(line.key, 0)} if costs is not None else {}


def _costs_as_json(costs: PlanCosts) -> Mapping[str, object]:
    """The sums of a plan, for programs; there only where a network charges."""
    campaigns = {slug: {"to_come": each.to_come, "sent": each.sent, "budget": each.budget} for slug, each in costs.campaigns.items()}
    return {"unit": "USD/1000", "to_come": costs.to_come, "sent": costs.sent, "campaigns": campaigns}


def line_as_json(line: PlanLine, desk: Desk) -> Mapping[str, object]:
    """One publication of the plan, for programs."""
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
        "late": seconds_late(line.history) if receipt is not None and line.history is not None else None,
    }


def as_markdown(report: PlanReport) -> str:
    """The plan for job summaries and pull requests. Text of posts is in code spans, so that it mentions nobody."""
    blocks = [f"> {code_span(warning)}" for warning in report.plan.warnings]
    lines = report.lines[: output.MAX_ROWS]
    limited = PlanReport(report.plan, report.desk, lines, report.hidden_count + len(report.lines) - len(lines))
    if not lines:
        blocks.append(_("Nothing is planned."))
    headings = (_("Time"), _("Channels"), _("State"), _("Post"), _("Why"))
    for day, rows in limited.rows_by_day():
        blocks.append(f"### {_day_heading(day, limited)}" if day is None else f"### {day_with_weekday(day)}")
        day_names = (
            [special_days.describe_day(calendar_day) for calendar_day in special_days.calendar_of(limited.desk).entries_on(day)]
            if day
            else []
        )
        blocks += [code_span(" · ".join(day_names))] if day_names else []
        blocks.append(output.markdown_table(headings, [_row_cells(row, limited) for row in rows]))
    if limited.hidden_count:
        blocks.append(ngettext("One more is not shown.", "{count} more are not shown.", limited.hidden_count))
    if costs := "\n".join(f"- {line}" for line in cost_lines(report.costs)):
        blocks.append(costs)
    return "\n\n".join(blocks)


def _row_cells(row: PlanRow, report: PlanReport) -> Sequence[str]:
    line = row.first
    hour = f"{report.local_time(line.instant.at):%H:%M}" if line.instant.at else ""
    proposed = f" ({code_span(line.proposal)})" if line.proposal else ""
    why = _("; ").join(filter(None, (line.why, *row.next_steps))) if line.shown_state in ("needs you", "in review") or line.delayed else ""
    state = f"{GLYPHS[line.shown_state]} {state_label(line.shown_word)}{proposed}"
    return (hour, code_span(row.channels), state, code_span(line.publication.post.title), code_span(why))


def as_annotation(line: PlanLine) -> str:
    """An annotation at the post of a publication that needs somebody."""
    message = "\n".join(filter(None, (f"{line.key}: {line.why}", line.next)))
    return output.github_annotation("warning", message, line.publication.post.place("date"), state_label(line.shown_word))
