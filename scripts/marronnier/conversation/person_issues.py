"""Issues about posts that need a person: one a post, given to its owner, kept up to date, and closed by itself when nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial

from marronnier.conversation.attempts import attempt_all
from marronnier.conversation.handoff_text import handoff_pieces
from marronnier.conversation.marked_text import MOST_SHOWN, digest_of, fields_of, joined, lines_block, marked, told_of
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

MOST_ATTEMPTS = 3
"""How often an issue is offered to its owners: who cannot be given one is not asked for at each run."""
GIVEN = -1
"""Stands for a number of attempts where none is needed any more."""

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
            if not open_issues.get(post_id):
                missing.append(post_id)
                continue
            issue = open_issues[post_id][0]
            yield partial(self._write, issue, lines, _attempts(issue))
            if 0 <= _attempts(issue) < MOST_ATTEMPTS:
                yield partial(self._give, issue, lines)
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
        return bool(closed) and not closed[-1].is_open and _field(closed[-1].text, "digest") == _field(text, "digest")

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
        if not found[0].assignees:
            self._give(found[0], lines)

    def _write(self, issue: Issue, lines: Sequence[PlanLine], attempts: int) -> None:
        """Give an issue the text that it should have now."""
        text = self._text(lines[0].publication.post.id, lines, attempts)
        if issue.text.replace("\r\n", "\n") != text:
            self.conversations.change_issue(issue.number, body=text)

    def _give(self, issue: Issue, lines: Sequence[PlanLine]) -> None:
        """Offer an issue to its owners once more, and write down whether it came to them. Raises ForgeTrouble."""
        attempts, refused = _attempts(issue) + 1, None
        try:
            given = self.conversations.assign(issue.number, self._owners(lines[0]))
        except ForgeTrouble as error:
            if error.is_of_the_forge:
                raise
            given, refused = False, error
        self._write(issue, lines, GIVEN if given else attempts)
        if refused is not None:
            raise refused

    def _owners(self, line: PlanLine) -> Sequence[ForgeAccount]:
        """The accounts, as they are called now, of the owner that a post names: a person or a team of brand/approvals.yml."""
        policy, owner = self.situation.desk.policy, line.publication.post.front.owner or ""
        people = policy.teams.get(owner, (owner,))
        numbers = [policy.approvers[person].github for person in people if person in policy.approvers]
        accounts = (self.conversations.account(number) for number in numbers[:MOST_OWNERS] if number is not None)
        return [account for account in accounts if account is not None]

    def _text(self, post_id: str, lines: Sequence[PlanLine], attempts: int = 0) -> str:
        """The issue, with its hidden line. By the digest two texts say the same, however often it was offered to its owner."""
        post = lines[0].publication.post
        heading = f"{code_span(shortened(post.title, MOST_SHOWN))} · {code_span(post.path)}"
        pieces = tuple(self._pieces(lines))
        text = joined((heading, self._owner(post.front.owner or "", attempts), *pieces))
        offered = {"attempts": attempts} if post.front.owner and attempts != GIVEN else {}
        return marked(PERSON_ISSUE, text, post=post_id, digest=digest_of(joined((heading, *pieces))), **offered)

    def _owner(self, owner: str, attempts: int) -> str:
        """Who should look at it."""
        policy = self.situation.desk.policy
        if not owner:
            deciding = ", ".join(each.name or person for person, each in self.situation.policy.approvers.items())
            names = plain_or_code(deciding) or _("everybody who may write here")
            return _("The post names no `owner`. These may decide: {people}.", people=names)
        people = policy.teams.get(owner, (owner,))
        names = ", ".join(policy.approvers[person].name or person if person in policy.approvers else person for person in people)
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
    """The post that an issue of ours is about; empty for any other issue. Anybody can copy the hidden line and ask for the label."""
    if not issue.is_ours or issue.is_pull_request:
        return ""
    return _field(issue.text, "post")


def _field(text: str, name: str) -> str:
    return (fields_of(PERSON_ISSUE, text) or {}).get(name, "")


def _attempts(issue: Issue) -> int:
    """How often an issue of ours was offered to its owner, who did not get it; GIVEN where they got it, or it has none, or somebody else has it."""
    told = _field(issue.text, "attempts")
    return int(told) if told.isdecimal() and not issue.assignees else GIVEN


def _commands(line: PlanLine) -> Sequence[str]:
    """The comments that help with a publication."""
    if line.state == "unknown":
        return (f"/settle {line.key} sent https://…", f"/settle {line.key} not-sent")
    is_on_hold = line.history is not None and line.history.hold_on(line.digests.words) is not None
    if line.state in _ALWAYS or is_on_hold:
        return (f"/retry {line.key}", f"/settle {line.key} never")
    return ()
