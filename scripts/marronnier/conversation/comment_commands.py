"""Commands in comments, carried out: read anew by whoever acts, checked again, done once, answered once.

The half without secrets only asks: it starts the workflow that publishes, with the number of the comment. What it was told counts for nothing there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from marronnier import publish
from marronnier.conversation import own_comments
from marronnier.conversation.brand_language import in_brand_language
from marronnier.conversation.command_syntax import CommandName, CommentCommand, help_text, parse_comment
from marronnier.conversation.freeze_issue import FreezeIssue
from marronnier.conversation.ledger_commands import LedgerCommands
from marronnier.conversation.marked_text import MOST_SHOWN
from marronnier.conversation.outcome import Outcome
from marronnier.conversation.reschedule import Rescheduling
from marronnier.forge import Comment, Conversations, ForgeAccount, ForgeTrouble
from marronnier.git import Repo
from marronnier.messages import N_, Trouble, _, join_names
from marronnier.model.approval_policy import Policy
from marronnier.proofs.situation_loader import CommittedSituation, load_situation
from marronnier.publish.policy import distrust_reason
from marronnier.text.markdown_code import code_span, shortened

PUBLISH = "publish.yml"
"""The workflow whose job may act."""
FOR_APPROVERS: frozenset[CommandName] = frozenset({"thaw", "retry", "settle"})
"""Commands for those who may approve; the others are for all who may write."""
AT_ONCE: frozenset[CommandName] = frozenset({"freeze", "help"})
"""Commands that take nothing but the right to write issues and comments, and may not wait for anybody's click."""
ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class CommentReport:
    """What became of a comment."""

    sentence: Callable[[], str]
    is_asked: bool = False
    """Whether the workflow that acts was started."""

    @property
    def told(self) -> str:
        """It in one sentence for the job's log, in the language of whoever reads that: not the one that the team is answered in."""
        return self.sentence()


