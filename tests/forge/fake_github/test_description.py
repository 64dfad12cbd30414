"""Every address of the fake GitHub, asked once: each request and each answer is as GitHub's own description has it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from marronnier.demo.github import FakeGitHub
from marronnier.demo.github.api.call import ROUTES
from servers import github_description
from servers.github import ask

REPO = "/repos/arbres/calendrier"


def test_every_address_is_as_github_describes_it(tmp_path: Path) -> None:
    github_description.installed()
    with FakeGitHub(tmp_path / "github") as github:
        _ask_everything(github)
        asked = {
            (exchange.method, exchange.template) for exchange in github.exchanges if exchange.status < 400 or "protection" in exchange.path
        }
        assert {(route.method, route.template) for route in ROUTES} == asked - {("GET", "/rate_limit")} | {
            ("GET", "/orgs/{org}/teams/{team_slug}/members"),
        }


def test_the_description_finds_what_is_wrong(tmp_path: Path) -> None:
    github_description.installed()
    with FakeGitHub(tmp_path / "github") as github:
        github.repository("arbres/calendrier")
        ask(github, "GET", f"{REPO}/issues?sort=beauty")
        ask(github, "GET", f"{REPO}/labels")
        exchange = github.exchanges[1]
        del exchange.answer[0]["color"]
        exchange.answer[1]["beauty"] = "great"
        assert github_description.problems(github.exchanges) == [
            "GET /repos/{owner}/{repo}/issues: the query has sort=beauty, where GitHub knows ['created', 'updated', 'comments']",
            "GET /repos/{owner}/{repo}/labels 200: the answer[0]: $[0]: 'color' is a required property",
            "GET /repos/{owner}/{repo}/labels 200: the answer has [].beauty, of which GitHub knows nothing",
        ]
        github.exchanges.clear()


def _ask_everything(github: FakeGitHub) -> None:
    """One request for each address, by who may."""
    team = github.repository("arbres/calendrier")
    ines, sam, lou = (github.person(login) for login in ("ines", "sam", "lou"))
    team.invite(ines, "admin"), team.invite(sam), team.invite(lou, "read")
    github.organization("arbres", [ines])
    workflow = ".github/workflows/publish.yml"
    team.seed({"a.md": "un\ndeux\n", workflow: "name: Publish\non: workflow_dispatch\n", ".github/CODEOWNERS": "* @sam @nobody\n"})
    fork = github.fork(team, lou)
    job = team.job(dict.fromkeys(("actions", "checks", "contents", "issues", "pull_requests", "statuses"), "write"))

    def go(method: str, path: str, json: Any = None, *, token: str = ines.token, accept: str = "") -> Any:
        answer = ask(github, method, path if path.startswith(("/user", "/org", "/rate", "/down", "/arbres")) else REPO + path, token=token, json=json, headers={"Accept": accept} if accept else {})  # fmt: skip
        assert answer.status < 400, f"{method} {path}: {answer.status} {answer.body!r}"
        return answer.json() if answer.body and "json" in answer.headers.get("content-type", "") and "raw" not in accept else answer

    for path in ("/user", "/users/sam", f"/user/{sam.id}", "/user/repos", "/orgs/arbres/teams", "/rate_limit"):
        go("GET", path)
    # The repository
    for path in ("", "/collaborators", "/collaborators/sam", "/collaborators/sam/permission", "/activity", "/forks", "/branches", "/branches/main", "/commits", "/commits/main", "/teams", "/codeowners/errors", "/assignees", "/assignees/sam", "/contents/", "/contents/a.md", "/git/ref/heads/main", "/git/matching-refs/heads/"):  # fmt: skip
        go("GET", path)
    assert ask(github, "GET", f"{REPO}/branches/main/protection", token=ines.token).json()["message"] == "Branch not protected"
    go("PATCH", "", {"allow_rebase_merge": True})
    go("PATCH", "", {"private": True})
    go("PATCH", "", {"private": False})
    # Files and Git's own objects
    made = go("PUT", "/contents/b.md", {"message": "Write", "content": base64.b64encode(b"b\n").decode()})
    go("PUT", "/contents/b.md", {"message": "Write", "content": "Yy0K", "sha": made["content"]["sha"], "author": {"name": "A", "email": "a@example.org"}})  # fmt: skip
    go("GET", "/contents/b.md", accept="application/vnd.github.raw+json")
    assert go("GET", "/arbres/calendrier/raw/main/b.md").body == b"c-\n"
    go("DELETE", "/contents/b.md", {"message": "Drop", "sha": go("GET", "/contents/b.md")["sha"]})
    tip = go("GET", "/git/ref/heads/main")["object"]["sha"]
    blob = go("POST", "/git/blobs", {"content": "bonjour\n"})["sha"]
    go("GET", f"/git/blobs/{blob}")
    base = go("GET", f"/git/commits/{tip}")["tree"]["sha"]
    entries = [{"path": "d/e.md", "mode": "100644", "type": "blob", "sha": blob}]
    tree = go("POST", "/git/trees", {"base_tree": base, "tree": entries})["sha"]
    assert {row["path"] for row in go("GET", f"/git/trees/{tree}?recursive=1")["tree"]} >= {"a.md", "d/e.md"}
    commit = go("POST", "/git/commits", {"message": "By hand", "tree": tree, "parents": [tip]})["sha"]
    go("POST", "/git/refs", {"ref": "refs/heads/main-hand", "sha": tip})
    go("PATCH", "/git/refs/heads/main-hand", {"sha": commit})
    go("GET", f"/compare/main...{commit}")
    go("GET", f"/commits/{commit}")
    go("DELETE", "/git/refs/heads/main-hand")
    # A pull request
    ines.push(team, "bois", {"a.md": "un\nDEUX\n"})
    lou.push(fork, "essai", {"a.md": "fourche\n"})
    number = go("POST", "/pulls", {"head": "bois", "base": "main", "title": "Le bois", "body": "…"})["number"]
    forked = go("POST", "/pulls", {"head": "lou:essai", "base": "main", "title": "Essai", "draft": True}, token=lou.token)["number"]
    pull = f"/pulls/{number}"
    for path in ("/pulls", pull, f"{pull}/commits", f"{pull}/files", f"/commits/{team.pull(number).head_sha}/pulls"):
        go("GET", path)
    go("GET", pull, accept="application/vnd.github.diff")
    go("PATCH", pull, {"title": "Le bois, encore"})
    ines.push(team, "autre", {"c.md": "c\n"})
    go("PATCH", pull, {"base": "autre"}), go("PATCH", pull, {"base": "main"})
    assert [event["event"] for event in go("GET", f"/issues/{number}/events")] == ["renamed", "base_ref_changed", "base_ref_changed"]
    go("POST", f"/issues/{number}/labels", {"labels": ["bug"]})
    go("POST", f"/issues/{number}/assignees", {"assignees": ["sam"]})
    assert [event.payload["action"] for event in team.events("pull_request")[-2:]] == ["labeled", "assigned"]
    go("POST", f"{pull}/requested_reviewers", {"reviewers": ["sam", "lou"]})
    go("GET", f"{pull}/requested_reviewers")
    go("DELETE", f"{pull}/requested_reviewers", {"reviewers": ["lou"]})
    # Reviews
    lines = [{"path": "a.md", "line": 2, "side": "RIGHT", "body": "Ici"}]
    review = go("POST", f"{pull}/reviews", {"body": "Je regarde", "comments": lines}, token=sam.token)["id"]
    go("GET", f"{pull}/reviews/{review}", token=sam.token)
    go("PUT", f"{pull}/reviews/{review}", {"body": "Je relis"}, token=sam.token)
    go("POST", f"{pull}/reviews/{review}/events", {"event": "REQUEST_CHANGES", "body": "Non"}, token=sam.token)
    go("GET", f"{pull}/reviews/{review}/comments")
    go("PUT", f"{pull}/reviews/{review}/dismissals", {"message": "Si", "event": "DISMISS"})
    go("DELETE", f"{pull}/reviews/{go('POST', f'{pull}/reviews', {'body': 'x'}, token=sam.token)['id']}", token=sam.token)
    go("POST", f"{pull}/reviews", {"event": "APPROVE", "commit_id": team.pull(number).head_sha}, token=sam.token)
    go("GET", f"{pull}/reviews")
    head = team.pull(number).head_sha
    line = go("POST", f"{pull}/comments", {"body": "Là", "commit_id": head, "path": "a.md", "line": 2, "side": "RIGHT"}, token=job)["id"]
    go("POST", f"{pull}/comments/{line}/replies", {"body": "Oui"})
    for path in (f"{pull}/comments", "/pulls/comments", f"/pulls/comments/{line}"):
        go("GET", path)
    go("PATCH", f"/pulls/comments/{line}", {"body": "Là-bas"})
    go("DELETE", f"/pulls/comments/{line}")
    # Issues
    issue = f"/issues/{go('POST', '/issues', {'title': 'Panne', 'labels': ['bug'], 'assignees': ['sam']}, token=job)['number']}"
    comment = go("POST", f"{issue}/comments", {"body": "Vu"})["id"]
    for path in ("/issues?state=all&labels=bug&sort=updated&direction=asc", issue, f"{issue}/comments", "/issues/comments", f"/issues/comments/{comment}", f"/issues/{number}", f"{issue}/labels", "/labels"):  # fmt: skip
        go("GET", path)
    go("PATCH", f"/issues/comments/{comment}", {"body": "Vu !"})
    go("POST", f"/issues/comments/{comment}/reactions", {"content": "eyes"}, token=job)
    go("GET", f"/issues/comments/{comment}/reactions")
    go("DELETE", f"/issues/comments/{comment}")
    go("POST", "/labels", {"name": "marronnier: freeze", "color": "cfd3d7", "description": "Nothing is sent"})
    go("GET", "/labels/marronnier%3A%20freeze")
    go("PATCH", "/labels/marronnier%3A%20freeze", {"new_name": "gel"})
    go("POST", f"{issue}/labels", {"labels": ["gel"]})
    go("PUT", f"{issue}/labels", {"labels": ["gel", "autre"]})
    go("DELETE", f"{issue}/labels/gel")
    go("DELETE", f"{issue}/labels")
    go("DELETE", "/labels/gel")
    go("POST", f"{issue}/assignees", {"assignees": ["ines"]})
    go("DELETE", f"{issue}/assignees", {"assignees": ["ines"]})
    go("PATCH", issue, {"state": "closed", "state_reason": "not_planned"})
    go("PUT", f"{issue}/lock")
    go("DELETE", f"{issue}/lock")
    assert [event["event"] for event in go("GET", f"{issue}/events")] == [
        *("labeled", "assigned", "labeled", "unlabeled", "labeled", "unlabeled", "unlabeled"),
        *("assigned", "unassigned", "closed", "locked", "unlocked"),
    ]
    # Actions and checks
    team.secret("TOKEN")
    go("GET", "/actions/workflows")
    go("GET", "/actions/workflows/publish.yml")
    go("PUT", "/actions/workflows/publish.yml/disable")
    go("PUT", "/actions/workflows/publish.yml/enable")
    go("POST", "/actions/workflows/publish.yml/dispatches", {"ref": "main"}, token=job)
    run = go("GET", "/actions/runs")["workflow_runs"][0]["id"]
    artifact = team.artifact(team.record.runs[-1], "preview", {"a": b"a"}).id
    for path in ("/actions/workflows/publish.yml/runs", f"/actions/runs/{run}", f"/actions/runs/{run}/artifacts", "/actions/artifacts", f"/actions/artifacts/{artifact}", f"/actions/artifacts/{artifact}/zip", f"/downloads/{team.id}/{artifact}"):  # fmt: skip
        go("GET", path)
    go("POST", f"/actions/runs/{run}/cancel")
    go("POST", "/dispatches", {"event_type": "due", "client_payload": {"key": "bois@journal"}}, token=job)
    remark = {"path": "a.md", "start_line": 1, "end_line": 1, "annotation_level": "warning", "message": "Court"}
    check = go("POST", "/check-runs", {"name": "check", "head_sha": head, "output": {"title": "1", "summary": "…", "annotations": [remark]}}, token=job)["id"]  # fmt: skip
    go("PATCH", f"/check-runs/{check}", {"conclusion": "success"}, token=job)
    go("POST", f"/statuses/{head}", {"state": "success", "context": "site"})
    for path in (f"/check-runs/{check}", f"/check-runs/{check}/annotations", f"/commits/{head}/check-runs", f"/commits/{head}/statuses", f"/commits/{head}/status"):  # fmt: skip
        go("GET", path)
    # Settings
    go("POST", "/actions/variables", {"name": "FREEZE", "value": "0"})
    go("PATCH", "/actions/variables/FREEZE", {"value": "1"})
    go("PUT", "/environments/publish", {"wait_timer": 5, "reviewers": [{"type": "User", "id": sam.id}], "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}})  # fmt: skip
    go("POST", "/environments/publish/deployment-branch-policies", {"name": "main"})
    go("POST", "/environments/publish/variables", {"name": "WHERE", "value": "x"})
    go("PATCH", "/environments/publish/variables/WHERE", {"value": "y"})
    sealed = {"encrypted_value": "c2VhbGVk", "key_id": str(go("GET", "/environments/publish/secrets/public-key")["key_id"])}
    for _time in range(2):
        go("PUT", "/environments/publish/secrets/TOKEN", sealed)
    team.secret("MASTODON_TOKEN", "publish")
    rules = [{"type": "deletion"}, {"type": "non_fast_forward"}]
    names = {"ref_name": {"include": ["refs/heads/ledger"], "exclude": []}}
    ruleset = go("POST", "/rulesets", {"name": "ledger", "target": "branch", "enforcement": "active", "conditions": names, "rules": rules})["id"]  # fmt: skip
    go("PUT", f"/rulesets/{ruleset}", {"enforcement": "active"})
    go("POST", "/pages", {"build_type": "workflow"})
    go("PUT", "/pages", {"build_type": "workflow"})
    go("PUT", "/actions/permissions/workflow", {"default_workflow_permissions": "read"})
    for path in ("/actions/variables", "/actions/variables/FREEZE", "/actions/secrets", "/actions/secrets/public-key", "/environments", "/environments/publish", "/environments/publish/variables", "/environments/publish/variables/WHERE", "/environments/publish/secrets", "/environments/publish/secrets/TOKEN", "/environments/publish/deployment-branch-policies", "/rulesets", f"/rulesets/{ruleset}", "/rules/branches/ledger", "/pages", "/actions/permissions", "/actions/permissions/workflow"):  # fmt: skip
        go("GET", path)
    go("DELETE", "/actions/variables/FREEZE")
    go("DELETE", "/environments/publish/variables/WHERE")
    go("DELETE", "/environments/publish")
    go("DELETE", f"/rulesets/{ruleset}")
    # And at last
    team.seed({"z.md": "z\n"})
    go("PUT", f"{pull}/update-branch", {})
    go("PUT", f"{pull}/merge", {"merge_method": "squash"})
    go("GET", f"{pull}/merge")
    go("GET", pull)
    assert [event["event"] for event in go("GET", f"/issues/{number}/events")][3:] == [
        "labeled", "assigned", "review_requested", "review_requested", "review_dismissed", "merged", "closed",
    ]  # fmt: skip
    go("PATCH", f"/pulls/{forked}", {"state": "closed"}, token=lou.token)
