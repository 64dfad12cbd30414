"""`marronnier settle`: what a person decides when the tool cannot."""

from __future__ import annotations

import click

from marronnier.cli.surroundings import Surroundings, pass_surroundings
from marronnier.messages import _


@click.command()
@click.argument("key")
@click.option("--was-sent", "url", metavar="URL", help=_("It is out, at this address."))
@click.option("--was-not-sent", is_flag=True, help=_("It is not out: send it again when it is due."))
@click.option("--send-now", is_flag=True, help=_("It missed its hour: send it all the same."))
@click.option("--never", is_flag=True, help=_("It missed its hour: never send it."))
@pass_surroundings
def command(here: Surroundings, key: str, url: str | None, was_not_sent: bool, send_now: bool, never: bool) -> None:
    """Say what happened to a publication that may have been sent, or what becomes of one that missed its hour."""
    from marronnier import ledger
    from marronnier.publish.verdict import Verdict, settle

    chosen: list[Verdict] = []
    if url:
        chosen.append("was-sent")
    if was_not_sent:
        chosen.append("was-not-sent")
    if send_now:
        chosen.append("send-now")
    if never:
        chosen.append("never")
    if len(chosen) != 1:
        raise click.UsageError(_("Choose one of --was-sent URL, --was-not-sent, --send-now, --never."))
    brand = here.brand
    who = here.repo.find("config", "user.email") or "unknown"
    settle(key, chosen[0], ledger.open(here.repo, brand), here.now(brand.zone, brand.clock), who=who, url=url or "")
    click.echo(_("Noted. Run `marronnier status {key}` to see where it stands.", key=key))
