"""Workflows, runs, artifacts and checks, as the API writes them."""

from __future__ import annotations

import hashlib
from typing import Any

from marronnier.demo.github.accounts import FakeAccount
from marronnier.demo.github.records import FakeArtifact, FakeCheckRun, FakeRepository, FakeRun, FakeStatus
from marronnier.demo.github.shapes.accounts import maybe_user, simple_user
from marronnier.demo.github.shapes.repositories import minimal_repository
from marronnier.demo.github.shapes.view import FakeView, instant, maybe_instant, node_id


def workflow_id(path: str) -> int:
    """The number of a workflow: always the same for one file."""
    return int(hashlib.sha256(path.encode()).hexdigest()[:7], 16)


def workflow(view: FakeView, repository: FakeRepository, path: str, name: str) -> dict[str, Any]:
    """A workflow: a file of the default branch."""
    id, file = workflow_id(path), path.rpartition("/")[2]
    made = instant(repository.created_at)
    return {
        "id": id,
        "node_id": node_id("Workflow", id),
        "name": name,
        "path": path,
        "state": "disabled_manually" if path in repository.disabled_workflows else "active",
        "created_at": made,
        "updated_at": made,
        "url": f"{view.repository_url(repository)}/actions/workflows/{id}",
        "html_url": f"{view.page_url(repository)}/blob/{repository.default_branch}/{path}",
        "badge_url": f"{view.page_url(repository)}/workflows/{file}/badge.svg",
    }


def workflow_run(view: FakeView, repository: FakeRepository, run: FakeRun) -> dict[str, Any]:
    """A run. For a head in a fork its list of pull requests is empty, as on github.com."""
    url, page, id = view.repository_url(repository), view.page_url(repository), workflow_id(run.workflow)
    here = f"{url}/actions/runs/{run.id}"
    is_fork = run.head_repository is not repository
    pulls = [pull for pull in repository.pulls if pull.is_open and not is_fork and pull.head_repository is repository and pull.head_branch == run.head_branch]  # fmt: skip
    commit = run.head_repository.git.read(run.head_sha)
    in_pull = {"id": repository.id, "url": url, "name": repository.name}
    return {
        "id": run.id,
        "name": run.workflow.rpartition("/")[2].rpartition(".")[0],
        "node_id": node_id("WorkflowRun", run.id),
        "check_suite_id": run.id + 1,
        "check_suite_node_id": node_id("CheckSuite", run.id + 1),
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "path": run.workflow,
        "run_number": run.number,
        "run_attempt": run.attempt,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "workflow_id": id,
        "display_title": commit.title,
        "url": here,
        "html_url": f"{page}/actions/runs/{run.id}",
        "pull_requests": [
            {
                "id": pull.id,
                "number": pull.number,
                "url": f"{url}/pulls/{pull.number}",
                "head": {"ref": pull.head_branch, "sha": pull.head_sha, "repo": in_pull},
                "base": {"ref": pull.base_branch, "sha": pull.base_sha, "repo": in_pull},
            }
            for pull in pulls
        ],
        "created_at": instant(run.created_at),
        "updated_at": instant(run.updated_at),
        "run_started_at": instant(run.created_at),
        "actor": maybe_user(view, run.actor),
        "triggering_actor": maybe_user(view, run.actor),
        "jobs_url": f"{here}/jobs",
        "logs_url": f"{here}/logs",
        "check_suite_url": f"{url}/check-suites/{run.id + 1}",
        "artifacts_url": f"{here}/artifacts",
        "cancel_url": f"{here}/cancel",
        "rerun_url": f"{here}/rerun",
        "previous_attempt_url": None,
        "workflow_url": f"{url}/actions/workflows/{id}",
        "head_commit": {
            "id": commit.sha,
            "tree_id": commit.tree,
            "message": commit.message,
            "timestamp": instant(commit.committed_at),
            "author": {"name": commit.author.name, "email": commit.author.email},
            "committer": {"name": commit.committer.name, "email": commit.committer.email},
        },
        "repository": minimal_repository(view, repository),
        "head_repository": minimal_repository(view, run.head_repository),
    }


