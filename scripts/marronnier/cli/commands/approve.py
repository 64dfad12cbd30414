"""`marronnier approve`: approves exactly these words at exactly this time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marronnier.review import PendingApproval, Subject


@click.command()
@click.argument("keys", nargs=-1, metavar="KEY…")
@click.option("--as", "approver_id", metavar="ID", help=_("Who approves: a name of brand/approvals.yml."))
@click.option("--all-in-review", is_flag=True, help=_("Everything that this branch asks for."))
@click.option("--key", "key", type=click.Path(path_type=Path), metavar="FILE", help=_("Sign with this SSH key."))
@click.option("--yes", is_flag=True, help=_("Do not ask again."))
@pass_command_context
def command(
    context: CommandContext, keys: tuple[str, ...], approver_id: str | None, all_in_review: bool, key: Path | None, yes: bool
) -> None:
    """Approve publications as they are committed: a signed empty commit on this branch names their words and their when."""
    from marronnier import review

    if not keys and not all_in_review:
        raise click.UsageError(_("Name what you approve: `marronnier approve KEY`, or `--all-in-review`."))
    now = context.now(context.brand.zone, context.brand.clock)
    approval = review.prepare_approval(context.repo, now, keys, who=approver_id, key=key, all_in_review=all_in_review)
    print_preview(approval.subjects, context.brand.zone)
    for approved_key in approval.already:
        click.echo(_("{key} is approved already and is left out.", key=approved_key))
    _confirm(approval, yes)
    commit = review.approve(context.repo, approval)
    click.echo(_("Approved by {who}: {commit}.", who=approval.name, commit=commit[:10]))
    if not approval.key:
        click.echo(_("Unsigned: brand/approvals.yml says `unsigned: true`, and every status says so too."))
    _print_next_step(context, approval)


def print_preview(subjects: Sequence[Subject], zone: str) -> None:
    """Print exactly what is approved: the words as they will be sent, their time and their account."""
    from marronnier.cli.output.approval_preview import preview_lines

    for line in preview_lines(subjects, zone):
        click.echo(line)


def _confirm(approval: PendingApproval, yes: bool) -> None:
    """Ask whether to approve. Raises Trouble where nobody can be asked, Abort for a no."""
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise Trouble(_("Nobody can be asked here whether these are the words to approve"), _("Read them, then add `--yes`."), status=2)
    count = len(approval.subjects)
    question = ngettext("Approve this publication as {who}?", "Approve these {count} publications as {who}?", count, who=approval.name)
    click.confirm(question, abort=True)


def _print_next_step(context: CommandContext, approval: PendingApproval) -> None:
    """Print how the approval reaches the default branch, where it counts."""
    branch, default = context.repo.branch(), context.repo.default_branch()
    if branch == default:
        if context.repo.has_remote():
            click.echo(_("It counts once it is on origin: run `git push`."))
        return
    click.echo(
        _(
            "It counts once it is merged into {default} as it is: `git merge --no-ff {branch}`, not squashed and not rebased.",
            default=default,
            branch=branch,
        )
    )
