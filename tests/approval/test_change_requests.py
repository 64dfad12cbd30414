"""An approver who requested changes to exactly the words that are to be sent: they wait, whoever else approves them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from marronnier.demo.github.records import FakePullRequest
from people import Town
from reviewing import KEY, PATH, POLICY, POST, Hub, make_template
from servers import github_description

CHANGED = POST.replace("dimanche", "lundi")
HELD = "Karim requested changes to exactly these words in #1: they wait until Karim approves them, that review is dismissed, or the words change"
METHODS = ["merge", "squash", "rebase"]


def disputed(hub: Hub) -> FakePullRequest:
    """Karim requests changes, and Claire approves."""
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.request_changes(pull)
    hub.claire.approve(pull)
    return pull


@pytest.mark.parametrize("method", METHODS)
def test_an_approvers_standing_request_for_changes_holds_the_words(hub: Hub, method: str) -> None:
    hub.ines.merge(disputed(hub), method)  # type: ignore[arg-type]
    approval = hub.approval()
    assert (approval.granted, approval.by, approval.held_by, approval.why) == (False, ("claire",), ("karim",), HELD)


@pytest.mark.parametrize("end", ["approves", "is dismissed", "leaves the policy", "account is gone"])
def test_what_ends_it(hub: Hub, end: str) -> None:
    pull = disputed(hub)
    hub.ines.merge(pull)
    assert not hub.approval().granted
    if end == "approves":
        hub.karim.approve(pull)
    elif end == "is dismissed":
        hub.claire.dismiss(pull, pull.reviews[0])
    elif end == "account is gone":
        hub.karim.delete_account()
    else:
        hub.ines.push(hub.team, "main", {"brand/approvals.yml": "".join(line for line in POLICY.splitlines(keepends=True) if "karim" not in line)})  # fmt: skip
        hub.claire.merge(hub.claire.open_pull_request(hub.team, "page", {"content/ideas/banc.md": "Un banc\n"}))
    assert hub.approval().granted


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("force", [False, True])
def test_other_words_that_another_approves_are_free_of_it(hub: Hub, method: str, force: bool) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: CHANGED})
    hub.karim.request_changes(pull)
    hub.ines.push(hub.team, "portes", {PATH: POST}, force=force, start="main" if force else None)
    hub.claire.approve(pull)
    hub.ines.merge(pull, method)  # type: ignore[arg-type]
    assert hub.approval().by == ("claire",)


@pytest.mark.parametrize("more", [{"content/ideas/banc.md": "Un banc\n"}, {PATH: POST.replace("10:00", "11:00")}])
def test_the_same_words_with_something_else_beside_them_are_held(hub: Hub, more: dict[str, str]) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.request_changes(pull)
    hub.ines.push(hub.team, "portes", more)
    hub.claire.approve(pull)
    hub.ines.merge(pull)
    assert hub.approval().why == HELD


def test_the_same_words_pushed_anew_are_held(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.request_changes(pull)
    hub.claire.push(hub.team, "main", {"content/ideas/banc.md": "Un banc\n"})
    hub.ines.push(hub.team, "portes", {PATH: POST}, start="main", force=True)
    hub.claire.approve(pull)
    hub.ines.merge(pull)
    assert hub.approval().why == HELD


def test_asking_again_does_not_pass_by_it(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.request_changes(pull)
    hub.ines.merge(pull)
    hub.town.git(hub.folder, "fetch", "-q", "origin")
    hub.town.git(hub.folder, "switch", "-q", "-C", "main", "origin/main")
    hub.surroundings["GITHUB_TOKEN"], job = hub.ines.token, hub.surroundings["GITHUB_TOKEN"]
    hub.marronnier("ask", "portes")
    hub.ines.pushed(hub.team)
    hub.surroundings["GITHUB_TOKEN"] = job
    asked = hub.team.pull(2)
    hub.claire.approve(asked)
    hub.ines.merge(asked)
    assert hub.approval().why == HELD
    # There Karim may take it back, too.
    hub.github.advance(minutes=1)
    hub.karim.approve(asked)
    assert hub.approval().granted


@pytest.mark.parametrize("who", ["omar", "a reader", "an approver of other channels"])
def test_who_may_not_approve_it_holds_nothing(town: Town, tmp_path: Path, who: str) -> None:
    policy = POLICY + "requirements:\n  - {channels: [journal], by: [claire], quorum: 1}\n" if "other" in who else POLICY
    hub = Hub(town, tmp_path, make_template(town, tmp_path / "template", {"brand/approvals.yml": policy}))
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    person = hub.github.person("zoe", id=900, email="zoe@example.org") if who == "a reader" else hub.omar if who == "omar" else hub.karim
    person.request_changes(pull)
    hub.claire.approve(pull)
    hub.ines.merge(pull)
    assert hub.approval().by == ("claire",)
    hub.github.close()


def test_who_wrote_in_it_may_still_object(hub: Hub) -> None:
    hub.karim.push(hub.team, "portes", {PATH: CHANGED})
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.request_changes(pull)
    hub.claire.approve(pull)
    hub.ines.merge(pull)
    assert hub.approval().why == HELD
    # Their approval counts for nothing, and ends it all the same.
    hub.karim.approve(pull)
    assert hub.approval().by == ("claire",)


def test_a_request_for_changes_after_the_seal_holds_it_at_its_hour(hub: Hub) -> None:
    due = POST.replace("2026-12-05 10:00", "2026-11-20 10:30")
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: due})
    hub.claire.approve(pull)
    hub.ines.merge(pull)
    hub.town.git(hub.folder, "fetch", "-q", "origin")
    hub.marronnier("publish", who="publisher")
    assert "• portes@journal" in hub.marronnier("--now", "2026-11-20 10:30", "publish", "--dry-run", who="publisher")
    hub.karim.request_changes(pull)
    assert "• portes@journal" not in hub.marronnier("--now", "2026-11-20 10:30", "publish", "--dry-run", who="publisher")


def test_it_is_told_before_the_merge_and_after_it(hub: Hub) -> None:
    pull = disputed(hub)
    proposed = next(line for place, line in hub.lines().items() if place)
    assert (proposed.state, HELD in proposed.why) == ("in-review", True)
    assert HELD in hub.marronnier("who", KEY)
    report = hub.marronnier("report", "--pull-request", "1", "--preview", "preview.html").replace("`", "")
    assert "Karim a demandé des changements à ce texte exact dans #1" in report
    assert re.search(r"Qui peut approuver\W+Karim", report)
    hub.ines.merge(pull)
    hub.town.git(hub.folder, "fetch", "-q", "--prune", "origin")
    line = hub.lines()[""]
    assert (line.state, line.why) == ("held", HELD)
    assert (
        line.next
        == "ask Karim to approve it or to take the request back, in the pull request, or change the words and have them approved anew"
    )
    for command in ("who", "status"):
        assert HELD in hub.marronnier(command, KEY)
    assert HELD in " ".join(hub.marronnier("plan").split())
    told = json.loads(hub.marronnier("who", KEY, "--format", "json"))[0]
    assert told["held_by"] == [{"id": "karim", "name": "Karim"}]


def test_it_costs_no_request_more(hub: Hub) -> None:
    hub.ines.merge(disputed(hub), "squash")
    hub.approval()
    before = len(hub.asked())
    hub.claire.dismiss(hub.team.pull(1), hub.team.pull(1).reviews[0])
    assert hub.approval().granted
    assert len(hub.asked()) - before == before
    assert not hub.github.unknown
    github_description.installed()
    assert github_description.problems(hub.github.exchanges) == []
