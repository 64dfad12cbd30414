"""Issues, labels and comments, as the API writes them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from marronnier.demo.github.accounts import FakeAccount
from marronnier.demo.github.records import FakeComment, FakeIssue, FakeLabel, FakeRepository
from marronnier.demo.github.shapes.accounts import maybe_user, simple_user
from marronnier.demo.github.shapes.view import FakeView, instant, maybe_instant, node_id

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


def label(view: FakeView, repository: FakeRepository, one: FakeLabel) -> dict[str, Any]:
    """A label."""
    return {
        "id": one.id,
        "node_id": node_id("Label", one.id),
        "url": f"{view.repository_url(repository)}/labels/{one.name}".replace(" ", "%20"),
        "name": one.name,
        "description": one.description,
        "color": one.color,
        "default": one.default,
    }


def association(view: FakeView, repository: FakeRepository, account: FakeAccount) -> str:
    """The relation of somebody to the repository; a ghost has none."""
    return "NONE" if account.deleted else view.state.association(repository, account)


def issue(view: FakeView, repository: FakeRepository, one: FakeIssue) -> dict[str, Any]:
    """An issue; a pull request too, which says where it is to be had as one."""
    url, page = view.repository_url(repository), view.page_url(repository)
    here = f"{url}/issues/{one.number}"
    assignees = [simple_user(view, account) for account in one.assignees if not account.deleted]
    seen = f"{page}/{'issues' if one.pull is None else 'pull'}/{one.number}"
    shape: dict[str, Any] = {
        "id": one.id,
        "node_id": node_id("Issue", one.id),
        "url": here,
        "repository_url": url,
        "labels_url": f"{here}/labels{{/name}}",
        "comments_url": f"{here}/comments",
        "events_url": f"{here}/events",
        "timeline_url": f"{here}/timeline",
        "html_url": seen,
        "number": one.number,
        "title": one.title,
        "body": one.body,
        "user": maybe_user(view, one.author),
        "author_association": association(view, repository, one.author),
        "labels": [label(view, repository, each) for each in one.labels],
        "state": one.state,
        "state_reason": one.state_reason,
        "locked": one.locked,
        "active_lock_reason": None,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None,
        "comments": len(one.comments),
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
        "closed_at": maybe_instant(one.closed_at),
        "closed_by": maybe_user(view, one.closed_by),
        "reactions": rollup(f"{here}/reactions", ()),
        "performed_via_github_app": None,
    }
    if one.pull is not None:
        shape["draft"] = one.pull.draft
        shape["pull_request"] = {
            "url": f"{url}/pulls/{one.number}",
            "html_url": seen,
            "diff_url": f"{seen}.diff",
            "patch_url": f"{seen}.patch",
            "merged_at": maybe_instant(one.pull.merged_at),
        }
    return shape


def issue_comment(view: FakeView, repository: FakeRepository, one: FakeComment) -> dict[str, Any]:
    """A comment. Whoever changed it stays unnamed: only the time tells that it was changed."""
    here = f"{view.repository_url(repository)}/issues/comments/{one.id}"
    kind = "issues" if one.issue.pull is None else "pull"
    return {
        "id": one.id,
        "node_id": node_id("IssueComment", one.id),
        "url": here,
        "html_url": f"{view.page_url(repository)}/{kind}/{one.issue.number}#issuecomment-{one.id}",
        "issue_url": f"{view.repository_url(repository)}/issues/{one.issue.number}",
        "user": maybe_user(view, one.author),
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
        "author_association": association(view, repository, one.author),
        "body": one.body,
        "reactions": rollup(f"{here}/reactions", (content for _id, _account, content, _at in one.reactions)),
        "performed_via_github_app": None,
    }


def rollup(url: str, contents: Any) -> dict[str, Any]:
    """How often each reaction was given."""
    counts = Counter(contents)
    return {"url": url, "total_count": counts.total(), **{name: counts[name] for name in REACTIONS}}


def reaction(view: FakeView, one: tuple[int, FakeAccount, str, datetime]) -> dict[str, Any]:
    """A reaction."""
    id, account, content, at = one
    return {"id": id, "node_id": node_id("Reaction", id), "user": maybe_user(view, account), "content": content, "created_at": instant(at)}
