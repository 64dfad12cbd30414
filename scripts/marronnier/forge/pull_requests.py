"""Pull requests of a GitHub repository: by which of them a commit came, what their reviewers said last, and whose hands made their commits.

Whatever cannot be read in full proves nothing. Logins and `author_association` are never believed: accounts are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from marronnier.forge import approval_commits as commits
from marronnier.forge.github import GitHubConnection, identifier
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import GitError, Repo
from marronnier.git.commit_log import Commit, CommitLog, read_commits
from marronnier.git.origin import fetch_pull_request
from marronnier.messages import _
from marronnier.model.review import PullRequest, Review

WEB_FLOW = 19864447
"""GitHub's own account, the committer of what is written or merged on its pages (https://github.com/web-flow, seen 2026-11-28). It is nobody's hand."""

_MAY_WRITE = ("admin", "maintain", "write")
_TAKES_NOTHING_BACK = ("commented", "pending")
_BASE_CHANGES = ("base_ref_changed", "automatic_base_change_succeeded")
"""Events of issues; the timeline does not promise them (https://docs.github.com/en/rest/using-the-rest-api/issue-event-types, seen 2026-11-28)."""
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LOGIN = re.compile(r"[A-Za-z0-9_-]{1,100}(\[bot\])?")


@dataclass(frozen=True, slots=True)
class RepositoryIdentity:
    """What GitHub says of a repository."""

    number: int
    name: str
    is_public: bool
    default_branch: str


@dataclass(frozen=True, slots=True)
class OpenPullRequest:
    """An open pull request as a list of them tells it, before its reviews are read."""

    number: int
    title: str
    head: str
    branch: str
    """Its branch, with the owner before it where it is a fork's."""
    is_draft: bool
    labels: tuple[str, ...]
    reviewers: tuple[int, ...]
    raw: Mapping[str, Any]


class PullRequestReader:
    """Reads the pull requests of one repository, each thing once."""

    def __init__(self, repo: Repo, github: GitHubConnection, name: str, branch: str) -> None:
        """`name` is `owner/name`, `branch` the default branch."""
        self.repo = repo
        self.github = github
        self.name = name
        self.branch = branch
        self._identity: RepositoryIdentity | None = None
        self._permissions: dict[str, tuple[int | None, str]] = {}
        self._by_commit: dict[str, tuple[Mapping[str, Any], ...]] = {}
        self._read: dict[tuple[int, str | None, frozenset[int]], PullRequest] = {}
        self._fetched: set[int] = set()
        self._commits: dict[int, Mapping[str, Any]] = {}
        self._accounts: dict[str, int | None] = {}
        """By the address in a commit: the account that GitHub gives it to; None where it gives it to none."""

    def identity(self) -> RepositoryIdentity:
        """The repository. Raises ForgeTrouble."""
        if self._identity is None:
            said = self.github.get(f"/repos/{self.name}")
            number = identifier(_of(said, "id"))
            if number is None:
                raise _unreadable(self.name)
            public = said.get("visibility") == "public" or said.get("private") is False
            self._identity = RepositoryIdentity(number, str(said.get("full_name") or ""), public, str(said.get("default_branch") or ""))
        return self._identity

    def merged(self, commit: str, log: CommitLog, accounts: Collection[int]) -> tuple[PullRequest, ...]:
        """The pull requests, merged into the default branch, that brought a commit to it. Raises ForgeTrouble."""
        if commit not in self._by_commit:
            self.identity()
            try:
                listed = self.github.list(f"/repos/{self.name}/commits/{commit}/pulls")
            except ForgeTrouble as error:
                # GitHub does not know the commit: it is not there yet.
                if error.kind not in ("missing", "refused"):
                    raise
                listed = ()
            self._by_commit[commit] = tuple(pull for pull in listed if self._is_merged_here(pull))
        return tuple(self._merged(pull, log, accounts) for pull in self._by_commit[commit])

    def open(self) -> tuple[OpenPullRequest, ...]:
        """The open pull requests to the default branch, the newest first. Raises ForgeTrouble."""
        self.identity()
        listed = self.github.list(f"/repos/{self.name}/pulls?state=open&base={quote(self.branch, safe='')}")
        return tuple(found for pull in listed if (found := self._open(pull)) is not None)

    def read_open(self, pull: OpenPullRequest, base: str, accounts: Collection[int]) -> PullRequest:
        """An open pull request with its reviews, against a commit of the default branch. Raises ForgeTrouble."""
        return self._pull_request(pull.raw, None, base, accounts)

    def fetch(self, number: int, head: str) -> bool:
        """Make the commits of a pull request readable, also a fork's. They are never checked out."""
        if self.repo.commit_id(head) is None and number not in self._fetched:
            self._fetched.add(number)
            try:
                fetch_pull_request(self.repo, number)
            except GitError:
                return False
        return self.repo.commit_id(head) is not None

    def _is_merged_here(self, pull: Any) -> bool:
        """Whether a pull request was merged into the default branch of this repository: an approval for another branch is none for this one."""
        base = _of(pull, "base")
        return (
            bool(_of(pull, "merged_at"))
            and _of(base, "ref") == self.branch
            and identifier(_of(_of(base, "repo"), "id")) == self.identity().number
            and identifier(_of(pull, "number")) is not None
        )

    def _merged(self, pull: Mapping[str, Any], log: CommitLog, accounts: Collection[int]) -> PullRequest:
        merge, head = str(pull.get("merge_commit_sha") or ""), str(_of(_of(pull, "head"), "sha") or "")
        arrived = log.arrivals.get(merge) or log.arrivals.get(head)
        reference = f"#{pull['number']}"
        if arrived is None:
            why = _("{reference} was merged with a commit that is not on {branch}", reference=reference, branch=self.branch)
            return PullRequest(reference, head, None, None, refused=(why,))
        return self._pull_request(pull, arrived, log.predecessor(arrived), accounts, log)

    def _pull_request(
        self, pull: Mapping[str, Any], arrived: str | None, base: str | None, accounts: Collection[int], log: CommitLog | None = None
    ) -> PullRequest:
        """A pull request with its reviews and its commits; `base` is the commit of the default branch before it, `log` that branch's commits."""
        number, wanted = int(pull["number"]), frozenset(accounts)
        if (number, arrived, wanted) not in self._read:
            self._read[number, arrived, wanted] = self._read_pull_request(pull, arrived, base, wanted, log)
        return self._read[number, arrived, wanted]

    def _read_pull_request(
        self, pull: Mapping[str, Any], arrived: str | None, base: str | None, accounts: frozenset[int], log: CommitLog | None
    ) -> PullRequest:
        number, head, author = int(pull["number"]), str(_of(_of(pull, "head"), "sha") or ""), identifier(_of(_of(pull, "user"), "id"))
        reference = f"#{number}"
        refused: list[str] = []
        found = list(self._approvals(number, accounts, refused))
        if not found and arrived is not None:
            return PullRequest(reference, head, arrived, author, refused=tuple(refused))
        if not _OID.fullmatch(head) or not self.fetch(number, head):
            why = _("the commits of {reference} cannot be fetched, so what was reviewed is not known", reference=reference)
            return PullRequest(reference, head, arrived, author, refused=(why,))
        if log is not None and arrived is not None and self.repo.is_ancestor(arrived, head):
            base = self._before_pushed(number, arrived, log)
        own = read_commits(self.repo, head, *((f"^{base}",) if base else ()))
        reviews = []
        for review in found:
            if self.repo.commit_id(review.commit) is not None and self.repo.is_ancestor(review.commit, head):
                reviews.append(review)
            else:
                refused.append(
                    _("what was reviewed in {reference} was replaced by a force-push, and is not there any more", reference=reference)
                )
        hands, unknown = self._hands(pull, own) if reviews else ({}, frozenset())
        return PullRequest(
            reference,
            head,
            arrived,
            author,
            base if arrived is not None else None,
            tuple(reviews),
            tuple(dict.fromkeys(refused)),
            {oid: commit.contributors for oid, commit in own.items()},
            {oid: commit.parents for oid, commit in own.items()},
            {oid: commit.written_at for oid, commit in own.items()},
            tuple((oid, named) for oid, commit in own.items() for named in commits.requests_in(commit)),
            hands,
            unknown,
        )

    def _approvals(self, number: int, accounts: frozenset[int], refused: list[str]) -> Iterator[Review]:
        """Approvals that are the last word of an account that may approve and may write, in the order they were given."""
        reference = f"#{number}"
        last: dict[int, Mapping[str, Any]] = {}
        for review in self.github.list(f"/repos/{self.name}/pulls/{number}/reviews"):
            if _state(review) in _TAKES_NOTHING_BACK:
                continue
            account = identifier(_of(_of(review, "user"), "id"))
            if account is not None:
                last.pop(account, None)
                last[account] = review
            elif _state(review) == "approved":
                refused.append(_("an approval of {reference} is by an account that is gone", reference=reference))
        aimed = (
            self._aimed_at_this_branch(number)
            if any(_state(each) == "approved" and who in accounts for who, each in last.items())
            else None
        )
        for account, review in last.items():
            if account not in accounts:
                if _state(review) == "approved":
                    refused.append(
                        _(
                            "account {number} approved {reference}, and no approver has `github: {number}`",
                            number=account,
                            reference=reference,
                        )
                    )
                continue
            if _state(review) != "approved":
                refused.append(_change_of_mind(_state(review), reference))
            elif aimed is not None and not _instant(review.get("submitted_at")) > aimed:
                # What was reviewed against another branch showed other changes.
                refused.append(_("{reference} was reviewed for another branch than {branch}", reference=reference, branch=self.branch))
            elif why := self._permission_problem(account, _of(review, "user")):
                refused.append(why)
            else:
                yield Review(account, str(review.get("commit_id") or ""), _instant(review.get("submitted_at")))

    def _aimed_at_this_branch(self, number: int) -> datetime | None:
        """When a pull request was last aimed at another branch than before, by GitHub's record; None where it never was."""
        events = self.github.list(f"/repos/{self.name}/issues/{number}/events")
        changes = [
            _instant(_of(each, "created_at"), datetime.max.replace(tzinfo=UTC)) for each in events if _of(each, "event") in _BASE_CHANGES
        ]
        return max(changes, default=None)

    def _permission_problem(self, account: int, user: Any) -> str:
        """Why an account may not approve here; empty when it may. What a review says about its author's rank is not asked."""
        login = str(_of(user, "login") or "")
        if _of(user, "type") == "Bot":
            # An app has no permission to ask for: the policy lists it by its number, or it does not count.
            return ""
        if not _LOGIN.fullmatch(login):
            return _("account {number} has a name that cannot be asked about", number=account)
        if login not in self._permissions:
            try:
                said = self.github.get(f"/repos/{self.name}/collaborators/{login}/permission")
            except ForgeTrouble as error:
                if error.kind != "missing":
                    raise
                said = {}
            self._permissions[login] = identifier(_of(_of(said, "user"), "id")), str(_of(said, "permission") or "none")
        number, permission = self._permissions[login]
        if number is not None and number != account:
            return _("account {number} has given its name to another account since", number=account)
        if number is None or permission not in _MAY_WRITE:
            return _("account {number} may not write to the repository, so its review does not count", number=account)
        return ""

    def _hands(self, pull: Mapping[str, Any], own: Mapping[str, Commit]) -> tuple[Mapping[str, frozenset[int]], frozenset[str]]:
        """By commit, the accounts that wrote, committed or pushed it; and the commits of which not every hand is known."""
        self._learn_accounts(int(pull["number"]), own)
        pushes = self._pushes(pull, own)
        hands: dict[str, frozenset[int]] = {}
        unknown: set[str] = set()
        for oid, commit in own.items():
            made = [self._accounts.get(address) for address in (commit.contributors.author, commit.contributors.committer)]
            pushers = [actor for actor, brought in pushes if oid in brought]
            if None in pushers or (not pushers and None in made):
                unknown.add(oid)
            hands[oid] = frozenset(who for who in (*made, *pushers) if who is not None) - {WEB_FLOW}
        return hands, frozenset(unknown)

    def _learn_accounts(self, number: int, own: Mapping[str, Commit]) -> None:
        """Find out which accounts the addresses in these commits belong to: asked once for each address, by a commit that has it."""
        made = {oid: (commit.contributors.author, commit.contributors.committer) for oid, commit in own.items()}
        if all(address in self._accounts for addresses in made.values() for address in addresses):
            return
        listed = self._listed_commits(number)
        for oid, addresses in made.items():
            for role, address in zip(("author", "committer"), addresses, strict=True):
                if oid in listed and self._accounts.get(address) is None:
                    self._accounts[address] = identifier(_of(_of(listed[oid], role), "id"))

    def _listed_commits(self, number: int) -> Mapping[str, Any]:
        """The commits of a pull request as GitHub lists them, by their ids: those that it showed."""
        if number not in self._commits:
            listed = self.github.list(f"/repos/{self.name}/pulls/{number}/commits")
            self._commits[number] = {str(_of(each, "sha")): each for each in listed}
        return self._commits[number]

    def _before_pushed(self, number: int, arrived: str, log: CommitLog) -> str | None:
        """The commit of the default branch before a pull request whose own commits were pushed there: the first that it did not show."""
        listed = self._listed_commits(number)
        position = log.positions[arrived]
        while position >= 0 and log.first_parents[position] in listed:
            position -= 1
        return log.first_parents[position] if position >= 0 else None

    def _pushes(self, pull: Mapping[str, Any], own: Mapping[str, Commit]) -> list[tuple[int | None, Collection[str]]]:
        """Who pushed to the branch of a pull request since it began, with the commits that each push brought; none where GitHub does not tell."""
        head = _of(pull, "head")
        name, ref = str(_of(_of(head, "repo"), "full_name") or ""), str(_of(head, "ref") or "")
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", name) or not ref:
            return []
        try:
            listed = self.github.list(f"/repos/{name}/activity?ref={quote(f'refs/heads/{ref}', safe='')}")
        except ForgeTrouble as error:
            if error.kind not in ("missing", "forbidden", "refused", "moved"):
                raise
            return []
        pushes: list[tuple[int | None, Collection[str]]] = []
        for activity in _life_of_branch(listed, str(_of(head, "sha"))):
            before, after = str(_of(activity, "before") or ""), str(_of(activity, "after") or "")
            if not after.strip("0"):
                continue
            brought = self._reachable(after, own)
            # What an unknown push brought is not known: it may have brought everything.
            pushes.append(
                (
                    identifier(_of(_of(activity, "actor"), "id")),
                    set(own) if brought is None else brought - (self._reachable(before, own) or set()),
                )
            )
        return pushes

    def _reachable(self, tip: str, own: Mapping[str, Commit]) -> set[str] | None:
        """The pull request's commits that a commit comes after, itself too; None where this clone lacks it."""
        if not _OID.fullmatch(tip) or self.repo.commit_id(tip) is None:
            return None
        reached: set[str] = set()
        waiting = [tip] if tip in own else [oid for oid in own if self.repo.is_ancestor(oid, tip)]
        while waiting:
            oid = waiting.pop()
            if oid in own and oid not in reached:
                reached.add(oid)
                waiting += own[oid].parents
        return reached

    def _open(self, pull: Any) -> OpenPullRequest | None:
        number, head = identifier(_of(pull, "number")), _of(pull, "head")
        oid, ref, owner = str(_of(head, "sha") or ""), str(_of(head, "ref") or ""), _of(_of(head, "repo"), "owner")
        if number is None or not _OID.fullmatch(oid) or identifier(_of(_of(_of(pull, "base"), "repo"), "id")) != self.identity().number:
            return None
        is_here = identifier(_of(_of(head, "repo"), "id")) == self.identity().number
        labels = tuple(str(_of(label, "name")) for label in _of(pull, "labels") or () if _of(label, "name"))
        reviewers = tuple(who for each in _of(pull, "requested_reviewers") or () if (who := identifier(_of(each, "id"))) is not None)
        branch = ref if is_here else f"{_of(owner, 'login') or '?'}:{ref}"
        return OpenPullRequest(number, str(_of(pull, "title") or ""), oid, branch, _of(pull, "draft") is True, labels, reviewers, pull)


def _life_of_branch(activities: Sequence[Any], head: str) -> list[Any]:
    """Of what happened under a branch's name, the newest first, what belongs to the branch that ended at this commit: back to its creation."""
    starts = [position for position, each in enumerate(activities) if _of(each, "after") == head]
    life = []
    for each in activities[starts[0] if starts else 0 :]:
        life.append(each)
        if _of(each, "activity_type") == "branch_creation" and starts:
            break
    return life


def _change_of_mind(state: str, reference: str) -> str:
    if state == "changes_requested":
        return _("changes were requested in {reference}", reference=reference)
    return _("the approval of {reference} was dismissed", reference=reference)


def _state(event: Any) -> str:
    return str(_of(event, "state") or "").casefold()


def _of(value: Any, name: str) -> Any:
    """A field of a JSON object; None where there is no such object."""
    return value.get(name) if isinstance(value, dict) else None


def _instant(text: Any, otherwise: datetime = datetime(1970, 1, 1, tzinfo=UTC)) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return otherwise
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _unreadable(name: str) -> ForgeTrouble:
    return ForgeTrouble(_("GitHub tells no number of the repository {name}", name=name), kind="unreadable")
