"""`marronnier check`: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.output import Form, findings, format_option
from marronnier.messages import Trouble, _, ngettext, with_spaces_shown

if TYPE_CHECKING:
    from datetime import datetime

    from marronnier.cache import Cache
    from marronnier.desk import Desk
    from marronnier.ledger import Ledger
    from marronnier.model.brand import Brand
    from marronnier.model.finding import Finding
    from marronnier.model.history import History


_TURNS = 50
"""How often what was mended is looked at again: YAML stops at its first fault, so that a file is told and mended line by line."""


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--fix", is_flag=True, help=_("Write the corrections that are safe, and show every line."))
@format_option
@pass_command_context
def command(surroundings: CommandContext, paths: tuple[Path, ...], fix: bool, form: Form) -> None:
    """Check the calendar, or only what is in PATH…"""
    chosen = [_below(surroundings, path) for path in paths]
    judged = _judge(surroundings, chosen)
    if fix:
        judged = _mended(surroundings, chosen, judged, form)
    findings.say(judged.found, form)
    if form == "text":
        output.say(_summary(judged, dated=surroundings.now_text is not None), err=True)
    if any(finding.level == "error" for finding in judged.found):
        click.get_current_context().exit(1)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a run found, and how far it looked."""

    found: list[Finding]
    brand: Brand
    alone: bool
    """Whether one post was read without the others."""


def _below(surroundings: CommandContext, path: Path) -> str:
    """A path as the tree names it. Raises Trouble for one that is elsewhere or not there."""
    whole = (surroundings.folder / path).resolve()
    if not whole.is_relative_to(surroundings.root.resolve()):
        raise Trouble(_("{path} is not in {root}", path=path, root=surroundings.root), _("Name a file of this brand."), status=2)
    if not whole.exists():
        raise Trouble(_("There is no {path}", path=path), _("Name a file or a folder that is there."), status=2)
    return PurePosixPath(whole.relative_to(surroundings.root.resolve())).as_posix()


def _judge(surroundings: CommandContext, chosen: Sequence[str]) -> CheckResult:
    """Load, time and judge everything, or what was chosen; a single post is read alone, which is fast."""
    from marronnier import checks, desk, timetable
    from marronnier.files import WorkTree
    from marronnier.proofs.situation import Situation

    root = surroundings.root
    alone = chosen[0] if len(chosen) == 1 and (root / chosen[0]).is_file() and chosen[0].startswith("content/") else None
    loaded = desk.load(WorkTree(root), only=alone) if alone else desk.load(WorkTree(root), cache=_cache(root))
    now = surroundings.now(loaded.brand.zone, loaded.brand.clock)
    record = _record(root, loaded)
    began = record.began
    if began is None and loaded.brand.clock is not None:
        # A brand at its own clock was given its past with its files: none of it can still be late.
        began = now
    situation = Situation(
        desk=loaded,
        timetable=timetable.make(loaded, record.histories, now),
        histories=record.histories,
        now=now,
        began=began,
        payload=record.payload,
        follows=record.follows,
    )
    found = checks.run(situation, cache=_cache(root))
    return CheckResult([one for one in found if _is_chosen(one.place.path, chosen)], loaded.brand, alone is not None)


def _cache(root: Path) -> Cache:
    from marronnier.cache import Cache

    return Cache(root)


def _is_chosen(path: str, chosen: Collection[str]) -> bool:
    return not chosen or "." in chosen or any(path == one or path.startswith(f"{one}/") for one in chosen)


@dataclass(frozen=True, slots=True)
class SentRecord:
    """What went out so far, as far as this repository knows."""

    histories: Mapping[str, History] = field(default_factory=dict)
    began: datetime | None = None
    """Since when that is recorded."""
    payload: Callable[[str], bytes | None] = lambda _sha256: None
    follows: Callable[[str], bool] = lambda _commit: True
    """Whether the working directory comes after a commit."""


def _record(root: Path, desk: Desk) -> SentRecord:
    """What went out; nothing where there is no repository or no ledger."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return SentRecord()
    from marronnier.git import NotInstalled, Repo

    repo = Repo(root)
    try:
        if not any(repo.try_text("rev-parse", "--verify", "--quiet", f"refs/{where}/ledger") for where in ("heads", "remotes/origin")):
            return SentRecord()
        from marronnier import ledger

        # Judging words is done at every save, on a train too: what was fetched last is near enough.
        record = ledger.open(repo, desk.brand, fetch=False)
        follows = cache(lambda commit: repo.is_ancestor(commit, "HEAD"))
        return SentRecord(ledger.with_current_names(record.histories, desk.channels), record.began, _kept(record), follows)
    except NotInstalled:
        return SentRecord()
    except Trouble as trouble:
        # A damaged ledger stops publishing; that is no reason not to judge the words.
        output.say(_("The ledger was not read: {why}", why=trouble.message), err=True)
        return SentRecord()


def _kept(record: Ledger) -> Callable[[str], bytes | None]:
    """What was sealed, by its digest; what is damaged counts as not kept, for `ledger verify` tells it."""

    def payload(digest: str) -> bytes | None:
        try:
            return record.payload(digest)
        except Trouble:
            return None

    return payload


def _mended(surroundings: CommandContext, chosen: Sequence[str], judged: CheckResult, form: Form) -> CheckResult:
    """What is left to judge after every safe correction. One may make room for the next on the same line, so it is done until none is left."""
    count = 0
    for _turn in range(_TURNS):
        written = _mend(surroundings.root, judged.found, form)
        if not written:
            break
        count += written
        judged = _judge(surroundings, chosen)
    if form == "text":
        output.say(
            ngettext("{count} line mended.", "{count} lines mended.", count) if count else _("No line can be mended safely."),
            err=True,
        )
    return judged


def _mend(root: Path, found: Sequence[Finding], form: Form) -> int:
    """Write every safe correction and show it. How many lines changed."""
    from marronnier.autofix import mend

    mended = list(mend(root, found))
    # Programs read standard output: there the findings stand alone.
    err = form != "text"
    for one in mended:
        output.say(f"{output.visible(one.path)}:{one.fix.line}", err=err)
        for sign, colour, lines in (("-", "red", one.fix.before), ("+", "green", one.fix.after)):
            for line in lines.splitlines():
                output.say(output.coloured(f"{sign} {with_spaces_shown(output.visible(line))}", colour), err=err)
    return len(mended)


def _summary(judged: CheckResult, *, dated: bool) -> str:
    """How many findings, and what they do not tell."""
    said = [findings.counted(judged.found)]
    brand = judged.brand
    if judged.alone:
        said.append(_("This file was read alone: run `marronnier check` to compare it with the others."))
    if brand.clock is not None and not dated:
        said.append(_("The brand lives at its own clock: {clock}.", clock=brand.clock))
    return " ".join(said)
