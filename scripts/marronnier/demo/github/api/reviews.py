"""Reviews, and comments on lines. https://docs.github.com/en/rest/pulls/reviews and /comments"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marronnier.demo.github.acts import review as reviews
from marronnier.demo.github.acts.review import Verdict
from marronnier.demo.github.api.call import FakeAnswer, FakeCall, route
from marronnier.demo.github.api.pulls import PULL, PULLS
from marronnier.demo.github.records import FakePullRequest, FakeReview, FakeReviewComment
from marronnier.demo.github.shapes import pull_requests as shapes
from marronnier.demo.github.state import FakeRefusal, not_found

REVIEWS, REVIEW = PULL + "/reviews", PULL + "/reviews/{review_id}"
_VERDICTS: Mapping[str, Verdict] = {"APPROVE": "APPROVE", "REQUEST_CHANGES": "REQUEST_CHANGES", "COMMENT": "COMMENT"}


def _review(call: FakeCall) -> tuple[FakePullRequest, FakeReview]:
    """The review of the address. A review that was not given yet is its author's alone."""
    pull, id = call.pull(), call.number("review_id")
    for review in pull.reviews:
        if review.id == id and (review.state != "PENDING" or (call.token and review.author is call.token.account)):
            return pull, review
    raise not_found()


def _shape(call: FakeCall, pull: FakePullRequest, review: FakeReview) -> dict[str, Any]:
    return shapes.pull_request_review(call.view, pull, review)


@route("GET", REVIEWS, "pull_requests")
def list_reviews(call: FakeCall) -> FakeAnswer:
    """The reviews, in the order of time."""
    pull = call.pull()
    reader = call.token.account if call.token else None
    shown = [review for review in pull.reviews if review.state != "PENDING" or review.author is reader]
    return call.page(shown, lambda review: _shape(call, pull, review))


@route("POST", REVIEWS, "pull_requests", "read")
def create_review(call: FakeCall) -> FakeAnswer:
    """Review it: whoever can read may, and whether that counts is for others to judge."""
    pull, event = call.pull(), call.given("event", str)
    comments = call.given("comments", list, []) or []
    words: dict[str, Any] = {"body": call.given("body", str, "") or "", "commit": call.given("commit_id", str), "comments": comments}
    if event is None:
        review = reviews.begin_review(call.state, pull, call.by, **words)
    elif event in _VERDICTS:
        review = reviews.give_review(call.state, pull, call.by, _VERDICTS[event], **words)
    else:
        raise FakeRefusal(422, "Unprocessable Entity", ["Variable $event of type PullRequestReviewEvent was provided invalid value"])
    return FakeAnswer(200, _shape(call, pull, review))


@route("GET", REVIEW, "pull_requests")
def get_review(call: FakeCall) -> FakeAnswer:
    """One review."""
    return FakeAnswer(200, _shape(call, *_review(call)))


@route("PUT", REVIEW, "pull_requests", "read")
def update_review(call: FakeCall) -> FakeAnswer:
    """Change the words of a review."""
    pull, review = _review(call)
    if call.by.account is not review.author:
        raise FakeRefusal(403, "Forbidden")
    review.body = call.required("body", str)
    return FakeAnswer(200, _shape(call, pull, review))


@route("DELETE", REVIEW, "pull_requests", "read")
def delete_review(call: FakeCall) -> FakeAnswer:
    """Delete a review that was not given yet."""
    pull, review = _review(call)
    if review.state != "PENDING":
        raise FakeRefusal(422, "Unprocessable Entity", ["Can not delete a non-pending pull request review"])
    pull.reviews.remove(review)
    pull.review_comments = [comment for comment in pull.review_comments if comment.review_id != review.id]
    return FakeAnswer(200, _shape(call, pull, review))


@route("POST", REVIEW + "/events", "pull_requests", "read")
def submit_review(call: FakeCall) -> FakeAnswer:
    """Give a review that was begun."""
    pull, review = _review(call)
    event = call.required("event", str)
    if review.state != "PENDING" or event not in _VERDICTS:
        raise FakeRefusal(422, "Unprocessable Entity", ["Can not submit a review that is not pending"])
    reviews.submit_review(call.state, pull, call.by, review, _VERDICTS[event], call.given("body", str))
    return FakeAnswer(200, _shape(call, pull, review))


