"""What the site is made of, gathered once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from marronnier.model.finding import Finding
from marronnier.model.history import History
from marronnier.model.plan import Plan
from marronnier.pages.site_media import SiteMedia

if TYPE_CHECKING:
    from marronnier.cache import Cache
    from marronnier.desk import Desk


@dataclass(frozen=True)
class SiteData:
    """Everything the page makers may look at."""

    desk: Desk
    plan: Plan
    histories: Mapping[str, History]
    payload: Callable[[str], bytes | None]
    """The sealed bytes by SHA-256; None when they are no longer kept."""
    now: datetime
    internal: bool
    """True shows everything; False shows only what was published."""
    findings: tuple[Finding, ...] = ()
    edit_uri: str = ""
    """The absolute address under which the repository's files are edited, with `/` at its end; empty for no edit links."""
    ledger_head: str = ""
    """The ledger's head, printed on the page of today so that a rewind is seen."""
    langs: tuple[str, ...] = ()
    """The languages to build, the one at the root first; the brand's, when empty."""
    open_cache: Callable[[], Cache | None] = lambda: None
    """What was seen in pictures before."""

    @cached_property
    def media(self) -> SiteMedia:
        """The media, as the site shows them."""
        return SiteMedia(self.desk.tree, self.open_cache)
