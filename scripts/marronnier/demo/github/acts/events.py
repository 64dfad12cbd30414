"""What workflows could listen to: each event with its payload, and whether it would start any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marronnier.demo.github.accounts import FakeToken
from marronnier.demo.github.records import FakeEvent, FakeIssue, FakeIssueEvent, FakePullRequest, FakeRepository
from marronnier.demo.github.shapes.accounts import organization_simple, simple_user
from marronnier.demo.github.shapes.pull_requests import counted, pull_request_simple, pull_request_uncounted
from marronnier.demo.github.shapes.repositories import repository as repository_shape
from marronnier.demo.github.shapes.view import FakeView
from marronnier.demo.github.state import FakeState

ALWAYS_START = ("workflow_dispatch", "repository_dispatch")
"""Events that start workflows even when a job's own token made them.

https://docs.github.com/en/actions/concepts/security/github_token#when-github_token-triggers-workflow-runs, seen 2026-11-27
"""


def record_event(state: FakeState, repository: FakeRepository, name: str, by: FakeToken | None, subject: dict[str, Any], ref: str = "", sha: str = "", count: Callable[[], dict[str, int]] | None = None) -> None:  # fmt: skip
    """Keep an event, whose pull request is counted only when somebody looks. What nobody known did is none."""
    if by is None:
        return
    view = FakeView(state, state.address, by.account)
    payload = {**subject, "repository": repository_shape(view, repository), "sender": simple_user(view, by.account)}
    if repository.owner.kind == "Organization":
        payload["organization"] = organization_simple(view, repository.owner)
    ref = ref or f"refs/heads/{repository.default_branch}"
    sha = sha or repository.git.ref(ref) or ""
    starts = not by.is_job or name in ALWAYS_START
    repository.events.append(FakeEvent(name, payload, by.account, starts, ref, sha, count))


def record_pull_event(state: FakeState, pull: FakePullRequest, action: str, by: FakeToken | None, name: str = "pull_request", **more: Any) -> None:  # fmt: skip
    """Keep an event of a pull request: its workflows run for the test merge."""
    view = FakeView(state, state.address, by.account if by else None)
    repository, base, head = pull.repository, pull.base_sha, pull.head_sha
    ref, sha = f"refs/pull/{pull.number}/merge", pull.merge_commit_sha or head
    if name == "pull_request":
        subject = {"action": action, "number": pull.number, "pull_request": pull_request_uncounted(view, pull), **more}
        record_event(state, repository, name, by, subject, ref, sha, lambda: counted(repository, base, head))
    else:
        subject = {"action": action, "pull_request": pull_request_simple(view, pull), **more}
        record_event(state, repository, name, by, subject, ref, sha)


def note_event(state: FakeState, issue: FakeIssue, name: str, by: FakeToken | None, commit: str | None = None, **more: Any) -> None:
    """Write into the history of an issue or a pull request what was done to it. What nobody known did is not told there."""
    if by is not None:
        issue.events.append(FakeIssueEvent(state.new_id("event"), name, by.account, state.now(), commit, more))
