"""Page of ideas and of publications without a date. Internal builds only."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.pages.page import Body, Page
from marronnier.pages.publication_groups import group_publications
from marronnier.pages.render import front_matter, render
from marronnier.pages.site_view import SiteView

ORDER = 40


def make(view: SiteView) -> Iterator[Page]:
    """The page `/ideas/`."""
    if not view.internal:
        return
    _ = view.locale._
    values = {
        "ideas": group_publications(publication for publication in view.publications if publication.state == "idea"),
        "undated": group_publications(
            publication for publication in view.publications if publication.at is None and publication.state != "idea"
        ),
        "unaddressed": view.ideas_without_channel,
    }
    title = str(_("Ideas"))
    yield Page(
        path="ideas/",
        title=title,
        description=str(_("Ideas without a date.")),
        inputs=(values["ideas"], values["undated"], [post.digest for post in view.ideas_without_channel], view.shared_inputs),
        render=lambda: Body(render("ideas.html.jinja", view, "../", **values)),
        as_markdown=lambda: front_matter(title=title) + render("ideas.md.jinja", view, "../", **values),
        menu=(title,),
    )
