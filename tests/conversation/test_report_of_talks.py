"""What a newcomer on a phone must find in the report, at once: who is asked, what a person held back, and why a review does not count."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from conversing import TalkingHub, template_with_workflows
from marronnier.cli import marronnier
from people import Town
from pull_request.inert import acting
from reviewing import KEY, PATH, POST, TODAY


@pytest.fixture(scope="module")
def template(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_with_workflows(town, tmp_path_factory.mktemp("reports") / "template", lang="fr")


def run(hub: TalkingHub, *arguments: str) -> str:
    """A command in the clone, in English, as the default branch has it at GitHub."""
    hub.town.git(hub.folder, "fetch", "-q", "origin")
    with hub.being():
        done = CliRunner().invoke(marronnier, ["-C", str(hub.folder), "--now", TODAY, *arguments], catch_exceptions=False)
    return done.output


def report(hub: TalkingHub, number: int) -> str:
    told = run(hub, "report", "--pull-request", str(number), "--preview", "preview.html")
    assert not acting(told, hub.github.server_url)
    return told.replace("\u00a0", " ").replace("\u202f", " ")


def test_below_the_verdict_stand_who_can_approve_and_the_preview(hub: TalkingHub) -> None:
    hub.surroundings["GITHUB_RUN_ID"] = "77"
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    told = report(hub, pull.number)
    _heading, verdict, guide, following, *_rest = told.split("\n\n")
    assert verdict.startswith("⏳ **")
    assert re.fullmatch(r"👤 Qui peut approuver : Karim ou Claire  \n📱 \[.*\]\(http.*\)", guide)
    assert following == "### Dans le calendrier"
    assert "*Files changed*" in told


def test_what_a_person_holds_back_is_told_before_anybody_merges_it(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.tell(hub.omar.comment(pull, "/hold"))
    told = report(hub, pull.number)
    assert told.splitlines()[2].startswith("⚠️ **1 publication est nouvelle ou changée. 1 est en attente, et ne part pas.")
    assert f"⏸ en attente : rien ne part avant `/retry {KEY}`, par quelqu’un qui peut approuver" in told
    hub.karim.approve(pull)
    assert "1 est en attente" in report(hub, pull.number)
    assert "`omar` put it on hold" in " ".join(run(hub, "plan").split())
    hub.tell(hub.karim.comment(pull, f"/retry {KEY}"))
    assert "en attente" not in report(hub, pull.number)


def test_a_review_that_does_not_count_is_told_with_its_reason(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.omar.approve(pull)
    told = report(hub, pull.number)
    assert "⚠️ Relectures qui ne comptent pas :\n\n- le compte 104 a approuvé `#1`, " in told
    assert "account 104 approved #1, and no approver has `github: 104`" in run(hub, "who", KEY)
    hub.karim.approve(pull)
    assert "Relectures qui ne comptent pas" not in report(hub, pull.number)


def test_where_merging_approves_the_plan_says_merge(town: Town, tmp_path: Path) -> None:
    template = template_with_workflows(town, tmp_path / "template", {"brand/approvals.yml": "quorum: 0\n"}, lang="fr")
    hub = TalkingHub(town, tmp_path, template)
    hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    told = run(hub, "plan")
    hub.github.close()
    assert f"→ merge #1: {hub.github.server_url}/" in told
    assert "a reviewer approves" not in told


def test_the_preview_names_the_pull_request_once(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    report(hub, pull.number)
    preview = (hub.folder / "preview.html").read_text(encoding="utf-8")
    assert "#1" in preview and "#1 #1" not in preview
