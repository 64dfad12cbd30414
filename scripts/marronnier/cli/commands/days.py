"""`marronnier days YEAR`: prints the public holidays of a year, and writes them into `calendar/days.yml`."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import _, ngettext

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.model.calendar import CalendarDay


@click.command()
@click.argument("year", type=click.IntRange(1990, 2199))
@click.option("--territory", metavar="CODE", help=_("Another country than the brand's: BE, FR, NL, LU, DZ, MA, … (ISO 3166)."))
@click.option("--write", is_flag=True, help=_("Add the missing ones to calendar/days.yml; without this option, only show them."))
@pass_command_context
def command(context: CommandContext, year: int, territory: str | None, write: bool) -> None:
    """Show the public holidays of YEAR; with --write, add the missing ones to calendar/days.yml."""
    from marronnier import public_holidays

    desk = context.desk
    if _print_read_errors(desk, public_holidays.PATH):
        click.get_current_context().exit(1)
    brand_territory = desk.brand.territory
    holidays = public_holidays.list_holidays(territory or brand_territory, year, desk.brand.lang)
    lacking = public_holidays.missing_holidays(holidays, desk.days.days, brand_territory)
    _print_holidays(holidays, lacking)
    if not lacking:
        click.echo(
            _("{path} already has them all.", path=public_holidays.PATH)
            if holidays
            else _("No public holiday of {year} is known for this country.", year=year),
            err=True,
        )
        return
    before = _read_text(desk, public_holidays.PATH)
    after = public_holidays.add_to_calendar_file(before, lacking, brand_territory)
    if not write:
        click.echo("\n" + _unified_diff(before, after, public_holidays.PATH), nl=False)
        click.echo(
            ngettext(
                "{count} line would be written to {path}; add --write to write it.",
                "{count} lines would be written to {path}; add --write to write them.",
                len(lacking),
                path=public_holidays.PATH,
            ),
            err=True,
        )
        return
    from marronnier.files import atomic_write

    atomic_write.write(context.root / public_holidays.PATH, after)
    click.echo(
        ngettext("{count} line written to {path}.", "{count} lines written to {path}.", len(lacking), path=public_holidays.PATH), err=True
    )


def _print_read_errors(desk: Desk, path: str) -> bool:
    """Print the read errors of a file, and return whether it has any: its content must be known before anything is added."""
    errors = [finding for finding in desk.findings if finding.place.path == path and finding.level == "error"]
    for finding in errors:
        click.echo(finding.as_text(_("; ")), err=True)
    return bool(errors)


def _print_holidays(holidays: Sequence[CalendarDay], lacking: Collection[CalendarDay]) -> None:
    """Print a line for each holiday; `+` marks those that the file lacks."""
    from marronnier import public_holidays

    for day in holidays:
        estimated = _("(estimated)") if day.estimated else ""
        mark = "+" if day in lacking else "="
        click.echo(f"{mark} {day.date} {public_holidays.short_weekday(day.date)}  {day.name} {estimated}".rstrip())


def _read_text(desk: Desk, path: str) -> str:
    """The file's text with its newlines; empty when there is no file."""
    return desk.tree.read(path).decode("utf-8") if desk.tree.exists(path) else ""


def _unified_diff(before: str, after: str, path: str) -> str:
    """The unified diff of two texts, as git prints it."""
    origin = f"a/{path}" if before else "/dev/null"
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), fromfile=origin, tofile=f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
