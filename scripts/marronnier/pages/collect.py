"""Gathers what a site is made of: the default branch, the ledger, the proposals, the findings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from marronnier import checks, messages, plan
from marronnier.cache import Cache
from marronnier.git import Repo
from marronnier.model.brand import Brand
from marronnier.model.finding import Finding
from marronnier.pages.scene import Scene
from marronnier.proofs.load import load_situation, with_ledger
from marronnier.timetable import local_time


def collect_scenes(repo: Repo, now: datetime, *, internal: bool) -> Callable[[str], Scene]:
    """Reads everything once, at `now` (aware); the scene of a language holds the plan's and the checks' sentences in that language.

    For no language (an empty name) it is without findings: enough to ask the brand for its languages. Raises Trouble where git or the ledger needs a person.
    """
    loaded = load_situation(repo, now, proposals=internal)
    planned = plan.make(loaded)

    def scene(lang: str) -> Scene:
        situation, made, findings = loaded, planned, list[Finding]()
        if internal and lang:
            with messages.in_language(lang):
                situation = with_ledger(loaded, loaded.ledger)
                made = plan.make(situation)
                findings = checks.run(situation, remembered=lambda: Cache(repo.path))
        return Scene(
            desk=situation.desk,
            plan=made,
            histories=situation.histories,
            payload=situation.payload,
            now=now,
            internal=internal,
            findings=tuple(findings),
            ledger_head=situation.ledger.head or "",
            remembered=lambda: Cache(repo.path),
        )

    return scene


def collect_alone(root: Path, *, internal: bool) -> Callable[[str], Scene]:
    """The same, for a builder that runs without our command line: the clock is the brand's, else the real one."""
    from marronnier import desk
    from marronnier.files import WorkTree

    brand = desk.load(WorkTree(root)).brand
    return collect_scenes(Repo(root), brand_now(brand), internal=internal)


def brand_now(brand: Brand) -> datetime:
    """Now, as the brand counts it. Aware, UTC."""
    if brand.clock is None:
        return datetime.now(UTC)
    return local_time.resolve(brand.clock, brand.zone, brand.default_time)
