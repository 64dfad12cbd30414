"""Many branches of a brand with many posts: each costs what it changes, and what is not shown is said."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from unittest import mock

import pytest

from marronnier.forge import plain_git
from marronnier.git import Repo
from people import Town
from teamwork import POST, Team

CHANGED = POST.replace("dimanche", "lundi")


def path_of(name: str) -> str:
    return f"content/posts/2026/12/{name}.md"


def post(name: str, more: str = "", text: str = POST) -> str:
    return text.replace("id: portes", f"id: {name}").replace("channels: [journal]\n", f"channels: [journal]\n{more}")


def steps(act: Callable[[], object]) -> int:
    """How many functions of ours are called while something is done."""
    count = 0

    def counted(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call" and "/marronnier/" in frame.f_code.co_filename

    sys.setprofile(counted)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def cost_of_branches(team: Team, without: Team) -> int:
    """The steps that a team's branches take: what one without branches has to do is left out."""
    for looking in (team, without):
        looking.situation(proposals=True)
    return steps(lambda: team.situation(proposals=True)) - steps(lambda: without.situation(proposals=True))


def processes(act: Callable[[], object]) -> int:
    """How many git commands are run while something is done."""
    with mock.patch.object(Repo, "_complete", autospec=True, side_effect=Repo._complete) as run:
        act()
    return run.call_count


def newsroom(town: Town, folder: Path, posts: int, branches: int) -> Team:
    """A team with so many posts, and branches that each change one of them, with a picture of its own."""
    team = Team(town, town.found(folder))
    team.commit({path_of(f"p{number}"): post(f"p{number}") for number in range(posts)})
    for number in range(branches):
        team.branch(f"b{number}", "main")
        picture = f"media:\n  - {{src: own{number}.png, alt: Un banc}}\n"
        team.commit({path_of(f"p{number}"): post(f"p{number}", picture, CHANGED), f"content/media/own{number}.png": f"{number}"})
    team.go("main")
    return team


@pytest.fixture(scope="module")
def teams(town: Town, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, int], Team]:
    """By how many posts and branches they have."""
    return {
        (posts, branches): newsroom(town, tmp_path_factory.mktemp("many") / "repo", posts, branches)
        for posts, branches in ((10, 0), (10, 3), (10, 6), (40, 0), (40, 3))
    }


def test_a_branch_costs_what_it_changes_however_many_posts_there_are(teams: dict[tuple[int, int], Team]) -> None:
    few, many = (cost_of_branches(teams[posts, 3], teams[posts, 0]) for posts in (10, 40))
    assert many <= 1.3 * few


def test_all_branches_are_asked_about_together(teams: dict[tuple[int, int], Team]) -> None:
    few, many = (processes(lambda team=team: team.situation(proposals=True)) for team in (teams[10, 3], teams[10, 6]))  # type: ignore[misc]
    assert many == few


def test_what_is_proposed_is_the_changed_post_with_its_picture(teams: dict[tuple[int, int], Team]) -> None:
    changes = {one.name: one.changes for one in teams[10, 6].situation(proposals=True).proposals}
    assert {name: [(change.kind, change.publication.key) for change in changes[name]] for name in changes} == {
        f"b{number}": [("changed", f"p{number}@journal")] for number in range(6)
    }
    assert [picture.path for picture in changes["b3"][0].publication.words.media] == ["content/media/own3.png"]


def test_branches_that_are_not_shown_are_counted(teams: dict[tuple[int, int], Team], monkeypatch: pytest.MonkeyPatch) -> None:
    team = teams[10, 6]
    assert not [warning for warning in team.plan(proposals=True).warnings if "branch" in warning]
    monkeypatch.setattr(plain_git, "MOST_BRANCHES", 4)
    assert (
        "2 older branches are not shown, only the 4 newest: `git branch --all --no-merged` lists all." in team.plan(proposals=True).warnings
    )
    listed = team.git("branch", "--all", "--no-merged").splitlines()
    assert len(listed) == 6


def test_a_post_for_a_slot_gets_the_place_that_the_posts_of_main_leave(town: Town, tmp_path: Path) -> None:
    team = Team(town, town.found(tmp_path / "repo"))
    in_slot = POST.replace("date: 2026-12-05 10:00\n", "slot: next\n")
    team.commit({path_of("a"): in_slot.replace("id: portes", "id: a"), path_of("old"): POST.replace("id: portes", "id: old")})
    team.branch("second")
    team.commit({path_of("b"): in_slot.replace("id: portes", "id: b").replace("dimanche", "lundi")})
    team.go("main")
    instants = {line.key: line.instant for line in team.plan(proposals=True).lines}
    alone = team.situation().timetable.instants["a@journal"]
    assert instants["a@journal"] == alone
    team.merge("second")
    assert instants["b@journal"] == team.situation().timetable.instants["b@journal"] != alone


def test_a_campaign_that_changes_proposes_its_posts_alone(town: Town, tmp_path: Path) -> None:
    team = Team(town, town.found(tmp_path / "repo"))
    campaign = "---\ntitle: Portes\nstart: 2026-11-01\nend: 2026-12-31\nhashtag: Portes\n---\n"
    team.commit({"calendar/campaigns/portes.md": campaign, path_of("in"): post("in", "campaign: portes\n"), path_of("out"): post("out")})
    team.branch("tag")
    team.commit({"calendar/campaigns/portes.md": campaign.replace("hashtag: Portes", "hashtag: Jardin")})
    team.go("main")
    [proposal] = team.situation(proposals=True).proposals
    assert [(change.kind, change.publication.key, change.publication.words.tags) for change in proposal.changes] == [
        ("changed", "in@journal", ("Jardin",))
    ]


def test_an_old_branch_proposes_only_its_own_change(town: Town, tmp_path: Path) -> None:
    team = Team(town, town.found(tmp_path / "repo"))
    team.commit({path_of("a"): post("a"), path_of("b"): post("b")})
    team.branch("old")
    team.commit({path_of("a"): post("a", "", CHANGED)})
    team.go("main")
    team.commit({path_of("b"): post("b", "", CHANGED), path_of("c"): post("c")})
    team.commit({path_of("a"): None})
    [proposal] = team.situation(proposals=True).proposals
    assert [(change.kind, change.publication.key) for change in proposal.changes] == [("changed", "a@journal")]