class CommentRun:
    """One comment, as it stands now, with everything that judges it."""

    def __init__(self, repo: Repo, now: datetime, surroundings: Mapping[str, str] | None = None) -> None:
        """Raises Trouble where the forge has no comments, or they cannot be read."""
        self.repo = repo
        self.now = now
        self.surroundings = os.environ if surroundings is None else surroundings
        with in_brand_language(repo):
            evidence = self.situation.evidence
            conversations = evidence.forge.conversations(evidence.repository)
        if conversations is None:
            raise Trouble(_("Origin is plain Git, which has no comments"), _("Run the command itself, like `marronnier settle KEY`."))
        self.conversations: Conversations = conversations
        self._writers: dict[int, bool] = {}

    @cached_property
    def situation(self) -> CommittedSituation:
        """The default branch and the ledger, as origin has them now. Raises Trouble."""
        if why := publish.read_origin(self.repo).stopped:
            raise Trouble(why, _("Nothing was done."))
        return load_situation(self.repo, self.now, proposals=False)

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.situation.policy

    def ask(self, id: int) -> CommentReport:
        """The half without secrets: refuse what cannot be, freeze at once, and start the workflow that acts for the rest. Raises Trouble."""
        with in_brand_language(self.repo):
            return self._ask(id)

    def carry_out(self, id: int) -> CommentReport:
        """The half that acts: read the comment anew, check all of it again, act, and answer. Raises Trouble."""
        with in_brand_language(self.repo):
            comment, commands, report = self._read(id)
            if comment is None or report is not None:
                return report or CommentReport(str)
            return self._answer(comment, commands, [self._act(command, comment) for command in commands])

    def _ask(self, id: int) -> CommentReport:
        comment, commands, report = self._read(id)
        if comment is None or report is not None:
            return report or CommentReport(str)
        done = {command: self._act(command, comment) for command in commands if command.name in AT_ONCE}
        if len(done) == len(commands):
            return self._answer(comment, commands, [done[command] for command in commands])
        inputs = {"command": "comment", "comment": str(comment.id)}
        self.situation.evidence.forge.dispatch(PUBLISH, inputs, branch=self.situation.branch)
        self._react(comment, "eyes")
        return CommentReport(lambda: _("Comment {id}: the workflow that acts was started.", id=id), is_asked=True)

    def _read(self, id: int) -> tuple[Comment | None, Sequence[CommentCommand], CommentReport | None]:
        """A comment with its commands; or the report of one that is not carried out."""
        try:
            comment = self.conversations.comment(id)
        except ForgeTrouble as error:
            # An issue that was transferred took its comments with it.
            if error.kind not in ("missing", "moved"):
                raise
            return None, (), CommentReport(lambda: _("Comment {id} is gone: nothing was done.", id=id))
        commands = parse_comment(comment.text)
        if why := self._ignored_reason(comment, commands):
            return comment, (), CommentReport(lambda: _("Comment {id} was left alone: {why}.", id=id, why=_(why)))
        if refused := self._refusals(comment, commands):
            return comment, commands, self._answer(comment, commands, refused)
        return comment, commands, None

    def _ignored_reason(self, comment: Comment, commands: Sequence[CommentCommand]) -> str:
        """Why nobody answers a comment, not translated yet; empty where somebody does."""
        if not commands:
            return N_("it holds no command")
        if comment.by is None:
            return N_("the account is gone that wrote it")
        if comment.by.is_robot or comment.is_ours:
            return N_("a robot wrote it")
        if own_comments.ours(self.conversations, comment.thread, ANSWER, comment=comment.id):
            return N_("it was answered already")
        return ""

    def _refusals(self, comment: Comment, commands: Sequence[CommentCommand]) -> Sequence[Outcome]:
        """Why nothing of a comment is carried out, for each of its commands; none where all of it is."""
        assert comment.by is not None
        if not self._may_write(comment.by):
            return [Outcome.refused(_("Only those who may write to this repository give commands.")) for _command in commands]
        if comment.is_edited:
            why = _("This comment was edited, and who may write can edit the comments of others: nothing was done.")
            return [Outcome.refused(why, _("Write the command in a new comment.")) for _command in commands]
        faults = [Outcome(False, command.fault) if command.fault else None for command in commands]
        if any(faults):
            rest = Outcome(False, _("Nothing of this comment was done."))
            return [fault or rest for fault in faults]
        denied = [self._denial(command, comment.by) for command in commands]
        if {"freeze", "thaw"} <= {command.name for command in commands}:
            return [Outcome(False, _("A comment freezes or thaws, not both.")) for _command in commands]
        if any(denied):
            rest = Outcome(False, _("Nothing of this comment was done."))
            return [Outcome.refused(why) if why else rest for why in denied]
        return ()

    def _denial(self, command: CommentCommand, by: ForgeAccount) -> str:
        """Why somebody who may write may not give this command; empty where they may."""
        if command.name not in FOR_APPROVERS:
            return ""
        if why := distrust_reason(self.situation):
            return why
        if self._approver(by) or (not self.policy.approvers and self.policy.quorum == 0):
            return ""
        names = join_names(each.name or person for person, each in self.policy.approvers.items() if each.github is not None)
        if not names:
            return _("The policy in force names no approver with a number of GitHub: `github:` in brand/approvals.yml.")
        return _("Only those may do this who may approve by the policy in force: {people}.", people=names)

    def _may_write(self, by: ForgeAccount) -> bool:
        """Whether somebody may write to the repository now: asked once in a run."""
        if by.number not in self._writers:
            self._writers[by.number] = self.conversations.may_write(by)
        return self._writers[by.number]

    def _approver(self, by: ForgeAccount) -> str:
        """Who somebody is in the policy in force, by the number of their account; empty where it does not name them."""
        return next((person for person, each in self.policy.approvers.items() if each.github == by.number), "")

    def _act(self, command: CommentCommand, comment: Comment) -> Outcome:
        assert comment.by is not None
        who = self._approver(comment.by) or comment.by.login
        try:
            if command.name == "help":
                return Outcome(True, help_text())
            if command.name == "reschedule":
                forge, brand = self.situation.evidence.forge, self.situation.desk.brand
                return Rescheduling(self.repo, forge, self.conversations, brand, self.now).carry_out(command, comment)
            if command.name == "freeze":
                return self._freeze_issue.open(command, comment)
            if command.name == "thaw":
                return self._freeze_issue.close(comment, self.repo, self.surroundings)
            return self._ledger_commands.carry_out(command, comment, who)
        except ForgeTrouble as error:
            # When the forge does not answer there is no answer to write either: the run is started once more.
            if error.is_of_the_forge:
                raise
            return Outcome.of_trouble(error)
        except Trouble as trouble:
            return Outcome.of_trouble(trouble)

    @cached_property
    def _freeze_issue(self) -> FreezeIssue:
        return FreezeIssue(self.conversations, self.now)

    @cached_property
    def _ledger_commands(self) -> LedgerCommands:
        return LedgerCommands(self.repo, self.conversations, self.situation)

    def _answer(self, comment: Comment, commands: Sequence[CommentCommand], outcomes: Sequence[Outcome]) -> CommentReport:
        """Answer a comment, once. Whoever may not write is answered once in each conversation, so that nobody makes us fill it."""
        assert comment.by is not None
        is_stranger = not self._may_write(comment.by)
        count = sum(outcome.is_done for outcome in outcomes)
        report = CommentReport(
            lambda: _("Comment {id}: {done} of {count} commands carried out.", id=comment.id, done=count, count=len(outcomes))
        )
        if is_stranger and own_comments.ours(self.conversations, comment.thread, ANSWER, by=comment.by.number, stranger=1):
            self._react(comment, "confused")
            return report
        pieces = [
            f"{code_span(shortened(command.written, MOST_SHOWN))}\n\n{'✓' if outcome.is_done else '✗'} {outcome.told}"
            for command, outcome in zip(commands, outcomes, strict=True)
        ]
        extra = {"by": comment.by.number, "stranger": int(is_stranger), "done": count}
        own_comments.keep_one(
            self.conversations,
            comment.thread,
            ANSWER,
            "\n\n".join(pieces),
            {"comment": comment.id},
            extra=extra,
            stays=lambda told: int(told.get("done") or 0) > count,
        )
        return report

    def _react(self, comment: Comment, sign: str) -> None:
        """Put a sign on a comment; nothing hangs on it."""
        try:
            self.conversations.react(comment.id, sign)
        except ForgeTrouble:
            return
