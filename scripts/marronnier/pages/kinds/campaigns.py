"""Pages of campaigns: a list, and for each campaign its description, progress and publications."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier import messages
from marronnier.model.strategy import Campaign
from marronnier.pages.page import Body, Page
from marronnier.pages.previews import article_html
from marronnier.pages.publication_groups import group_publications
from marronnier.pages.render import front_matter, render, template_page
from marronnier.pages.site_view import SitePublication, SiteView
from marronnier.plan import costs_of
from marronnier.text.html import render_html
from marronnier.text.plain_text import to_plain_text

ORDER = 30


def make(view: SiteView) -> Iterator[Page]:
    """The list, and a page for each campaign that this build may name."""
    _ = view.locale._
    by_campaign = {slug: tuple(publication for publication in view.publications if publication.campaign == slug) for slug in view.campaigns}
    values = {"campaigns": [(slug, campaign, group_publications(by_campaign[slug])) for slug, campaign in view.campaigns.items()]}
    description = _("The campaigns of {brand}.", brand=view.brand.name)
    yield template_page(view, "campaigns", "campaigns/", _("Campaigns"), description, values, label=_("Campaigns"))
    # What it costs is for the team alone.
    costs = costs_of(view.site_data.plan, view.site_data.desk) if view.internal else None
    with messages.in_language(view.locale.lang):
        told = {slug: str(cost) for slug, cost in costs.campaigns.items()} if costs is not None else {}
    for slug, campaign in view.campaigns.items():
        yield _page(view, slug, campaign, by_campaign[slug], told.get(slug, ""))


def _page(view: SiteView, slug: str, campaign: Campaign, publications: tuple[SitePublication, ...], cost: str) -> Page:
    file = view.site_data.desk.campaigns[slug]
    body = file.body if view.internal else ""
    groups = group_publications(publications)
    length = (campaign.end - campaign.start).days + 1
    values = {
        "campaign": campaign,
        "body": article_html(render_html(body), ()) if body.strip() else "",
        "groups": groups,
        "out": sum(1 for group in groups if group.first.public_state == "sent"),
        "gone": min(max((view.today - campaign.start).days + 1, 0), length),
        "length": length,
        "pillar": view.site_data.desk.strategy.pillars.get(campaign.pillar or ""),
        "cost": cost,
        "edit": view.edit_link(file.path),
    }
    return Page(
        path=f"campaigns/{slug}/",
        title=campaign.title,
        description=str(
            view.locale._("{campaign}: {span}.", campaign=campaign.title, span=view.locale.date_range(campaign.start, campaign.end))
        ),
        inputs=(values, view.today, view.shared_inputs),
        render=lambda: Body(render("campaign.html.jinja", view, "../../", **values), to_plain_text(body)),
        as_markdown=lambda: (
            front_matter(title=campaign.title) + render("campaign.md.jinja", view, "../../", plain_body=to_plain_text(body), **values)
        ),
        section="campaigns/",
    )
