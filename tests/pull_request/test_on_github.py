"""The report, the comment and the suggestions on a GitHub with a memory, as a job's own token may write them."""

from __future__ import annotations

import hashlib
import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from marronnier import cli
from marronnier.forge import ForgeTrouble
from marronnier.messages import Trouble
from pull_request.inert import acting
from reviewing import NAME, PATH, POST, TODAY, Hub

WRONG = POST.replace("2026-12-05 10:00", "2026-12-5 10h")


@pytest.fixture
def hub(hub: Hub) -> Hub:
    """In a run that may write to pull requests."""
    hub.surroundings["GITHUB_TOKEN"] = hub.team.job({"contents": "read", "pull_requests": "write"})
    hub.surroundings["GITHUB_RUN_ID"] = "77"
    return hub


def report(hub: Hub, *arguments: str) -> Result:
    """Run the trusted half in a clone of the default branch."""
    with hub.being():
        return CliRunner().invoke(cli.marronnier, ["--now", TODAY, "-C", str(hub.folder), "report", *arguments], catch_exceptions=False)


def bodies(pull: Any) -> list[str]:
    return [comment.body for comment in pull.issue.comments]


def lines(pull: Any) -> list[tuple[str, int | None]]:
    return [(comment.path, comment.line) for comment in pull.review_comments]


