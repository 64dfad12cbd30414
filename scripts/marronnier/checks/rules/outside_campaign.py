"""A post that goes out when its campaign is not running."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier import messages
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "warning"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every upcoming publication, against the first and last day of its campaign; one finding a written date or slot."""
    outside = (line for line in view.lines.upcoming if _is_outside(view, line))
    for place, line in view.lines.first_by_place(outside).items():
        page = view.desk.campaigns[line.post.front.campaign or ""]
        start, end = messages.format_day(page.campaign.start), messages.format_day(page.campaign.end)
        message = _("{when} is outside the campaign `{name}`", when=view.format_time(line.at), name=page.slug)
        expected = _("a day from {start} to {end}", start=start, end=end)
        next = _("move it, remove `campaign`, or write why: `allow: {outside-campaign: the reason}`")
        yield Finding("outside-campaign", LEVEL, place, message, expected, next)


def _is_outside(view: View, line: TimetableLine) -> bool:
    page = view.desk.campaigns.get(line.post.front.campaign or "")
    # Days in the wrong order are the campaign's fault, and reported there.
    return (
        page is not None and page.campaign.start <= page.campaign.end and not page.campaign.start <= view.day(line.at) <= page.campaign.end
    )