@route("PUT", REVIEW + "/dismissals", "pull_requests")
def dismiss_review(call: FakeCall) -> FakeAnswer:
    """Dismiss an approval or a request for changes."""
    pull, review = _review(call)
    reviews.dismiss_review(call.state, pull, call.by, review, call.required("message", str))
    return FakeAnswer(200, _shape(call, pull, review))


@route("GET", REVIEW + "/comments", "pull_requests")
def comments_of_review(call: FakeCall) -> FakeAnswer:
    """The comments on lines of one review."""
    pull, review = _review(call)
    return _page(call, pull, [comment for comment in pull.review_comments if comment.review_id == review.id])


def _page(call: FakeCall, pull: FakePullRequest, comments: list[FakeReviewComment]) -> FakeAnswer:
    return call.page(comments, lambda comment: shapes.pull_request_review_comment(call.view, pull, comment))


def _is_given(pull: FakePullRequest, comment: FakeReviewComment) -> bool:
    return all(review.state != "PENDING" for review in pull.reviews if review.id == comment.review_id)


@route("GET", PULL + "/comments", "pull_requests")
def list_line_comments(call: FakeCall) -> FakeAnswer:
    """The comments on lines of a pull request."""
    pull = call.pull()
    return _page(call, pull, [comment for comment in pull.review_comments if _is_given(pull, comment)])


@route("POST", PULL + "/comments", "pull_requests", "read")
def create_line_comment(call: FakeCall) -> FakeAnswer:
    """Comment on lines, or answer a comment."""
    pull, fields = call.pull(), call.fields()
    if (to := call.given("in_reply_to", int)) is not None:
        return _reply(call, pull, to)
    call.required("commit_id", str)
    comment = reviews.add_line_comment(call.state, pull, call.by, fields)
    return _made(call, pull, comment)


@route("POST", PULL + "/comments/{comment_id}/replies", "pull_requests", "read")
def reply(call: FakeCall) -> FakeAnswer:
    """Answer a comment on lines."""
    return _reply(call, call.pull(), call.number("comment_id"))


def _reply(call: FakeCall, pull: FakePullRequest, to: int) -> FakeAnswer:
    for comment in pull.review_comments:
        if comment.id == to:
            return _made(call, pull, reviews.reply(call.state, pull, call.by, comment, call.required("body", str)))
    raise not_found()


def _made(call: FakeCall, pull: FakePullRequest, comment: FakeReviewComment) -> FakeAnswer:
    shape = shapes.pull_request_review_comment(call.view, pull, comment)
    return FakeAnswer(201, shape, {"Location": shape["url"]})


def _comment(call: FakeCall) -> tuple[FakePullRequest, FakeReviewComment]:
    id = call.number("comment_id")
    for pull in call.repository.pulls:
        for comment in pull.review_comments:
            if comment.id == id:
                return pull, comment
    raise not_found()


def _check_owner(call: FakeCall, comment: FakeReviewComment) -> None:
    is_own = call.by.account is comment.author
    if not is_own and not call.by.is_job and not call.state.has_role(call.repository, call.by.account, "write"):
        raise FakeRefusal(403, "Must have push access to repository")


@route("GET", PULLS + "/comments", "pull_requests")
def all_line_comments(call: FakeCall) -> FakeAnswer:
    """The comments on lines of all pull requests."""
    pairs = [(pull, comment) for pull in call.repository.pulls for comment in pull.review_comments if _is_given(pull, comment)]
    return call.page(pairs, lambda pair: shapes.pull_request_review_comment(call.view, *pair))


@route("GET", PULLS + "/comments/{comment_id}", "pull_requests")
def get_line_comment(call: FakeCall) -> FakeAnswer:
    """One comment on lines."""
    return FakeAnswer(200, shapes.pull_request_review_comment(call.view, *_comment(call)))


@route("PATCH", PULLS + "/comments/{comment_id}", "pull_requests", "read")
def update_line_comment(call: FakeCall) -> FakeAnswer:
    """Change a comment on lines."""
    pull, comment = _comment(call)
    _check_owner(call, comment)
    comment.body, comment.updated_at = call.required("body", str), call.state.now()
    return FakeAnswer(200, shapes.pull_request_review_comment(call.view, pull, comment))


@route("DELETE", PULLS + "/comments/{comment_id}", "pull_requests", "read")
def delete_line_comment(call: FakeCall) -> FakeAnswer:
    """Delete a comment on lines."""
    pull, comment = _comment(call)
    _check_owner(call, comment)
    pull.review_comments.remove(comment)
    return FakeAnswer(204)
