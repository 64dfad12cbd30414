"""Pushes: a reference moves, the activity says who moved it, and pull requests follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marronnier.demo.github.accounts import FakeToken
from marronnier.demo.github.acts.events import note_event, record_event, record_pull_event
from marronnier.demo.github.acts.rules import check_push, dismisses_stale_reviews
from marronnier.demo.github.bare_git import NULL, WEB_FLOW, ChangedFile, Ident
from marronnier.demo.github.patches import positions_of
from marronnier.demo.github.records import FakeActivity, FakePullRequest, FakeRepository, FakeReview, FakeReviewComment
from marronnier.demo.github.shapes.commits import account_of
from marronnier.demo.github.shapes.view import FakeView, instant
from marronnier.demo.github.state import FakeState

MOST_COMMITS = 2048
"""Commits of which an event tells (https://docs.github.com/en/webhooks/webhook-events-and-payloads#push, seen 2026-11-28)."""


def push(state: FakeState, repository: FakeRepository, by: FakeToken, ref: str, after: str | None, kind: str = "") -> None:
    """Move, make or delete a reference (full name) to a commit that is there. Raises FakeRefusal where a ruleset forbids it."""
    before = repository.git.ref(ref)
    if not kind:
        check_push(state, repository, ref, before, after, by)
    repository.git.set_refs({ref: after})
    note_moves(state, repository, by, {ref: (before, after)}, kind)


def note_direct_pushes(state: FakeState, repository: FakeRepository) -> None:
    """Find what was pushed straight to the folder, past this server: nobody knows who did."""
    if repository.git.may_have_moved():
        note_pushes(state, repository, None)


def note_pushes(state: FakeState, repository: FakeRepository, by: FakeToken | None) -> None:
    """Find which references moved since they were last looked at."""
    before, after = repository.known_refs, repository.git.refs()
    moves = {ref: (before.get(ref), after.get(ref)) for ref in (*before, *after) if before.get(ref) != after.get(ref)}
    note_moves(state, repository, by, moves)


def note_moves(state: FakeState, repository: FakeRepository, by: FakeToken | None, moves: Mapping[str, tuple[str | None, str | None]], kind: str = "") -> None:  # fmt: skip
    """Write references that moved into the activity, and let pull requests follow."""
    for ref, (before, after) in moves.items():
        if before == after:
            continue
        if after is None:
            repository.known_refs.pop(ref, None)
        else:
            repository.known_refs[ref] = after
        what = kind or _kind(repository, before, after)
        actor = by.account if by else None
        repository.activity.append(FakeActivity(state.new_id("activity"), what, ref, before or NULL, after or NULL, actor, state.now()))
        _record_push_event(state, repository, by, ref, before, after, forced=what == "force_push")
        if ref.startswith("refs/heads/"):
            _follow(state, repository, by, ref.removeprefix("refs/heads/"), before, after)


def _kind(repository: FakeRepository, before: str | None, after: str | None) -> str:
    if before is None:
        return "branch_creation"
    if after is None:
        return "branch_deletion"
    return "push" if repository.git.is_ancestor(before, after) else "force_push"


def _record_push_event(state: FakeState, repository: FakeRepository, by: FakeToken | None, ref: str, before: str | None, after: str | None, *, forced: bool) -> None:  # fmt: skip
    if by is None:
        return
    view = FakeView(state, state.address)
    head = _event_commit(view, repository, after) if after else None
    start = before or repository.git.branch(repository.default_branch)
    shas = repository.git.between(start, after) if start and after else [after] if after else []
    subject = {
        "ref": ref,
        "before": before or NULL,
        "after": after or NULL,
        "created": before is None,
        "deleted": after is None,
        "forced": forced,
        "base_ref": None,
        "compare": f"{view.page_url(repository)}/compare/{(before or NULL)[:12]}...{(after or NULL)[:12]}",
        "commits": [_event_commit(view, repository, sha) for sha in shas[-MOST_COMMITS:]],
        "head_commit": head,
        "pusher": {"name": by.account.login, "email": by.account.ident.email},
    }
    record_event(state, repository, "push", by, subject, ref, after or NULL)


def _event_commit(view: FakeView, repository: FakeRepository, sha: str) -> dict[str, Any]:
    one = repository.git.read(sha)
    people = {}
    for role, ident in (("author", one.author), ("committer", one.committer)):
        account = account_of(view, ident.email)
        people[role] = {"name": ident.name, "email": ident.email, **({"username": account.login} if account else {})}
    return {
        "id": sha,
        "tree_id": one.tree,
        "message": one.message,
        "timestamp": instant(one.committed_at),
        "url": f"{view.page_url(repository)}/commit/{sha}",
        "distinct": True,
        **people,
    }


def _follow(state: FakeState, repository: FakeRepository, by: FakeToken | None, branch: str, before: str | None, after: str | None) -> None:
    """Let the pull requests follow whose head or base this branch is."""
    for pull in state.pull_requests_of(repository, branch):
        if after is None:
            close(state, pull, by)
        elif pull.head_sha != after:
            if before is not None and not repository.git.is_ancestor(before, after):
                note_event(state, pull.issue, "head_ref_force_pushed", by, after)
            synchronize(state, pull, after, by)
    if after is None:
        for pull in repository.pulls:
            if pull.head_repository is repository and pull.head_branch == branch:
                note_event(state, pull.issue, "head_ref_deleted", by)
    if after is None:
        return
    for pull in repository.pulls:
        if pull.is_open and pull.base_branch == branch and before is not None and repository.git.is_ancestor(pull.head_sha, after):
            _merged_by_push(state, pull, before, after, by)


def close(state: FakeState, pull: FakePullRequest, by: FakeToken | None) -> None:
    """Close a pull request without merging it."""
    issue = pull.issue
    issue.state, issue.closed_at, issue.closed_by = "closed", state.now(), by.account if by else None
    issue.updated_at = state.now()
    note_event(state, issue, "closed", by)
    record_pull_event(state, pull, "closed", by)


def _merged_by_push(state: FakeState, pull: FakePullRequest, before: str, after: str, by: FakeToken | None) -> None:
    """Its commits came to the base by a push: GitHub calls that merged, by whoever pushed."""
    line = pull.repository.git.log("--first-parent", after, f"^{before}")[::-1]
    arrived = next((sha for sha in line if pull.repository.git.is_ancestor(pull.head_sha, sha)), after)
    mark_merged(state, pull, arrived, by)


def mark_merged(state: FakeState, pull: FakePullRequest, merge_commit_sha: str, by: FakeToken | None) -> None:
    """Close a pull request as merged."""
    now, account = state.now(), by.account if by else None
    pull.merged_at, pull.merged_by, pull.merge_commit_sha = now, account, merge_commit_sha
    pull.issue.state, pull.issue.closed_at, pull.issue.closed_by, pull.issue.updated_at = "closed", now, account, now
    note_event(state, pull.issue, "merged", by, merge_commit_sha)
    note_event(state, pull.issue, "closed", by)
    record_pull_event(state, pull, "closed", by)


def synchronize(state: FakeState, pull: FakePullRequest, head: str, by: FakeToken | None) -> None:
    """Take a new head in. Reviews keep the commit they were given for."""
    before = pull.head_sha
    take_head(state, pull, head)
    if dismisses_stale_reviews(pull) and _diff(pull, before) != _diff(pull, head):
        for review in pull.reviews:
            if review.state == "APPROVED":
                review.state, review.dismissal = "DISMISSED", ""
                note_event(state, pull.issue, "review_dismissed", by, dismissed_review=dismissal_of(review))
    for comment in pull.review_comments:
        _follow_lines(pull, comment, head)
    pull.issue.updated_at = state.now()
    record_pull_event(state, pull, "synchronize", by, before=before, after=head)


def dismissal_of(review: FakeReview) -> dict[str, Any]:
    """How the history tells that a review was dismissed."""
    return {"state": "dismissed", "review_id": review.id, "dismissal_message": review.dismissal or None}


def _diff(pull: FakePullRequest, head: str) -> list[ChangedFile]:
    git = pull.repository.git
    base = git.branch(pull.base_branch) or pull.base_sha
    return git.changes(git.merge_base(base, head) or base, head)


def file_in_diff(pull: FakePullRequest, head: str, path: str) -> ChangedFile | None:
    """How a head changes a file; None where it does not."""
    return next((file for file in _diff(pull, head) if file.path == path), None)


def _follow_lines(pull: FakePullRequest, comment: FakeReviewComment, head: str) -> None:
    """Let a comment on lines follow the head: it is outdated once its line is another, or stands in the diff no more."""
    if comment.line is None or comment.side == "LEFT":
        return
    file = file_in_diff(pull, head, comment.path)
    place = positions_of(file.patch, "RIGHT").get(comment.line) if file else None
    here = _line(pull, comment.commit_id, comment.path, comment.line)
    if place is not None and here is not None and here == _line(pull, head, comment.path, comment.line):
        comment.commit_id, comment.position = head, place
    else:
        comment.line = comment.start_line = comment.position = None


def _line(pull: FakePullRequest, commit: str, path: str, number: int) -> str | None:
    data = pull.repository.git.blob(commit, path)
    lines = [] if data is None else data.decode("utf-8", "replace").split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else None


def take_head(state: FakeState, pull: FakePullRequest, head: str) -> None:
    """Show a head under `refs/pull/N/head`, whichever repository it is in, and merge it for a test."""
    git = pull.repository.git
    git.fetch((pull.head_repository or pull.repository).git, head, f"refs/pull/{pull.number}/head")
    pull.head_sha = head
    pull.base_sha = git.branch(pull.base_branch) or pull.base_sha
    pull.commits = git.between(pull.base_sha, head)
    try_merge(state, pull)


def try_merge(state: FakeState, pull: FakePullRequest) -> None:
    """Merge head and base under `refs/pull/N/merge`, if that was not done for these two; a conflict leaves the last one."""
    git = pull.repository.git
    base = git.branch(pull.base_branch)
    if not pull.is_open or base is None or pull.tested == (base, pull.head_sha):
        return
    pull.tested = (base, pull.head_sha)
    tree = git.merged_tree(base, pull.head_sha)
    pull.mergeable = tree is not None
    if tree is not None:
        author: Ident = pull.author.ident
        message = f"Merge {pull.head_sha} into {base}"
        merged = git.commit_tree(tree, message, parents=(base, pull.head_sha), author=author, committer=WEB_FLOW, at=state.now())
        git.set_refs({f"refs/pull/{pull.number}/merge": merged})
        pull.merge_commit_sha = merged
