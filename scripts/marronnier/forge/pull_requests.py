"""Pull requests of a GitHub repository: by which of them a commit came, what their reviewers said last, and whose hands made their commits.

Whatever cannot be read in full proves nothing. Logins and `author_association` are never believed: accounts are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

from marronnier.forge import approval_commits as commits
from marronnier.forge.commit_hands import CommitHands
from marronnier.forge.github_connection import GitHubConnection, identifier, member
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import GitError, Repo
from marronnier.git.commit_log import CommitLog, read_commits
from marronnier.git.origin import fetch_commit, fetch_pull_requests
from marronnier.messages import _
from marronnier.model.review import PullRequest, Review

_MAY_WRITE = ("admin", "maintain", "write")
_TAKES_NOTHING_BACK = ("commented", "pending")
_BASE_CHANGES = ("base_ref_changed", "automatic_base_change_succeeded", "base_ref_force_pushed")
"""Events of issues; the timeline does not promise them (https://docs.github.com/en/rest/using-the-rest-api/issue-event-types, seen 2026-11-28)."""
_NEVER = datetime.max.replace(tzinfo=UTC)
"""Stands for an instant that GitHub does not tell: nothing comes after it."""
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LOGIN = re.compile(r"[A-Za-z0-9_-]{1,100}(\[bot\])?")


@dataclass(frozen=True, slots=True)
class RepositoryIdentity:
    """What GitHub says of a repository."""

    number: int
    name: str
    is_public: bool
    default_branch: str
    has_issues: bool = True
    """Whether its maintainers have not switched issues off."""


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
    opened_by: str = ""
    """The name of the account that opened it."""
    opened_at: datetime | None = None


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
        self._read: dict[tuple[int, str | None, frozenset[int] | None], PullRequest] = {}
        self._fetched: set[int] = set()
        self.hands = CommitHands(repo, github, name)

    def identity(self) -> RepositoryIdentity:
        """The repository. Raises ForgeTrouble."""
        if self._identity is None:
            said = self.github.get(f"/repos/{self.name}")
            number = identifier(member(said, "id"))
            if number is None:
                raise _unreadable(self.name)
            public = said.get("visibility") == "public" or said.get("private") is False
            self._identity = RepositoryIdentity(
                number, str(said.get("full_name") or ""), public, str(said.get("default_branch") or ""), said.get("has_issues") is not False
            )
        return self._identity

    def merged(self, commit: str, log: CommitLog, accounts: Collection[int]) -> tuple[PullRequest, ...]:
        """The pull requests, merged into the default branch, that brought a commit to it. Raises ForgeTrouble."""
        return tuple(self._merged(pull, log, accounts) for pull in self._listed(commit))

    def makers(self, commit: str, log: CommitLog) -> tuple[PullRequest, ...]:
        """The merged pull requests that a commit came by, to whichever branch, with the hands in their commits. Raises ForgeTrouble."""
        return tuple(self._made(pull, log) for pull in self._listed(commit))

    def _listed(self, commit: str) -> tuple[Mapping[str, Any], ...]:
        """The merged pull requests that GitHub names for a commit."""
        if commit not in self._by_commit:
            self.identity()
            try:
                listed = self.github.list(f"/repos/{self.name}/commits/{commit}/pulls")
            except ForgeTrouble as error:
                # GitHub does not know the commit: it is not there yet.
                if error.kind not in ("missing", "refused"):
                    raise
                listed = ()
            # What was merged into another branch is told first: any other reason says more.
            self._by_commit[commit] = tuple(sorted((pull for pull in listed if self._is_merged(pull)), key=self._is_for_default_branch))
        return self._by_commit[commit]

    def open(self) -> tuple[OpenPullRequest, ...]:
        """The open pull requests to the default branch, the newest first. Raises ForgeTrouble."""
        self.identity()
        listed = self.github.list(f"/repos/{self.name}/pulls?state=open&base={quote(self.branch, safe='')}")
        return tuple(found for pull in listed if (found := self._open(pull)) is not None)

    def read_open(self, pull: OpenPullRequest, base: str, accounts: Collection[int]) -> PullRequest:
        """An open pull request with its reviews, against a commit of the default branch. Raises ForgeTrouble."""
        return self._pull_request(pull.raw, None, base, accounts)

    def without_reviews(self, pull: OpenPullRequest, why: str) -> PullRequest:
        """An open pull request of which no review can be read."""
        return PullRequest(f"#{pull.number}", pull.head, None, identifier(member(member(pull.raw, "user"), "id")), unread=why)

    def fetch_all(self, pulls: Iterable[OpenPullRequest]) -> None:
        """Fetch the commits of several pull requests together; where one of them is gone, each is fetched by itself later."""
        numbers = [pull.number for pull in pulls if self.repo.commit_id(pull.head) is None]
        try:
            if numbers:
                fetch_pull_requests(self.repo, numbers)
        except GitError:
            return
        self._fetched.update(numbers)

    def fetch(self, number: int, head: str) -> bool:
        """Make the commits of a pull request readable, also a fork's. They are never checked out."""
        if self.repo.commit_id(head) is None and number not in self._fetched:
            self._fetched.add(number)
            try:
                fetch_pull_requests(self.repo, [number])
            except GitError:
                return False
        return self.repo.commit_id(head) is not None

    def _fetch_forced_away(self, commit: str) -> None:
        """Make a commit readable that a force-push took out of its branch, where GitHub still has it."""
        if _OID.fullmatch(commit) and self.repo.commit_id(commit) is None:
            with suppress(GitError):
                fetch_commit(self.repo, commit)

    def _is_merged(self, pull: Any) -> bool:
        """Whether a pull request was merged into any branch of this repository."""
        return (
            bool(member(pull, "merged_at"))
            and identifier(member(member(member(pull, "base"), "repo"), "id")) == self.identity().number
            and identifier(member(pull, "number")) is not None
        )

    def _is_for_default_branch(self, pull: Any) -> bool:
        """Whether a pull request was merged into the default branch: an approval for another branch is none for this one."""
        return bool(member(member(pull, "base"), "ref") == self.branch)

    def _merged(self, pull: Mapping[str, Any], log: CommitLog, accounts: Collection[int]) -> PullRequest:
        merge, head = str(pull.get("merge_commit_sha") or ""), str(member(member(pull, "head"), "sha") or "")
        arrived = log.arrivals.get(merge) or log.arrivals.get(head)
        reference = f"#{pull['number']}"
        if not self._is_for_default_branch(pull):
            other = str(member(member(pull, "base"), "ref"))
            why = _("{reference} was merged into {other}, and no review of it counts for {branch}", reference=reference, other=other, branch=self.branch)  # fmt: skip
            return PullRequest(reference, head, None, None, refused=(why,))
        if arrived is None:
            why = _("{reference} was merged with a commit that is not on {branch}", reference=reference, branch=self.branch)
            return PullRequest(reference, head, None, None, refused=(why,))
        return self._pull_request(pull, arrived, log.predecessor(arrived), accounts, log)

    def _made(self, pull: Mapping[str, Any], log: CommitLog) -> PullRequest:
        """A merged pull request with the hands in its commits, and without its reviews."""
        if self._is_for_default_branch(pull):
            merge, head = str(pull.get("merge_commit_sha") or ""), str(member(member(pull, "head"), "sha") or "")
            arrived = log.arrivals.get(merge) or log.arrivals.get(head)
            if arrived is not None:
                return self._pull_request(pull, arrived, log.predecessor(arrived), None, log)
        base = str(member(member(pull, "base"), "sha") or "")
        return self._pull_request(pull, None, base if _OID.fullmatch(base) and self.repo.commit_id(base) else None, None)

    def _pull_request(
        self, pull: Mapping[str, Any], arrived: str | None, base: str | None, accounts: Collection[int] | None, log: CommitLog | None = None
    ) -> PullRequest:
        """A pull request with its reviews and its commits; `base` is the commit of the default branch before it, `log` that branch's commits.

        Without accounts no review is read.
        """
        number, wanted = int(pull["number"]), frozenset(accounts) if accounts is not None else None
        if (number, arrived, wanted) not in self._read:
            self._read[number, arrived, wanted] = self._read_pull_request(pull, arrived, base, wanted, log)
        return self._read[number, arrived, wanted]

    def _read_pull_request(
        self, pull: Mapping[str, Any], arrived: str | None, base: str | None, accounts: frozenset[int] | None, log: CommitLog | None
    ) -> PullRequest:
        number, head, author = (
            int(pull["number"]),
            str(member(member(pull, "head"), "sha") or ""),
            identifier(member(member(pull, "user"), "id")),
        )
        reference = f"#{number}"
        refused: list[str] = []
        requests: list[Review] = []
        found = list(self._approvals(number, accounts, refused, requests)) if accounts is not None else []
        if not (found or requests) and arrived is not None and accounts is not None:
            return PullRequest(reference, head, arrived, author, refused=tuple(refused))
        if not _OID.fullmatch(head) or not self.fetch(number, head):
            why = _("the commits of {reference} cannot be fetched, so what was reviewed is not known", reference=reference)
            return PullRequest(reference, head, arrived, author, refused=(why,), is_readable=False)
        if log is not None and arrived is not None and self.repo.is_ancestor(arrived, head):
            base = self._before_pushed(number, arrived, log)
        own = read_commits(self.repo, head, *((f"^{base}",) if base else ()))
        for request in requests:
            self._fetch_forced_away(request.commit)
        reviews = []
        for review in found:
            if self.repo.commit_id(review.commit) is not None and self.repo.is_ancestor(review.commit, head):
                reviews.append(review)
            else:
                refused.append(
                    _("what was reviewed in {reference} was replaced by a force-push, and is not there any more", reference=reference)
                )
        hands, unknown = self.hands.read(pull, own) if reviews or accounts is None else ({}, frozenset())
        return PullRequest(
            reference,
            head,
            arrived,
            author,
            base if arrived is not None or accounts is None else None,
            tuple(reviews),
            tuple(requests),
            tuple(dict.fromkeys(refused)),
            {oid: commit.contributors for oid, commit in own.items()},
            {oid: commit.parents for oid, commit in own.items()},
            {oid: commit.written_at for oid, commit in own.items()},
            tuple((oid, named) for oid, commit in own.items() for named in commits.requests_in(commit)),
            hands,
            unknown,
        )

    def _approvals(self, number: int, accounts: frozenset[int], refused: list[str], requests: list[Review]) -> Iterator[Review]:
        """Approvals that are the last word of an account that may approve and may write, in the order they were given.

        `refused` gains why others do not count, `requests` the requests for changes that are somebody's last word: of those the right
        to write is not asked, nor what the branch was compared with, for they can only hold something back.
        """
        reference = f"#{number}"
        last: dict[int, Mapping[str, Any]] = {}
        for review in self.github.list(f"/repos/{self.name}/pulls/{number}/reviews"):
            if _state(review) in _TAKES_NOTHING_BACK:
                continue
            account = identifier(member(member(review, "user"), "id"))
            if account is not None:
                last.pop(account, None)
                last[account] = review
            elif _state(review) == "approved":
                refused.append(_("an approval of {reference} is by an account that is gone", reference=reference))
        changed = (
            self._base_changed_at(number) if any(_state(each) == "approved" and who in accounts for who, each in last.items()) else None
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
            if _state(review) == "changes_requested":
                requests.append(Review(account, str(review.get("commit_id") or ""), _instant(review.get("submitted_at"))))
            if _state(review) != "approved":
                refused.append(_change_of_mind(_state(review), reference))
            elif changed is not None and not _instant(review.get("submitted_at")) > changed:
                # What was reviewed against another branch, or against what the branch had before, showed other changes.
                refused.append(_("the branch that {reference} is for was changed or set back after its review", reference=reference))
            elif why := self._permission_problem(account, member(review, "user")):
                refused.append(why)
            else:
                yield Review(account, str(review.get("commit_id") or ""), _instant(review.get("submitted_at")))

    def _base_changed_at(self, number: int) -> datetime | None:
        """When what a pull request is compared with last changed otherwise than by going on, by GitHub's own record; None where it never did."""
        events = self.github.list(f"/repos/{self.name}/issues/{number}/events")
        changes = [_instant(member(each, "created_at"), _NEVER) for each in events if member(each, "event") in _BASE_CHANGES]
        return max((*changes, *([self._set_back_at] if self._set_back_at is not None else ())), default=None)

    @cached_property
    def _set_back_at(self) -> datetime | None:
        """When the default branch was last forced to another commit, or made anew; None where it never was. Asked once. Raises ForgeTrouble."""
        listed = [each for kind in ("force_push", "branch_creation") for each in self.hands.activity(self.branch, kind)]
        return max((_instant(member(each, "timestamp"), _NEVER) for each in listed), default=None)

    def _permission_problem(self, account: int, user: Any) -> str:
        """Why an account may not approve here; empty when it may. What a review says about its author's rank is not asked."""
        login = str(member(user, "login") or "")
        if member(user, "type") == "Bot":
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
            self._permissions[login] = identifier(member(member(said, "user"), "id")), str(member(said, "permission") or "none")
        number, permission = self._permissions[login]
        if number is not None and number != account:
            return _("account {number} has given its name to another account since", number=account)
        if number is None or permission not in _MAY_WRITE:
            return _("account {number} may not write to the repository, so its review does not count", number=account)
        return ""

    def _before_pushed(self, number: int, arrived: str, log: CommitLog) -> str | None:
        """The commit of the default branch before a pull request whose own commits were pushed there: the first that it did not show."""
        listed = self.hands.listed_commits(number)
        position = log.positions[arrived]
        while position >= 0 and log.first_parents[position] in listed:
            position -= 1
        return log.first_parents[position] if position >= 0 else None

    def _open(self, pull: Any) -> OpenPullRequest | None:
        number, head = identifier(member(pull, "number")), member(pull, "head")
        oid, ref, owner = str(member(head, "sha") or ""), str(member(head, "ref") or ""), member(member(head, "repo"), "owner")
        if (
            number is None
            or not _OID.fullmatch(oid)
            or identifier(member(member(member(pull, "base"), "repo"), "id")) != self.identity().number
        ):
            return None
        is_here = identifier(member(member(head, "repo"), "id")) == self.identity().number
        labels = tuple(str(member(label, "name")) for label in member(pull, "labels") or () if member(label, "name"))
        reviewers = tuple(who for each in member(pull, "requested_reviewers") or () if (who := identifier(member(each, "id"))) is not None)
        branch = ref if is_here else f"{member(owner, 'login') or '?'}:{ref}"
        return OpenPullRequest(
            number, str(member(pull, "title") or ""), oid, branch, member(pull, "draft") is True, labels, reviewers, pull,
            str(member(member(pull, "user"), "login") or ""), _instant(member(pull, "created_at")),
        )  # fmt: skip


def _change_of_mind(state: str, reference: str) -> str:
    if state == "changes_requested":
        return _("changes were requested in {reference}", reference=reference)
    return _("the approval of {reference} was dismissed", reference=reference)


def _state(event: Any) -> str:
    return str(member(event, "state") or "").casefold()


def _instant(text: Any, otherwise: datetime = datetime(1970, 1, 1, tzinfo=UTC)) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return otherwise
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _unreadable(name: str) -> ForgeTrouble:
    return ForgeTrouble(_("GitHub tells no number of the repository {name}", name=name), kind="unreadable")
