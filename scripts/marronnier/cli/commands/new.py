"""`marronnier new`: writes a new post, with an id and a date or a slot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, parse_date_option, pass_command_context
from marronnier.messages import N_, Trouble, _

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
    help=_("A channel or group of brand/channels.yml; can be repeated."),
)
@click.option("--date", "date_text", metavar=_("DATE"), help=_("When it goes out: `2026-12-05 10:00`, or `when-approved`."))
@click.option("--slot", metavar=_("NAME"), help=_("A slot of calendar/slots.yml, or `next`."))
@click.option("--campaign", metavar=_("NAME"), help=_("A campaign of calendar/campaigns/."))
@click.option("--idea", is_flag=True, help=_("Save it as an idea in content/ideas/, without a date."))
@pass_command_context
def command(
    context: CommandContext,
    title: str,
    channels: tuple[str, ...],
    date_text: str | None,
    slot: str | None,
    campaign: str | None,
    idea: bool,
) -> None:
    """Create a new post and print its path.

    Without --channel it goes to the channels of its slot or campaign, else to the channels in the brand's language that have slots.
    Without --date or --slot it takes the next free slot.
    """
    from marronnier import start
    from marronnier.model.scalars import zone_or_utc

    desk = context.desk
    now = context.now(desk.brand).astimezone(zone_or_utc(desk.brand.zone))
    date = None
    if date_text is not None:
        date = parse_date_option(date_text, N_("--date {text} is no date. Expected: {why}"), N_("Write it like 2026-12-05 10:00."))
    request = fill_defaults(desk, title, channels, date, slot, campaign, idea)
    path = start.write_post(context.root, request, desk.posts, now.date())
    click.echo(path)


def fill_defaults(
    desk: Desk, title: str, channels: tuple[str, ...], date: WrittenDate | None, slot: str | None, campaign: str | None, idea: bool
) -> PostRequest:
    """The post as it was asked for, completed from the brand's settings. Raises Trouble for a name that the brand does not have."""
    from marronnier.start import PostRequest

    if not desk.tree.exists("brand/channels.yml"):
        raise Trouble(
            _("brand/channels.yml is missing, so a post has nowhere to go"),
            _("Put it back (`git log -- brand/channels.yml` shows what it was), or write it with the channels of your brand."),
        )
    for channel in channels:
        _require_known(channel, {*desk.channels.channels, *desk.channels.groups}, "brand/channels.yml")
    if slot not in (None, "next"):
        _require_known(slot or "", desk.slots.slots, "calendar/slots.yml")
    if campaign is not None:
        _require_known(campaign, desk.campaigns, "calendar/campaigns/")
    if slot is None and date is None and not idea and desk.slots.slots:
        slot = "next"
    slot_settings = desk.slots.slots.get(slot or "")
    campaign_page = desk.campaigns.get(campaign or "")
    default_channels = (
        (slot_settings.channels if slot_settings else ())
        or (campaign_page.campaign.channels if campaign_page else ())
        or _default_channels(desk)
    )
    pillar = (slot_settings.pillar if slot_settings else None) or (campaign_page.campaign.pillar if campaign_page else None)
    return PostRequest(title, channels or tuple(default_channels), date, slot, campaign, pillar, idea)


def _default_channels(desk: Desk) -> tuple[str, ...]:
    """The channels in the brand's own language, else all; of these those that have slots, where any has: the post takes the next one."""
    channels = desk.channels.channels
    own = tuple(name for name, channel in channels.items() if (channel.lang or desk.brand.lang) == desk.brand.lang) or tuple(channels)
    slotted = {name for slot in desk.slots.slots.values() for name in desk.expand(slot.channels)}
    return tuple(name for name in own if name in slotted) or own


def _require_known(name: str, names: Iterable[str], file: str) -> None:
    """Raises Trouble, with a suggestion, for a name that a file does not hold."""
    from marronnier.checks.suggestions import closest_name

    known = sorted(names)
    if name in known:
        return
    if suggestion := closest_name(name, known):
        advice = _("Did you mean {name}?", name=suggestion)
    elif known:
        advice = _("It has: {names}.", names=", ".join(known))
    else:
        advice = _("Add it there first.")
    raise Trouble(_("{file} has no {name}", file=file, name=name), advice, status=2)
