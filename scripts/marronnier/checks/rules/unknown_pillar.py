"""A pillar that is not in the strategy."""

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
    if "brand/strategy.yml" in view.desk.unread:
        return
    for place, name in _references(view):
        if name in pillars:
            continue
        suggestion = closest_name(name, pillars)
        yield Finding(
            "unknown-pillar",
            LEVEL,
            place,
            _("`{name}` is not a pillar of this brand", name=name),
            _("one of {names}", names=name_list(pillars)) if pillars else _("a pillar of brand/strategy.yml, which has none yet"),
            _("write `{near}`, or add `{name}` to brand/strategy.yml", near=suggestion, name=name)
            if suggestion
            else _("remove it, or add `{name}` to brand/strategy.yml", name=name),
        )


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
