"""`marronnier plan`: prints the plan, or its differences from an earlier commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.output import OutputFormat, format_option, is_terminal
from marronnier.messages import Trouble, _
from marronnier.model.scalars import parse_day

if TYPE_CHECKING:
    from marronnier.cli.output.plan import PlanReport
    from marronnier.desk import Desk
    from marronnier.git import Repo
    from marronnier.model.plan import Plan, PlanLine

HIDDEN_STATES = ("sent", "past", "idea")
"""States that the plan leaves out, and counts, unless everything is asked for."""


class DayParam(click.ParamType[date]):
    """A parameter that is a day, written 2026-12-05."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day. Fails with a usage error for another text."""
        try:
            return parse_day(value)
        except ValueError as error:
            self.fail(_(str(error)), param, ctx)


@click.command()
@click.option("--since", "since", metavar="REV", help=_("What changed in the calendar since that commit, tag or branch."))
@click.option("--all", "--internal", "everything", is_flag=True, help=_("Also show what is sent, past, or still an idea."))
@click.option("--from", "first", type=DayParam(), metavar="DAY", help=_("From this day on."))
@click.option("--to", "last", type=DayParam(), metavar="DAY", help=_("Up to this day."))
@click.option("--limit", type=click.IntRange(1), metavar="N", help=_("At most this many."))
@format_option
@pass_command_context
def command(
    context: CommandContext,
    since: str | None,
    everything: bool,
    first: date | None,
    last: date | None,
    limit: int | None,
    output_format: OutputFormat,
) -> None:
    """Show all publications by date, ready and proposed, each with its state and the reason."""
    from marronnier.cli.whole_plan import whole_plan
    from marronnier.proofs.situation_loader import load_situation

    now = context.now()
    if since is not None:
        _print_diff(context.repo, now, since, output_format)
        return
    shows_progress = is_terminal() and output_format == "text"
    if shows_progress:
        click.echo(_("Reading…"), err=True, nl=False)
    situation = load_situation(context.repo, now)
    planned = _with_quota_warnings(whole_plan(situation, context.repo.path), situation.desk)
    if shows_progress:
        click.echo("\r\033[K", err=True, nl=False)
    from marronnier.cli.output import plan as plan_output

    report = _select_lines(planned, situation.desk, everything=everything, first=first, last=last, limit=limit)
    plan_output.print_plan(report, output_format)


def _with_quota_warnings(planned: Plan, desk: Desk) -> Plan:
    """The plan that also warns of what goes beyond a network's quota."""
    from marronnier import plan

    return replace(planned, warnings=(*planned.warnings, *plan.quota_warnings(planned, desk)))


def _select_lines(planned: Plan, desk: Desk, *, everything: bool, first: date | None, last: date | None, limit: int | None) -> PlanReport:
    """The part of the plan that was asked for; without options, what is still to come and what needs somebody."""
    from marronnier import plan
    from marronnier.cli.output.plan import PlanReport

    costs = plan.costs_of(planned, desk)
    report = PlanReport(planned, desk, planned.lines)
    has_range = first is not None or last is not None

    def is_wanted(line: PlanLine) -> bool:
        if has_range:
            day = report.local_time(line.instant.at).date() if line.instant.at else None
            return day is not None and (first is None or day >= first) and (last is None or day <= last)
        return everything or line.state not in HIDDEN_STATES

    lines = tuple(line for line in planned.lines if is_wanted(line))
    shown_lines = lines if limit is None else lines[:limit]
    total = sum(line.state not in HIDDEN_STATES for line in planned.lines) if not everything and not has_range else len(lines)
    left_out: Mapping[str, int] = (
        {} if everything or has_range else Counter[str](line.state for line in planned.lines if line.state in HIDDEN_STATES)
    )
    return PlanReport(planned, desk, shown_lines, max(total, len(lines)) - len(shown_lines), left_out, costs)


def _print_diff(repo: Repo, now: datetime, since: str, output_format: OutputFormat) -> None:
    """Print the differences between the calendar of a commit and that of HEAD."""
    from marronnier import plan
    from marronnier.cli.output import plan_diff
    from marronnier.proofs.situation_loader import load_situation

    before, after = repo.commit_id(since), repo.head()
    if before is None or after is None:
        raise Trouble(_("There is no commit {rev} here", rev=since), _("Name a commit, a tag or a branch."), status=2)
    later = load_situation(repo, now, rev=after, fetch=False)
    earlier = load_situation(repo, now, rev=before, fetch=False)
    diff = plan.compare_plans(plan.make(earlier), plan.make(later), later.desk)
    plan_diff.print_diff(plan_diff.Comparison(diff, later.desk, since), output_format)
