"""`marronnier new`: a new post, with an id and a date or a place in the queue."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.model.scalars import WrittenDate
    from marronnier.start import PostRequest


@click.command()
@click.argument("title")
@click.option(
    "--channel",
    "channels",
    multiple=True,
    metavar=_("NAME"),
    help=_("A channel or group of brand/channels.yml; may be given several times."),
)
@click.option("--date", "date_text", metavar=_("DATE"), help=_("When it goes out: `2026-12-05 10:00`, or `when-approved`."))
@click.option("--slot", metavar=_("NAME"), help=_("A slot of calendar/slots.yml, or `next`."))
@click.option("--campaign", metavar=_("NAME"), help=_("A campaign of calendar/campaigns/."))
@click.option("--idea", is_flag=True, help=_("Keep it in content/ideas/, without a date."))
@pass_command_context
def command(
    surroundings: CommandContext,
    title: str,
    channels: tuple[str, ...],
    date_text: str | None,
    slot: str | None,
    campaign: str | None,
    idea: bool,
) -> None:
    """Write a new post and print its path.

    Without --channel it goes where its slot or campaign goes, else to the channels that speak the brand's language.
    Without --date or --slot it takes the next free slot.
    """
    from marronnier import start
    from marronnier.model.scalars import zone_or_utc

    desk = surroundings.desk
    now = surroundings.now(desk.brand.zone, desk.brand.clock).astimezone(zone_or_utc(desk.brand.zone))
    wanted = completed(desk, title, channels, _moment(date_text), slot, campaign, idea)
    path = start.write_post(surroundings.root, wanted, desk.posts, now.date())
    click.echo(path)


def completed(
    desk: Desk, title: str, channels: tuple[str, ...], date: WrittenDate | None, slot: str | None, campaign: str | None, idea: bool
) -> PostRequest:
    """The post as wanted, with the brand's defaults. Raises Trouble for a name that the brand does not know."""
    from marronnier.start import PostRequest

    for channel in channels:
        _known(channel, {*desk.channels.channels, *desk.channels.groups}, "brand/channels.yml")
    if slot not in (None, "next"):
        _known(slot or "", desk.slots.slots, "calendar/slots.yml")
    if campaign is not None:
        _known(campaign, desk.campaigns, "calendar/campaigns/")
    if slot is None and date is None and not idea and desk.slots.slots:
        slot = "next"
    place = desk.slots.slots.get(slot or "")
    page = desk.campaigns.get(campaign or "")
    usual = (place.channels if place else ()) or (page.campaign.channels if page else ()) or _speaking(desk)
    pillar = (place.pillar if place else None) or (page.campaign.pillar if page else None)
    return PostRequest(title, channels or tuple(usual), date, slot, campaign, pillar, idea)


def _speaking(desk: Desk) -> tuple[str, ...]:
    """The channels in the brand's own language; all, when none says so."""
    own = tuple(name for name, channel in desk.channels.channels.items() if (channel.lang or desk.brand.lang) == desk.brand.lang)
    return own or tuple(desk.channels.channels)


def _moment(text: str | None) -> WrittenDate | None:
    from marronnier.model.loose_dates import guess_date
    from marronnier.model.scalars import WrittenDate

    if text is None:
        return None
    try:
        return WrittenDate.parse(text)
    except ValueError as error:
        near = guess_date(text)
        advice = _("Did you mean {name}?", name=near) if near else _("Write it like 2026-12-05 10:00.")
        raise Trouble(_("--date {text}: {why}", text=text, why=_(str(error))), advice, status=2) from error


def _known(name: str, names: Iterable[str], file: str) -> None:
    if name in (known := sorted(names)):
        return
    close = difflib.get_close_matches(name, known, 1)
    if close:
        advice = _("Did you mean {name}?", name=close[0])
    elif known:
        advice = _("Known here: {names}.", names=", ".join(known))
    else:
        advice = _("Write it there first.")
    raise Trouble(_("{file} knows no {name}", file=file, name=name), advice, status=2)
