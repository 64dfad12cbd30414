"""Plain Git as a forge: the default branch, the branches ahead of it, and the approvals that commits carry. Works offline."""

from __future__ import annotations

import shlex
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from marronnier.forge import approval_commits as commits
from marronnier.forge import approval_signature
from marronnier.forge.commit_signatures import verify_signatures
from marronnier.forge.conversations import Conversations
from marronnier.forge.nobody_approves import nobody_approves_error
from marronnier.forge.protocol import ApprovalDraft, Branch, BranchListing, DefaultBranch, RequestWords, Submission
from marronnier.git import GitError, NotInstalled, Repo
from marronnier.git.allowed_signers import keys_of
from marronnier.git.commit_log import Commit, CommitLog, read_commits
from marronnier.messages import Trouble, _, ngettext
from marronnier.model.approval_policy import Policy
from marronnier.model.claim import ApprovalStatement, Claim, NamedDigests, PolicyClaim, SignatureStatus
from marronnier.model.policy_document import PolicyDocument
from marronnier.model.review import PullRequest

MOST_BRANCHES = 60
"""Branches shown as proposals, the newest first: a bound, not a rule."""
MOST_VERIFIED = 200
"""Commits whose signatures one process verifies together."""
LEDGER_BRANCH = "ledger"


class PlainGit:
    """A repository without any review tool: branches are proposals, and signed commits approve. Everything read is remembered."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self._claiming: dict[str, list[str]] = {}
        """By person: the commits of the default branch that claim an approval by them."""
        self._signatures: dict[tuple[str, str, bytes], SignatureStatus] = {}
        self._signed: dict[str, bool] = {}

    def default_branch(self) -> DefaultBranch:
        """The default branch as origin has it, as last fetched; the clone's own only without an origin. Raises Trouble before any commit."""
        repo = self.repo
        name = repo.default_branch()
        commit = repo.published_commit(name)
        if commit is None:
            head = repo.head()
            if head is None:
                raise Trouble(_("There is no commit yet on {branch}", branch=name), _("Run `git add -A` and `git commit`, then try again."))
            return DefaultBranch(name, head, (_("There is no branch {branch} here; the current commit is used instead.", branch=name),))
        return DefaultBranch(name, commit, tuple(self._notices(name)))

    def _notices(self, name: str) -> Iterator[str]:
        """What people must know of how this clone stands to origin."""
        repo = self.repo
        if not repo.has_remote():
            return
        local, remote = repo.commit_id(f"refs/heads/{name}"), repo.origin_commit(name)
        if remote is None:
            yield _(
                "{branch} is not on origin yet, and nothing goes out before it is: run `git push -u origin {branch}`.",
                branch=shlex.quote(name),
            )
            return
        if (fetched_at := repo.fetched_at()) is not None and (age := _age(time.time() - fetched_at)):
            yield _("origin/{branch} is shown as it was fetched {age}: run `git fetch` to see what is there now.", branch=name, age=age)
        if local is None or repo.is_ancestor(local, remote):
            return
        if not repo.is_ancestor(remote, local):
            yield _("{branch} and origin/{branch} have diverged; the version on origin is used: run `git pull`.", branch=name)
            return
        count = int(repo.text("rev-list", "--count", f"{remote}..{local}"))
        yield ngettext(
            "{branch} has {count} commit that is not on origin yet: run `git push`.",
            "{branch} has {count} commits that are not on origin yet: run `git push`.",
            count,
            branch=name,
        )

    def branches(self, default: DefaultBranch, accounts: Collection[int] = ()) -> BranchListing:
        """Branches with commits that the default branch lacks, local and remote, each once, the newest first. Raises GitError."""
        del accounts
        listing = self.repo.text(
            "for-each-ref", "--sort=-committerdate", f"--no-merged={default.commit}", "--format=%(objectname) %(refname) %(symref)",
            "refs/heads", "refs/remotes",
        )  # fmt: skip
        tips: dict[str, str] = {}
        for line in listing.splitlines():
            oid, ref, symref = [*line.split(" ", 2), ""][:3]
            name = ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")
            local_name = name if ref.startswith("refs/heads/") else name.partition("/")[2]
            # What the clone's own default branch has more than origin's is a proposal like any other.
            is_copy = local_name == default.name and not ref.startswith("refs/heads/")
            if not symref and not is_copy and local_name != LEDGER_BRANCH:
                tips[name] = oid
        distinct = self._without_copies(tips)
        newest = dict(list(distinct.items())[:MOST_BRANCHES])
        ahead = read_commits(self.repo, *newest.values(), f"^{default.commit}") if newest else {}
        branches = (self._branch(name, tip, default, _own_commits(tip, ahead)) for name, tip in newest.items())
        return BranchListing(tuple(branch for branch in branches if branch is not None), len(distinct) - len(newest))

    def branch_at(self, default: DefaultBranch, name: str, commit: str, accounts: Collection[int] = ()) -> Branch | None:
        """What a commit proposes; None where the default branch has it, or shares no commit with it."""
        own = read_commits(self.repo, commit, f"^{default.commit}")
        return self._branch(name, commit, default, own) if own else None

    def _branch(self, name: str, tip: str, default: DefaultBranch, own: Mapping[str, Commit]) -> Branch | None:
        """A branch and its own commits; None when it shares no commit with the default branch."""
        # What its own commits come after is the default branch's. Only where that is more than one commit must git compare them.
        before = {parent for commit in own.values() for parent in commit.parents if parent not in own}
        merge_base = next(iter(before)) if len(before) == 1 else self.repo.try_text("merge-base", default.commit, tip)
        if merge_base is None:
            return None
        requested = tuple(named for commit in own.values() for named in commits.requests_in(commit))
        claims = commits.claims_in(own.values(), dict.fromkeys(own, tip))
        return Branch(name, tip, merge_base, bool(requested), requested, claims, commits.contributors_in(own))

    def _without_copies(self, tips: dict[str, str]) -> dict[str, str]:
        """One name for each tip, and of a branch and its remote copy the one that is ahead; both when they went apart."""
        unique: dict[str, str] = {}
        order = {name: position for position, name in enumerate(tips)}
        for name, tip in sorted(tips.items(), key=lambda pair: ("/" in pair[0] and pair[0].partition("/")[2] in tips, order[pair[0]])):
            local_name = name.partition("/")[2]
            if tip in unique.values():
                continue
            if local_name in unique and local_name in tips:
                if self.repo.is_ancestor(tip, unique[local_name]):
                    continue
                if self.repo.is_ancestor(unique[local_name], tip):
                    unique[local_name] = tip
                    continue
            unique[name] = tip
        return unique

    def claims(self, log: CommitLog) -> tuple[Claim, ...]:
        """Every claim that the commits of the default branch carry, oldest first."""
        claims = commits.claims_in(log.commits.values(), log.arrivals)
        self._claiming = {}
        for claim in claims:
            if not claim.is_request and claim.statement is None:
                self._claiming.setdefault(claim.by, []).append(claim.proof)
        return claims

    def requested_keys(self, log: CommitLog, default: DefaultBranch) -> tuple[str, ...]:
        """Keys that `Ask:` commits of the branch at hand name, each once."""
        own = set(self.repo.text("rev-list", "HEAD", f"^{default.commit}").split())
        requested = (named for oid, commit in log.commits.items() if oid in own for named in commits.requests_in(commit))
        return tuple(dict.fromkeys(named.key for named in requested))

    def pull_requests(self, commit: str, log: CommitLog, accounts: Collection[int]) -> tuple[PullRequest, ...]:
        """None: plain Git has no reviews."""
        del commit, log, accounts
        return ()

    def makers(self, commit: str, log: CommitLog) -> tuple[PullRequest, ...]:
        """None: plain Git has no pull requests."""
        del commit, log
        return ()

    def pushers(self, commit: Commit, log: CommitLog) -> tuple[frozenset[int], bool]:
        """Nobody, and not every one is known: plain Git does not tell who pushed."""
        del commit, log
        return frozenset(), False

    def squashed(self, commit: Commit) -> bool:
        """False: plain Git makes no commit by itself."""
        del commit
        return False

    def reviews_problem(self, repository: str = "") -> str:
        """Nothing: there are no reviews to read."""
        del repository
        return ""

    def repository_name(self) -> str:
        """None: plain Git has no name for a repository."""
        return ""

    def repository_id(self) -> str:
        """None: plain Git has no number for a repository."""
        return ""

    def repository_problem(self, repository: str, *, private: bool) -> str:
        """Nothing: plain Git knows a repository by its first commit, which the ledger checks itself."""
        del repository, private
        return ""

    def policy_claims(self, log: CommitLog) -> tuple[PolicyClaim, ...]:
        """Every claim on a policy that the commits of the default branch carry, oldest first."""
        return commits.policy_claims_in(log.commits.values())

    def verify(self, claim: Claim, signers: bytes) -> SignatureStatus:
        """Whether the claim is signed by its person's key: by its own signature, or in the older form by its commit's."""
        if claim.statement is not None:
            return approval_signature.verify(claim.statement, keys_of(signers, claim.by))
        return self._signature(claim.proof, claim.by, signers)

    def verify_policy(self, claim: PolicyClaim, signers: bytes) -> SignatureStatus:
        """Whether a claim on a policy is signed by its person's key."""
        return approval_signature.verify(claim.statement, keys_of(signers, claim.by)) if claim.statement is not None else "none"

    def is_signed_by(self, commit: str, person: str, signers: bytes) -> bool:
        """Whether a commit is signed by a person's key."""
        return self._signature(commit, person, signers) == "good"

    def _signature(self, commit: str, person: str, signers: bytes) -> SignatureStatus:
        if not self._has_signature(commit):
            return "none"
        if (commit, person, signers) not in self._signatures:
            # One process for all that this person claims, not one for each claim.
            together = dict.fromkeys((commit, *self._claiming.get(person, ())))
            unverified = [oid for oid in together if (oid, person, signers) not in self._signatures]
            for oid, status in verify_signatures(self.repo, unverified[:MOST_VERIFIED], person, signers).items():
                self._signatures[oid, person, signers] = status
        return self._signatures[commit, person, signers]

    def _has_signature(self, commit: str) -> bool:
        """Whether a commit carries any signature at all; that costs far less than checking one."""
        if commit not in self._signed:
            raw = self.repo.read(commit) or b""
            self._signed[commit] = b"\ngpgsig" in raw.split(b"\n\n", 1)[0]
        return self._signed[commit]

    def freeze_reason(self) -> str:
        """Nothing: without a forge there is no other place to say it than `calendar/freeze.yml`."""
        return ""

    def dispatch(self, workflow: str, inputs: Mapping[str, str], *, branch: str = "") -> None:
        """Raises Trouble: plain Git starts nothing."""
        raise Trouble(
            _("Nobody here can start another run: origin is plain Git"),
            _("Leave out `--relay`, or use `marronnier watch`, which needs no successor."),
        )

    @property
    def has_conversations(self) -> bool:
        """Plain Git has no issues."""
        return False

    def conversations(self, repository: str = "") -> Conversations | None:
        """None: plain Git has no issues."""
        del repository
        return None

    def require_identity(self) -> None:
        """Raises Trouble when git does not know who commits here."""
        self.repo.require_identity()

    def addresses(self) -> frozenset[str]:
        """The addresses of the author and the committer that git will write."""
        return frozenset(_address(self.repo.text("var", variable)) for variable in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"))

    def approver(self, policy: Policy, name: str | None) -> str:
        """The id that is named, else the only one with the address of whoever commits here. Raises Trouble."""
        if not policy.approvers:
            raise nobody_approves_error(policy)
        known = ", ".join(policy.approvers)
        if name is not None:
            if name not in policy.approvers:
                raise Trouble(_("{who} is not among the approvers of brand/approvals.yml", who=name), _("It knows: {known}.", known=known))
            return name
        configured = (self.repo.try_text("config", "--get", "user.email") or _address(self.repo.require_identity())).casefold()
        committer = _address(self.repo.text("var", "GIT_COMMITTER_IDENT"))
        addresses = {configured, committer}
        ids = [person for person, listed in policy.approvers.items() if addresses & {email.casefold() for email in listed.emails}]
        if len(ids) != 1:
            raise Trouble(
                _("brand/approvals.yml does not say which approver {address} is", address=committer or configured),
                _("Say who approves: `--as ID`. It knows: {known}.", known=known),
            )
        return ids[0]

    def signing_key(self, person: str, policy: PolicyDocument, file: Path | None) -> str:
        """The SSH key to sign with, as git takes it; empty when the policy lets approvals be unsigned and there is none. Raises Trouble."""
        key = self._configured_key(policy.policy, file)
        if key and not keys_of(policy.signers, person):
            raise Trouble(
                _("brand/allowed_signers has no key of {who} that is in force", who=person),
                _(
                    'Add the line `{who} namespaces="git" ssh-ed25519 …` with the public key, have that merged first, and approved: `marronnier policy` says by whom.',
                    who=person,
                ),
            )
        return key

    def _configured_key(self, policy: Policy, file: Path | None) -> str:
        if file is not None:
            if not file.is_file():
                raise Trouble(_("There is no key {file}", file=file), _("Name the file of your SSH key, like ~/.ssh/id_ed25519."), status=2)
            return str(file.resolve())
        configured = self.repo.try_text("config", "--get", "user.signingkey") or ""
        kind = self.repo.try_text("config", "--get", "gpg.format") or "openpgp"
        if configured and kind == "ssh":
            return configured
        if policy.unsigned:
            return ""
        raise Trouble(
            _("An approval must be signed with your SSH key, and git does not know which that is"),
            _("Run `git config gpg.format ssh` and `git config user.signingkey ~/.ssh/id_ed25519.pub`, or add `--key FILE`."),
        )

    def request(self, publications: Sequence[NamedDigests], words: RequestWords, head: str, new_branch: str | None) -> Submission:
        """Write an empty commit that asks, upon `head`, on the branch at hand or on a new one. Raises Trouble."""
        commit = commits.write_empty_commit(self.repo, head, words.heading, [f"Ask: {named}" for named in publications], "")
        if new_branch is None:
            branch = self.repo.require_branch()
            commits.advance_branch(self.repo, "HEAD", commit, head, "ask")
        else:
            branch = commits.free_branch_name(self.repo, new_branch)
            commits.advance_branch(self.repo, f"refs/heads/{branch}", commit, "", "ask")
        next_steps = (
            [_("Run `git push origin {branch}` so that others see it.", branch=shlex.quote(branch))] if self.repo.has_remote() else []
        )
        next_steps.append(_("A reviewer reads it there, then runs `marronnier approve --all-in-review`."))
        return Submission(commit, branch, new_branch is not None, tuple(next_steps))

    def resume_request(self, branch: Branch, publications: Sequence[NamedDigests], words: RequestWords) -> Submission | None:
        """None: the branch itself is the request."""
        del branch, publications, words
        return None

    def approve(self, approval: ApprovalDraft) -> Submission:
        """Write an empty commit that carries a signed approval, on the branch at hand, the signature checked first. Raises Trouble."""
        key, person, default = approval.key, approval.person, approval.default
        statement = approval_signature.statement(person, approval.contents, approval.ledger, approval.head)
        if key:
            statement = self._sign(statement, key)
            if approval_signature.verify(statement, keys_of(approval.signers, person)) != "good":
                raise Trouble(
                    _("The signature is not by a key of {who} that is in force: nothing was approved", who=person),
                    _("Sign with that key: `--key FILE`, or `git config user.signingkey FILE`. `marronnier policy` says what is in force."),
                )
        commit_key = key if self.repo.try_text("config", "--type=bool", "--get", "commit.gpgsign") == "true" else ""
        commit = commits.write_empty_commit(self.repo, approval.head, approval.heading, approval_signature.trailers(statement), commit_key)
        commits.advance_branch(self.repo, "HEAD", commit, approval.head, "approve")
        branch = self.repo.require_branch()
        next_steps = []
        if not key:
            next_steps.append(_("Not signed: brand/approvals.yml says `unsigned: true`. Every status repeats this."))
        if branch != default.name:
            next_steps.append(
                _(
                    "The approval counts once the branch is merged into {default} unchanged: `git switch {default} && git merge --no-ff {branch}`.",
                    default=shlex.quote(default.name),
                    branch=shlex.quote(branch),
                )
            )
        elif self.repo.has_remote():
            next_steps.append(_("The approval counts once it is on origin: run `git push`."))
        return Submission(commit, branch, next_steps=tuple(next_steps))

    def _sign(self, statement: ApprovalStatement, key: str) -> ApprovalStatement:
        """The statement, signed by the program that git signs with. Raises Trouble."""
        program = self.repo.try_text("config", "--type=path", "--get", "gpg.ssh.program") or "ssh-keygen"
        try:
            return approval_signature.sign(statement, key, program)
        except (GitError, NotInstalled) as error:
            raise Trouble(
                _("The approval could not be signed: {said}", said=str(error)),
                _("Check the key and the agent that holds it, then try again."),
            ) from error


def _own_commits(tip: str, ahead: Mapping[str, Commit]) -> Mapping[str, Commit]:
    """The commits of one branch among those of several, parents before children."""
    reached: set[str] = set()
    waiting = [tip]
    while waiting:
        oid = waiting.pop()
        if oid in ahead and oid not in reached:
            reached.add(oid)
            waiting += ahead[oid].parents
    return {oid: commit for oid, commit in ahead.items() if oid in reached} if len(reached) < len(ahead) else ahead


def _age(seconds: float) -> str:
    """How long ago something was, in whole hours or days; empty below an hour."""
    hours = int(seconds // 3600)
    if hours < 1:
        return ""
    if hours < 48:
        return ngettext("{count} hour ago", "{count} hours ago", hours)
    return ngettext("{count} day ago", "{count} days ago", hours // 24)


def _address(identity: str) -> str:
    """The address of an identity as git writes it, `Name <mail> …`, folded."""
    return identity.rsplit(">", 1)[0].rpartition("<")[2].casefold()
