"""Page of ideas and of publications without a date. Internal builds only."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.pages.page import Page
from marronnier.pages.publication_groups import group_publications
from marronnier.pages.render import template_page
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
    inputs = (values["ideas"], values["undated"], [post.digest for post in view.ideas_without_channel])
    yield template_page(view, "ideas", "ideas/", _("Ideas"), _("Ideas without a date."), values, inputs=inputs, label=_("Ideas"))
