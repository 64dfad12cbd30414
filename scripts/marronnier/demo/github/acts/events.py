"""What workflows could listen to: each event with its payload, and whether it would start any."""

from __future__ import annotations

from typing import Any

from marronnier.demo.github.records import FakeEvent, FakePullRequest, FakeRepository, FakeToken
from marronnier.demo.github.shapes.accounts import simple_user
from marronnier.demo.github.shapes.pull_requests import pull_request
from marronnier.demo.github.shapes.repositories import repository as repository_shape
from marronnier.demo.github.shapes.view import FakeView
from marronnier.demo.github.state import FakeState

ALWAYS_START = ("workflow_dispatch", "repository_dispatch")
"""Events that start workflows even when a job's own token made them.

https://docs.github.com/en/actions/concepts/security/github_token#when-github_token-triggers-workflow-runs, seen 2026-11-27
"""


def record_event(state: FakeState, repository: FakeRepository, name: str, by: FakeToken | None, subject: dict[str, Any], ref: str = "", sha: str = "") -> None:  # fmt: skip
    """Keep an event. What nobody known did is none."""
    if by is None:
        return
    view = FakeView(state, state.address, by.account)
    payload = {**subject, "repository": repository_shape(view, repository), "sender": simple_user(view, by.account)}
    if repository.owner.kind == "Organization":
        payload["organization"] = simple_user(view, repository.owner)
    ref = ref or f"refs/heads/{repository.default_branch}"
    sha = sha or repository.git.ref(ref) or ""
    starts = not by.is_job or name in ALWAYS_START
    repository.events.append(FakeEvent(name, payload, by.account, starts, ref, sha))


def record_pull_event(state: FakeState, pull: FakePullRequest, action: str, by: FakeToken | None, name: str = "pull_request", **more: Any) -> None:  # fmt: skip
    """Keep an event of a pull request: its workflows run for the test merge."""
    view = FakeView(state, state.address, by.account if by else None)
    shape = pull_request(view, pull)
    if name == "pull_request_review":
        shape = {key: value for key, value in shape.items() if key not in ("merged", "mergeable", "merged_by", "commits", "additions")}
    subject = {"action": action, **({"number": pull.number} if name == "pull_request" else {}), "pull_request": shape, **more}
    record_event(state, pull.repository, name, by, subject, f"refs/pull/{pull.number}/merge", pull.merge_commit_sha or pull.head_sha)
