"""SiteData: everything that a site is built from, in one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from marronnier.model.finding import Finding
from marronnier.model.forge_record import ForgeRecord
from marronnier.model.history import History
from marronnier.model.plan import Plan
from marronnier.pages.site_media import SiteMedia

if TYPE_CHECKING:
    from marronnier.cache import Cache
    from marronnier.desk import Desk
    from marronnier.proofs.approved_media import ApprovedMedia


@dataclass(frozen=True)
class SiteData:
    """Everything that the page makers read."""

    desk: Desk
    plan: Plan
    histories: Mapping[str, History]
    payload: Callable[[str], bytes | None]
    """Gives sealed bytes by their SHA-256; None when the ledger no longer keeps them."""
    now: datetime
    internal: bool
    """True for a build that shows everything, False for one that shows published posts only."""
    findings: tuple[Finding, ...] = ()
    edit_uri: str = ""
    """The absolute URL under which the repository's files are edited, with `/` at its end; empty for no edit links."""
    ledger_head: str = ""
    """The ledger's head, printed on the page of today so that people see a rewind."""
    last_run: datetime | None = None
    """When the publisher ran last; None where that is not known, and for a brand with a fixed clock."""
    langs: tuple[str, ...] = ()
    """The languages to build, the one at the root first; the brand's when empty."""
    forge_record: ForgeRecord | None = None
    """Pull requests and issues to show; None where nobody gathered them."""
    approved_media: ApprovedMedia | None = None
    """The media at the commits of seals; None where nobody may read them."""
    open_cache: Callable[[], Cache | None] = lambda: None
    """Gives the cache of inspected pictures."""

    @cached_property
    def media(self) -> SiteMedia:
        """The media of the desk's tree."""
        return SiteMedia(self.desk.tree, self.open_cache)
