"""`/freeze` and `/thaw`: the issue whose label stops everything, opened and closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from marronnier.conversation import own_comments
from marronnier.conversation.command_syntax import CommentCommand
from marronnier.conversation.marked_text import MOST_SHOWN, fields_of, marked
from marronnier.conversation.outcome import Outcome
from marronnier.forge import FREEZE_LABEL, Comment, Conversations, ForgeTrouble, Issue
from marronnier.git import Repo
from marronnier.messages import Trouble, _
from marronnier.publish import freeze
from marronnier.text.markdown_code import code_span, plain_or_code, shortened

KIND = "freeze"
THAW = "thaw"
LONGEST_WAIT = timedelta(days=35)
"""A job waits at most 30 days for the click that its environment asks for (https://docs.github.com/actions/managing-workflow-runs/reviewing-deployments, seen 2026-11-28)."""


class FreezeIssue:
    """The issue that freezes."""

    def __init__(self, conversations: Conversations, now: datetime) -> None:
        self.conversations = conversations
        self.now = now

    def open(self, command: CommentCommand, comment: Comment) -> Outcome:
        """Freeze everything, once for each comment: who ended it since is not overruled by a job that comes late. Raises ForgeTrouble."""
        if not self.conversations.has_issues():
            raise Trouble(
                _("Issues are switched off in this repository, so nothing is frozen"),
                _("Add the file calendar/freeze.yml to the default branch, or switch issues on."),
            )
        recent = self._recent()
        # Whoever wrote an issue can close it, a stranger too, whose issue somebody gave the label.
        if not any((issue.is_open and issue.is_ours) or self._is_of(issue, comment) for issue in recent):
            self._open(command, comment)
            recent = self._recent()
        frozen = [issue for issue in recent if issue.is_open]
        own = next((issue for issue in recent if self._is_of(issue, comment)), None)
        if own is not None and own.is_open:
            told = _("Frozen by #{number}: nothing goes out while it is open.", number=own.number)
            return Outcome(True, f"{told} {_thaw_advice()}")
        if frozen:
            return Outcome(True, _("Everything is frozen already, by #{number}.", number=frozen[0].number))
        if own is not None:
            return Outcome(True, _("It was frozen by #{number}, which was closed since.", number=own.number))
        raise ForgeTrouble(
            _("The issue has no label `{label}`, so nothing is frozen", label=FREEZE_LABEL),
            _("Put the label on it by hand, now."),
            kind="refused",
        )

    def _recent(self) -> Sequence[Issue]:
        """The open issues that freeze, and those that were closed since any job that still runs was started."""
        found = self.conversations.issues(FREEZE_LABEL, since=self.now - LONGEST_WAIT) if self.conversations.has_issues() else ()
        return [issue for issue in found if not issue.is_pull_request]

    def _open(self, command: CommentCommand, comment: Comment) -> None:
        assert comment.by is not None
        who, reason = code_span(comment.by.login), code_span(shortened(command.text, MOST_SHOWN))
        by = (
            f"{_('{who} asked for it in #{thread}:', who=who, thread=comment.thread)} {reason}"
            if command.text
            else _("{who} asked for it in #{thread}, without a reason.", who=who, thread=comment.thread)
        )
        text = "\n\n".join((by, _("While this issue is open and has its label, nothing goes out."), _thaw_advice()))
        try:
            self.conversations.open_issue(_("Freeze: nothing goes out"), marked(KIND, text, comment=comment.id), [FREEZE_LABEL])
        except ForgeTrouble as error:
            if not error.may_have_happened or not any(self._is_of(each, comment) for each in self._recent()):
                raise

    def _is_of(self, issue: Issue, comment: Comment) -> bool:
        """Whether an issue of ours was opened for a comment."""
        return issue.is_ours and (fields_of(KIND, issue.text) or {}).get("comment") == str(comment.id)

    def close(self, comment: Comment, repo: Repo, surroundings: Mapping[str, str]) -> Outcome:
        """End the freeze of the forge: close the issues with the label, each of which tells for whom. Raises ForgeTrouble.

        What one job began for a comment another one ends, and no later freeze with it.
        """
        recent = self._recent()
        begun = [issue for issue in recent if own_comments.ours(self.conversations, issue.number, THAW, comment=comment.id)]
        frozen = [issue for issue in begun or recent if issue.is_open]
        for issue in frozen:
            self._tell_thaw(issue, comment)
        for issue in frozen:
            self.conversations.change_issue(issue.number, state="closed")
        if why := freeze.FreezeReader(repo, surroundings)():
            return Outcome(False, f"{_('Still frozen:')} {plain_or_code(why)}")
        if not frozen and not begun:
            return Outcome(True, _("Nothing was frozen."))
        told = _(
            "Thawed. What is late by more than its `grace` asks for a decision, and no more goes out at once than `brakes.at_once` allows."
        )
        return Outcome(True, told)

    def _tell_thaw(self, issue: Issue, comment: Comment) -> None:
        assert comment.by is not None
        text = _("{who} ends this freeze, in #{thread}.", who=code_span(comment.by.login), thread=comment.thread)
        own_comments.keep_one(self.conversations, issue.number, THAW, text, {"comment": comment.id})


def _thaw_advice() -> str:
    return _("Somebody who may approve ends it with `/thaw`, or closes that issue.")
