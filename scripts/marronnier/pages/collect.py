"""Collects a site's data: the default branch, the ledger, the proposals, the findings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from marronnier import checks, messages
from marronnier.cache import Cache
from marronnier.git import Repo
from marronnier.model.brand import Brand
from marronnier.model.finding import Finding
from marronnier.pages.site_data import SiteData
from marronnier.plan import assembling
from marronnier.timetable import local_time


def collect_site_data(repo: Repo, now: datetime, *, internal: bool) -> Callable[[str], SiteData]:
    """Read everything once, at `now` (aware). The returned function gives the data of a language, with the sentences of plan and checks in it.

    For the empty language the data has no findings: enough to ask the brand for its languages. Raises Trouble when git or the ledger needs a person.
    """
    gathered = assembling.assemble(repo, now, proposals=internal)

    def site_data(lang: str) -> SiteData:
        made, found = gathered, list[Finding]()
        if internal and lang:
            with messages.in_language(lang):
                made = assembling.reassemble(gathered, gathered.ledger)
                began = made.ledger.began if made.ledger.exists else None
                found = checks.run(
                    made.desk,
                    made.timetable,
                    made.histories,
                    now,
                    began=began,
                    payload=made.ledger.payload,
                    remembered=lambda: Cache(repo.path),
                )
        return SiteData(
            desk=made.desk,
            plan=made.plan,
            histories=made.histories,
            payload=made.ledger.payload,
            now=now,
            internal=internal,
            findings=tuple(found),
            ledger_head=made.ledger.head or "",
            open_cache=lambda: Cache(repo.path),
        )

    return site_data


def collect_from_folder(root: Path, *, internal: bool) -> Callable[[str], SiteData]:
    """The data of the brand in a folder, for a builder that runs without our command line. The clock is the brand's, else the real one."""
    from marronnier import desk
    from marronnier.files import WorkTree

    brand = desk.load(WorkTree(root)).brand
    return collect_site_data(Repo(root), brand_now(brand), internal=internal)


def brand_now(brand: Brand) -> datetime:
    """The brand's clock, else the real one. Aware, UTC."""
    if brand.clock is None:
        return datetime.now(UTC)
    return local_time.resolve(brand.clock, brand.zone, brand.default_time)
