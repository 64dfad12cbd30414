"""`marronnier settle`: records a person's decision where the tool cannot decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _

if TYPE_CHECKING:
    from marronnier.model.plan import Plan
    from marronnier.proofs.situation import Situation
    from marronnier.publish.manual_settlement import Verdict


@click.command()
@click.argument("key")
@click.option("--was-sent", "url", metavar="URL", help=_("It was published, at this address."))
@click.option("--was-not-sent", is_flag=True, help=_("It was not published: send it again when it is due."))
@click.option("--send-now", is_flag=True, help=_("It missed its time: send it anyway."))
@click.option("--never", is_flag=True, help=_("It missed its time: never send it."))
@pass_command_context
def command(context: CommandContext, key: str, url: str | None, was_not_sent: bool, send_now: bool, never: bool) -> None:
    """Record what happened to a publication that may have been sent, or decide about one that missed its time."""
    from marronnier import plan
    from marronnier.proofs.load import load_situation
    from marronnier.publish import read_origin
    from marronnier.publish.manual_settlement import settle

    verdicts: list[Verdict] = []
    if url:
        verdicts.append("was-sent")
    if was_not_sent:
        verdicts.append("was-not-sent")
    if send_now:
        verdicts.append("send-now")
    if never:
        verdicts.append("never")
    if len(verdicts) != 1:
        raise click.UsageError(_("Choose one of --was-sent URL, --was-not-sent, --send-now, --never."))
    if why := read_origin(context.repo).stopped:
        raise Trouble(why, _("Nothing was recorded."))
    brand = context.brand
    who = context.repo.try_text("config", "user.email") or "unknown"
    now = context.now(brand.zone, brand.clock)
    situation = load_situation(context.repo, now, proposals=False)
    _require_open(key, verdicts[0], situation, plan.make(situation))
    settle(key, verdicts[0], situation.ledger, now, who=who, url=url or "")
    click.echo(_("Recorded. Run `marronnier status {key}` to see its state.", key=key))


def _require_open(key: str, verdict: Verdict, situation: Situation, planned: Plan) -> None:
    """Raises Trouble for an unknown publication, and for one that did not miss its time where the verdict is about that."""
    line = next((line for line in planned.lines if line.key == key and not line.proposal), None)
    if line is None and key not in situation.histories:
        raise Trouble(
            _("There is no publication {name} in the plan", name=key),
            _("Name a post, or a key like portes-ouvertes@journal: `marronnier plan --all --format json` lists them."),
            status=2,
        )
    if line is not None and verdict in ("send-now", "never") and line.state in ("ready", "due", "held", "draft", "idea", "past"):
        raise Trouble(_("{key} did not miss its time: {why}", key=key, why=line.why), _("See `marronnier status {key}`.", key=key))
