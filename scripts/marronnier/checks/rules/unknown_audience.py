"""An audience that is not in the strategy."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.suggestions import unknown_name
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
    for place, name in _references(view):
        if name not in audiences:
            message = _("`{name}` is not an audience of this brand", name=name)
            if_none = _("an audience of brand/strategy.yml, which has none yet")
            yield unknown_name("unknown-audience", place, name, audiences, "brand/strategy.yml", message=message, if_none=if_none)


def _references(view: View) -> Iterator[tuple[Place, str]]:
    for post in view.posts:
        for number, name in enumerate(post.front.audience):
            yield post.place("audience", number), name
    for page in view.desk.campaigns.values():
        for number, name in enumerate(page.campaign.audience):
            yield view.desk.place(page.path, "audience", number), name
