"""The site: pure page makers over the plan and the ledger, and the emitter that writes them around any builder's shell."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from marronnier.pages import kinds
from marronnier.pages.locale import SiteLocale
from marronnier.pages.page import Page
from marronnier.pages.site_data import SiteData
from marronnier.pages.site_view import SiteView

__all__ = ["Page", "SiteData", "SiteLocale", "SiteView", "make"]


def make(site_data: SiteData, lang: str) -> Iterator[Page]:
    """Every page of the site in one language, in the order of its menus. Pure: a body is only rendered when asked for.

    The folder `kinds` is the registry: each module there makes the pages of one kind and says by `ORDER` where they stand.
    """
    view = SiteView(site_data, SiteLocale(lang, site_data.desk.brand))
    found = [importlib.import_module(f"{kinds.__name__}.{module.name}") for module in pkgutil.iter_modules(kinds.__path__)]
    for kind in sorted(found, key=lambda kind: int(kind.ORDER)):
        yield from kind.make(view)
