"""`/freeze` and `/thaw`: the issue whose label stops everything, opened and closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marronnier.conversation.command_syntax import CommentCommand
from marronnier.conversation.marked_text import code, fields_of, marked, sentence
from marronnier.conversation.outcome import Outcome
from marronnier.forge import FREEZE_LABEL, Comment, Conversations, ForgeTrouble, Issue
from marronnier.git import Repo
from marronnier.messages import _
from marronnier.publish import freeze

KIND = "freeze"


class FreezeIssue:
    """The issue that freezes."""

    def __init__(self, conversations: Conversations) -> None:
        self.conversations = conversations

    def open(self, command: CommentCommand, comment: Comment) -> Outcome:
        """Freeze everything, once for each comment. Raises ForgeTrouble."""
        frozen = self._frozen()
        if not frozen:
            self._open(command, comment)
            frozen = self._frozen()
        if not frozen:
            raise ForgeTrouble(
                _("The issue has no label `{label}`, so nothing is frozen", label=FREEZE_LABEL),
                _("Put the label on it by hand, now."),
                kind="refused",
            )
        own = next((issue for issue in frozen if self._is_of(issue, comment)), None)
        if own is None:
            return Outcome(True, _("Everything is frozen already, by #{number}.", number=frozen[0].number))
        told = _("Frozen by #{number}: nothing goes out while it is open.", number=own.number)
        return Outcome(True, f"{told} {_thaw_advice()}")

    def _frozen(self) -> Sequence[Issue]:
        """The open issues that freeze."""
        return [issue for issue in self.conversations.issues(FREEZE_LABEL) if not issue.is_pull_request]

    def _open(self, command: CommentCommand, comment: Comment) -> None:
        assert comment.by is not None
        by = (
            f"{_('{who} asked for it in #{thread}:', who=code(comment.by.login), thread=comment.thread)} {code(command.text)}"
            if code(command.text)
            else _("{who} asked for it in #{thread}, without a reason.", who=code(comment.by.login), thread=comment.thread)
        )
        text = "\n\n".join((by, _("While this issue is open and has its label, nothing goes out."), _thaw_advice()))
        try:
            self.conversations.open_issue(_("Freeze: nothing goes out"), marked(KIND, text, comment=comment.id), [FREEZE_LABEL])
        except ForgeTrouble as error:
            if not error.may_have_happened or not any(self._is_of(each, comment) for each in self._frozen()):
                raise

    def _is_of(self, issue: Issue, comment: Comment) -> bool:
        """Whether an issue of ours was opened for a comment."""
        return issue.is_ours and (fields_of(KIND, issue.text) or {}).get("comment") == str(comment.id)

    def close(self, repo: Repo, surroundings: Mapping[str, str]) -> Outcome:
        """End the freeze of the forge: close the issues with the label. Raises ForgeTrouble."""
        frozen = self._frozen()
        for issue in frozen:
            self.conversations.change_issue(issue.number, state="closed")
        if why := freeze.FreezeReader(repo, surroundings)():
            return Outcome(False, f"{_('Still frozen:')} {sentence(why)}")
        if not frozen:
            return Outcome(True, _("Nothing was frozen."))
        told = _(
            "Thawed. What is late by more than its `grace` asks for a decision, and no more goes out at once than `brakes.at_once` allows."
        )
        return Outcome(True, told)


def _thaw_advice() -> str:
    return _("Somebody who may approve ends it with `/thaw`, or closes that issue.")
