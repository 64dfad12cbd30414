"""The site: pure page makers over plan and ledger, and the emitter that writes their pages into any builder's shell."""

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
    """Every page of the site in one language, in the order of the menus. Pure; `Page.render` renders a body on demand.

    The folder `kinds` is the registry: each module there makes the pages of one kind, and `ORDER` is their position.
    """
    view = SiteView(site_data, SiteLocale(lang, site_data.desk.brand))
    modules = [importlib.import_module(f"{kinds.__name__}.{module.name}") for module in pkgutil.iter_modules(kinds.__path__)]
    for kind in sorted(modules, key=lambda kind: int(kind.ORDER)):
        yield from kind.make(view)
