"""Issues about what needs a person: one a subject, given to people, kept up to date, and closed by itself when nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from marronnier.conversation.attempts import attempt_all
from marronnier.conversation.marked_text import digest_of, fields_of, joined, marked
from marronnier.forge import Conversations, ForgeAccount, ForgeTrouble, Issue
from marronnier.messages import _

PERSON_LABEL = "marronnier: needs you"
"""The label of all of them."""
MOST_OPENED = 10
"""The most issues that one run opens: a forge takes only so many writes in a minute."""
REMEMBERED = timedelta(days=60)
"""An issue that a person closed stays closed that long while nothing else is to be said."""
MOST_ATTEMPTS = 3
"""How often an issue is offered to its people: who cannot be given one is not asked for at each run."""
GIVEN = -1
"""Stands for a number of attempts where none is needed any more."""


@dataclass(frozen=True, slots=True)
class IssueWords:
    """What an issue says, and whom it is for."""

    title: str
    heading: str
    addressed: Callable[[int], str]
    """Who should look at it, after so many attempts to give it to them."""
    pieces: Sequence[str]
    """What is the matter, and what to do."""
    people: Callable[[], Sequence[ForgeAccount]]
    """Whom it is given to. Raises ForgeTrouble."""
    is_offered: bool = True
    """Whether there is anybody to give it to."""


@dataclass(frozen=True, slots=True)
class SubjectIssues:
    """The issues of one kind."""

    conversations: Conversations
    kind: str
    """The kind in their hidden line."""
    field: str
    """The field of that line that names the subject."""
    now: datetime

    def update(self, needed: Mapping[str, IssueWords], *, may_open: Callable[[], bool], is_settled: Callable[[str], bool]) -> None:
        """Open, update and close issues: by subject, what needs a person now; the others are closed where nothing is left to do.

        Raises ForgeTrouble, where the next run goes on.
        """
        if self.conversations.has_issues():
            attempt_all(self._works(needed, may_open, is_settled))

    def _works(
        self, needed: Mapping[str, IssueWords], may_open: Callable[[], bool], is_settled: Callable[[str], bool]
    ) -> Iterator[Callable[[], None]]:
        """What is to be done, one thing after the other."""
        open_issues = self._ours(self.conversations.issues(PERSON_LABEL))
        for subject, issues in open_issues.items():
            for issue in issues if subject not in needed and is_settled(subject) else issues[1:]:
                yield partial(self.conversations.change_issue, issue.number, state="closed")
        missing: list[str] = []
        for subject, words in needed.items():
            if not open_issues.get(subject):
                missing.append(subject)
                continue
            issue = open_issues[subject][0]
            yield partial(self._write, issue, subject, words, self._attempts(issue))
            if 0 <= self._attempts(issue) < MOST_ATTEMPTS:
                yield partial(self._give, issue, subject, words)
        if missing and may_open():
            closed = self._ours(self.conversations.issues(PERSON_LABEL, since=self.now - REMEMBERED))
            fresh = [subject for subject in missing if not self._is_told(closed.get(subject, ()), self._text(subject, needed[subject]))]
            for subject in fresh[:MOST_OPENED]:
                yield partial(self._open, subject, needed[subject])

    def _ours(self, issues: Sequence[Issue]) -> Mapping[str, Sequence[Issue]]:
        """Our issues by subject, the oldest first."""
        found: dict[str, list[Issue]] = {}
        for issue in sorted(issues, key=lambda issue: issue.number):
            if subject := subject_of(issue, self.kind, self.field):
                found.setdefault(subject, []).append(issue)
        return found

    def _is_told(self, closed: Sequence[Issue], text: str) -> bool:
        """Whether a person closed the newest issue of a subject while it said just that."""
        return bool(closed) and not closed[-1].is_open and self._said(closed[-1].text, "digest") == self._said(text, "digest")

    def _open(self, subject: str, words: IssueWords) -> None:
        """Open the issue of a subject. Where the answer is lost, looking tells whether it is there; of two that runs opened at once the older stays."""
        try:
            self.conversations.open_issue(words.title, self._text(subject, words), [PERSON_LABEL])
        except ForgeTrouble as error:
            if not error.may_have_happened:
                raise
        found = self._ours(self.conversations.issues(PERSON_LABEL)).get(subject, ())
        if not found:
            raise ForgeTrouble(_("The issue about {post} is not there", post=subject), kind="failed")
        for issue in found[1:]:
            self.conversations.change_issue(issue.number, state="closed")
        if not found[0].assignees:
            self._give(found[0], subject, words)

    def _write(self, issue: Issue, subject: str, words: IssueWords, attempts: int) -> None:
        """Give an issue the text that it should have now."""
        text = self._text(subject, words, attempts)
        if issue.text.replace("\r\n", "\n") != text:
            self.conversations.change_issue(issue.number, body=text)

    def _give(self, issue: Issue, subject: str, words: IssueWords) -> None:
        """Offer an issue to its people once more, and write down whether it came to them. Raises ForgeTrouble."""
        attempts, refused = self._attempts(issue) + 1, None
        try:
            given = self.conversations.assign(issue.number, words.people())
        except ForgeTrouble as error:
            if error.is_of_the_forge:
                raise
            given, refused = False, error
        self._write(issue, subject, words, GIVEN if given else attempts)
        if refused is not None:
            raise refused

    def _text(self, subject: str, words: IssueWords, attempts: int = 0) -> str:
        """The issue, with its hidden line. By the digest two texts say the same, however often it was offered."""
        text = joined((words.heading, words.addressed(attempts), *words.pieces))
        offered = {"attempts": attempts} if words.is_offered and attempts != GIVEN else {}
        digest = digest_of(joined((words.heading, *words.pieces)))
        return marked(self.kind, text, **{self.field: subject}, digest=digest, **offered)

    def _attempts(self, issue: Issue) -> int:
        """How often an issue of ours was offered to people who did not get it; GIVEN where they got it, or there is nobody, or somebody else has it."""
        told = self._said(issue.text, "attempts")
        return int(told) if told.isdecimal() and not issue.assignees else GIVEN

    def _said(self, text: str, name: str) -> str:
        return (fields_of(self.kind, text) or {}).get(name, "")


def subject_of(issue: Issue, kind: str, field: str) -> str:
    """The subject of an issue of ours; empty for any other issue. Anybody can copy the hidden line and ask for the label."""
    if not issue.is_ours or issue.is_pull_request:
        return ""
    return (fields_of(kind, issue.text) or {}).get(field, "")