def test_one_comment_by_the_job_is_updated_in_place(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    for _run in range(2):
        done = report(hub, "--pull-request", str(pull.number), "--comment")
        assert done.exit_code == 0, done.output
    (comment,) = pull.issue.comments
    assert comment.author.login == "github-actions[bot]"
    assert "⏳ **1 publication est nouvelle ou changée. 1 reste à approuver.**" in comment.body
    hub.ines.push(hub.team, "portes", {PATH: POST.replace("dimanche", "lundi")})
    report(hub, "--pull-request", str(pull.number), "--comment")
    assert [one.id for one in pull.issue.comments] == [comment.id]
    assert "On ouvre le jardin lundi." in comment.body
    assert not acting(comment.body, hub.github.server_url)
    assert hub.github.unknown == []


def test_a_comment_of_a_person_with_our_marker_is_left_alone_and_ours_is_found_on_any_page(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    report(hub, "--pull-request", str(pull.number), "--comment")
    ours = bodies(pull)[0]
    hub.omar.comment(pull, ours)
    for number in range(5):
        hub.karim.comment(pull, f"Bonjour {number}")
    hub.github.limit_pages(2)
    hub.karim.edit_comment(pull.issue.comments[0], ours.replace("dimanche", "jamais"))
    report(hub, "--pull-request", str(pull.number), "--comment")
    assert bodies(pull)[:2] == [ours, ours]
    assert len(bodies(pull)) == 7


@pytest.mark.parametrize("failure", ["lost", "failed after", "failed before", "in haste"])
def test_an_answer_that_does_not_come_leaves_one_comment(hub: Hub, failure: str) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    if failure == "lost":
        hub.github.lose_answer(method="POST", path="/comments")
    elif failure == "in haste":
        hub.github.refuse_in_haste(method="POST", path="/comments")
    else:
        hub.github.fail_next(502, method="POST", path="/comments", after=failure == "failed after")
    if failure == "in haste":
        with pytest.raises(ForgeTrouble) as busy:
            report(hub, "--pull-request", str(pull.number), "--comment")
        assert busy.value.kind == "busy"
        assert bodies(pull) == []
    assert report(hub, "--pull-request", str(pull.number), "--comment").exit_code == 0
    assert len(bodies(pull)) == 1


def test_a_token_that_may_not_write_says_so(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.surroundings["GITHUB_TOKEN"] = hub.team.job({"contents": "read", "pull_requests": "read"})
    with pytest.raises(ForgeTrouble) as forbidden:
        report(hub, "--pull-request", str(pull.number), "--comment")
    hub.surroundings["GITHUB_TOKEN"] = ""
    with pytest.raises(ForgeTrouble) as unknown:
        report(hub, "--pull-request", str(pull.number), "--comment")
    assert (forbidden.value.kind, unknown.value.kind) == ("forbidden", "credentials")


def test_corrections_are_suggested_once_on_their_lines_and_withdrawn(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: WRONG})
    for _run in range(2):
        report(hub, "--pull-request", str(pull.number), "--comment")
    assert lines(pull) == [(PATH, 4)]
    assert [review.state for review in pull.reviews] == ["COMMENTED"]
    fixed = hub.ines.commit_suggestion(pull, pull.review_comments[0])
    assert "date: 2026-12-05 10:00\n" in (hub.team.file(PATH, fixed) or "")
    report(hub, "--pull-request", str(pull.number), "--comment")
    assert lines(pull) == []


def test_suggestions_that_cannot_be_written_fail_nothing(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: WRONG})
    hub.github.fail_next(422, method="POST", path="/reviews", message="Unprocessable Entity")
    done = report(hub, "--pull-request", str(pull.number), "--comment")
    assert done.exit_code == 0
    assert len(bodies(pull)) == 1
    assert "422" in done.output


def event_of(hub: Hub, folder: Path, commit: str, repository: int, **more: object) -> Path:
    """What GitHub tells the job that `workflow_run` starts. For forks, its list of pull requests is empty."""
    file = folder / "event.json"
    run = {"head_sha": commit, "head_branch": "main", "head_repository": {"id": repository}, "pull_requests": [], "event": "pull_request"}
    file.write_text(json.dumps({"action": "completed", "workflow_run": {**run, **more}}))
    return file


def test_w05_a_forks_pull_request_is_found_by_its_head_and_never_by_a_number(hub: Hub, tmp_path: Path) -> None:
    eve = hub.github.person("eve")
    fork = hub.github.fork(hub.team, eve)
    evil = {PATH: POST, ".github/workflows/publish.yml": "on: push\n", "scripts/marronnier/pull_request/report.py": "raise SystemExit(9)\n"}
    commit = eve.push(fork, "main", evil)
    theirs = eve.open_pull_request(hub.team, "main", title="Fixes #1 @everyone", head=fork)
    ours = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST.replace("dimanche", "lundi")})
    # The number that the fork would like to be taken for is in the event, and is not read.
    event = event_of(hub, tmp_path, commit, fork.id, pull_requests=[{"number": ours.number}], pull_request={"number": ours.number})
    done = report(hub, "--from-run", str(event), "--comment")
    assert done.exit_code == 0, done.output
    assert bodies(ours) == []
    (told,) = bodies(theirs)
    assert "> [!CAUTION]\n> Cela change ce qui s’exécute ici" in told
    assert "`.github/workflows/publish.yml`" in told
    assert not acting(told, hub.github.server_url)
    assert not (hub.folder / ".github/workflows/publish.yml").exists()


@pytest.mark.parametrize("what", ["another repository", "another commit", "closed", "another base"])
def test_w05_a_run_of_anything_else_finds_none(hub: Hub, tmp_path: Path, what: str) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    commit = hub.team.tip("portes") or ""
    event = event_of(hub, tmp_path, "0" * 40 if what == "another commit" else commit, 999 if what == "another repository" else hub.team.id)
    if what == "closed":
        hub.ines.close(pull)
    if what == "another base":
        hub.ines.push(hub.team, "next", {"content/pages/x.md": "x\n"})
        hub.ines.retarget(pull, "next")
    done = report(hub, "--from-run", str(event), "--comment")
    assert done.exit_code == 0
    assert bodies(pull) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"workflow_run": {"head_sha": 3}}', '{"workflow_run": null}', "{" * 5000])
def test_w05_what_is_no_event_is_said(hub: Hub, tmp_path: Path, text: str) -> None:
    (tmp_path / "event.json").write_text(text)
    with pytest.raises(Trouble):
        report(hub, "--from-run", str(tmp_path / "event.json"), "--comment")


