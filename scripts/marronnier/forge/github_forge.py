"""GitHub as a forge: everything that plain Git is, and pull requests with their reviews beside it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from marronnier.forge import approval_commits as commits
from marronnier.forge import github_freeze, github_workflows
from marronnier.forge import moved_repository as moved
from marronnier.forge.conversations import Conversations
from marronnier.forge.github_approval_request import RequestOpener, compare_url
from marronnier.forge.github_connection import GitHubConnection
from marronnier.forge.github_conversations import GitHubConversations
from marronnier.forge.github_repository import GitHubRepository
from marronnier.forge.plain_git import MOST_BRANCHES, PlainGit
from marronnier.forge.protocol import Branch, BranchListing, DefaultBranch, RequestWords, Submission
from marronnier.forge.pull_requests import OpenPullRequest, PullRequestReader
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import Repo
from marronnier.git.commit_log import Commit, CommitLog
from marronnier.messages import _
from marronnier.model.claim import Claim, NamedDigests, PolicyClaim, SignatureStatus
from marronnier.model.review import PullRequest
from marronnier.web import Web

if TYPE_CHECKING:
    from marronnier.forge.github_comments import GitHubComments

BRAND_FILE = "brand/brand.yml"
ITS_ADDRESS = "noreply@github.com"
"""The committer's address in commits that GitHub makes (https://github.com/web-flow.gpg, seen 2026-11-28)."""
T = TypeVar("T")


