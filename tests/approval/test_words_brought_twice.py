"""The same words brought by two pull requests, by one to another branch, under false dates, and under one name of git's."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from people import Town
from reviewing import KEY, NOW, OTHER, OTHER_PATH, PATH, POST, Hub
from teamwork import Team

PAGE = {"content/pages/a.md": "A page\n"}
OTHER_KEY = KEY.replace("portes", "bois")
CHANGED = POST.replace("dimanche", "lundi")


@pytest.mark.parametrize("later", ["merge", "squash"])
@pytest.mark.parametrize("method", ["merge", "squash"])
def test_a_review_counts_although_others_brought_the_same_words_first(hub: Hub, method: str, later: str) -> None:
    first = hub.ines.open_pull_request(hub.team, "first", {PATH: POST})
    second = hub.claire.open_pull_request(hub.team, "second", {PATH: POST, **PAGE})
    hub.karim.approve(second)
    hub.ines.merge(first, method)  # type: ignore[arg-type]
    assert not hub.approval().granted
    hub.claire.merge(second, later)  # type: ignore[arg-type]
    assert hub.approval().by == ("karim",)


def test_a06_who_brought_the_same_words_first_approves_them_for_nobody(hub: Hub) -> None:
    first = hub.karim.open_pull_request(hub.team, "first", {PATH: POST})
    second = hub.claire.open_pull_request(hub.team, "second", {PATH: POST, **PAGE})
    hub.karim.approve(second)
    hub.karim.merge(first, "squash")
    hub.claire.merge(second, "merge")
    assert not hub.approval().granted


def test_what_a_squashed_pull_request_did_not_show_is_not_approved_by_it(hub: Hub) -> None:
    """GitHub names it for a commit whose tree has the post too, which came by a push."""
    hub.ines.push(hub.team, "main", {PATH: POST})
    pull = hub.omar.open_pull_request(hub.team, "bois", {OTHER_PATH: OTHER})
    hub.karim.approve(pull)
    hub.ines.merge(pull, "squash")
    situation = hub.situation()
    assert situation.approvals[OTHER_KEY].by == ("karim",)
    assert not situation.approvals[KEY].granted


def test_a15_a_review_for_another_branch_is_told_as_the_reason(hub: Hub) -> None:
    hub.ines.push(hub.team, "next", PAGE)
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST}, base="next")
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.ines.push_commit(hub.team, "main", hub.team.tip("next"))
    assert hub.approval().why == "#1 was merged into next, and no review of it counts for main"


@pytest.mark.parametrize("year", [1999, 2099])
def test_a28_no_false_date_makes_an_approval_or_voids_one(hub: Hub, year: int) -> None:
    false = datetime(year, 1, 1, tzinfo=UTC)
    hub.github.set_clock(false)
    hub.ines.push(hub.team, "portes", {PATH: POST})
    hub.github.set_clock(NOW)
    pull = hub.ines.open_pull_request(hub.team, "portes")
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    assert hub.approval().by == ("karim",)
    # An edit after the review says that it was made before it, or long after the review of it.
    edit = hub.ines.open_pull_request(hub.team, "edit", {PATH: POST.replace("dimanche", "mardi")})
    hub.karim.approve(edit)
    hub.github.set_clock(false)
    hub.ines.push(hub.team, "edit", {PATH: CHANGED})
    hub.github.set_clock(NOW)
    hub.ines.merge(edit, "rebase")
    assert not hub.approval().granted


@pytest.mark.parametrize("year", [1999, 2099])
def test_a28_no_false_date_hides_whose_hands_wrote_it(hub: Hub, year: int) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.github.set_clock(datetime(year, 1, 1, tzinfo=UTC))
    hub.karim.push(hub.team, "portes", {PATH: CHANGED})
    hub.github.set_clock(NOW)
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    assert not hub.approval().granted
    assert "cannot approve it" in hub.approval().why


def test_a23_other_bytes_under_the_same_name_of_git_are_other_words(town: Town, tmp_path: Path) -> None:
    team = Team(town, town.found(tmp_path / "repo"))
    team.branch("portes")
    team.commit({PATH: POST})
    team.approve("karim", "portes")
    team.merge("portes", who="claire")
    assert team.approval().by == ("karim",)
    team.plan(proposals=True)
    # As if somebody had found two texts with one SHA-1, and this clone had got the other one.
    name = team.git("rev-parse", f"main:{PATH}")
    other = CHANGED.encode()
    loose = team.folder / ".git/objects" / name[:2] / name[2:]
    loose.chmod(0o644)
    loose.write_bytes(zlib.compress(b"blob %d\0" % len(other) + other))
    assert team.git("show", f"main:{PATH}").strip() == CHANGED.strip()
    assert not team.approval().granted
    assert team.line(KEY).state == "held"
