"""Reviews of pull requests as claims: each approves what its pull request showed, as the reviewed commit has it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from marronnier.approval.evidence import ReviewClaims
from marronnier.approval.policy_standing import PolicyStanding
from marronnier.desk import post_parser
from marronnier.files import TEAM_FOLDERS
from marronnier.forge import Forge, ForgeTrouble
from marronnier.git import GitError, Repo
from marronnier.git.commit_log import CommitLog, differences
from marronnier.messages import _
from marronnier.model.approval_policy import Policy
from marronnier.model.claim import NOW_OR_LATER, ChangeRequest, Claim, Contributors, EarlierHands, ReviewProof
from marronnier.model.plan import Digests
from marronnier.model.publication import Publication
from marronnier.model.review import PullRequest, Review
from marronnier.proofs.copied_commits import copies_of
from marronnier.proofs.versions import VersionHistory

MOST_COMMITS = 6
"""Commits of the default branch that brought one publication as it is, of which the pull requests are asked for, the newest first.

As many more, which came later and changed nothing in it, are asked only about what is not approved otherwise.
"""


@dataclass
class ReviewReader:
    """Reads which reviews approve a publication. The forge is asked only about what is judged."""

    repo: Repo
    forge: Forge
    log: CommitLog
    """The commits of the default branch."""
    history: VersionHistory
    repository: str = ""
    """The repository that the ledger names."""
    contributors: dict[str, Contributors] = field(default_factory=dict)
    """Who made the commits of the pull requests that were read."""
    _changed: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    _earlier: dict[tuple[str, str], tuple[EarlierHands, ...]] = field(default_factory=dict)
    _problem: str | None = None

    def claims(
        self, publication: Publication, standing: PolicyStanding, requests: Iterable[Claim], *, all_versions: bool = False
    ) -> ReviewClaims:
        """The claims that reviews make on a publication of the default branch, and why other reviews of it do not count.

        With `all_versions`, also on what it was before with other words.
        """
        return self._read(publication, standing, lambda: self._commits(publication, requests, all_versions=all_versions))

    def later_claims(self, publication: Publication, standing: PolicyStanding) -> ReviewClaims:
        """The claims of pull requests that the forge squashed into one commit after another had brought the same words: they changed nothing there."""
        return self._read(publication, standing, lambda: self._later_commits(publication))

    def _read(self, publication: Publication, standing: PolicyStanding, commits: Callable[[], list[str]]) -> ReviewClaims:
        accounts = _accounts(standing)
        if not accounts:
            return ReviewClaims()
        if why := self.problem():
            return ReviewClaims(why=why, unread=True)
        claims: list[Claim] = []
        requests: list[ChangeRequest] = []
        refused: list[str] = []
        try:
            for commit in commits():
                for pull in self.forge.pull_requests(commit, self.log, accounts.keys()):
                    refused += pull.refused
                    claims += self._claims_of(pull, publication, accounts, refused)
                    requests += self._change_requests_in(pull, publication, accounts)
        except ForgeTrouble as error:
            return ReviewClaims(why=_unread_reason(error.brief), unread=True)
        except GitError:
            return ReviewClaims(why=_("its reviews cannot be read, so it is not approved: git cannot read what was reviewed"), unread=True)
        return ReviewClaims(tuple(dict.fromkeys(claims)), refused[-1] if refused else "", change_requests=tuple(dict.fromkeys(requests)))

    def claims_on(self, pull: PullRequest, publication: Publication, base: str, policy: Policy) -> ReviewClaims:
        """The claims that reviews of an open pull request make, as if it were merged into a commit of the default branch now."""
        if pull.unread:
            return ReviewClaims(why=_unread_reason(pull.unread), unread=True)
        refused = list(pull.refused)
        claims = tuple(self._claims_of(pull, publication, _accounts_of(policy), refused, base))
        requests = tuple(self._change_requests_in(pull, publication, _accounts_of(policy), base))
        return ReviewClaims(claims, refused[-1] if refused else "", change_requests=requests)

    def earlier_hands(self, publication: Publication, commit: str) -> tuple[EarlierHands, ...]:
        """Who brought a commit that changed a publication to the default branch: by each pull request that it came by, or by a push there.

        Nobody where the branch does not have it.
        """
        if commit not in self.log.commits:
            return ()
        known = (publication.key, commit)
        if known not in self._earlier:
            try:
                self._earlier[known] = tuple(self._makers(publication, commit)) or self._pushers(commit)
            except ForgeTrouble as error:
                self._earlier[known] = (EarlierHands(unread=_unread_reason(error.brief)),)
            except GitError:
                self._earlier[known] = (EarlierHands(is_known=False),)
        return self._earlier[known]

    def _makers(self, publication: Publication, commit: str) -> Iterator[EarlierHands]:
        for pull in self.forge.makers(commit, self.log):
            self.contributors |= pull.contributors
            if commit in pull.contributors:
                made: tuple[str, ...] = (commit,)
            elif len(self.log.commits[commit].parents) < 2:
                # The forge made it of the pull request, by a squash or a rebase.
                made = self._made_in(pull, publication) or tuple(pull.contributors)
            else:
                # A merge that mixed two texts is the work of whoever merged.
                continue
            hands = frozenset().union(*(pull.hands.get(oid, frozenset()) for oid in made))
            is_known = pull.is_readable and pull.author is not None and not pull.unknown_hands.intersection(made)
            copied = made if commit not in pull.contributors else ()
            yield EarlierHands(hands | ({pull.author} if pull.author is not None else frozenset()), pull.reference, copied, is_known)

    def _made_in(self, pull: PullRequest, publication: Publication) -> tuple[str, ...]:
        """The commits of a merged pull request that made a publication another."""
        if not pull.is_readable:
            return ()
        merge_base = self.repo.try_text("merge-base", "--end-of-options", pull.before, pull.head) if pull.before is not None else ""
        return tuple(self._made_by(pull, pull.head, merge_base, publication)) if merge_base is not None else ()

    def _pushers(self, commit: str) -> tuple[EarlierHands, ...]:
        accounts, is_known = self.forge.pushers(self.log.commits[commit], self.log)
        return (EarlierHands(accounts, is_known=is_known),)

    def claim_now(self, pull: PullRequest | None, person: str, publication: Publication, base: str, policy: Policy) -> Claim | None:
        """The claim that a review by somebody would make now; None without a pull request, and of whom the policy gives no account."""
        account = policy.approvers[person].github
        if pull is None or account is None:
            return None
        reviewed = replace(pull, reviews=(Review(account, pull.head, NOW_OR_LATER),))
        return next((replace(claim, by=person) for claim in self.claims_on(reviewed, publication, base, policy).claims), None)

    def problem(self) -> str:
        """Why no review can be read here at all; empty where they can, or the forge has none. Asked once."""
        if self._problem is None:
            self._problem = self.forge.reviews_problem(self.repository)
        return self._problem

    @property
    def known_problem(self) -> str:
        """The problem, where somebody asked for one; empty otherwise."""
        return self._problem or ""

    def _commits(self, publication: Publication, requests: Iterable[Claim], *, all_versions: bool) -> list[str]:
        """Commits of the default branch's own line with which these words came, or a request for them, the newest first."""
        versions = self.history.versions(publication)
        if not versions or versions[-1].digests is None:
            return []
        current = versions[-1].digests
        # What a merge brought may have been there already, by another pull request: it counts where it arrived.
        commits = [
            version.arrived
            for version in versions
            if version.digests is not None
            and (all_versions or version.digests.words == current.words)
            and version.arrived is not None
            and version.arrived in self.log.positions
            and not (version.parents and versions[version.parents[0]].digests == version.digests)
        ]
        # A request of the same words for another date counts too: whether that approval is kept, the judgement tells.
        commits += [request.arrived for request in requests if request.arrived is not None and request.digests.words == current.words]
        return sorted(set(commits), key=self.log.positions.__getitem__, reverse=True)[:MOST_COMMITS]

    def _later_commits(self, publication: Publication) -> list[str]:
        """Commits that the forge made, after the words came, of pull requests that brought nothing new to them, the newest first."""
        versions = self.history.versions(publication)
        if not versions or versions[-1].digests is None:
            return []
        words = versions[-1].digests.words
        alike = (each.arrived for each in versions if each.digests is not None and each.digests.words == words)
        same = [self.log.positions[arrived] for arrived in alike if arrived is not None and arrived in self.log.positions]
        later = self.log.first_parents[min(same, default=len(self.log.first_parents)) + 1 :]
        asked = set(self._commits(publication, (), all_versions=False))
        made = (oid for oid in reversed(later) if oid not in asked and self.forge.squashed(self.log.commits[oid]))
        return list(islice(made, MOST_COMMITS))

    def _claims_of(
        self, pull: PullRequest, publication: Publication, accounts: Mapping[int, str], refused: list[str], base: str | None = None
    ) -> Iterator[Claim]:
        before = base if base is not None else pull.before
        self.contributors |= pull.contributors
        for review in pull.reviews:
            merge_base = self.repo.try_text("merge-base", "--end-of-options", before, review.commit) if before is not None else ""
            if merge_base is None:
                refused.append(_("{reference} shares no commit with the branch that it was merged into", reference=pull.reference))
                continue
            digests, shown = self._shown(review, merge_base, publication)
            if digests is None:
                continue
            if not shown and not self._is_asked_for(pull, review, publication, digests):
                refused.append(
                    _("{reference} did not show it: an approval counts for what a pull request changes", reference=pull.reference)
                )
                continue
            proof = ReviewProof(
                review.account,
                pull.reference,
                pull.author,
                tuple(self._made_by(pull, review.commit, merge_base, publication)) if shown else (),
                pull.hands,
                pull.unknown_hands,
                copies_of(pull, self.log),
            )
            yield Claim(
                accounts[review.account],
                publication.key,
                digests,
                review.at,
                pull.reference,
                pull.arrived or pull.head,
                review.commit,
                review=proof,
            )

    def _change_requests_in(
        self, pull: PullRequest, publication: Publication, accounts: Mapping[int, str], base: str | None = None
    ) -> Iterator[ChangeRequest]:
        """The standing requests to change what the pull request shows of a publication."""
        before = base if base is not None else pull.before
        for review in pull.change_requests:
            words = ""
            if self.repo.commit_id(review.commit) is not None:
                merge_base = self.repo.try_text("merge-base", "--end-of-options", before, review.commit) if before is not None else ""
                digests, shown = self._shown(review, merge_base, publication) if merge_base is not None else (None, False)
                if digests is None or not (shown or self._is_asked_for(pull, review, publication, digests)):
                    continue
                words = digests.words
            yield ChangeRequest(accounts[review.account], pull.reference, words, review.at)

    def _shown(self, review: Review, merge_base: str, publication: Publication) -> tuple[Digests | None, bool]:
        """What the reviewed commit makes of a publication, and whether that is something else than where the branch began."""
        digests = self._digests_at(review.commit, merge_base, review.commit, publication)
        return digests, digests != (self._digests_at(merge_base, merge_base, review.commit, publication) if merge_base else None)

    def _is_asked_for(self, pull: PullRequest, review: Review, publication: Publication, digests: Digests) -> bool:
        """Whether the reviewed commits ask for exactly this by name."""
        return any(
            named.key in (publication.key, publication.key.partition("~")[0])
            and (named.digests == digests)
            and self.repo.is_ancestor(oid, review.commit)
            for oid, named in pull.requested
        )

    def _made_by(self, pull: PullRequest, head: str, merge_base: str, publication: Publication) -> Iterator[str]:
        """The pull request's commits, up to this one, that made the publication another than each of their parents had it."""
        reached = _reaching(pull, head)
        for oid in pull.contributors:
            if oid in reached:
                digests = self._digests_at(oid, merge_base, head, publication)
                parents = [self._digests_at(parent, merge_base, head, publication) for parent in pull.parents[oid]]
                if digests is not None and digests not in parents:
                    yield oid

    def _digests_at(self, commit: str, merge_base: str, reviewed: str, publication: Publication) -> Digests | None:
        """The digests of a publication at a commit of a pull request, or just before it; None where it does not exist there."""
        return self.history.digests_at(commit, publication, self._paths_changed(merge_base, reviewed, publication))

    def _paths_changed(self, merge_base: str, reviewed: str, publication: Publication) -> tuple[str, ...]:
        """Files that a publication may depend on and that only the pull request had: the post itself elsewhere, other media, other settings."""
        if (merge_base, reviewed) not in self._changed:
            if merge_base:
                pair = (merge_base, reviewed)
                paths = {change.path for change in differences(self.repo, [pair], TEAM_FOLDERS).get(pair, ())}
            else:
                listed = self.repo.run("ls-tree", "-r", "-z", "--name-only", "--end-of-options", reviewed, *TEAM_FOLDERS)
                paths = set(listed.decode("utf-8", "surrogateescape").split("\0")) - {""}
            self._changed[merge_base, reviewed] = tuple(sorted(paths))
        return tuple(
            path
            for path in self._changed[merge_base, reviewed]
            if "\n" not in path
            and (not post_parser.is_post_path(path) or self._may_hold(path, (merge_base, reviewed), publication.post.id))
        )

    def _may_hold(self, path: str, commits: Iterable[str], post_id: str) -> bool:
        blobs = (self.repo.read(f"{commit}:./{path}") for commit in commits if commit)
        return any(post_id in post_parser.possible_ids(path, blob) for blob in blobs if blob is not None)


def _unread_reason(why: str) -> str:
    return _("its reviews cannot be read, so it is not approved: {why}", why=why)


def _reaching(pull: PullRequest, head: str) -> frozenset[str]:
    """The pull request's commits that a commit comes after, and itself."""
    reached: set[str] = set()
    waiting = [head]
    while waiting:
        oid = waiting.pop()
        if oid in pull.parents and oid not in reached:
            reached.add(oid)
            waiting += pull.parents[oid]
    return frozenset(reached)


def _accounts(standing: PolicyStanding) -> Mapping[int, str]:
    """By account, the person whom the policy that judges gives it to."""
    return _accounts_of(standing.policy)


def _accounts_of(policy: Policy) -> Mapping[int, str]:
    accounts: dict[int, str] = {}
    for person, approver in policy.approvers.items():
        if approver.github is not None:
            # One account is one vote, however many people it is given to.
            accounts.setdefault(approver.github, person)
    return accounts
