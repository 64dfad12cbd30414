"""What is told on the forge after a run: printed here where it could not be told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from marronnier.cli import output

if TYPE_CHECKING:
    from marronnier.cli.context import CommandContext
    from marronnier.publish import RunReport

SPARE = timedelta(minutes=5)
"""A run that stays tells nobody anything so shortly before a publication: a forge may be slow."""
CREDENTIALS_SPARE = timedelta(minutes=20)
"""A run that stays asks nobody about credentials so shortly before a publication: several servers may be slow."""


def tell_on_forge(context: CommandContext, now: datetime) -> None:
    """Tell pull requests and issues what came of a run, and once a day what ends soon. What fails there is a line, and nothing else."""
    from marronnier.conversation import after_run

    _print_all(after_run.tell(context.repo, now, os.environ))
    _tell_credentials(context, now)


def _tell_credentials(context: CommandContext, now: datetime) -> None:
    from marronnier.cli.secret_place import secret_store_of_run
    from marronnier.conversation import after_run
    from marronnier.conversation.credential_issues import CredentialsDay

    is_simulated = context.now_text is not None
    _print_all(
        after_run.tell_credentials(CredentialsDay(context.repo, now, os.environ, lambda: secret_store_of_run(context), is_simulated))
    )


def _print_all(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        # A closed terminal keeps no run from going on.
        with suppress(OSError):
            click.echo(output.escape_controls(sentence), err=True)


def with_notices(context: CommandContext, now: Callable[[], datetime], report: Callable[[RunReport], None]) -> Callable[[RunReport], None]:
    """The function that reports a run of one that stays, and then tells it on the forge where the next publication leaves time."""

    def report_and_tell(done: RunReport) -> None:
        report(done)
        from marronnier.conversation import after_run

        next_at = done.upcoming[0].at if done.upcoming else None
        if next_at is not None and next_at - now() < SPARE:
            return
        _print_all(after_run.tell(context.repo, now(), os.environ))
        if next_at is None or next_at - now() >= CREDENTIALS_SPARE:
            _tell_credentials(context, now())
        # Nothing of git stays open while this process sleeps.
        context.repo.close()

    return report_and_tell
