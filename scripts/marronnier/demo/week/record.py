"""The record of the week: what stands in the pull requests and issues at its end, and what was shown on lines meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from marronnier.demo.github.accounts import FakeAccount
from marronnier.demo.github.records import FakeIssue, FakePullRequest, FakeReviewComment, ReviewState
from marronnier.demo.week.workplace import SERVER, Workplace
from marronnier.model.forge_record import ForgeRecord, ForgeThread, ThreadEvent, ThreadEventKind

_REPORT = re.compile(r"\A<!-- marronnier:report ")
_KINDS: dict[ReviewState, ThreadEventKind] = {"APPROVED": "approval", "CHANGES_REQUESTED": "changes requested", "COMMENTED": "comment"}


class WeekRecord:
    """Remembers what GitHub shows for a while only, and reads all else from it at the end."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self.on_lines: dict[int, list[ThreadEvent]] = {}
        self.seen: set[int] = set()

    def note_check(self, pull: FakePullRequest, findings: Sequence[tuple[str, str]]) -> None:
        """What the check found in a pull request: place and sentence."""
        events = [ThreadEvent("check", self.place.now, "", sentence, where) for where, sentence in findings]
        self.on_lines.setdefault(pull.number, []).extend(events)

    def note_suggestions(self, pull: FakePullRequest) -> None:
        """What stands on lines now: a suggestion that was taken is withdrawn soon after."""
        for comment in pull.review_comments:
            if comment.id not in self.seen:
                self.seen.add(comment.id)
                self.on_lines.setdefault(pull.number, []).append(self._on_line(comment))

    def _on_line(self, comment: FakeReviewComment) -> ThreadEvent:
        kind: ThreadEventKind = "suggestion" if "```suggestion" in comment.body else "remark"
        where = f"{comment.path}:{comment.line or comment.original_line}"
        return ThreadEvent(kind, comment.created_at, self._name(comment.author), comment.body, where)

    def collect(self) -> ForgeRecord:
        """All of it, for the site."""
        team = self.place.repository
        threads = tuple(self._thread(issue) for _number, issue in sorted(team.record.issues.items()))
        return ForgeRecord(SERVER, team.full_name, threads)

    def _thread(self, issue: FakeIssue) -> ForgeThread:
        pull = issue.pull
        report = next((comment.body for comment in issue.comments if pull is not None and _REPORT.match(comment.body)), "")
        events = sorted(self._events(issue), key=lambda event: event.at)
        asked = pull.requested_reviewers if pull is not None else issue.assignees
        return ForgeThread(
            number=issue.number,
            title=issue.title,
            at=issue.created_at,
            by=self._name(issue.author),
            is_pull_request=pull is not None,
            state="merged" if pull is not None and pull.merged_at else issue.state,
            text=issue.body or "",
            labels=tuple(label.name for label in issue.labels),
            asked=tuple(self._name(account) for account in asked),
            report=report,
            events=tuple(events),
            preview=self.place.previews.get(issue.number, b""),
        )

    def _events(self, issue: FakeIssue) -> Iterator[ThreadEvent]:
        """In the order in which they stand where two are of the same second."""
        pull = issue.pull
        if pull is not None:
            for sha in pull.commits:
                commit = self.place.repository.record.git.read(sha)
                yield ThreadEvent("commit", commit.committed_at, self.place.called_in_commits(commit.author.name), commit.title)
            yield from self.on_lines.get(issue.number, ())
            for review in pull.reviews:
                if review.submitted_at is not None and review.state in _KINDS and (review.body or review.state != "COMMENTED"):
                    yield ThreadEvent(_KINDS[review.state], review.submitted_at, self._name(review.author), review.body)
        for comment in issue.comments:
            if not _REPORT.match(comment.body):
                yield ThreadEvent("comment", comment.created_at, self._name(comment.author), comment.body)
        if pull is not None and pull.merged_at is not None and pull.merged_by is not None:
            yield ThreadEvent("merge", pull.merged_at, self._name(pull.merged_by))
        elif issue.closed_at is not None:
            yield ThreadEvent("closed", issue.closed_at, self._name(issue.closed_by) if issue.closed_by is not None else "")

    def _name(self, account: FakeAccount) -> str:
        return "" if account.kind == "Bot" else self.place.called(account)
