"""`marronnier report` and `marronnier who`, as people and workflows call them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marronnier import cli, forge
from marronnier.forge import PullRequestHead
from pull_request.board import Board
from teamwork import KEY, PATH, POST, TODAY, Team


def run(team: Team, *arguments: str, who: str = "publisher") -> Result:
    with team.being(who):
        return CliRunner().invoke(cli.marronnier, ["--now", TODAY, "-C", str(team.folder), *arguments], catch_exceptions=False)


@contextmanager
def on(board: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    with monkeypatch.context() as patch:
        patch.setattr(forge, "open_comments", lambda _repo: board)
        yield board


@pytest.fixture
def portes(team: Team) -> str:
    """A branch with one new post; main is checked out. Its commit."""
    team.branch("portes")
    commit = team.commit({PATH: POST})
    team.go("main")
    return commit


def test_without_a_forge_it_tells_of_the_branch_at_hand(team: Team, portes: str) -> None:
    team.go("portes")
    at_hand = run(team, "report")
    assert at_hand.exit_code == 0
    assert "🆕" in at_hand.output
    team.go("main")
    assert run(team, "report", "--head", "portes").output == at_hand.output
    assert run(team, "report", "--head", portes).output.splitlines()[2:] == at_hand.output.splitlines()[2:]


def test_w14_no_line_of_a_report_in_a_job_is_a_command(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.branch("portes")
    team.commit({PATH: POST.replace("On ouvre", "::add-mask::x\n##[add-mask]y\nOn ouvre")})
    with team.being("publisher"), monkeypatch.context() as patch:
        patch.setenv("GITHUB_ACTIONS", "true")
        told = CliRunner().invoke(cli.marronnier, ["--now", TODAY, "-C", str(team.folder), "report"], catch_exceptions=False)
    first, *lines, last = told.stdout.splitlines()
    assert first.startswith("::stop-commands::")
    assert last == f"::{first.removeprefix('::stop-commands::')}::"
    assert "::add-mask::x" in lines
    assert not [line for line in lines if "##[" in line or line == last]
    assert "::" not in run(team, "report").output.splitlines()[0]


def test_what_is_not_committed_is_named(team: Team, portes: str) -> None:
    team.go("portes")
    (team.folder / PATH).write_text(POST.replace("dimanche", "lundi"))
    told = run(team, "report")
    assert "dimanche" in told.stdout
    assert told.stderr == "Ce qui n’est pas encore enregistré dans un commit n’est pas raconté.\n"


def test_into_a_file(team: Team, portes: str) -> None:
    assert run(team, "report", "--head", "portes", "--to", "report.md").output == ""
    assert (team.folder / "report.md").read_text(encoding="utf-8") == run(team, "report", "--head", "portes").output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--comment"],
        ["--pull-request", "7"],
        ["--head", "x" * 40],
        ["--head", "portes", "--pull-request", "7"],
        ["--from-run", "brand/brand.yml"],
    ],
)
def test_what_cannot_be_is_said(team: Team, portes: str, arguments: list[str]) -> None:
    from marronnier.messages import Trouble

    with pytest.raises(Trouble) as told:
        run(team, "report", *arguments)
    assert told.value.status == 2


def test_a_pull_request_gets_one_comment_and_its_corrections(team: Team, portes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    team.go("portes")
    commit = team.commit({PATH: POST.replace("2026-12-05 10:00", "2026-12-5 10h")})
    team.go("main")
    with on(Board(PullRequestHead(7, commit, "main")), monkeypatch) as board:
        first = run(team, "report", "--pull-request", "7", "--comment", "--preview", "preview.html")
        assert first.exit_code == 0
        assert run(team, "report", "--pull-request", "7", "--comment", "--preview", "preview.html").exit_code == 0
    assert board.writes == ["say", "add_line_comments"]
    (comment,) = board.written
    assert f"[`{PATH}:4`](https://forge.example/pull/7#4)" in comment.text
    assert "(https://forge.example/runs/1)" in comment.text
    assert (team.folder / "preview.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_run_before_names_the_pull_request_by_its_head(
    team: Team, portes: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    event = tmp_path / "event.json"
    event.write_text("{}")
    with on(Board(PullRequestHead(7, portes, "main")), monkeypatch) as board:
        assert run(team, "report", "--from-run", str(event), "--comment").exit_code == 0
        assert len(board.written) == 1
        board.of_run = lambda _event: ()  # type: ignore[method-assign]
        gone = run(team, "report", "--from-run", str(event), "--comment")
    assert gone.exit_code == 0
    assert len(board.written) == 1


def test_who_tells_people_and_programs_the_same(team: Team, portes: str) -> None:
    said = run(team, "who", KEY)
    assert said.output.splitlines()[:2] == [KEY, "  · portes: 1 must still approve it: Karim or Claire"]
    assert said.output.splitlines()[2].startswith("    Inès wrote ")
    (answer,) = json.loads(run(team, "who", "portes", "--format", "json").output)
    assert (answer["key"], answer["branch"], answer["proposed"], answer["approved"]) == (KEY, "portes", True, False)
    (quorum,) = answer["quorums"]
    assert (quorum["needed"], quorum["missing"], quorum["approved"]) == (1, 1, [])
    assert [person["name"] for person in quorum["may"]] == ["Karim", "Claire"]
    assert [person["id"] for person in quorum["barred"]] == ["ines"]
    assert answer["sentences"][0] == "1 must still approve it: Karim or Claire"


def test_who_after_each_step(team: Team, portes: str) -> None:
    team.commit({"brand/approvals.yml": (team.folder / "brand/approvals.yml").read_text().replace("quorum: 1", "quorum: 2")})
    team.go("portes")
    team.approve("karim", KEY)
    said = run(team, "who", KEY).output.splitlines()
    assert said[1:3] == ["  · portes: approved by Karim so far", "    1 must still approve it: Claire"]
    team.approve("claire", KEY)
    assert run(team, "who", KEY).output.splitlines()[1] == "  ✓ portes: approved by Karim and Claire"
    team.merge("portes")
    assert run(team, "who", KEY).output.splitlines() == [KEY, "  ✓ main: approved by Karim and Claire"]


def test_who_says_why_an_approval_does_not_count(team: Team, portes: str) -> None:
    team.go("portes")
    team.approve("karim", KEY)
    team.commit({PATH: POST.replace("dimanche", "lundi")})
    said = run(team, "who", KEY).output.splitlines()
    assert said[1] == "  · portes: its text changed after its approval; Karim or Claire must approve it again"
    assert said[2] == "    1 must still approve it: Karim or Claire"


def test_who_must_come_first(team: Team, portes: str) -> None:
    policy = (team.folder / "brand/approvals.yml").read_text()
    team.commit({"brand/approvals.yml": policy + "requirements:\n  - {channels: [journal], by: [claire], after: [karim]}\n"})
    said = run(team, "who", KEY).output.splitlines()
    assert said[1:3] == ["  · portes: Karim must approve it first", "    1 must still approve it: Claire"]
    team.go("portes")
    team.approve("karim", KEY)
    assert run(team, "who", KEY).output.splitlines()[1] == "  · portes: 1 must still approve it: Claire"


def test_who_of_nothing_known(team: Team) -> None:
    from marronnier.messages import Trouble

    with pytest.raises(Trouble, match="There is no publication nothing"):
        run(team, "who", "nothing")
