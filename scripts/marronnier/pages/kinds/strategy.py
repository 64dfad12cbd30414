"""Page of the strategy: objectives, pillars, audiences, networks and formats. It reveals plans, so it is in internal builds only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from marronnier.pages.page import Page
from marronnier.pages.render import template_page
from marronnier.pages.site_view import SiteView

ORDER = 50


def make(view: SiteView) -> Iterator[Page]:
    """The page `/strategy/`, when the brand has a strategy."""
    strategy = view.site_data.desk.strategy
    if not view.internal or not (strategy.mission or strategy.pillars or strategy.objectives or strategy.networks or strategy.audiences):
        return
    _ = view.locale._
    posts = [
        publications[0].line.publication.post
        for publications in view.by_post.values()
        if publications[0].line and publications[0].state != "idea"
    ]
    values = {
        "strategy": strategy,
        "posts": len(posts),
        "by_pillar": Counter(post.front.pillar for post in posts if post.front.pillar),
        "by_format": Counter(post.front.format for post in posts),
        "edit": view.edit_link("brand/strategy.yml"),
    }
    description = _("Why {brand} publishes, for whom and about what.", brand=view.brand.name)
    yield template_page(view, "strategy", "strategy/", _("Strategy"), description, values, label=_("Strategy"))
