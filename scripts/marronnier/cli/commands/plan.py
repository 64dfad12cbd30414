"""`marronnier plan`: what goes out when, and what a change does to it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.output import Form, format_option, on_terminal
from marronnier.messages import Trouble, _
from marronnier.model.scalars import parse_day

if TYPE_CHECKING:
    from marronnier.cli.output.plan import PlanReport
    from marronnier.desk import Desk
    from marronnier.model.plan import Plan, PlanLine

DONE = ("sent", "past", "retracted", "idea")
"""States that nobody has to think of any more, or not yet."""


class Day(click.ParamType[date]):
    """A day, as 2026-12-05."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it, or say how it is written."""
        try:
            return parse_day(value)
        except ValueError as error:
            self.fail(_(str(error)), param, ctx)


@click.command()
@click.option("--since", "since", metavar="REV", help=_("What changed in the calendar since that commit, tag or branch."))
@click.option("--all", "--internal", "everything", is_flag=True, help=_("Also what is sent, past, or only an idea."))
@click.option("--from", "first", type=Day(), metavar="DAY", help=_("From that day on."))
@click.option("--to", "last", type=Day(), metavar="DAY", help=_("Up to that day."))
@click.option("--limit", type=click.IntRange(1), metavar="N", help=_("At most that many."))
@format_option
@pass_command_context
def command(
    here: CommandContext, since: str | None, everything: bool, first: date | None, last: date | None, limit: int | None, form: Form
) -> None:
    """Show all publications in time order, ready and proposed, each with a state and a reason."""
    from marronnier import plan
    from marronnier.proofs.load import load_situation

    brand = here.brand
    now = here.now(brand.zone, brand.clock)
    if since is not None:
        _compare(here, since, form)
        return
    if on_terminal() and form == "text":
        click.echo(_("Reading…"), err=True, nl=False)
        situation = load_situation(here.repo, now)
        planned = plan.make(situation)
        click.echo("\r\033[K", err=True, nl=False)
    else:
        situation = load_situation(here.repo, now)
        planned = plan.make(situation)
    from marronnier.cli.output import plan as shown

    shown.say(_chosen(planned, situation.desk, everything=everything, first=first, last=last, limit=limit), form)


def _chosen(planned: Plan, desk: Desk, *, everything: bool, first: date | None, last: date | None, limit: int | None) -> PlanReport:
    """The part of the plan that is asked for; without a wish, what is still to come and what needs somebody."""
    from marronnier.cli.output.plan import PlanReport

    whole = PlanReport(planned, desk, planned.lines)
    ranged = first is not None or last is not None

    def wanted(line: PlanLine) -> bool:
        if ranged:
            day = whole.local(line.instant.at).date() if line.instant.at else None
            return day is not None and (first is None or day >= first) and (last is None or day <= last)
        return everything or line.state not in DONE

    lines = tuple(line for line in planned.lines if wanted(line))
    kept = lines if limit is None else lines[:limit]
    ideas_apart = sum(line.state not in DONE for line in planned.lines) if not everything and not ranged else len(lines)
    return PlanReport(planned, desk, kept, max(ideas_apart, len(lines)) - len(kept))


def _compare(here: CommandContext, since: str, form: Form) -> None:
    """What HEAD's calendar says that the other commit's does not."""
    from marronnier import plan
    from marronnier.cli.output import plan_diff
    from marronnier.proofs.load import load_situation

    repo, brand = here.repo, here.brand
    now = here.now(brand.zone, brand.clock)
    before, after = repo.commit_id(since), repo.head()
    if before is None or after is None:
        raise Trouble(_("There is no commit {rev} here", rev=since), _("Name a commit, a tag or a branch."), status=2)
    later = load_situation(repo, now, rev=after, fetch=False)
    earlier = load_situation(repo, now, rev=before, fetch=False)
    found = plan.compare_plans(plan.make(earlier), plan.make(later), later.desk)
    plan_diff.say(plan_diff.Comparison(found, later.desk, since), form)
