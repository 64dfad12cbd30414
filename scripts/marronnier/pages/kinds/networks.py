"""Pages of networks: the limits and abilities of each, with their sources, and the brand's accounts there."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier import messages, networks
from marronnier.networks.kit.seam import Network
from marronnier.pages.page import Body, Page
from marronnier.pages.previews import article_html
from marronnier.pages.render import front_matter, render, template_page
from marronnier.pages.site_view import SiteView
from marronnier.text.html import render_html
from marronnier.text.plain_text import to_plain_text

ORDER = 60


def make(view: SiteView) -> Iterator[Page]:
    """A list, and a page for each network: for the team alone."""
    if not view.internal:
        return
    _ = view.locale._
    used = {channel.network for channel in view.site_data.desk.channels.channels.values()}
    known = {name: networks.get(name) for name in networks.names()}
    with messages.in_language(view.locale.lang):
        table = article_html(render_html(networks.comparison(view.site_data.desk.trials)), ())
    values = {"table": table, "networks": [(name, str(_(network.NAME)), name in used) for name, network in known.items()]}
    title, description = _("Networks"), _("The networks Marronnier can publish to.")
    yield template_page(view, "networks", "networks/", title, description, values, section="handbook/")
    for name, network in known.items():
        yield _page(view, name, network)


def _page(view: SiteView, name: str, network: Network) -> Page:
    _ = view.locale._
    # A feed is a thing of every language; the others are names.
    label = str(_(network.NAME))
    # `networks.page` translates the table of facts into the current language.
    with messages.in_language(view.locale.lang):
        markdown, lang = networks.page(name, view.site_data.desk.trials)
    channels = [(key, channel) for key, channel in view.site_data.desk.channels.channels.items() if channel.network == name]
    values = {
        "name": label,
        "lang": lang,
        "body": article_html(render_html(markdown), ()),
        "channels": channels,
    }
    return Page(
        path=f"networks/{name}/",
        title=label,
        description=str(view.locale._("What {network} supports, and what it does not.", network=label)),
        inputs=(values, view.shared_inputs),
        render=lambda: Body(render("network.html.jinja", view, "../../", **values), to_plain_text(markdown)),
        as_markdown=lambda: front_matter(title=label) + markdown,
        section="handbook/",
    )
