"""A campaign that has no page."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.suggestions import closest_name, name_list
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "error"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """The campaign of each post, and those of the approval policy."""
    for place, name in _references(view):
        # A page that cannot be read exists: another finding says what is wrong with it.
        if name in view.desk.campaigns or name in view.desk.unreadable_campaigns:
            continue
        suggestion = closest_name(name, view.desk.campaigns)
        page = f"calendar/campaigns/{name}.md"
        message = _("the campaign `{name}` has no page", name=name)
        expected = (
            _("one of {names}", names=name_list(view.desk.campaigns))
            if view.desk.campaigns
            else _("a page in calendar/campaigns/, which has none yet")
        )
        next = (
            _("write `{near}`, or create {page}", near=suggestion, page=page) if suggestion else _("remove it, or create {page}", page=page)
        )
        yield Finding("unknown-campaign", LEVEL, place, message, expected, next)


def _references(view: View) -> Iterator[tuple[Place, str]]:
    for post in view.posts:
        if post.front.campaign is not None:
            yield post.place("campaign"), post.front.campaign
    for nth, requirement in enumerate(view.desk.policy.requirements):
        for number, name in enumerate(requirement.campaigns):
            yield view.desk.place("brand/approvals.yml", "requirements", nth, "campaigns", number), name
