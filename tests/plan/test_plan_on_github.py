"""What plan, status and who show of a repository on GitHub: what is still proposed, and what could not be read."""

from __future__ import annotations

import pytest

from reviewing import OTHER, OTHER_PATH, PATH, POST, Hub


@pytest.mark.parametrize("method", ["squash", "rebase"])
def test_a_branch_that_stays_after_its_squash_proposes_nothing_any_more(hub: Hub, method: str) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.claire.push(hub.team, "main", {"content/pages/a.md": "A page\n"})
    hub.ines.merge(pull, method)  # type: ignore[arg-type]
    assert [(line.proposal, line.state) for line in hub.lines().values()] == [("", "ready")]


def test_an_open_pull_request_that_brings_what_is_there_already_stays_in_review(hub: Hub) -> None:
    hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.claire.push(hub.team, "main", {PATH: POST}, "Push it past everybody")
    assert {line.proposal: line.state for line in hub.lines().values()} == {"": "held", "#1 portes": "in-review"}


def test_a_pull_request_whose_reviews_cannot_be_read_is_shown_without_them(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "bois", {OTHER_PATH: OTHER})
    hub.karim.approve(pull)
    hub.github.fail_next(403, path="/reviews", times=9)
    line = hub.lines("bois@journal")["#1 bois"]
    assert line.state == "in-review"
    assert "its reviews cannot be read, so it is not approved: The token may not do this on GitHub" in line.why
    hub.github.forget_orders()
    assert "approved by Karim" in hub.lines("bois@journal")["#1 bois"].why


@pytest.mark.parametrize("command", ["who", "status"])
def test_a_post_that_is_not_found_is_told_with_what_could_not_be_read(hub: Hub, command: str) -> None:
    zoe = hub.github.person("zoe", id=900, email="zoe@example.org")
    zoe.open_pull_request(hub.team, "bois", {OTHER_PATH: OTHER}, head=hub.github.fork(hub.team, zoe))
    hub.github.fail_next(502, path="/pulls", times=9)
    said = hub.marronnier(command, "bois")
    assert "There is no publication bois in the plan" in said
    assert "Pull requests are not shown: GitHub failed: GitHub answered 502." in said
