"""`marronnier approve`: approves exactly these words at exactly this time."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.localization import confirm
from marronnier.messages import Trouble, _, ngettext


@click.command()
@click.argument("keys", nargs=-1, metavar="KEY…")
@click.option("--as", "approver_id", metavar="ID", help=_("Who approves: a name of brand/approvals.yml."))
@click.option("--all-in-review", is_flag=True, help=_("Everything on this branch that is in review."))
@click.option("--policy", "policy", is_flag=True, help=_("The policy as committed here: people, keys, quorums, and where channels speak."))
@click.option("--key", "key", type=click.Path(path_type=Path), metavar="FILE", help=_("Sign with this SSH key."))
@click.option("--yes", is_flag=True, help=_("Do not ask for confirmation."))
@pass_command_context
def command(
    context: CommandContext, keys: tuple[str, ...], approver_id: str | None, all_in_review: bool, policy: bool, key: Path | None, yes: bool
) -> None:
    """Approve publications exactly as committed: a signed empty commit on this branch records their text and their date."""
    from marronnier import review
    from marronnier.cli.output.approval_preview import preview_lines

    if policy:
        if keys or all_in_review:
            raise click.UsageError(_("The policy is approved by itself: `marronnier approve --policy`."))
        _approve_policy(context, approver_id, key, yes=yes)
        return
    if not keys and not all_in_review:
        raise click.UsageError(_("Name what you approve: `marronnier approve KEY`, or `--all-in-review`."))
    pending = review.prepare_approval(context.repo, context.now(), keys, who=approver_id, key=key, all_in_review=all_in_review)
    for notice in pending.default.notices:
        click.echo(notice, err=True)
    for line in preview_lines(pending.subjects, context.brand.zone):
        click.echo(line)
    for approved_key in pending.already_approved:
        click.echo(_("{key} is already approved and is skipped.", key=approved_key))
    count = len(pending.subjects)
    _confirm(ngettext("Approve this publication as {who}?", "Approve these {count} publications as {who}?", count, who=pending.name), yes)
    submission = review.approve(context.repo, pending)
    click.echo(_("Approved by {who}: {commit}.", who=pending.name, commit=submission.reference[:10]))
    for step in submission.next_steps:
        click.echo(step)


def _approve_policy(context: CommandContext, approver_id: str | None, key: Path | None, *, yes: bool) -> None:
    """Show what the policy committed here changes, and approve it."""
    from marronnier import review

    pending = review.prepare_policy_approval(context.repo, context.now(), who=approver_id, key=key)
    for notice in pending.draft.default.notices:
        click.echo(notice, err=True)
    click.echo(_("Against the policy in force:"))
    for change in pending.changes:
        click.echo(f"• {output.escape_controls(change)}")
    _confirm(_("Approve this policy as {who}?", who=pending.name), yes)
    submission = review.approve(context.repo, pending)
    click.echo(_("Approved by {who}: {commit}.", who=pending.name, commit=submission.reference[:10]))
    for step in submission.next_steps:
        click.echo(step)


def _confirm(question: str, yes: bool) -> None:
    """Ask whether to approve. Raises Trouble where nobody can be asked, Abort for a no."""
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise Trouble(
            _("This is not an interactive terminal: the approval cannot be confirmed here"),
            _("Read what is shown above, then run it again with `--yes`."),
            status=2,
        )
    confirm(question)
