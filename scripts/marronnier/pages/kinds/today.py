"""The first page: publications of today and this week, those that need someone, and those published last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from marronnier.pages.page import Page
from marronnier.pages.publication_groups import PublicationGroup, group_publications
from marronnier.pages.render import template_page
from marronnier.pages.site_view import SiteView

ORDER = 10
_MAX_RECENT = 6


@dataclass(frozen=True, slots=True)
class _Lists:
    today: tuple[PublicationGroup, ...]
    week: tuple[tuple[date, tuple[PublicationGroup, ...]], ...]
    needy: tuple[PublicationGroup, ...]
    recent: tuple[PublicationGroup, ...]
    ideas: int


def make(view: SiteView) -> Iterator[Page]:
    """The page at the language's root."""
    lists = _lists(view)
    running = [(slug, campaign) for slug, campaign in view.campaigns.items() if campaign.start <= view.today <= campaign.end]
    coming = [(day, known) for day in (view.today + timedelta(days=ahead) for ahead in range(15)) for known in view.days_on(day)]
    values = {"lists": lists, "running": running, "coming": coming}
    _ = view.locale._
    description = _("What {brand} publishes today and this week.", brand=view.brand.name)
    yield template_page(view, "today", "", _("Today"), description, values, inputs=(lists, running, coming, view.today))


def _lists(view: SiteView) -> _Lists:
    needy = [publication for publication in view.publications if publication.public_state == "needs you"]
    ahead = [view.today + timedelta(days=days) for days in range(1, 8)]
    recent = [publication for publication in view.publications if publication.public_state == "sent" and publication.at is not None]
    return _Lists(
        today=tuple(group_publications(publication for publication in view.by_day.get(view.today, ()) if publication.state != "idea")),
        week=tuple((day, tuple(group_publications(view.by_day[day]))) for day in ahead if day in view.by_day),
        needy=tuple(group_publications(needy)),
        recent=tuple(group_publications(reversed(recent[-40:]))[:_MAX_RECENT]),
        ideas=len({publication.post_id for publication in view.publications if publication.state == "idea"})
        + len(view.ideas_without_channel),
    )
