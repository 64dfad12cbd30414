"""Pull requests, reviews and comments on lines, as the API writes them."""

from __future__ import annotations

from typing import Any

from marronnier.demo.github.accounts import FakeAccount
from marronnier.demo.github.records import FakePullRequest, FakeRepository, FakeReview, FakeReviewComment
from marronnier.demo.github.shapes.accounts import maybe_user, simple_user
from marronnier.demo.github.shapes.issues import association, label, rollup
from marronnier.demo.github.shapes.repositories import repository as repository_shape
from marronnier.demo.github.shapes.view import FakeView, instant, maybe_instant, node_id


def _end(view: FakeView, owner: FakeAccount, repository: FakeRepository | None, branch: str, sha: str) -> dict[str, Any]:
    """The head or the base. The repository is null once a fork was deleted."""
    return {
        "label": f"{owner.login}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": maybe_user(view, owner),
        "repo": None if repository is None else repository_shape(view, repository),
    }


def pull_request_simple(view: FakeView, pull: FakePullRequest) -> dict[str, Any]:
    """A pull request, in a listing."""
    repository, issue = pull.repository, pull.issue
    url, page = view.repository_url(repository), view.page_url(repository)
    here, seen, as_issue = f"{url}/pulls/{pull.number}", f"{page}/pull/{pull.number}", f"{url}/issues/{pull.number}"
    assignees = [simple_user(view, account) for account in issue.assignees if not account.deleted]
    statuses = f"{url}/statuses/{pull.head_sha}"
    links = {
        "self": here,
        "html": seen,
        "issue": as_issue,
        "comments": f"{as_issue}/comments",
        "review_comments": f"{here}/comments",
        "review_comment": f"{url}/pulls/comments{{/number}}",
        "commits": f"{here}/commits",
        "statuses": statuses,
    }
    return {
        "url": here,
        "id": pull.id,
        "node_id": node_id("PullRequest", pull.id),
        "html_url": seen,
        "diff_url": f"{seen}.diff",
        "patch_url": f"{seen}.patch",
        "issue_url": as_issue,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": statuses,
        "number": pull.number,
        "state": issue.state,
        "locked": issue.locked,
        "active_lock_reason": None,
        "title": issue.title,
        "user": maybe_user(view, issue.author),
        "body": issue.body,
        "labels": [label(view, repository, each) for each in issue.labels],
        "milestone": None,
        "created_at": instant(issue.created_at),
        "updated_at": instant(issue.updated_at),
        "closed_at": maybe_instant(issue.closed_at),
        "merged_at": maybe_instant(pull.merged_at),
        "merge_commit_sha": pull.merge_commit_sha,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "requested_reviewers": [simple_user(view, account) for account in pull.requested_reviewers if not account.deleted],
        "requested_teams": [],
        "head": _end(view, pull.head_owner, pull.head_repository, pull.head_branch, pull.head_sha),
        "base": _end(view, repository.owner, repository, pull.base_branch, pull.base_sha),
        "_links": {name: {"href": href} for name, href in links.items()},
        "author_association": association(view, repository, issue.author),
        "auto_merge": None,
        "draft": pull.draft,
    }


def pull_request(view: FakeView, pull: FakePullRequest) -> dict[str, Any]:
    """A pull request, asked for by itself."""
    return {**pull_request_uncounted(view, pull), **counted(pull.repository, pull.base_sha, pull.head_sha)}


def counted(repository: FakeRepository, base: str, head: str) -> dict[str, int]:
    """How much a head changes: it takes a while to find out."""
    files = repository.git.changes(repository.git.merge_base(base, head) or base, head)
    return {
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def pull_request_uncounted(view: FakeView, pull: FakePullRequest) -> dict[str, Any]:
    """A pull request, but for how much it changes."""
    state = "unknown" if pull.mergeable is None else "draft" if pull.draft else "clean" if pull.mergeable else "dirty"
    return {
        **pull_request_simple(view, pull),
        "merged": pull.merged_at is not None,
        "mergeable": pull.mergeable if pull.is_open else None,
        "rebaseable": pull.mergeable if pull.is_open else None,
        "mergeable_state": state if pull.is_open else "unknown",
        "merged_by": maybe_user(view, pull.merged_by),
        "comments": len(pull.issue.comments),
        "review_comments": len(pull.review_comments),
        "maintainer_can_modify": pull.head_repository is not None and pull.head_repository is not pull.repository,
        "commits": len(pull.commits),
    }


def pull_request_review(view: FakeView, pull: FakePullRequest, review: FakeReview) -> dict[str, Any]:
    """A review; `user` is null for a ghost."""
    here = f"{view.repository_url(pull.repository)}/pulls/{pull.number}"
    seen = f"{view.page_url(pull.repository)}/pull/{pull.number}#pullrequestreview-{review.id}"
    shape = {
        "id": review.id,
        "node_id": node_id("PullRequestReview", review.id),
        "user": maybe_user(view, review.author),
        "body": review.body,
        "state": review.state,
        "html_url": seen,
        "pull_request_url": here,
        "author_association": association(view, pull.repository, review.author),
        "_links": {"html": {"href": seen}, "pull_request": {"href": here}},
        "commit_id": review.commit_id,
    }
    if review.submitted_at is not None:
        shape["submitted_at"] = instant(review.submitted_at)
    return shape


def pull_request_review_comment(view: FakeView, pull: FakePullRequest, one: FakeReviewComment) -> dict[str, Any]:
    """A comment on lines of a file. Its line is null once the lines are outdated."""
    url = view.repository_url(pull.repository)
    here, of = f"{url}/pulls/comments/{one.id}", f"{url}/pulls/{pull.number}"
    seen = f"{view.page_url(pull.repository)}/pull/{pull.number}#discussion_r{one.id}"
    shape: dict[str, Any] = {
        "id": one.id,
        "node_id": node_id("PullRequestReviewComment", one.id),
        "url": here,
        "html_url": seen,
        "pull_request_url": of,
        "pull_request_review_id": one.review_id,
        "diff_hunk": one.diff_hunk,
        "path": one.path,
        "position": one.position,
        "original_position": one.original_position,
        "commit_id": one.commit_id,
        "original_commit_id": one.original_commit_id,
        "user": maybe_user(view, one.author),
        "body": one.body,
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
        "author_association": association(view, pull.repository, one.author),
        "_links": {"self": {"href": here}, "html": {"href": seen}, "pull_request": {"href": of}},
        "line": one.line,
        "original_line": one.original_line,
        "start_line": one.start_line,
        "original_start_line": one.original_start_line,
        "start_side": one.side if one.start_line is not None else None,
        "side": one.side,
        "subject_type": one.subject,
        "reactions": rollup(f"{here}/reactions", ()),
    }
    if one.in_reply_to is not None:
        shape["in_reply_to_id"] = one.in_reply_to
    return shape
