"""The one comment that tells of a pull request: found again by its marker and its author, and updated in place."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from marronnier.forge import Comment, ForgeTrouble, PullRequestComments, PullRequestHead
from marronnier.messages import Trouble, _

_MARKER = re.compile(r"\A<!-- marronnier:report head=(?P<head>[0-9a-f]{40,64}) sha256=(?P<digest>[0-9a-f]{64}) -->\n")

Outcome = Literal["written", "updated", "unchanged", "outdated"]
"""`outdated`: the pull request has another head by now, whose own run tells of it."""


@dataclass(frozen=True, slots=True)
class WrittenComment:
    """What became of the comment."""

    outcome: Outcome
    removed: int = 0
    """How many others of ours were deleted: two runs at once may each have written one."""


def write_comment(pull_requests: PullRequestComments, pull_request: PullRequestHead, report: str, head: str) -> WrittenComment:
    """Make the report of the commit `head` the one comment of ours below a pull request. Raises Trouble.

    Of several comments of ours the oldest stays. A comment of somebody else is never touched, whatever stands in it.
    """
    if pull_requests.get(pull_request.number).commit != head:
        return WrittenComment("outdated")
    text = with_marker(report, head)
    ours = _ours(pull_requests, pull_request)
    outcome: Outcome = "unchanged"
    if not ours:
        _add(pull_requests, pull_request, text)
        outcome = "written"
    elif ours[0].text != text:
        _replace(pull_requests, pull_request, ours[0], text)
        outcome = "updated"
    is_settled = outcome == "unchanged" and len(ours) == 1
    return WrittenComment(outcome, 0 if is_settled else _remove_others(pull_requests, pull_request, text))


def with_marker(report: str, head: str) -> str:
    """The text of the comment: a line that nobody sees, then the report."""
    digest = hashlib.sha256(report.encode("utf-8", "surrogatepass")).hexdigest()
    return f"<!-- marronnier:report head={head} sha256={digest} -->\n{report}"


def _ours(pull_requests: PullRequestComments, pull_request: PullRequestHead) -> list[Comment]:
    """Our own reports below a pull request, the oldest first."""
    found = [comment for comment in pull_requests.comments(pull_request.number) if comment.is_ours and _MARKER.match(comment.text)]
    return sorted(found, key=lambda comment: comment.id)


def _add(pull_requests: PullRequestComments, pull_request: PullRequestHead, text: str) -> None:
    """Write the comment. Where the answer is lost, the list tells whether it is there; a second one would be found and removed."""
    for _attempt in range(2):
        try:
            pull_requests.say(pull_request.number, text)
            return
        except ForgeTrouble as error:
            if not error.may_have_happened:
                raise
            if _ours(pull_requests, pull_request):
                return
    raise _unsettled()


def _replace(pull_requests: PullRequestComments, pull_request: PullRequestHead, comment: Comment, text: str) -> None:
    """Give the comment its new text. The same text twice is the same comment, so that a lost answer costs nothing."""
    for _attempt in range(2):
        try:
            pull_requests.replace_comment(comment.id, text)
            return
        except ForgeTrouble as error:
            if not error.may_have_happened:
                raise
            if any(one.id == comment.id and one.text == text for one in _ours(pull_requests, pull_request)):
                return
    raise _unsettled()


def _remove_others(pull_requests: PullRequestComments, pull_request: PullRequestHead, text: str) -> int:
    """Delete all reports of ours but the oldest, which gets this text where another run wrote it first."""
    ours = _ours(pull_requests, pull_request)
    if not ours:
        return 0
    oldest, *others = ours
    if others and oldest.text != text:
        _replace(pull_requests, pull_request, oldest, text)
    for comment in others:
        try:
            pull_requests.remove_comment(comment.id)
        except ForgeTrouble as error:
            # It may still be there: the next run looks again.
            if not error.may_have_happened:
                raise
    return len(others)


def _unsettled() -> Trouble:
    return Trouble(
        _("The forge gave no answer, and the comment is not there"),
        _("Run it again: what was written after all is found, and never twice."),
    )
