"""An audience that the strategy does not have."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.suggestions import closest_name, name_list
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "error"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """The audiences of each post and campaign."""
    audiences = view.desk.strategy.audiences
    if "brand/strategy.yml" in view.desk.unreadable_settings:
        return
    for place, name in _named(view):
        if name in audiences:
            continue
        near = closest_name(name, audiences)
        yield Finding(
            "unknown-audience",
            LEVEL,
            place,
            _("`{name}` is no audience of this brand", name=name),
            _("one of {names}", names=name_list(audiences)) if audiences else _("an audience of brand/strategy.yml, which has none yet"),
            _("write `{near}`, or add `{name}` to brand/strategy.yml", near=near, name=name)
            if near
            else _("take it out, or add `{name}` to brand/strategy.yml", name=name),
        )


def _named(view: View) -> Iterator[tuple[Place, str]]:
    for post in view.posts:
        for number, name in enumerate(post.front.audience):
            yield post.place("audience", number), name
    for page in view.desk.campaigns.values():
        for number, name in enumerate(page.campaign.audience):
            yield view.desk.place(page.path, "audience", number), name
