"""`marronnier check`: prints what is wrong, where, and what to do about it."""

from __future__ import annotations

import gc
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.output import OutputFormat, findings, format_option
from marronnier.messages import Trouble, _, format_day, ngettext, show_no_break_spaces

if TYPE_CHECKING:
    from datetime import datetime

    from marronnier.desk import Desk
    from marronnier.ledger import Ledger
    from marronnier.model.brand import Brand
    from marronnier.model.finding import Finding
    from marronnier.model.history import History
    from marronnier.proofs.situation import Situation

_MAX_ROUNDS = 50
"""The most rounds of corrections: YAML stops at its first error, so a file is corrected line by line, and checked again after each."""


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--fix", is_flag=True, help=_("Apply the safe corrections, and show each changed line."))
@format_option
@pass_command_context
def command(context: CommandContext, paths: tuple[Path, ...], fix: bool, output_format: OutputFormat) -> None:
    """Check the calendar, or only what is in PATH…"""
    chosen = [_path_in_brand(context, path) for path in paths]
    result = _run_checks(context, chosen)
    if fix:
        result = _fix_all(context, chosen, result, output_format)
    findings.print_findings(result.findings, output_format)
    if output_format == "text":
        output.print_line(_summary(result, dated=context.now_text is not None), err=True)
    if any(finding.level == "error" for finding in result.findings):
        click.get_current_context().exit(1)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The findings of a run, and whether it read everything."""

    findings: list[Finding]
    brand: Brand
    single_file: bool
    """Whether one file was read without the others."""


def _path_in_brand(context: CommandContext, path: Path) -> str:
    """A path relative to the brand's folder. Raises Trouble for one outside of it or one that does not exist."""
    absolute = (context.folder / path).resolve()
    if not absolute.exists():
        # Below the brand's folder people name a file as `new`, `status` and the findings do: from the brand's folder.
        absolute = (context.root / path).resolve()
    if not absolute.is_relative_to(context.root.resolve()):
        raise Trouble(_("{path} is not in {root}", path=path, root=context.root), _("Name a file of this brand."), status=2)
    if not absolute.exists():
        raise Trouble(_("There is no {path}", path=path), _("Name a file or a folder that exists."), status=2)
    return PurePosixPath(absolute.relative_to(context.root.resolve())).as_posix()


def _run_checks(context: CommandContext, chosen: Sequence[str]) -> CheckResult:
    """Load and check everything, or what is in the chosen paths; a single file is read alone, which is fast."""
    from marronnier import checks, desk
    from marronnier.cache import Cache
    from marronnier.files import WorkTree

    root = context.root
    alone = chosen[0] if len(chosen) == 1 and (root / chosen[0]).is_file() and chosen[0].startswith("content/") else None
    loaded = desk.load(WorkTree(root), only=alone) if alone else desk.load(WorkTree(root), cache=Cache(root))
    # What was loaded is no garbage: the collector looks only at what is made from here on.
    gc.freeze()
    all_findings = checks.run(_situation(root, loaded, context.now(loaded.brand)), cache=Cache(root))
    return CheckResult([finding for finding in all_findings if _is_chosen(finding.place.path, chosen)], loaded.brand, alone is not None)


def _is_chosen(path: str, chosen: Collection[str]) -> bool:
    return not chosen or "." in chosen or any(path == choice or path.startswith(f"{choice}/") for choice in chosen)


def _situation(root: Path, desk: Desk, now: datetime) -> Situation:
    """What people wrote, and what was sent so far, as far as this repository knows."""
    # A brand at its own clock received its past with its files: none of it can be late.
    began = now if desk.brand.clock is not None else None
    if desk.only is not None:
        return _situation_of_one_post(root, desk, now, began)
    from marronnier import timetable
    from marronnier.proofs.first_calendar import posts_at_beginning
    from marronnier.proofs.situation import Situation

    record = _read_ledger(root, desk)
    if record is None:
        return Situation(desk=desk, timetable=timetable.make(desk, {}, now), now=now, began=began)
    ledger, histories = record
    return Situation(
        desk=desk,
        timetable=timetable.make(desk, histories, now),
        histories=histories,
        now=now,
        began=ledger.began or began,
        payload=partial(_read_payload, ledger),
        existed=posts_at_beginning(ledger.repo, "HEAD", desk.brand.ledger.first),
        follows=cache(lambda commit: ledger.repo.is_ancestor(commit, "HEAD")),
    )


