"""A pillar that the strategy does not have."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.suggestions import closest_name, name_list
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
    for place, name in _named(view):
        if name in pillars:
            continue
        near = closest_name(name, pillars)
        yield Finding(
            "unknown-pillar",
            LEVEL,
            place,
            _("`{name}` is no pillar of this brand", name=name),
            _("one of {names}", names=name_list(pillars)) if pillars else _("a pillar of brand/strategy.yml, which has none yet"),
            _("write `{near}`, or add `{name}` to brand/strategy.yml", near=near, name=name)
            if near
            else _("take it out, or add `{name}` to brand/strategy.yml", name=name),
        )


def _named(view: View) -> Iterator[tuple[Place, str]]:
    for post in view.posts:
        if post.front.pillar is not None:
            yield post.place("pillar"), post.front.pillar
    for page in view.desk.campaigns.values():
        if page.campaign.pillar is not None:
            yield view.desk.place(page.path, "pillar"), page.campaign.pillar
    for slug, slot in view.desk.slots.slots.items():
        if slot.pillar is not None:
            yield view.desk.place("calendar/slots.yml", "slots", slug, "pillar"), slot.pillar
