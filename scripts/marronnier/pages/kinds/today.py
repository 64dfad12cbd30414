"""The first page: what goes out today and this week, what needs someone, what was just published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from marronnier.pages.chips import Chip, group_chips
from marronnier.pages.page import Body, Page
from marronnier.pages.render import front_matter, render
from marronnier.pages.site_view import SitePublication, SiteView

ORDER = 10
_RECENT = 6
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Lists:
    today: tuple[Chip, ...]
    week: tuple[tuple[date, tuple[Chip, ...]], ...]
    needy: tuple[Chip, ...]
    recent: tuple[Chip, ...]
    ideas: int


def make(view: SiteView) -> Iterator[Page]:
    """One page at the root."""
    lists = _lists(view)
    running = [(slug, campaign) for slug, campaign in view.campaigns.items() if campaign.start <= view.today <= campaign.end]
    coming = [(day, known) for day in (view.today + timedelta(days=ahead) for ahead in range(15)) for known in view.days(day)]
    values = {"lists": lists, "running": running, "coming": coming}
    _ = view.tongue._

    yield Page(
        path="",
        title=str(_("Today")),
        description=str(_("What {brand} publishes today and this week.", brand=view.brand.name)),
        parts=(lists, running, coming, view.today, view.stamp),
        render=lambda: Body(render("today.html.jinja", view, "./", **values)),
        as_markdown=lambda: front_matter(title=str(_("Today"))) + render("today.md.jinja", view, "", **values),
        menu=(str(_("Today")),),
    )


def _lists(view: SiteView) -> _Lists:
    def of(*outings: SitePublication) -> tuple[Chip, ...]:
        return tuple(group_chips(outings))

    needy = [outing for outing in view.outings if outing.shown == "needs you"]
    ahead = [(view.today + timedelta(days=days)) for days in range(1, _WEEK.days + 1)]
    recent = [outing for outing in view.outings if outing.shown == "sent" and outing.at is not None]
    dated_idea = {"idea"}
    return _Lists(
        today=of(*(outing for outing in view.by_day.get(view.today, ()) if outing.state not in dated_idea)),
        week=tuple((day, of(*view.by_day[day])) for day in ahead if day in view.by_day),
        needy=of(*needy),
        recent=tuple(group_chips(reversed(recent[-40:]))[:_RECENT]),
        ideas=len({outing.post_id for outing in view.outings if outing.state == "idea"}) + len(view.unaddressed),
    )