def artifact(view: FakeView, repository: FakeRepository, one: FakeArtifact) -> dict[str, Any]:
    """A file that a run left."""
    here = f"{view.repository_url(repository)}/actions/artifacts/{one.id}"
    return {
        "id": one.id,
        "node_id": node_id("Artifact", one.id),
        "name": one.name,
        "size_in_bytes": len(one.data),
        "url": here,
        "archive_download_url": f"{here}/zip",
        "expired": one.expired,
        "digest": f"sha256:{hashlib.sha256(one.data).hexdigest()}",
        "created_at": instant(one.created_at),
        "updated_at": instant(one.created_at),
        "expires_at": None,
        "workflow_run": {
            "id": one.run.id,
            "repository_id": repository.id,
            "head_repository_id": one.run.head_repository.id,
            "head_branch": one.run.head_branch or "",
            "head_sha": one.run.head_sha,
        },
    }


def _app(view: FakeView, account: FakeAccount, at: str) -> dict[str, Any]:
    slug = account.login.removesuffix("[bot]")
    return {
        "id": 15368,
        "slug": slug,
        "node_id": node_id("App", 15368),
        "client_id": "Iv1.0000000000000000",
        "owner": simple_user(view, account),
        "name": slug,
        "description": "",
        "external_url": f"{view.base}/apps/{slug}",
        "html_url": f"{view.base}/apps/{slug}",
        "created_at": at,
        "updated_at": at,
        "permissions": {"checks": "write", "contents": "read", "metadata": "read"},
        "events": ["check_run"],
    }


def check_run(view: FakeView, repository: FakeRepository, one: FakeCheckRun) -> dict[str, Any]:
    """A check of a commit."""
    url = view.repository_url(repository)
    here = f"{url}/check-runs/{one.id}"
    return {
        "id": one.id,
        "head_sha": one.head_sha,
        "node_id": node_id("CheckRun", one.id),
        "external_id": one.external_id,
        "url": here,
        "html_url": f"{view.page_url(repository)}/runs/{one.id}",
        "details_url": one.details_url or f"{view.page_url(repository)}/runs/{one.id}",
        "status": one.status,
        "conclusion": one.conclusion,
        "started_at": instant(one.started_at),
        "completed_at": maybe_instant(one.completed_at),
        "output": {
            "title": one.title,
            "summary": one.summary,
            "text": one.text,
            "annotations_count": len(one.annotations),
            "annotations_url": f"{here}/annotations",
        },
        "name": one.name,
        "check_suite": {"id": one.id + 1},
        "app": _app(view, one.account, instant(one.started_at)),
        "pull_requests": [],
    }


def check_annotation(view: FakeView, repository: FakeRepository, run: FakeCheckRun, one: dict[str, Any]) -> dict[str, Any]:
    """A remark of a check on lines of a file."""
    return {
        "path": one["path"],
        "start_line": one["start_line"],
        "end_line": one["end_line"],
        "start_column": one.get("start_column"),
        "end_column": one.get("end_column"),
        "annotation_level": one["annotation_level"],
        "title": one.get("title"),
        "message": one["message"],
        "raw_details": one.get("raw_details"),
        "blob_href": f"{view.repository_url(repository)}/contents/{one['path']}?ref={run.head_sha}",
    }


def status(view: FakeView, repository: FakeRepository, one: FakeStatus) -> dict[str, Any]:
    """A commit status."""
    return {
        "url": f"{view.repository_url(repository)}/statuses/{one.sha}",
        "avatar_url": f"{view.base}/avatars/u/{one.creator.id}",
        "id": one.id,
        "node_id": node_id("StatusContext", one.id),
        "state": one.state,
        "description": one.description,
        "target_url": one.target_url,
        "context": one.context,
        "created_at": instant(one.at),
        "updated_at": instant(one.at),
        "creator": maybe_user(view, one.creator),
    }
