"""After a change of the quorum `status` and `ask` say what is so, and what they say leads out."""

from __future__ import annotations

from pathlib import Path

import pytest

from marronnier import review
from marronnier.messages import Trouble
from people import Town
from publish.newsroom import SquareNewsroom
from teamwork import KEY, NOW, PATH, POST, Team

POLICY = "brand/approvals.yml"
ALONE = "quorum: {quorum}\napprovers:\n  {who}: {{name: {name}, emails: [{who}@example.org]}}\n"


def quorum(team: Team, number: int) -> None:
    text = (team.folder / POLICY).read_text()
    team.commit({POLICY: f"quorum: {number}\n" + text.partition("\n")[2]}, who="claire")


def test_what_was_merged_at_quorum_zero_says_so_once_the_quorum_is_one(town: Town, tmp_path: Path) -> None:
    newsroom = SquareNewsroom(town, tmp_path / "repository")
    newsroom.post("bonjour", date="2026-12-03 09:00")
    assert newsroom.publish(now="2026-12-02 09:00")[0] == {"bonjour@place": "sealed"}
    newsroom.post("trop-tard", date="2026-12-03 09:30")
    team = Team(town, newsroom.folder)
    team.commit({POLICY: ALONE.format(quorum=1, who="karim", name="Karim")}, who="claire")
    line, late = team.line("bonjour@place"), team.line("trop-tard@place")
    assert (line.state, line.why) == ("ready", "merged when merging counted as approval (quorum: 0); text and time are fixed")
    assert (late.state, late.why) == ("held", "not approved; Karim must approve it")


def test_an_author_who_alone_may_approve_is_not_asked_to(team: Team) -> None:
    team.commit({POLICY: ALONE.format(quorum=1, who="ines", name="Inès")}, who="claire")
    commit = team.commit({PATH: POST})
    line = team.line()
    assert (line.state, line.why) == ("held", f"Inès wrote {commit[:8]} and cannot approve it")
    assert line.next == "name somebody else who may approve in brand/approvals.yml, under `approvers:`"
    policy = (team.folder / POLICY).read_text()
    team.commit({POLICY: policy + "  karim: {name: Karim, emails: [karim@example.org]}\n"}, who="claire")
    assert "marronnier approve" in team.line().next
    team.approve("karim", KEY)
    assert team.line().state == "ready"


def test_who_founded_the_repository_approves_the_first_post_of_somebody_else(team: Team) -> None:
    assert team.git("log", "-1", "--format=%ae", "main") == "ines@example.org"
    team.branch("portes")
    team.commit({PATH: POST}, who="karim")
    team.approve("ines", KEY)
    team.merge("portes")
    assert team.line().state == "ready"


def test_a_lone_approver_who_did_not_write_it_is_asked(team: Team) -> None:
    team.commit({POLICY: ALONE.format(quorum=1, who="karim", name="Karim")}, who="claire")
    team.commit({PATH: POST})
    assert team.line().why == "not approved; Karim must approve it"
    team.approve("karim", KEY)
    assert team.line().state == "ready"


def test_what_was_merged_before_quorum_zero_is_asked_for(team: Team) -> None:
    team.commit({PATH: POST})
    team.commit({POLICY: "quorum: 0\n"}, who="claire")
    line = team.line()
    assert line.next == f"run `marronnier ask {KEY}`, and merge the branch it makes: merging counts as approval here"
    with team.being("ines"):
        asked = review.request_approval(team.repo, NOW, [KEY])
    team.merge(asked.submission.branch)
    assert team.line().state == "ready"


def test_on_the_default_branch_ask_asks_for_what_status_wants(team: Team) -> None:
    repeated = (
        POST.replace("id: portes", "id: chaque").replace("dimanche", "chaque").replace("channels:", "repeat: FREQ=DAILY;COUNT=3\nchannels:")
    )
    past = POST.replace("id: portes", "id: avant").replace("2026-12-05", "2026-11-05").replace("dimanche", "avant")
    team.commit({PATH: POST, "content/posts/2026/12/r.md": repeated, "content/posts/2026/11/a.md": past})
    with team.being("ines"):
        asked = review.request_approval(team.repo, NOW, [])
    assert sorted(subject.named.key for subject in asked.subjects) == ["chaque@journal", KEY]
    team.go(asked.submission.branch)
    team.approve("karim", KEY, "chaque@journal")
    team.merge(asked.submission.branch)
    with team.being("ines"), pytest.raises(Trouble, match="nothing to request approval for"):
        review.request_approval(team.repo, NOW, [])
