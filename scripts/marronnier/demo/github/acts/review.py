"""Reviews: given, kept for their commit, dismissed; comments on lines, suggestions, and what the button "Commit suggestion" writes.

https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from marronnier.demo.github.accounts import FakeToken
from marronnier.demo.github.acts.events import note_event, record_pull_event
from marronnier.demo.github.acts.push import dismissal_of, file_in_diff, push
from marronnier.demo.github.bare_git import WEB_FLOW
from marronnier.demo.github.patches import hunk_start, hunk_until, line_at, positions_of
from marronnier.demo.github.records import FakePullRequest, FakeReview, FakeReviewComment, ReviewState
from marronnier.demo.github.shapes.pull_requests import pull_request_review, pull_request_review_comment
from marronnier.demo.github.shapes.view import FakeView
from marronnier.demo.github.state import FakeRefusal, FakeState

Verdict = Literal["APPROVE", "REQUEST_CHANGES", "COMMENT"]
_STATES: Mapping[str, ReviewState] = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
_SUGGESTION = re.compile(r"^(`{3,}|~{3,})suggestion[^\n]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)


def _refused(sentence: str) -> FakeRefusal:
    return FakeRefusal(422, "Unprocessable Entity", [sentence])


def begin_review(state: FakeState, pull: FakePullRequest, by: FakeToken, *, body: str = "", commit: str | None = None, comments: Sequence[Mapping[str, Any]] = ()) -> FakeReview:  # fmt: skip
    """A review that nobody else sees yet. Raises FakeRefusal when there is one already, or for a commit that is not of this pull request."""
    if any(review.state == "PENDING" and review.author is by.account for review in pull.reviews):
        raise _refused("User can only have one pending review per pull request")
    if commit is not None and commit != pull.head_sha and commit not in pull.commits and pull.repository.git.commit_id(commit) is None:
        raise _refused("The commit is not part of the pull request")
    review = FakeReview(state.new_id("review"), by.account, "PENDING", body, commit or pull.head_sha, None)
    made = [line_comment(state, pull, by, review, comment) for comment in comments]
    pull.reviews.append(review)
    pull.review_comments += made
    return review


def submit_review(state: FakeState, pull: FakePullRequest, by: FakeToken, review: FakeReview, verdict: Verdict, body: str | None = None) -> None:  # fmt: skip
    """Give the verdict. Raises FakeRefusal for the author's own approval, and for an approval by Actions that the settings do not allow."""
    own = by.account is pull.author
    problem = None
    if own and verdict in ("APPROVE", "REQUEST_CHANGES"):
        problem = _refused(f"Review Can not {'approve' if verdict == 'APPROVE' else 'request changes on'} your own pull request")
    elif by.is_job and verdict == "APPROVE" and not pull.repository.settings.actions_may_approve:
        problem = _refused("GitHub Actions is not permitted to approve pull requests.")
    elif verdict != "APPROVE" and not (body or review.body) and not any(c.review_id == review.id for c in pull.review_comments):
        problem = _refused("Review body can't be blank")
    if problem is not None:
        pull.reviews.remove(review)
        pull.review_comments = [comment for comment in pull.review_comments if comment.review_id != review.id]
        raise problem
    review.state, review.submitted_at = _STATES[verdict], state.now()
    if body is not None:
        review.body = body
    if by.account in pull.requested_reviewers:
        pull.requested_reviewers.remove(by.account)
    pull.issue.updated_at = state.now()
    _record(state, pull, "submitted", by, review)


def give_review(state: FakeState, pull: FakePullRequest, by: FakeToken, verdict: Verdict, *, body: str = "", commit: str | None = None, comments: Sequence[Mapping[str, Any]] = ()) -> FakeReview:  # fmt: skip
    """A review, with its verdict at once. Raises FakeRefusal."""
    review = begin_review(state, pull, by, body=body, commit=commit, comments=comments)
    submit_review(state, pull, by, review, verdict, body or None)
    return review


def dismiss_review(state: FakeState, pull: FakePullRequest, by: FakeToken, review: FakeReview, message: str) -> None:
    """Take an approval or a request for changes away. It keeps its author, its commit and its day. Raises FakeRefusal for a comment."""
    if review.state not in ("APPROVED", "CHANGES_REQUESTED"):
        raise _refused(f"Can not dismiss a {review.state.lower().replace('_', ' ')} pull request review")
    review.state, review.dismissal = "DISMISSED", message
    note_event(state, pull.issue, "review_dismissed", by, dismissed_review=dismissal_of(review))
    _record(state, pull, "dismissed", by, review)


def _record(state: FakeState, pull: FakePullRequest, action: str, by: FakeToken, review: FakeReview) -> None:
    shape = pull_request_review(FakeView(state, state.address), pull, review)
    record_pull_event(state, pull, action, by, "pull_request_review", review={**shape, "state": review.state.lower()})


