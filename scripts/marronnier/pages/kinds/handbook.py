"""The page that leads to what the tool says of itself: networks, rules, findings, punctuality. Internal builds only."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.pages.kinds.punctuality import record_of
from marronnier.pages.page import Page
from marronnier.pages.render import template_page
from marronnier.pages.site_view import SiteView

ORDER = 59


def make(view: SiteView) -> Iterator[Page]:
    """The page `/handbook/`."""
    if not view.internal:
        return
    _ = view.locale._
    values = {"findings": len(view.site_data.findings), "has_punctuality": record_of(view) is not None}
    yield template_page(view, "handbook", "handbook/", _("Handbook"), _("Networks, rules and findings."), values, label=_("Handbook"))
