"""`marronnier settle`: records a person's decision where the tool cannot decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _
from marronnier.text.escapes import escape_controls

if TYPE_CHECKING:
    from marronnier.publish.manual_settlement import Verdict


@click.command()
@click.argument("key")
@click.option("--was-sent", "url", metavar="URL", help=_("It was published, at this address."))
@click.option("--was-not-sent", is_flag=True, help=_("It was not published: send it again when it is due."))
@click.option("--send-now", is_flag=True, help=_("It missed its time, or was deleted on the network: send it."))
@click.option("--never", is_flag=True, help=_("It missed its time, or was deleted on the network: leave it so."))
@pass_command_context
def command(context: CommandContext, key: str, url: str | None, was_not_sent: bool, send_now: bool, never: bool) -> None:
    """Record what happened to a publication that may have been sent, or decide about one that missed its time or was deleted."""
    from marronnier import plan
    from marronnier.proofs.situation_loader import load_situation
    from marronnier.publish import read_origin
    from marronnier.publish.manual_settlement import require_open, settle

    options: dict[Verdict, bool] = {"was-sent": bool(url), "was-not-sent": was_not_sent, "send-now": send_now, "never": never}
    verdicts = [verdict for verdict, chosen in options.items() if chosen]
    if len(verdicts) != 1:
        raise click.UsageError(_("Choose one of --was-sent URL, --was-not-sent, --send-now, --never."))
    if why := read_origin(context.repo).stopped:
        raise Trouble(why, _("Nothing was recorded."))
    now = context.now()
    situation = load_situation(context.repo, now, proposals=False)
    line = require_open(key, verdicts[0], situation, plan.make(situation))
    when = line.digests.when if line is not None else ""
    settle(key, verdicts[0], situation.ledger, now, who=context.user_address, channels=situation.desk.channels, url=url or "", when=when)
    if line is not None and line.history is not None and send_now and (reason := line.history.delay_reason):
        click.echo(escape_controls(_("The last time it was not sent: {reason}", reason=reason)))
    click.echo(_("Recorded. Run `marronnier status {key}` to see its state.", key=key))
