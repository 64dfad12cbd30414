"""Credentials that end soon, by the day that `brand/channels.yml` has for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from marronnier.messages import _, format_day, ngettext
from marronnier.model.brand import Channels
from marronnier.networks.kit.credentials import NOTICE


def credential_notices(channels: Channels, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    """A sentence for each channel whose credentials end within two weeks, or have ended."""
    today = now.astimezone(zone).date()
    for name, channel in channels.channels.items():
        if channel.expires is None or channel.paused or channel.expires - today > NOTICE:
            continue
        day, days = format_day(channel.expires), (channel.expires - today).days
        if days <= 0:
            yield _("The credentials of {channel} ended on {day}: run `marronnier connect {channel}`.", channel=name, day=day)
        else:
            yield ngettext(
                "The credentials of {channel} end on {day}, in {count} day: run `marronnier connect {channel}`.",
                "The credentials of {channel} end on {day}, in {count} days: run `marronnier connect {channel}`.",
                days,
                channel=name,
                day=day,
            )
