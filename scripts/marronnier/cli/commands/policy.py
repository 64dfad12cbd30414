"""`marronnier policy`: says which approval policy is in force, what waits and who may approve it; and resets it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.localization import confirm
from marronnier.messages import Trouble, _, ngettext

if TYPE_CHECKING:
    from marronnier.approval.policy_standing import PolicyStanding
    from marronnier.model.approval_policy import Policy
    from marronnier.model.policy_document import AdoptedPolicy
    from marronnier.proofs.situation_loader import CommittedSituation


@click.group(
    invoke_without_command=True,
    help=_(
        "The approval policy in force, what waits to be approved in it, and by whom. `reset` puts another in force without an approval."
    ),
)
@output.text_or_json_option(_("Output format: text for people, json for programs."))
@click.pass_context
def command(click_context: click.Context, output_format: str) -> None:
    """Print the policy in force."""
    if click_context.invoked_subcommand is not None:
        return
    from marronnier.proofs.situation_loader import load_situation

    context = click_context.find_object(CommandContext)
    assert context is not None
    situation = load_situation(context.repo, context.now(), proposals=False)
    if output_format == "json":
        output.print_json(_as_json(situation.standing))
        return
    for line in _lines(situation):
        click.echo(output.escape_controls(line))


@command.command(
    help=_(
        "Put the policy of the default branch in force without an approval, signed by the publisher: after a lost key, or where too few may approve. Shown everywhere for 30 days."
    )
)
@click.option("--yes", is_flag=True, help=_("Do not ask for confirmation."))
@pass_command_context
def reset(context: CommandContext, yes: bool) -> None:
    """Put the policy of the default branch in force."""
    from marronnier import publish
    from marronnier.proofs.situation_loader import load_situation

    situation = load_situation(context.repo, context.now(), proposals=False)
    for change in situation.standing.changes:
        click.echo(f"• {output.escape_controls(change)}")
    if not yes:
        if sys.stdin is None or not sys.stdin.isatty():
            raise Trouble(
                _("This is not an interactive terminal: the reset cannot be confirmed here"),
                _("Read what is shown above, then run it again with `--yes`."),
                status=2,
            )
        confirm(_("Put the policy of {branch} in force without an approval?", branch=situation.branch))
    publish.reset_policy(context.repo, context.now())
    click.echo(_("The policy of {branch} is in force. Everybody is shown for 30 days that it was reset.", branch=situation.branch))


def _lines(situation: CommittedSituation) -> Iterator[str]:
    """The policy in force, then what waits."""
    standing = situation.standing
    last = standing.last
    if last is None:
        if situation.ledger.exists:
            yield _("The ledger records no policy yet: the next `marronnier publish` records that of {branch}.", branch=situation.branch)
        else:
            yield _("There is no ledger yet: `marronnier ledger init` puts the policy of {branch} in force.", branch=situation.branch)
        yield from _policy_lines(standing)
        return
    yield _(
        "In force since {day}; {why}.",
        day=f"{situation.local(last.at):%Y-%m-%d %H:%M}",
        why=_why(last),
    )
    yield from _policy_lines(standing)
    if not standing.changes:
        return
    yield ""
    yield ngettext(
        "{branch} has another policy ({count} change):",
        "{branch} has another policy ({count} changes):",
        len(standing.changes),
        branch=situation.branch,
    )
    yield from (f"  • {change}" for change in standing.changes)
    if not standing.waits:
        yield _("The next `marronnier publish` puts it in force.")
        return
    assert standing.approval is not None
    yield _("It waits: {why}.", why=standing.approval.why)
    yield _("Until then the higher quorum counts, the people and keys in both, and a channel that speaks elsewhere is locked.")
    if standing.approvers_needed():
        yield _("To approve it: `marronnier approve --policy`, by {people}.", people=standing.approvers_needed())
    else:
        yield _("Nobody can: whoever holds the publisher's key runs `marronnier policy reset`.")


def _policy_lines(standing: PolicyStanding) -> Iterator[str]:
    """Who must approve by the policy in force."""
    policy = standing.last.document.policy if standing.last is not None else standing.proposed.policy
    names = ", ".join(_name(policy, person) for person in policy.approvers)
    if policy.quorum == 0:
        yield "  " + _("quorum: 0, merging counts as approval")
    else:
        yield "  " + ngettext(
            "{count} must approve of: {people}", "{count} must approve of: {people}", policy.quorum, people=names or _("nobody yet")
        )
    for requirement in policy.requirements:
        tags = (f"#{tag}" for tag in requirement.tags)
        sensitive = ("sensitive",) if requirement.sensitive else ()
        subject = ", ".join((*requirement.channels, *requirement.campaigns, *tags, *sensitive)) or _("everything")
        people = ", ".join(_name(policy, who) for who in requirement.by if who) or names
        if requirement.after:
            before = ", ".join(_name(policy, who) for who in requirement.after if who) or _("nobody yet")
            people = _("{people}, after one of {others}", people=people, others=before)
        yield "  " + _("{what}: {count} of {people}", what=subject, count=requirement.quorum, people=people or _("nobody yet"))


def _name(policy: Policy, person: str) -> str:
    """The name of a person whom the policy names, else their id."""
    approver = policy.approvers.get(person)
    return (approver.name if approver is not None else "") or person


def _why(adopted: AdoptedPolicy) -> str:
    if adopted.is_reset:
        return _("reset by the publisher, without an approval")
    if adopted.by:
        return _("approved by {people}", people=", ".join(adopted.by))
    return _("it is the first that the ledger records") if adopted.number == 0 else _("it needed no approval")


def _as_json(standing: PolicyStanding) -> dict[str, object]:
    last = standing.last
    return {
        "in_force": None
        if last is None
        else {
            "number": last.number,
            "digest": last.document.digest,
            "commit": last.commit,
            "at": last.at.isoformat(),
            "by": list(last.by),
            "reset": last.is_reset,
        },
        "changes": list(standing.changes),
        "waits": standing.waits,
        "why": standing.approval.why if standing.approval is not None else "",
        "approvers": standing.approvers_needed() if standing.waits else "",
    }
