"""`marronnier approve`: say yes to exactly these words, there and then."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.localization import confirm
from marronnier.messages import Trouble, _, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marronnier.review import PendingApproval, Subject


@click.command()
@click.argument("keys", nargs=-1, metavar="KEY…")
@click.option("--as", "who", metavar="ID", help=_("Who approves: a name of brand/approvals.yml."))
@click.option("--all-in-review", is_flag=True, help=_("Everything on this branch that is in review."))
@click.option("--key", "key", type=click.Path(path_type=Path), metavar="FILE", help=_("Sign with this SSH key."))
@click.option("--yes", is_flag=True, help=_("Do not ask for confirmation."))
@pass_command_context
def command(here: CommandContext, keys: tuple[str, ...], who: str | None, all_in_review: bool, key: Path | None, yes: bool) -> None:
    """Approve publications exactly as committed: a signed empty commit on this branch records their text and their date."""
    from marronnier import review

    if not keys and not all_in_review:
        raise click.UsageError(_("Name what you approve: `marronnier approve KEY`, or `--all-in-review`."))
    now = here.now(here.brand.zone, here.brand.clock)
    approving = review.prepare_approval(here.repo, now, keys, who=who, key=key, all_in_review=all_in_review)
    show(approving.subjects, here.brand.zone)
    for done in approving.already:
        click.echo(_("{key} is already approved and is skipped.", key=done))
    _agree(approving, yes)
    commit = review.approve(here.repo, approving)
    click.echo(_("Approved by {who}: {commit}.", who=approving.name, commit=commit[:10]))
    if not approving.key:
        click.echo(_("Not signed: brand/approvals.yml says `unsigned: true`. Every status repeats this."))
    _tell_next(here, approving)


def show(subjects: Sequence[Subject], zone: str) -> None:
    """Print exactly what is approved: the words as they will be sent, when, where."""
    from marronnier.cli.output.approval_preview import told

    for line in told(subjects, zone):
        click.echo(line)


def _agree(approving: PendingApproval, yes: bool) -> None:
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise Trouble(
            _("This is not an interactive terminal: the approval cannot be confirmed here"),
            _("Read what is shown above, then run it again with `--yes`."),
            status=2,
        )
    count = len(approving.subjects)
    question = ngettext("Approve this publication as {who}?", "Approve these {count} publications as {who}?", count, who=approving.name)
    confirm(question)


def _tell_next(here: CommandContext, approving: PendingApproval) -> None:
    """Where the approval must go to count."""
    branch, default = here.repo.branch(), here.repo.default_branch()
    if branch == default:
        if here.repo.has_remote():
            click.echo(_("The approval counts once it is on origin: run `git push`."))
        return
    click.echo(
        _(
            "The approval counts once the branch is merged into {default} unchanged: `git merge --no-ff {branch}`, without squash or rebase.",
            default=default,
            branch=branch,
        )
    )
