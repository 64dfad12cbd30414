"""Collects a site's data: the default branch, the ledger, the proposals, the findings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from marronnier import checks, messages, plan
from marronnier.cache import Cache
from marronnier.checks.post_errors import errors_by_post
from marronnier.desk import lfs_objects
from marronnier.desk.commit_tree import CommitTree
from marronnier.git import Repo
from marronnier.model.finding import Finding
from marronnier.model.forge_record import ForgeRecord
from marronnier.pages.site_data import SiteData
from marronnier.proofs.approved_media import ApprovedMedia
from marronnier.proofs.situation_loader import CommittedSituation, load_situation, with_ledger
from marronnier.timetable import local_time
from marronnier.web import Web

Gather = Callable[[CommittedSituation], ForgeRecord | None]
"""Tells of the open pull requests of a situation; None where there are none."""


def collect_site_data(repo: Repo, now: datetime, *, internal: bool, gather: Gather = lambda _situation: None) -> Callable[[str], SiteData]:
    """Read everything once, at `now` (aware); pull requests are gathered for the internal site only. The returned function gives the data of a language, with the sentences of plan and checks in it.

    For the empty language the data has no findings: enough to ask the brand for its languages. Raises Trouble when git or the ledger needs a person.
    """
    loaded = load_situation(repo, now, proposals=internal)
    fetch = lfs_objects.fetcher(repo, Web(loopback=loaded.desk.brand.clock is not None))
    if isinstance(loaded.desk.tree, CommitTree):
        # The site shows what was approved, and not the pointer that stands for it in a commit.
        loaded.desk.tree.lfs.fetch = fetch
    planned = plan.make(loaded)
    record = gather(loaded) if internal else None

    def site_data(lang: str) -> SiteData:
        situation, lang_plan, findings = loaded, planned, list[Finding]()
        if internal and lang:
            with messages.in_language(lang):
                situation = with_ledger(loaded, loaded.ledger)
                lang_plan = plan.make(situation)
                findings = checks.run(situation, cache=Cache(repo.path))
                lang_plan = plan.hold_faulty(lang_plan, errors_by_post(findings, plan.posts_to_be_sealed(lang_plan)))
        return SiteData(
            desk=situation.desk,
            plan=lang_plan,
            histories=situation.histories,
            payload=situation.payload,
            now=now,
            internal=internal,
            findings=tuple(findings),
            ledger_head=situation.ledger.head or "",
            forge_record=record,
            last_run=situation.last_run() if situation.desk.brand.clock is None else None,
            approved_media=ApprovedMedia(repo, fetch),
            open_cache=lambda: Cache(repo.path),
        )

    return site_data


def collect_from_folder(root: Path, *, internal: bool, gather: Gather = lambda _situation: None) -> Callable[[str], SiteData]:
    """The data of the brand in a folder, for a builder that runs without our command line. The clock is the brand's, else the real one."""
    from marronnier import desk
    from marronnier.files import WorkTree

    brand = desk.load(WorkTree(root)).brand
    now = local_time.resolve(brand.clock, brand.zone, brand.default_time) if brand.clock is not None else datetime.now(UTC)
    return collect_site_data(Repo(root), now, internal=internal, gather=gather)
