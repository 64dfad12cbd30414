"""What has no hour yet: ideas, and posts whose instant nobody can give. Internal builds only."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.pages.chips import group_chips
from marronnier.pages.page import Body, Page
from marronnier.pages.render import front_matter, render
from marronnier.pages.site_view import SiteView

ORDER = 40


def make(view: SiteView) -> Iterator[Page]:
    """One page, `/ideas/`."""
    if not view.internal:
        return
    _ = view.tongue._
    values = {
        "ideas": group_chips(outing for outing in view.outings if outing.state == "idea"),
        "undated": group_chips(outing for outing in view.outings if outing.at is None and outing.state != "idea"),
        "unaddressed": view.unaddressed,
    }
    title = str(_("Ideas"))
    yield Page(
        path="ideas/",
        title=title,
        description=str(_("Ideas without a date.")),
        parts=(values["ideas"], values["undated"], [post.digest for post in view.unaddressed], view.stamp),
        render=lambda: Body(render("ideas.html.jinja", view, "../", **values)),
        as_markdown=lambda: front_matter(title=title) + render("ideas.md.jinja", view, "../", **values),
        menu=(title,),
    )
