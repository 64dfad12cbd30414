"""What is told on the forge after a run: printed here where it could not be told."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from marronnier.cli import output

if TYPE_CHECKING:
    from marronnier.git import Repo
    from marronnier.publish import RunReport

SPARE = timedelta(minutes=5)
"""A run that stays tells nobody anything so shortly before a publication: a forge may be slow."""


def tell_on_forge(repo: Repo, now: datetime) -> None:
    """Tell pull requests and issues what came of a run. What fails there is a line, and nothing else."""
    from marronnier.conversation import after_run

    for sentence in after_run.tell(repo, now, os.environ):
        # A closed terminal keeps no run from going on.
        with suppress(OSError):
            click.echo(output.escape_controls(sentence), err=True)


def with_notices(repo: Repo, now: Callable[[], datetime], report: Callable[[RunReport], None]) -> Callable[[RunReport], None]:
    """The function that reports a run of one that stays, and then tells it on the forge where the next publication leaves time."""

    def report_and_tell(done: RunReport) -> None:
        report(done)
        if any(each.at - now() < SPARE for each in done.upcoming[:1]):
            return
        tell_on_forge(repo, now())
        # Nothing of git stays open while this process sleeps.
        repo.close()

    return report_and_tell
