"""Issues about posts that need a person: one a post, given to its owner, kept up to date, and closed by itself when nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial

from marronnier.conversation.attempts import attempt_all
from marronnier.conversation.handoff_text import handoff_pieces
from marronnier.conversation.marked_text import MOST_SHOWN, digest_of, fields_of, joined, lines_block, marked
from marronnier.forge import Conversations, ForgeAccount, ForgeTrouble, Issue
from marronnier.messages import _, format_instant
from marronnier.model.plan import Plan, PlanLine
from marronnier.plan.handoffs import handoff_of
from marronnier.proofs.situation_loader import CommittedSituation
from marronnier.text.markdown_code import code_span, plain_or_code, shortened

PERSON_ISSUE = "person"
"""The kind of our issues about a post that needs a person."""
PERSON_LABEL = "marronnier: needs you"
"""Their label."""
SOON = timedelta(days=1)
"""What is held is told of that long before its instant; earlier, the pull request and `marronnier status` do."""
MOST_OPENED = 10
"""The most issues that one run opens: a forge takes only so many writes in a minute."""
REMEMBERED = timedelta(days=60)
"""An issue that a person closed stays closed that long while nothing else is to be said."""
MOST_OWNERS = 5
"""The most people that one issue is given to."""

_ALWAYS = ("unknown", "refused", "missed", "retracted")


class PersonIssues:
    """The issues about posts that need a person, as they should be now."""

    def __init__(
        self, conversations: Conversations, situation: CommittedSituation, planned: Plan, *, is_frozen: Callable[[], bool]
    ) -> None:
        """While everything is frozen no issue is opened: the freeze says why nothing goes out."""
        self.conversations = conversations
        self.situation = situation
        self.planned = planned
        self.is_frozen = is_frozen

    def update(self) -> None:
        """Open, update and close issues. Raises ForgeTrouble, where the next run goes on."""
        if not self.conversations.has_issues():
            return
        attempt_all(self._works())

    def _works(self) -> Iterator[Callable[[], None]]:
        """What is to be done, one thing after the other."""
        needed = self._needed()
        open_issues = self._ours(self.conversations.issues(PERSON_LABEL))
        for post_id, issues in open_issues.items():
            for issue in issues if post_id not in needed else issues[1:]:
                yield partial(self.conversations.change_issue, issue.number, state="closed")
        missing: list[str] = []
        for post_id, lines in needed.items():
            text = self._text(post_id, lines)
            if not open_issues.get(post_id):
                missing.append(post_id)
            elif open_issues[post_id][0].text.replace("\r\n", "\n") != text:
                yield partial(self.conversations.change_issue, open_issues[post_id][0].number, body=text)
        if missing and not self.is_frozen():
            closed = self._ours(self.conversations.issues(PERSON_LABEL, since=self.situation.now - REMEMBERED))
            fresh = [post_id for post_id in missing if not self._is_told(closed.get(post_id, ()), self._text(post_id, needed[post_id]))]
            for post_id in fresh[:MOST_OPENED]:
                yield partial(self._open, post_id, needed[post_id])

    def _needed(self) -> Mapping[str, Sequence[PlanLine]]:
        """By post: the publications that need a person now."""
        needed: dict[str, list[PlanLine]] = {}
        for line in self.planned.lines:
            if not line.proposal and self._needs_person(line):
                needed.setdefault(line.publication.post.id, []).append(line)
        return needed

    def _needs_person(self, line: PlanLine) -> bool:
        if line.state in _ALWAYS or line.retried:
            return True
        at = line.instant.at
        is_soon = at is not None and at <= self.situation.now + SOON
        return line.state == "held" and is_soon and self.situation.desk.freeze is None

    def _ours(self, issues: Sequence[Issue]) -> Mapping[str, Sequence[Issue]]:
        """Our issues by post, the oldest first."""
        found: dict[str, list[Issue]] = {}
        for issue in sorted(issues, key=lambda issue: issue.number):
            if post_id := post_of_issue(issue):
                found.setdefault(post_id, []).append(issue)
        return found

    def _is_told(self, closed: Sequence[Issue], text: str) -> bool:
        """Whether a person closed the newest issue of a post while it said just that."""
        return bool(closed) and not closed[-1].is_open and fields_of(PERSON_ISSUE, closed[-1].text) == fields_of(PERSON_ISSUE, text)

    def _open(self, post_id: str, lines: Sequence[PlanLine]) -> None:
        """Open the issue of a post. Where the answer is lost, looking tells whether it is there; of two that runs opened at once the older stays."""
        try:
            self.conversations.open_issue(_("{post} needs you", post=post_id), self._text(post_id, lines), [PERSON_LABEL])
        except ForgeTrouble as error:
            if not error.may_have_happened:
                raise
        found = self._ours(self.conversations.issues(PERSON_LABEL)).get(post_id, ())
        if not found:
            raise ForgeTrouble(_("The issue about {post} is not there", post=post_id), kind="failed")
        for issue in found[1:]:
            self.conversations.change_issue(issue.number, state="closed")
        if not found[0].assignees and (owners := self._owners(lines[0])):
            self.conversations.assign(found[0].number, owners)

    def _owners(self, line: PlanLine) -> Sequence[ForgeAccount]:
        """The accounts, as they are called now, of the owner that a post names: a person or a team of brand/approvals.yml."""
        policy, owner = self.situation.desk.policy, line.publication.post.front.owner or ""
        people = policy.teams.get(owner, (owner,))
        numbers = [policy.approvers[person].github for person in people if person in policy.approvers]
        accounts = (self.conversations.account(number) for number in numbers[:MOST_OWNERS] if number is not None)
        return [account for account in accounts if account is not None]

    def _text(self, post_id: str, lines: Sequence[PlanLine]) -> str:
        """The issue, with its hidden line."""
        text = joined(self._pieces(lines))
        return marked(PERSON_ISSUE, text, post=post_id, digest=digest_of(text))

    def _pieces(self, lines: Sequence[PlanLine]) -> Iterator[str]:
        post = lines[0].publication.post
        yield f"{code_span(shortened(post.title, MOST_SHOWN))} · {code_span(post.path)}"
        if post.front.owner:
            yield _("Its owner: {who}", who=code_span(post.front.owner))
        commands: list[str] = []
        for line in lines:
            at = line.instant.at
            when = f" · {format_instant(self.situation.local(at))}" if at is not None else ""
            yield f"**{code_span(line.key)}**{when}\n{plain_or_code(line.why)}" + (f"\n→ {plain_or_code(line.next)}" if line.next else "")
            if (handoff := handoff_of(line, self.situation.payload)) is not None:
                yield from handoff_pieces(handoff)
            commands += _commands(line)
            if handoff is not None:
                commands.append(f"/settle {line.key} never")
        if commands:
            yield _("The same by a comment below, by somebody who may approve. Copy one line:")
            yield lines_block(commands)
        yield _("This issue follows the post, and closes by itself once nobody is needed any more.")


def post_of_issue(issue: Issue) -> str:
    """The post that an issue of ours is about; empty for any other issue. Anybody can copy the hidden line and ask for the label."""
    if not issue.is_ours or issue.is_pull_request:
        return ""
    return (fields_of(PERSON_ISSUE, issue.text) or {}).get("post", "")


def _commands(line: PlanLine) -> Sequence[str]:
    """The comments that help with a publication."""
    if line.state == "unknown":
        return (f"/settle {line.key} sent https://…", f"/settle {line.key} not-sent")
    is_on_hold = line.history is not None and line.history.hold_on(line.digests.words) is not None
    if line.state in _ALWAYS or is_on_hold:
        return (f"/retry {line.key}", f"/settle {line.key} never")
    return ()