def test_who_may_approve_follows_the_hands_that_github_knows(hub: Hub) -> None:
    hub.ines.push(hub.team, "portes", {PATH: POST})
    pull = hub.karim.open_pull_request(hub.team, "portes")
    told = report(hub, "--pull-request", str(pull.number)).output
    plain = told.replace("\u00a0", " ").replace("\u202f", " ")
    assert re.search(r"^- ⏳ `portes@journal` : il faut encore 1 approbation : Claire ; .*; Karim [^`]*`#1`[^`]*$", plain, re.MULTILINE)
    hub.claire.approve(pull)
    assert (
        "✅ **1 publication est nouvelle ou changée. Tout est approuvé tel quel.**"
        in report(hub, "--pull-request", str(pull.number)).output
    )


def test_links_lead_to_the_lines_of_the_pull_request_and_to_the_run(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: WRONG})
    told = report(hub, "--pull-request", str(pull.number), "--preview", "preview.html").output
    digest = hashlib.sha256(PATH.encode()).hexdigest()
    assert f"({hub.github.server_url}/{NAME}/pull/{pull.number}/files#diff-{digest}R4)" in told
    assert f"({hub.github.server_url}/{NAME}/actions/runs/77)" in told


def test_a_head_that_moved_on_while_it_was_read_is_left_to_its_own_run(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    # It is looked at twice: to read it, and again before anything is written.
    pushed = partial(hub.ines.push, hub.team, "portes", {PATH: POST.replace("dimanche", "lundi")})
    hub.github.before_next(
        lambda: hub.github.before_next(pushed, method="GET", path=f"/pulls/{pull.number}$"), method="GET", path="/reviews$"
    )
    assert report(hub, "--pull-request", str(pull.number), "--comment").exit_code == 0
    assert bodies(pull) == []


def test_a15_a_pull_request_to_another_branch_says_that_nothing_counts_there(hub: Hub) -> None:
    hub.ines.push(hub.team, "next", {"content/pages/x.md": "x\n"})
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST}, base="next")
    assert "> Elle doit être fusionnée dans `next`" in report(hub, "--pull-request", str(pull.number)).output


def test_a27_a_list_of_comments_that_is_not_whole_lets_nothing_be_written(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    for number in range(3):
        hub.karim.comment(pull, f"Bonjour {number}")
    hub.github.limit_pages(2)
    # The first page comes, the second one does not.
    hub.github.delay_answer(0, method="GET", path="/comments$")
    hub.github.fail_next(502, method="GET", path="/comments$")
    before = bodies(pull)
    with pytest.raises(ForgeTrouble):
        report(hub, "--pull-request", str(pull.number), "--comment")
    assert bodies(pull) == before


def test_a_job_that_writes_while_another_has_looked_already_leaves_one_comment(hub: Hub) -> None:
    from marronnier import forge
    from marronnier.pull_request.comment import write_comment

    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})

    def tell(text: str) -> None:
        comments = forge.open_comments(hub.repo)
        assert comments is not None
        write_comment(comments, comments.get(pull.number), text, hub.team.tip("portes") or "")

    with hub.being():
        hub.github.before_next(lambda: tell("The other run\n"), method="POST", path="/comments$")
        tell("This run\n")
    (comment,) = pull.issue.comments
    assert comment.body.endswith("\nThis run\n")


def test_t17_reviews_that_cannot_be_read_approve_nothing_and_the_report_says_so(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    assert "✅ `portes@journal`" in report(hub, "--pull-request", str(pull.number)).output
    hub.github.fail_next(502, method="GET", path="/reviews$", times=9)
    told = report(hub, "--pull-request", str(pull.number)).output
    assert "⏳ **1 publication est nouvelle ou changée. 1 reste à approuver.**" in told
    assert "⚠️ " in told.partition("### Approbation")[2]
    assert "502" in told
