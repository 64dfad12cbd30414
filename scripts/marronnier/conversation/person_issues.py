"""Issues about posts that need a person: one a post, given to its owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial

from marronnier.conversation.handoff_text import handoff_pieces
from marronnier.conversation.marked_text import MOST_SHOWN, lines_block, told_of
from marronnier.conversation.subject_issues import IssueWords, SubjectIssues, subject_of
from marronnier.forge import Conversations, ForgeAccount, Issue
from marronnier.messages import _, format_instant, join_names
from marronnier.model.plan import Plan, PlanLine
from marronnier.plan.handoffs import handoff_of
from marronnier.proofs.situation_loader import CommittedSituation
from marronnier.text.markdown_code import code_span, plain_or_code, shortened

PERSON_ISSUE = "person"
"""The kind of our issues about a post that needs a person."""
SOON = timedelta(days=1)
"""What is held is told of that long before its instant; earlier, the pull request and `marronnier status` do."""
MOST_OWNERS = 5
"""The most people that one issue is given to."""

_ALWAYS = ("unknown", "refused", "missed", "retracted")
_POST = "post"
"""The field of their hidden line."""


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
        needed = {post_id: self._words(post_id, lines) for post_id, lines in self._needed().items()}
        issues = SubjectIssues(self.conversations, PERSON_ISSUE, _POST, self.situation.now)
        issues.update(needed, may_open=lambda: not self.is_frozen(), is_settled=lambda _post_id: True)

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

    def _owners(self, line: PlanLine) -> Sequence[ForgeAccount]:
        """The accounts, as they are called now, of the owner that a post names: a person or a team of brand/approvals.yml."""
        policy, owner = self.situation.desk.policy, line.publication.post.front.owner or ""
        people = policy.teams.get(owner, (owner,))
        numbers = [policy.approvers[person].github for person in people if person in policy.approvers]
        accounts = (self.conversations.account(number) for number in numbers[:MOST_OWNERS] if number is not None)
        return [account for account in accounts if account is not None]

    def _words(self, post_id: str, lines: Sequence[PlanLine]) -> IssueWords:
        """What the issue of a post says."""
        post = lines[0].publication.post
        owner = post.front.owner or ""
        return IssueWords(
            _("{post} needs you", post=post_id),
            f"{code_span(shortened(post.title, MOST_SHOWN))} · {code_span(post.path)}",
            partial(self._owner, owner),
            tuple(self._pieces(lines)),
            partial(self._owners, lines[0]),
            is_offered=bool(owner),
        )

    def _owner(self, owner: str, attempts: int) -> str:
        """Who should look at it."""
        policy = self.situation.desk.policy
        if not owner:
            deciding = join_names(each.name or person for person, each in self.situation.policy.approvers.items())
            names = plain_or_code(deciding) or _("everybody who may write here")
            return _("The post names no `owner`. These may decide: {people}.", people=names)
        people = policy.teams.get(owner, (owner,))
        names = join_names(policy.approvers[person].name or person if person in policy.approvers else person for person in people)
        told = _("Its owner: {who}", who=plain_or_code(names))
        return _("{owner}. GitHub did not give them this issue: whoever reads it tells them.", owner=told) if attempts > 0 else told

    def _pieces(self, lines: Sequence[PlanLine]) -> Iterator[str]:
        """What is the matter with each publication; then what a comment can do, and what a terminal can."""
        commands: list[str] = []
        in_terminal: list[str] = []
        for line in lines:
            at = line.instant.at
            when = f" · {format_instant(self.situation.local(at))}" if at is not None else ""
            told = f"**{code_span(line.key)}**{when}\n{plain_or_code(line.why)}"
            handoff = handoff_of(line, self.situation.payload)
            if by_comment := [*_commands(line), *([f"/settle {line.key} never"] if handoff is not None else [])]:
                commands += by_comment
                in_terminal += [told_of(code_span(line.key), plain_or_code(line.next))] if line.next else []
            elif line.next:
                told += f"\n→ {plain_or_code(line.next)}"
            yield told
            if handoff is not None:
                yield from handoff_pieces(handoff)
        if commands:
            yield _("Somebody who may approve copies one line into a comment below:")
            yield lines_block(commands)
        if in_terminal:
            yield "\n".join((_("In a terminal it is:"), "", *in_terminal))
        yield _("This issue follows the post, and closes by itself once nobody is needed any more.")


def post_of_issue(issue: Issue) -> str:
    """The post that an issue of ours is about; empty for any other issue."""
    return subject_of(issue, PERSON_ISSUE, _POST)


def _commands(line: PlanLine) -> Sequence[str]:
    """The comments that help with a publication."""
    if line.state == "unknown":
        return (f"/settle {line.key} sent https://…", f"/settle {line.key} not-sent")
    is_on_hold = line.history is not None and line.history.hold_on(line.digests.words) is not None
    if line.state in _ALWAYS or is_on_hold:
        return (f"/retry {line.key}", f"/settle {line.key} never")
    return ()
