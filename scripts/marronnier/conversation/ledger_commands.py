"""`/hold`, `/retry` and `/settle`: decisions about publications, recorded in the ledger with the number of the comment, each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from marronnier import plan
from marronnier.conversation.command_syntax import CommentCommand
from marronnier.conversation.marked_text import lines_block
from marronnier.conversation.outcome import Outcome
from marronnier.conversation.person_issues import post_of_issue
from marronnier.conversation.subject_issues import PERSON_LABEL
from marronnier.forge import Comment, Conversations
from marronnier.git import Repo
from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import Trouble, _, ngettext
from marronnier.proofs.situation_loader import CommittedSituation, load_situation, with_ledger
from marronnier.publish.manual_settlement import EVENTS_OF_VERDICTS, Verdict, require_open, settle
from marronnier.text.markdown_code import code_span

VERDICTS: Mapping[str, Verdict] = {"": "send-now", "sent": "was-sent", "not-sent": "was-not-sent", "never": "never"}
"""By what `/settle` says; `/retry` says nothing more."""


class LedgerCommands:
    """The commands whose effect is a line in the ledger."""

    def __init__(self, repo: Repo, conversations: Conversations, situation: CommittedSituation) -> None:
        self.repo = repo
        self.conversations = conversations
        self.situation = situation

    def carry_out(self, command: CommentCommand, comment: Comment, who: str) -> Outcome:
        """Record what a command decides; `who` is for people. Raises Trouble."""
        ledger = self.situation.ledger
        if not ledger.exists:
            raise Trouble(_("There is no ledger yet: nothing can be recorded"), _("Run `marronnier ledger init`."))
        if ledger.stale:
            raise Trouble(ledger.stale, _("Nothing was recorded."))
        return self._hold(command, comment, who) if command.name == "hold" else self._settle(command, comment, who)

    def _settle(self, command: CommentCommand, comment: Comment, who: str) -> Outcome:
        key, verdict = command.subject, VERDICTS[command.verdict]
        done = Outcome(True, _("Recorded. {key}: {what}", key=code_span(key), what=self._words_of(verdict)))
        if any(self.situation.ledger.history(key).has_comment(event, comment.id) for event in EVENTS_OF_VERDICTS[verdict]):
            return done
        line = require_open(key, verdict, self.situation, plan.make(self.situation))
        when = line.digests.when if line is not None else ""
        channels = self.situation.desk.channels
        ledger = settle(
            key,
            verdict,
            self.situation.ledger,
            self.situation.now,
            who=who,
            channels=channels,
            url=command.text,
            when=when,
            comment=comment.id,
            account=_account(comment),
        )
        self.situation = with_ledger(self.situation, ledger)
        return done

    def _words_of(self, verdict: Verdict) -> str:
        return {
            "was-sent": _("it was sent."),
            "was-not-sent": _("it was not sent; it goes out when it is due."),
            "send-now": _("the next run sends it, or its hour does where that is still to come."),
            "never": _("it never goes out."),
        }[verdict]

    def _hold(self, command: CommentCommand, comment: Comment, who: str) -> Outcome:
        words = self._named(command.subject, comment)
        if not words:
            if command.subject:
                return Outcome.refused(_("There is no publication {name} in the plan", name=command.subject))
            return Outcome(False, _("Nothing that is planned comes from here. Name the post: `/hold POST`."))
        sent: list[str] = []
        unknown: list[str] = []

        def decide(newest: Ledger) -> list[EventDraft]:
            sent.clear()
            unknown.clear()
            drafts = []
            for key, digest in sorted(words):
                history = newest.history(key)
                if history.has_comment("held", comment.id):
                    continue
                if history.receipt is not None:
                    sent.append(key)
                elif history.unsettled is not None:
                    unknown.append(key)
                elif history.hold_on(digest) is None:
                    drafts.append(
                        EventDraft(key, "held", {"words": digest, "who": who, "account": _account(comment), "comment": comment.id})
                    )
            return drafts

        ledger = self.situation.ledger.append(decide, self.situation.now)
        self.situation = with_ledger(self.situation, ledger)
        return self._told({key for key, _digest in words} - {*sent, *unknown}, set(sent), set(unknown))

    def _told(self, held: Iterable[str], sent: Iterable[str], unknown: Iterable[str]) -> Outcome:
        """What is on hold now, and what it is too late for."""
        pieces = []
        if keys := sorted(held):
            pieces.append(ngettext("{count} publication is on hold:", "{count} publications are on hold:", len(keys)))
            pieces.append(_list(keys))
            pieces.append(
                _("Whoever may approve releases one with a comment. Other words end the hold once they are approved. Copy a line:")
            )
            pieces.append(lines_block(f"/retry {key}" for key in keys))
        if keys := sorted(sent):
            pieces += [_("Already out:"), _list(keys)]
        if keys := sorted(unknown):
            pieces += [_("These are being sent, or may have been: what stays in doubt a person must settle first:"), _list(keys)]
        return Outcome(bool(tuple(held)), "\n\n".join(pieces))

    def _named(self, subject: str, comment: Comment) -> Set[tuple[str, str]]:
        """The words to hold, as keys with digests: of what is named, of the post that an issue of ours is about, or of a pull request.

        What is named is held as it is and as open pull requests would have it: whoever names a post wants it not to go out.
        """
        if subject:
            return self._words(subject)
        pull = self.conversations.pull_request(comment.thread)
        if pull is None:
            post = self._post_of_issue(comment.thread)
            return self._words(post) if post else set()
        if pull.is_open:
            changes = (
                change
                for proposal in self._with_proposals.proposals
                if proposal.reference == f"#{pull.number}" and proposal.head == pull.head
                for change in proposal.changes
                if change.kind != "removed"
            )
            return {(change.publication.key, change.digests.words) for change in changes}
        files = {
            path.removeprefix(self.repo.prefix) for path in self.conversations.files_of(pull.number) if path.startswith(self.repo.prefix)
        }
        publications = self.situation.timetable.publications
        return {(key, self.situation.digests[key].words) for key, publication in publications.items() if publication.post.path in files}

    def _words(self, name: str) -> Set[tuple[str, str]]:
        """The words of the publications that a name means: those of the default branch, and those only proposed."""
        situation = self._with_proposals
        keys = situation.keys_named(name)
        changes = (change for proposal in situation.proposals for change in proposal.changes if change.kind != "removed")
        proposed = {(change.publication.key, change.digests.words) for change in changes if change.publication.key in keys}
        return proposed | {(key, self.situation.digests[key].words) for key in self.situation.keys_named(name)}

    def _post_of_issue(self, number: int) -> str:
        """The post that an issue of ours is about; empty where it is about none."""
        issues = self.conversations.issues(PERSON_LABEL)
        return next((post_of_issue(issue) for issue in issues if issue.number == number), "")

    @property
    def _with_proposals(self) -> CommittedSituation:
        """The situation with what branches and pull requests would change."""
        return load_situation(self.repo, self.situation.now)


def _account(comment: Comment) -> int:
    """The number of the account that wrote a comment; a login can pass to another account, a number cannot."""
    return comment.by.number if comment.by is not None else 0


def _list(keys: Iterable[str]) -> str:
    return "\n".join(f"- {code_span(key)}" for key in keys)
