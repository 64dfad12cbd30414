"""The fake GitHub on the wire: who sees what, pages, limits, what has not changed, and answers that fail, come late or never come."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path

import pytest

from marronnier.demo.github import FakeGitHub, FakePerson, HostedRepository
from servers.github import ask, check, links

REPO = "/repos/arbres/calendrier"
WORKFLOW = """\
name: Publish
on:
  workflow_dispatch:
    inputs:
      hold: {required: true}
      relay: {type: boolean, default: false}
jobs: {}
"""


@pytest.fixture
def team(team: HostedRepository) -> HostedRepository:
    """With files on its branch."""
    team.seed({"a.md": "un\n", ".github/workflows/publish.yml": WORKFLOW, ".github/workflows/site.yml": "name: Site\non: push\n"})
    return team


def test_who_sees_what(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    lou = github.person("lou")
    other = github.repository("arbres/autre")
    assert ask(github, "GET", REPO).status == 200
    assert ask(github, "GET", REPO, token="ghp_none").json()["message"] == "Bad credentials"
    assert ask(github, "POST", f"{REPO}/issues", json={"title": "Bonjour"}).status == 401
    assert ask(github, "GET", f"{REPO}/collaborators/ines/permission", token=lou.token).status == 403
    team.record.private = True
    assert [ask(github, "GET", REPO, token=token).status for token in ("", lou.token, other.job(), team.job(), ines.token)] == [
        404, 404, 404, 200, 200,
    ]  # fmt: skip
    assert ask(github, "GET", f"{REPO}/pulls", token=team.job()).json()["message"] == "Resource not accessible by integration"
    assert ask(github, "GET", f"{REPO}/pulls", token=team.job({"pull-requests": "read"})).status == 200
    token = github.token(ines, {"issues": "read"})
    assert ask(github, "POST", f"{REPO}/issues", token=token, json={"title": "Bonjour"}).json()["message"] == (
        "Resource not accessible by personal access token"
    )
    github.revoke(token)
    assert ask(github, "GET", REPO, token=token).status == 401
    assert ask(github, "GET", "/user", token=team.job()).status == 403


def test_no_job_reads_variables_or_teams(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    team.variable("MARRONNIER_FREEZE", "1")
    everything = dict.fromkeys(("actions", "contents", "issues", "pull_requests", "administration"), "write")
    job = team.job({name: level for name, level in everything.items() if name != "administration"})
    for path in (f"{REPO}/actions/variables/MARRONNIER_FREEZE", "/orgs/arbres/teams", f"{REPO}/actions/secrets"):
        assert ask(github, "GET", path, token=job).status == 403
    assert ask(github, "GET", f"{REPO}/actions/variables/MARRONNIER_FREEZE", token=ines.token).json()["value"] == "1"


def test_who_may_pass_a_ruleset_by_is_shown_to_administrators(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    ruleset = team.protect("ledger", "non_fast_forward", "deletion", admins_pass=True)
    path = f"{REPO}/rulesets/{ruleset.id}"
    assert "bypass_actors" not in ask(github, "GET", path, token=team.job()).json()
    team.invite(ines, "admin")
    assert ask(github, "GET", path, token=ines.token).json()["bypass_actors"][0]["actor_type"] == "RepositoryRole"
    rules = ask(github, "GET", f"{REPO}/rules/branches/ledger", token=team.job()).json()
    assert [rule["type"] for rule in rules] == ["non_fast_forward", "deletion"]
    team.settings.has_rulesets = False
    assert ask(github, "GET", f"{REPO}/rulesets", token=ines.token).status == 403


def test_pages_lead_to_each_other(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    issue = ines.open_issue(team, "Trente et un")
    for number in range(101):
        ines.comment(issue, f"{number}")
    path = f"{REPO}/issues/1/comments"
    first = ask(github, "GET", path)
    assert len(first.json()) == 30
    assert set(links(first)) == {"next", "last"}
    assert links(first)["next"] == f"{github.api_url}/repositories/{team.id}/issues/1/comments?page=2"
    second = ask(github, "GET", links(first)["next"].removeprefix(github.api_url))
    assert second.json()[0]["body"] == "30"
    assert set(links(second)) == {"prev", "next", "last", "first"}
    assert len(ask(github, "GET", f"{path}?per_page=1000").json()) == 100
    assert ask(github, "GET", f"{path}?per_page=100&page=3").json() == []
    github.limit_pages(10)
    short = ask(github, "GET", f"{path}?per_page=100")
    assert (len(short.json()), "next" in links(short)) == (10, True)


def test_the_activity_follows_cursors(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    for number in range(5):
        ines.push(team, "main", {"a.md": f"{number}\n"})
    seen, path = [], f"{REPO}/activity?per_page=2&ref=refs/heads/main"
    while path:
        answer = ask(github, "GET", path)
        seen += [entry["after"] for entry in answer.json()]
        path = links(answer).get("next", "").removeprefix(github.api_url)
    assert (len(seen), seen[0]) == (6, team.tip())


def test_what_has_not_changed_costs_nothing(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    first = ask(github, "GET", f"{REPO}/issues", token=ines.token)
    known = {"If-None-Match": first.headers["etag"]}
    again = ask(github, "GET", f"{REPO}/issues", token=ines.token, headers=known)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["x-ratelimit-used"] == first.headers["x-ratelimit-used"] == "1"
    ines.open_issue(team, "Neuf")
    assert ask(github, "GET", f"{REPO}/issues", token=ines.token, headers=known).status == 200


def test_limits_are_by_token_and_end_with_the_hour(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    github.leave_requests(1, ines.token)
    assert ask(github, "GET", REPO, token=ines.token).headers["x-ratelimit-remaining"] == "0"
    refused = ask(github, "GET", REPO, token=ines.token)
    assert (refused.status, refused.json()["message"]) == (403, "API rate limit exceeded for user ID 101.")
    assert int(refused.headers["x-ratelimit-reset"]) == int((github.now + timedelta(hours=1)).timestamp())
    assert ask(github, "GET", REPO, token=team.job()).headers["x-ratelimit-limit"] == "1000"
    assert ask(github, "GET", "/rate_limit", token=ines.token).json()["resources"]["core"]["remaining"] == 0
    github.advance(hours=1)
    assert ask(github, "GET", REPO, token=ines.token).status == 200
    github.refuse_in_haste(path="/issues", seconds=7)
    hasty = ask(github, "POST", f"{REPO}/issues", token=ines.token, json={"title": "Vite"})
    assert (hasty.status, hasty.headers["retry-after"]) == (403, "7")
    assert "secondary rate limit" in hasty.json()["message"]
    assert not team.issues


def test_answers_fail_before_or_after_the_effect(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    issue = {"title": "Une fois"}
    github.fail_next(502, method="POST", path="/issues$")
    assert ask(github, "POST", f"{REPO}/issues", token=ines.token, json=issue).status == 502
    assert not team.issues
    github.fail_next(500, method="POST", path="/issues$", after=True)
    assert ask(github, "POST", f"{REPO}/issues", token=ines.token, json=issue).status == 500
    assert len(team.issues) == 1
    github.lose_answer(method="POST", path="/issues$")
    with pytest.raises((HTTPException, ConnectionError)):
        ask(github, "POST", f"{REPO}/issues", token=ines.token, json=issue)
    assert len(team.issues) == 2
    github.cut_answer(path="/issues$")
    with pytest.raises((HTTPException, ConnectionError)):
        ask(github, "GET", f"{REPO}/issues")
    github.delay_answer(0.2, path="/issues$")
    begun = time.monotonic()
    assert len(ask(github, "GET", f"{REPO}/issues").json()) == 2
    assert time.monotonic() - begun >= 0.2
    assert [exchange.ordered for exchange in github.exchanges] == ["fail", "fail", "lose", "cut", "delay"]


def test_a_job_starts_workflows_by_dispatches_only(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    job = team.job({"contents": "write", "actions": "write", "issues": "write"})
    body = {"message": "Retenir", "content": "ZGV1eAo=", "branch": "main"}
    assert ask(github, "PUT", f"{REPO}/contents/b.md", token=job, json=body).status == 201
    assert ask(github, "POST", f"{REPO}/issues", token=job, json={"title": "Panne"}).status == 201
    path = f"{REPO}/actions/workflows/publish.yml/dispatches"
    assert ask(github, "POST", path, token=job, json={"ref": "main"}).json()["message"] == "Required input 'hold' not provided"
    assert ask(github, "POST", path, token=job, json={"ref": "main", "inputs": {"hold": "5h30m", "x": "1"}}).status == 422
    assert ask(github, "POST", path, token=job, json={"ref": "main", "inputs": {"hold": "5h30m"}}).status == 204
    assert ask(github, "POST", f"{REPO}/dispatches", token=job, json={"event_type": "due", "client_payload": {"key": "x"}}).status == 204
    answer = ask(github, "POST", f"{REPO}/actions/workflows/site.yml/dispatches", token=job, json={"ref": "main"})
    assert answer.json()["message"] == "Workflow does not have 'workflow_dispatch' trigger"
    events = [(event.name, event.starts_workflows) for event in team.events() if event.actor.kind == "Bot"]
    assert events == [("push", False), ("issues", False), ("workflow_dispatch", True), ("repository_dispatch", True)]
    (run,) = ask(github, "GET", f"{REPO}/actions/runs?event=workflow_dispatch", token=job).json()["workflow_runs"]
    assert (run["path"], run["status"], run["actor"]["login"]) == (".github/workflows/publish.yml", "queued", "github-actions[bot]")
    ines.push(team, "main", {"a.md": "deux\n"})
    assert team.events("push")[-1].starts_workflows
    assert [dispatch.payload["inputs"] for dispatch in team.dispatches[:1]] == [{"hold": "5h30m"}]


def test_a_run_of_a_fork_names_no_pull_request(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    lou = github.person("lou")
    fork = github.fork(team, lou)
    pulls = [
        lou.open_pull_request(team, "essai", {"a.md": "lou\n"}, head=fork),
        ines.open_pull_request(team, "bois", {"a.md": "inès\n"}),
    ]
    for pull, home in zip(pulls, (fork, team), strict=True):
        team.run(".github/workflows/check.yml", "pull_request", pull.head_sha, branch=pull.head_branch, head=home, conclusion="success")
    ours, theirs = ask(github, "GET", f"{REPO}/actions/runs").json()["workflow_runs"]
    assert [pull["number"] for pull in ours["pull_requests"]] == [2]
    assert (theirs["pull_requests"], theirs["head_repository"]["id"], theirs["head_sha"]) == ([], fork.id, pulls[0].head_sha)
    assert team.events("workflow_run")[0].payload["workflow_run"]["head_repository"]["id"] == fork.id


def test_an_artifact_is_had_without_a_token_at_another_address(github: FakeGitHub, team: HostedRepository) -> None:
    run = team.run(".github/workflows/check.yml", "push", team.tip() or "")
    artifact = team.artifact(run, "preview", {"preview.html": b"<p>Bonjour"})
    path = f"{REPO}/actions/artifacts/{artifact.id}/zip"
    assert ask(github, "GET", path).status == 401
    moved = ask(github, "GET", path, token=team.job({"actions": "read"}))
    assert moved.status == 302
    data = ask(github, "GET", moved.headers["location"].removeprefix(github.api_url)).body
    assert zipfile.ZipFile(io.BytesIO(data)).read("preview.html") == b"<p>Bonjour"


def test_two_writers_of_one_file_do_not_overwrite_each_other(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    path = f"{REPO}/contents/a.md"
    seen = ask(github, "GET", path).json()
    body = {"message": "Mend", "content": "ZGV1eAo=", "sha": seen["sha"]}
    assert ask(github, "PUT", path, token=ines.token, json=body).json()["commit"]["committer"]["name"] == "Inès"
    assert ask(github, "PUT", path, token=ines.token, json=body).status == 409
    assert ask(github, "PUT", path, token=ines.token, json={"message": "Mend", "content": "ZGV1eAo="}).status == 422
    assert ask(github, "GET", path, headers={"Accept": "application/vnd.github.raw+json"}).body == b"deux\n"


def test_a_renamed_repository_leads_on(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    team.rename("agenda")
    moved = ask(github, "GET", f"{REPO}/pulls?state=all")
    assert (moved.status, moved.headers["location"]) == (301, f"{github.api_url}/repositories/{team.id}/pulls?state=all")
    assert ask(github, "GET", f"/repositories/{team.id}").json()["full_name"] == "arbres/agenda"


def test_other_peoples_comments_can_be_edited_and_nobody_is_told_by_whom(
    github: FakeGitHub, team: HostedRepository, ines: FakePerson
) -> None:
    lou, sam = github.person("lou"), team.invite(github.person("sam"))
    issue = ines.open_issue(team, "Gel")
    comment = ines.comment(issue, "/freeze orage")
    path = f"{REPO}/issues/comments/{comment.id}"
    assert ask(github, "PATCH", path, token=lou.token, json={"body": "/thaw"}).status == 403
    github.advance(minutes=1)
    said = ask(github, "PATCH", path, token=sam.token, json={"body": "/thaw"}).json()
    assert (said["user"]["id"], said["body"], said["updated_at"] > said["created_at"]) == (101, "/thaw", True)


def test_what_is_said_in_a_pull_request_needs_its_permission(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    ines.open_pull_request(team, "bois", {"a.md": "deux\n"})
    path = f"{REPO}/issues/1/comments"
    assert ask(github, "POST", path, token=team.job({"issues": "write"}), json={"body": "Rapport"}).status == 403
    assert ask(github, "POST", path, token=team.job({"pull-requests": "write"}), json={"body": "Rapport"}).status == 201


def test_an_address_that_it_lacks_is_told(tmp_path: Path) -> None:
    with FakeGitHub(tmp_path / "github") as github:
        github.repository("arbres/calendrier")
        assert ask(github, "GET", f"{REPO}/milestones").status == 404
        assert ask(github, "GET", f"{REPO}/issues/7").status == 404
        assert github.unknown == [f"GET {REPO}/milestones"]
        with pytest.raises(AssertionError, match="lacks these addresses: GET /repos/arbres/calendrier/milestones"):
            check(github)
        github.exchanges.clear()


def test_nobody_reaches_it_under_another_name(github: FakeGitHub) -> None:
    assert ask(github, "GET", REPO, headers={"Host": "rebound.example"}).status == 421