def _situation_of_one_post(root: Path, desk: Desk, now: datetime, began: datetime | None) -> Situation:
    """What is in one post, and what the ledger has of its publications: a glance, because people check at every save."""
    from marronnier import timetable
    from marronnier.model.publication import current_and_former_keys
    from marronnier.proofs.situation import Situation

    table = timetable.make(desk, {}, now)
    situation = Situation(desk=desk, timetable=table, now=now, began=began)
    if desk.brand.ledger.first is None or not _is_in_repository(root):
        return situation
    from marronnier.git import NotInstalled, Repo
    from marronnier.ledger.glance import glance
    from marronnier.ledger.renamed_channels import with_current_names
    from marronnier.proofs.first_calendar import posts_at_beginning

    keys = tuple(dict.fromkeys(key for one in table.publications.values() for key in current_and_former_keys(one)))
    repo = Repo(root)
    try:
        seen = glance(repo, desk.brand, keys)
    except NotInstalled:
        seen = None
    if seen is None:
        return situation
    if seen.unreadable:
        why = _("{key} is not as the ledger wrote it; run `marronnier ledger verify`", key=seen.unreadable)
        output.print_line(_("The ledger was not read: {why}", why=why), err=True)
        return situation
    histories = with_current_names(seen.histories, desk.channels)
    return Situation(
        desk=desk,
        timetable=timetable.make(desk, histories, now),
        histories=histories,
        now=now,
        began=seen.began or began,
        existed=posts_at_beginning(repo, "HEAD", desk.brand.ledger.first),
    )


def _is_in_repository(root: Path) -> bool:
    return any((folder / ".git").exists() for folder in (root, *root.parents))


def _read_ledger(root: Path, desk: Desk) -> tuple[Ledger, Mapping[str, History]] | None:
    """The ledger and its histories; None where there is no repository or no ledger."""
    if not _is_in_repository(root):
        return None
    from marronnier.git import NotInstalled, Repo

    repo = Repo(root)
    try:
        if not any(repo.try_text("rev-parse", "--verify", "--quiet", f"refs/{where}/ledger") for where in ("heads", "remotes/origin")):
            return None
        from marronnier import ledger
        from marronnier.cache import Cache

        # People check at every save, on a train too: the ledger as it was last fetched is near enough.
        opened = ledger.open(repo, desk.brand, fetch=False, cache=Cache(root))
        return opened, ledger.with_current_names(opened.histories, desk.channels)
    except NotInstalled:
        return None
    except Trouble as trouble:
        # A damaged ledger stops publishing; the words can be checked without it.
        output.print_line(_("The ledger was not read: {why}", why=trouble.message), err=True)
        return None


def _read_payload(ledger: Ledger, digest: str) -> bytes | None:
    """A sealed payload; None for a damaged one, which `ledger verify` reports."""
    try:
        return ledger.payload(digest)
    except Trouble:
        return None


def _fix_all(context: CommandContext, chosen: Sequence[str], result: CheckResult, output_format: OutputFormat) -> CheckResult:
    """Write every safe correction, check again until none is left, and return the last result.

    A correction may make another one possible on the same line.
    """
    count = 0
    for _round in range(_MAX_ROUNDS):
        changed = _fix_once(context.root, result.findings, output_format)
        if not changed:
            break
        count += changed
        result = _run_checks(context, chosen)
    if output_format == "text":
        output.print_line(
            ngettext("{count} line corrected.", "{count} lines corrected.", count) if count else _("No line can be corrected safely."),
            err=True,
        )
    return result


def _fix_once(root: Path, findings: Sequence[Finding], output_format: OutputFormat) -> int:
    """Write and print every safe correction, and return the number of changed lines."""
    from marronnier.autofix import apply_fixes

    fixes = list(apply_fixes(root, findings))
    # Programs read standard output: it holds only the findings.
    err = output_format != "text"
    for path, fix in fixes:
        output.print_line(f"{output.escape_controls(path)}:{fix.line}", err=err)
        for sign, colour, lines in (("-", "red", fix.before), ("+", "green", fix.after)):
            for line in lines.splitlines():
                output.print_line(output.coloured(f"{sign} {show_no_break_spaces(output.escape_controls(line))}", colour), err=err)
    return len(fixes)


def _summary(result: CheckResult, *, dated: bool) -> str:
    """The number of findings, and notes on what was not checked."""
    sentences = [findings.count_by_level(result.findings)]
    if result.single_file:
        sentences.append(_("Only this file was checked: run `marronnier check` to compare it with the others."))
    clock = result.brand.clock
    if clock is not None and not dated:
        sentences.append(_("Demo, with its date fixed at {day}.", day=format_day(clock.day) if clock.day else clock))
    return " ".join(sentences)
