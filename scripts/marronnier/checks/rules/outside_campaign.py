"""A post that goes out when its campaign is not running."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier import messages
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "warning"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every upcoming publication, against the first and last day of its campaign; one finding a written date or slot."""
    reported: set[Place] = set()
    for line in view.lines.upcoming:
        name = line.post.front.campaign
        page = view.desk.campaigns.get(name) if name is not None else None
        if page is None or page.campaign.start <= view.day(line.at) <= page.campaign.end:
            continue
        place = view.lines.time_place(line)
        if place in reported:
            continue
        reported.add(place)
        yield Finding(
            "outside-campaign",
            LEVEL,
            place,
            _("{when} is outside the campaign `{name}`", when=view.format_time(line.at), name=name),
            _("a day from {start} to {end}", start=messages.format_day(page.campaign.start), end=messages.format_day(page.campaign.end)),
            _("move it, remove `campaign`, or write why: `allow: {outside-campaign: the reason}`"),
        )