class GitHub(PlainGit):
    """A repository on GitHub. Approvals are signed commits, as in plain Git, or reviews of pull requests."""

    def __init__(self, repo: Repo, place: GitHubRepository) -> None:
        super().__init__(repo)
        self.place = place
        self._trouble: ForgeTrouble | None = None
        """Why GitHub cannot be asked at all now: the first such answer holds for the whole run."""

    def reviews_problem(self, repository: str = "") -> str:
        """Why the reviews of this repository cannot be read at all, or are none of its ledger's; empty where they can."""
        if not self.place.token:
            return _("reviews on GitHub cannot be read without a token: set GITHUB_TOKEN")
        if self.place.is_loopback and not self._has_clock:
            return _("GITHUB_API_URL is on this machine, which only a brand with a `clock` may ask: no review counts")
        try:
            return self._other_repository_reason(repository)
        except ForgeTrouble as error:
            return _("reviews cannot be read now: {why}", why=error.brief)

    def repository_name(self) -> str:
        """`owner/name`."""
        return self.place.name

    def repository_id(self) -> str:
        """The repository's number on GitHub, as a ledger names it; empty where GitHub does not tell."""
        if not self._may_ask:
            return ""
        try:
            return f"github:{self._asked(self._reader.identity).number}"
        except ForgeTrouble:
            return ""

    def repository_problem(self, repository: str, *, private: bool) -> str:
        """Why nothing may go out: it is another repository than the ledger's, or it was made public. Empty where GitHub does not tell."""
        if not self._may_ask:
            return ""
        try:
            if why := self._other_repository_reason(repository):
                return why
            is_public = self._asked(self._reader.identity).is_public
        except ForgeTrouble:
            return ""
        if private and is_public:
            return _(
                "{name} is public on GitHub, and brand/brand.yml says `private: true`: make it private again, or take that line out",
                name=self.place.name,
            )
        return ""

    def _other_repository_reason(self, repository: str) -> str:
        """Why this is not the repository of the ledger, or of the job that runs; empty where it is. Raises ForgeTrouble."""
        kind, _colon, number = repository.partition(":")
        wanted = tuple(filter(None, (number if kind == "github" else "", str(self.place.number or ""))))
        try:
            found = str(self._asked(self._reader.identity).number)
        except ForgeTrouble as error:
            if error.kind != "moved":
                raise
            return moved.reason(self._github, self.place, self.repo, wanted[0] if wanted else "")
        named = next((each for each in wanted if each != found), "")
        return moved.copy_reason(self._github, self.place, self.repo, found, named) if named else ""

    def pull_requests(self, commit: str, log: CommitLog, accounts: Collection[int]) -> tuple[PullRequest, ...]:
        """The pull requests by which a commit came to the default branch, with the reviews of these accounts. Raises ForgeTrouble."""
        return self._asked(lambda: self._reader.merged(commit, log, accounts))

    def makers(self, commit: str, log: CommitLog) -> tuple[PullRequest, ...]:
        """The merged pull requests by which a commit came, with whose hands made their commits. Raises ForgeTrouble."""
        return self._asked(lambda: self._reader.makers(commit, log))

    def pushers(self, commit: Commit, log: CommitLog) -> tuple[frozenset[int], bool]:
        """The accounts that made a commit or pushed it to the default branch itself, and whether all are known. Raises ForgeTrouble."""
        return self._asked(lambda: self._reader.hands.of_pushed(commit, log, self.repo.default_branch()))

    def squashed(self, commit: Commit) -> bool:
        """Whether GitHub committed it, with one parent, as its button "Squash and merge" does."""
        return commit.contributors.committer == ITS_ADDRESS and len(commit.parents) == 1

    def branches(self, default: DefaultBranch, accounts: Collection[int] = ()) -> BranchListing:
        """Branches as plain Git has them; those with an open pull request are in review, and forks' pull requests stand beside them."""
        listing = super().branches(default)
        if not self.place.token or self._trouble is not None or self.reviews_problem():
            return listing
        try:
            pulls = self._asked(self._reader.open)
        except ForgeTrouble as error:
            return BranchListing(listing.shown, listing.left_out, (_("Pull requests are not shown: {why}.", why=error.brief),))
        shown, notices = list(listing.shown), []
        self._reader.fetch_all(pulls[:MOST_BRANCHES])
        for pull in pulls[:MOST_BRANCHES]:
            try:
                branch = self._proposed(pull, default, accounts)
            except ForgeTrouble as error:
                notices.append(_("The reviews of #{number} are not shown: {why}.", number=pull.number, why=error.brief))
                branch = self._proposed(pull, default, accounts, unread=error.brief)
            if branch is None:
                notices.append(_("The commits of #{number} cannot be fetched, so it is not shown.", number=pull.number))
                continue
            shown = [each for each in shown if not self._is_same(each, pull)]
            shown.append(branch)
        return BranchListing(tuple(shown), listing.left_out + len(pulls[MOST_BRANCHES:]), tuple(notices))

    def branch_at(self, default: DefaultBranch, name: str, commit: str, accounts: Collection[int] = ()) -> Branch | None:
        """What a commit proposes, as plain Git has it; with the reviews of the open pull request that has this head. Raises ForgeTrouble."""
        if accounts and not self.reviews_problem():
            pull = next((pull for pull in self._asked(self._reader.open) if pull.head == commit), None)
            branch = self._proposed(pull, default, accounts) if pull is not None else None
            if branch is not None:
                return replace(branch, name=name)
        return super().branch_at(default, name, commit, accounts)

    def comments(self) -> GitHubComments:
        """Where its pull requests are commented on. Raises ForgeTrouble without a token, and for a rehearsal that is none."""
        from marronnier.forge.github_comments import GitHubComments

        self._require_access()
        return GitHubComments(self.repo, self._github, self.place)

    def _is_same(self, branch: Branch, pull: OpenPullRequest) -> bool:
        """Whether a branch has nothing that a pull request lacks. A clone's own branch may be ahead."""
        is_copy = branch.tip == pull.head or branch.name == f"origin/{pull.branch}"
        return is_copy or (branch.name == pull.branch and self.repo.is_ancestor(branch.tip, pull.head))

    def _proposed(self, pull: OpenPullRequest, default: DefaultBranch, accounts: Collection[int], unread: str = "") -> Branch | None:
        """An open pull request as a proposal; None where its commits cannot be read, or it has nothing that the default branch lacks.

        `unread`: why its reviews cannot be read, and are not asked for again. Raises ForgeTrouble.
        """
        if not self._reader.fetch(pull.number, pull.head):
            return None
        merge_base = self.repo.try_text("merge-base", default.commit, pull.head)
        if merge_base is None:
            return None
        if unread:
            read = self._reader.without_reviews(pull, unread)
        else:
            read = self._asked(lambda: self._reader.read_open(pull, default.commit, accounts))
        own = commits.read_own(self.repo, pull.head, default.commit)
        requested = tuple(named for commit in own.values() for named in commits.requests_in(commit))
        claims = commits.claims_in(own.values(), dict.fromkeys(own, pull.head))
        return Branch(
            pull.branch, pull.head, merge_base, not pull.is_draft, requested, claims, commits.contributors_in(own),
            read, pull.labels, pull.reviewers, f"{self.place.server}/{self.place.name}/pull/{pull.number}",
            pull.title, pull.opened_by, pull.opened_at,
        )  # fmt: skip

    def verify(self, claim: Claim, signers: bytes) -> SignatureStatus:
        """Whether a claim is proved: a review by the forge itself, which told of it just now; any other by its signature."""
        return "good" if claim.review is not None else super().verify(claim, signers)

    def verify_policy(self, claim: PolicyClaim, signers: bytes) -> SignatureStatus:
        """Whether a claim on a policy is proved, as `verify`."""
        return "good" if claim.review is not None else super().verify_policy(claim, signers)

    def request(self, publications: Sequence[NamedDigests], words: RequestWords, head: str, new_branch: str | None) -> Submission:
        """Ask by a commit as in plain Git; then push its branch and open a pull request. Raises Trouble."""
        submission = super().request(publications, words, head, new_branch)
        return self._proposed_to_reviewers(submission, publications, words) if self.repo.has_remote() else submission

    def resume_request(self, branch: Branch, publications: Sequence[NamedDigests], words: RequestWords) -> Submission | None:
        """Push the branch of a request and open its pull request; None where there is one. Raises Trouble."""
        if branch.pull_request is not None or not self.repo.has_remote():
            return None
        name = branch.name.removeprefix("origin/")
        steps = (_("Run `git push origin {branch}` so that others see it.", branch=shlex.quote(name)), "")
        return self._proposed_to_reviewers(Submission(branch.tip, name, is_new_branch=True, next_steps=steps), publications, words)

    def _proposed_to_reviewers(self, submission: Submission, publications: Sequence[NamedDigests], words: RequestWords) -> Submission:
        """A request whose branch is pushed and has a pull request, or the request with what people do for that."""
        if not self._may_ask:
            by_hand = compare_url(self.place, self.repo.default_branch(), submission.branch)
            steps = (*submission.next_steps[:1], _("Then open a pull request at {url}, and a reviewer approves it there.", url=by_hand))
            return replace(submission, next_steps=steps)
        opener = RequestOpener(self.repo, self._github, self.place)
        return opener.open(submission, words, [f"Ask: {named}" for named in publications], self.repo.default_branch())

    @property
    def has_conversations(self) -> bool:
        """Whether there is a token to ask with. Nothing is asked."""
        return bool(self.place.token)

    def conversations(self, repository: str = "") -> Conversations:
        """The issues and pull requests. Raises ForgeTrouble where they cannot be read, or are none of the ledger's repository."""
        self._require_access()
        if why := self._other_repository_reason(repository):
            raise ForgeTrouble(why, kind="refused")
        return GitHubConversations(self._github, self._reader)

    def freeze_reason(self) -> str:
        """The label on an open issue, asked now. Without a token labels cannot be read, and freeze nothing. Raises ForgeTrouble."""
        return github_freeze.freeze_reason(self._github, self.place) if self._may_ask else ""

    def dispatch(self, workflow: str, inputs: Mapping[str, str], *, branch: str = "") -> None:
        """Start a workflow on a branch, else on the default branch, once. Raises ForgeTrouble."""
        self._require_access()
        github_workflows.dispatch(self._github, self.place, workflow, inputs, branch or self.repo.default_branch())

    def _asked(self, ask: Callable[[], T]) -> T:
        """What GitHub answers. Once it gives no answer at all, it is not asked again in this run. Raises ForgeTrouble."""
        if self._trouble is not None:
            raise self._trouble
        try:
            return ask()
        except ForgeTrouble as error:
            if error.is_of_the_forge:
                self._trouble = error
            raise

    def _require_access(self) -> None:
        """Raises ForgeTrouble without a token, and for a rehearsal that is none."""
        if not self.place.token:
            raise ForgeTrouble(
                _("Nothing is read or written on GitHub without a token"),
                _("Set GITHUB_TOKEN to one that may do this; in a workflow, `permissions:` says what its own may."),
                kind="credentials",
            )
        if not self._may_ask:
            raise ForgeTrouble(
                _("GITHUB_API_URL is on this machine, which only a brand with a `clock` may ask"),
                _("Unset GITHUB_API_URL."),
                kind="refused",
            )

    @property
    def _may_ask(self) -> bool:
        """Whether there is a token, and GitHub may be asked with it: one on this machine only for a brand that lives at an instant of its own."""
        return bool(self.place.token) and (not self.place.is_loopback or self._has_clock)

    @cached_property
    def _github(self) -> GitHubConnection:
        return GitHubConnection(self.place.token, self.place.api, web=Web(loopback=self.place.is_loopback))

    @cached_property
    def _reader(self) -> PullRequestReader:
        return PullRequestReader(self.repo, self._github, self.place.name, self.repo.default_branch())

    @cached_property
    def _has_clock(self) -> bool:
        """Whether the default branch gives the brand a clock of its own: then nothing of it leaves this machine."""
        from marronnier.files.document import parse_yaml

        commit = self.repo.default_commit() or self.repo.head()
        raw = self.repo.read(f"{commit}:./{BRAND_FILE}") if commit else None
        return bool(raw) and "clock" in parse_yaml(BRAND_FILE, raw or b"").data
