"""The report of a pull request in an old brand reads what the pull request concerns, and tells all of it."""

from __future__ import annotations

import pytest

from marronnier.pull_request.report import ReportLinks, compose
from pull_request.conftest import contents_of
from teamwork import PATH, POST, Team

OLD = "content/posts/2026/01/vieux-{number}.md"
PICTURE = "content/media/banc.png"


def old_post(number: int) -> str:
    front = f"id: vieux-{number}\ntitle: Vieux {number}\ndate: 2026-01-{number + 1:02d} 10:00\nchannels: [journal]\n"
    return f"---\n{front}media:\n  - {{src: banc.png, alt: Un banc}}\n---\nLe {number}e banc du jardin.\n"


@pytest.fixture
def old_team(team: Team) -> Team:
    team.commit({**{OLD.format(number=number): old_post(number) for number in range(20)}, PICTURE: b"a picture"})
    return team


def test_posts_of_years_ago_are_not_read_for_a_new_one(old_team: Team) -> None:
    old_team.branch("portes")
    old_team.commit({PATH: POST, "content/media/new.png": b"another"})
    contents = contents_of(old_team)
    assert [one.key for one in contents.publications] == ["portes@journal"]
    assert not [post for desk in (contents.situation.desk, contents.after.desk) for post in desk.posts if post.startswith("vieux")]


def test_an_old_post_that_it_changes_is_told(old_team: Team) -> None:
    old_team.branch("correct")
    old_team.commit({OLD.format(number=3): old_post(3).replace("banc du jardin", "banc du parc")})
    contents = contents_of(old_team)
    assert [(one.key, one.change.kind) for one in contents.publications] == [("vieux-3@journal", "changed")]
    assert "banc du parc" in compose(contents, ReportLinks())


def test_an_old_post_that_it_removes_or_moves_is_told(old_team: Team) -> None:
    old_team.branch("move")
    path = OLD.format(number=4)
    old_team.commit({path: None, path.replace("/01/", "/02/"): old_post(4), OLD.format(number=5): None})
    assert [(one.key, one.change.kind) for one in contents_of(old_team).publications] == [("vieux-5@journal", "removed")]


def test_the_id_of_an_old_post_is_still_taken(old_team: Team) -> None:
    old_team.branch("again")
    old_team.commit({PATH: POST.replace("id: portes", "id: vieux-6")})
    assert "duplicate-id" in {finding.rule for finding in contents_of(old_team).findings}


@pytest.mark.parametrize("files", [{PICTURE: b"another picture"}, {"brand/voice.yml": "banned: [parc]\n"}])
def test_what_any_post_may_use_is_looked_for_in_all_of_them(old_team: Team, files: dict[str, bytes | str]) -> None:
    old_team.commit({"brand/voice.yml": "banned: [square]\n"})
    old_team.branch("change")
    old_team.commit(files)
    contents = contents_of(old_team)
    assert len(contents.after.desk.posts) == 20
    assert len(contents.publications) == (20 if PICTURE in files else 0)