def line_comment(state: FakeState, pull: FakePullRequest, by: FakeToken, review: FakeReview, asked: Mapping[str, Any]) -> FakeReviewComment:  # fmt: skip
    """A comment on lines, as a request describes it; it is not yet among the others. Raises FakeRefusal for lines outside the diff."""
    path, body, line = asked.get("path"), asked.get("body"), asked.get("line")
    if not path or not body:
        raise FakeRefusal(422, "Validation Failed", [{"resource": "PullRequestReviewComment", "code": "missing_field", "field": "body" if path else "path"}])  # fmt: skip
    commit, side, start = asked.get("commit_id") or review.commit_id, asked.get("side", "RIGHT"), asked.get("start_line")
    file = file_in_diff(pull, commit, path)
    if file is None:
        raise _outside(review, "path", "must be part of the diff")
    base = FakeReviewComment(
        state.new_id("comment"), by.account, body, path, commit, commit, file.patch, state.now(), state.now(), review.id, None, None,
        subject="file",
    )  # fmt: skip
    if asked.get("subject_type") == "file":
        return base
    if line is None and asked.get("position") is not None:
        line, side = line_at(file.patch, asked["position"]) or (None, side)
    places = positions_of(file.patch, side)
    if line not in places:
        raise _outside(review, "line", "must be part of the diff")
    if start is not None and (start not in places or start >= line):
        raise _outside(review, "start_line", "must precede the end line." if start in places else "must be part of the diff")
    if start is not None and hunk_start(file.patch, places[start]) != hunk_start(file.patch, places[line]):
        raise _outside(review, "start_line", "must be part of the same hunk as the line.")
    return replace(
        base, diff_hunk=hunk_until(file.patch, places[line]), line=line, original_line=line, start_line=start, original_start_line=start,
        side=side, subject="line", position=places[line], original_position=places[line],
    )  # fmt: skip


def _outside(review: FakeReview, field: str, problem: str) -> FakeRefusal:
    """What is said of lines that cannot be commented on: in a review with less words than alone."""
    if review.state == "PENDING":
        return _refused(f"{'Path' if field == 'path' else 'Line' if field == 'line' else 'Start line'} could not be resolved")
    name = f"pull_request_review_thread.{field}"
    told = {"resource": "PullRequestReviewComment", "code": "custom", "field": name, "message": f"{name} {problem}"}
    return FakeRefusal(422, "Validation Failed", [told])


def add_line_comment(state: FakeState, pull: FakePullRequest, by: FakeToken, asked: Mapping[str, Any]) -> FakeReviewComment:
    """One comment on lines: a review of its own. Raises FakeRefusal."""
    review = FakeReview(state.new_id("review"), by.account, "COMMENTED", "", asked.get("commit_id") or pull.head_sha, state.now())
    comment = line_comment(state, pull, by, review, asked)
    _add(state, pull, by, review, comment)
    return comment


def reply(state: FakeState, pull: FakePullRequest, by: FakeToken, to: FakeReviewComment, body: str) -> FakeReviewComment:
    """An answer below a comment on lines."""
    now = state.now()
    review = FakeReview(state.new_id("review"), by.account, "COMMENTED", "", to.commit_id, now)
    comment = FakeReviewComment(
        state.new_id("comment"), by.account, body, to.path, to.commit_id, to.original_commit_id, to.diff_hunk, now, now, review.id,
        to.line, to.original_line, to.start_line, to.original_start_line, to.side, to.subject, to.position, to.original_position,
        to.in_reply_to or to.id,
    )  # fmt: skip
    _add(state, pull, by, review, comment)
    return comment


def _add(state: FakeState, pull: FakePullRequest, by: FakeToken, review: FakeReview, comment: FakeReviewComment) -> None:
    pull.reviews.append(review)
    pull.review_comments.append(comment)
    _record(state, pull, "submitted", by, review)
    shape = pull_request_review_comment(FakeView(state, state.address), pull, comment)
    record_pull_event(state, pull, "created", by, "pull_request_review_comment", comment=shape)


def commit_suggestions(state: FakeState, pull: FakePullRequest, by: FakeToken, comments: Sequence[FakeReviewComment], title: str = "", message: str = "") -> str:  # fmt: skip
    """The button "Commit suggestion": whoever presses it commits and is the author, and who suggested is a co-author. Raises FakeRefusal."""
    head = pull.head_repository
    if head is None or not pull.is_open or not state.has_role(head, by.account, "write"):
        raise FakeRefusal(403, "Suggestions can be committed by who may push to the head")
    files: dict[str, str] = {}
    for comment in sorted(comments, key=lambda one: -(one.line or 0)):
        suggested = _SUGGESTION.search(comment.body)
        if suggested is None or comment.line is None or comment.committed:
            raise _refused("This suggestion cannot be applied")
        text = files.get(comment.path)
        if text is None:
            text = (head.git.blob(pull.head_sha, comment.path) or b"").decode("utf-8")
        lines = text.splitlines(keepends=True)
        lines[(comment.start_line or comment.line) - 1 : comment.line] = suggested[2].splitlines(keepends=True)
        files[comment.path] = "".join(lines)
        comment.committed = True
    title = title or (f"Update {comments[0].path}" if len(comments) == 1 else "Apply suggestions from code review")
    people = dict.fromkeys(comment.author for comment in comments if comment.author is not by.account)
    trailers = "\n".join(f"Co-authored-by: {account.ident.name} <{account.ident.email}>" for account in people)
    text = "\n\n".join(part for part in (title, message, trailers) if part)
    made = head.git.commit_files(files, text, parents=(pull.head_sha,), author=by.account.ident, committer=WEB_FLOW, at=state.now())
    push(state, head, by, f"refs/heads/{pull.head_branch}", made)
    return made
