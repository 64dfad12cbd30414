"""A pillar that is not in the strategy."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.suggestions import unknown_name
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "error"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """The pillar of each post, campaign and slot."""
    pillars = view.desk.strategy.pillars
    if "brand/strategy.yml" in view.desk.unreadable_settings:
        return
    for place, name in _references(view):
        if name not in pillars:
            message = _("`{name}` is not a pillar of this brand", name=name)
            if_none = _("a pillar of brand/strategy.yml, which has none yet")
            yield unknown_name("unknown-pillar", place, name, pillars, "brand/strategy.yml", message=message, if_none=if_none)


def _references(view: View) -> Iterator[tuple[Place, str]]:
    for post in view.posts:
        if post.front.pillar is not None:
            yield post.place("pillar"), post.front.pillar
    for page in view.desk.campaigns.values():
        if page.campaign.pillar is not None:
            yield view.desk.place(page.path, "pillar"), page.campaign.pillar
    for slug, slot in view.desk.slots.slots.items():
        if slot.pillar is not None:
            yield view.desk.place("calendar/slots.yml", "slots", slug, "pillar"), slot.pillar
