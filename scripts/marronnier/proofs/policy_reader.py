"""Reads policies: from a commit, from the ledger, and how the two stand to each other; and who wrote and approved the change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from marronnier import desk as desks
from marronnier.approval import Version
from marronnier.approval.contributors import contributing_commits
from marronnier.approval.policy_change import resolved
from marronnier.approval.policy_standing import PolicyEvidence, PolicyStanding, judge_change
from marronnier.desk import Desk
from marronnier.desk.commit_tree import CommitTree
from marronnier.files import TEAM_FOLDERS, Tree
from marronnier.forge import Forge
from marronnier.git import GitError, Repo
from marronnier.git.allowed_signers import plain_keys_of
from marronnier.git.commit_log import CommitLog, read_commits
from marronnier.ledger import Damaged, Ledger, continued_first, missing_policy_damage, named_repository
from marronnier.model.claim import Contributors
from marronnier.model.plan import Digests
from marronnier.model.policy_document import AdoptedPolicy, PolicyDocument
from marronnier.model.publication import canonical_json
from marronnier.model.where import Where
from marronnier.proofs.policy_reviews import read_policy_reviews

APPROVALS = "brand/approvals.yml"
SIGNERS = "brand/allowed_signers"
POLICY_FILES = (APPROVALS, SIGNERS, "brand/channels.yml", "brand/brand.yml")
"""The files that make the policy."""

PUBLISHER = "publisher"
FORMAT = 1
"""The version of the form in which the ledger keeps a policy."""

_PARSED: dict[bytes, PolicyDocument] = {}


def signers_at(repo: Repo, commit: str) -> bytes:
    """`brand/allowed_signers` at a commit; empty when it is not there."""
    return repo.read(f"{commit}:./{SIGNERS}") or b""


def policy_blob(repo: Repo, commit: str, desk: Desk | None = None) -> bytes:
    """The policy at a commit as the ledger keeps it. `desk` is that commit's, where it was loaded already."""
    desk = desk or desks.load(CommitTree(repo, commit), only="")
    return _policy_blob(desk, repo.read(f"{commit}:./{APPROVALS}") or b"", signers_at(repo, commit))


def policy_of_tree(desk: Desk) -> PolicyDocument:
    """The policy that a desk would have, read from its own tree: of commits that are not merged."""
    approvals, signers = (desk.tree.read(path) if desk.tree.exists(path) else b"" for path in (APPROVALS, SIGNERS))
    return parse_policy(_policy_blob(desk, approvals, signers))


def _policy_blob(desk: Desk, approvals: bytes, signers: bytes) -> bytes:
    channels = desk.channels.channels
    return canonical_json(
        {
            "format": FORMAT,
            "approvals": approvals.decode("utf-8", "replace"),
            "allowed_signers": signers.decode("utf-8", "replace"),
            "channels": {name: {"where": Where.of(channel).as_json(), "was": list(channel.was)} for name, channel in channels.items()},
            "groups": {name: list(desk.expand((name,))) for name in desk.channels.groups},
            **({"clock": True} if desk.brand.clock is not None else {}),
        }
    )


def policy_digest(repo: Repo, commit: str) -> str:
    """The digest of the policy at a commit."""
    return parse_policy(policy_blob(repo, commit)).digest


def parse_policy(blob: bytes) -> PolicyDocument:
    """The policy that a blob of the ledger holds. Raises ValueError for what is none."""
    if blob in _PARSED:
        return _PARSED[blob]
    try:
        fields = json.loads(blob)
        approvals, signers = str(fields["approvals"]).encode(), str(fields["allowed_signers"]).encode()
        places = {str(name): Where.from_json(each["where"]) for name, each in fields["channels"].items()}
        former = {str(name): tuple(map(str, each["was"])) for name, each in fields["channels"].items()}
        groups = {str(name): tuple(map(str, members)) for name, members in fields["groups"].items()}
        has_clock = bool(fields.get("clock"))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is no policy of a ledger") from error
    names = {**groups, **{old: (name,) for name, was in former.items() for old in was}, **{name: (name,) for name in places}}

    def expand(wanted: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(channel for name in wanted for channel in names.get(name, names.get(name.casefold(), ()))))

    policy = resolved(desks.load(_OneFile(APPROVALS, approvals), only="").policy, expand)
    keys = {person: plain_keys_of(signers, person) for person in (*policy.approvers, PUBLISHER)}
    _PARSED[blob] = PolicyDocument(policy, keys, places, former, has_clock)
    return _PARSED[blob]


def adopted_policies(ledger: Ledger) -> tuple[AdoptedPolicy, ...]:
    """The policies that came into force, oldest first. Raises Damaged where the ledger lost what one of them was."""
    policies = []
    for event in ledger.policies.events:
        blob = ledger.payload(str(event.data.get("payload", "")))
        try:
            document = parse_policy(blob or b"")
        except ValueError as error:
            raise Damaged(missing_policy_damage(event.seq)) from error
        by, is_reset = tuple(map(str, event.data.get("by", ()))), event.data.get("cause") == "reset"
        policies.append(AdoptedPolicy(event.seq, document, str(event.data.get("commit", "")), event.at, by, is_reset))
    return tuple(policies)


def read_standing(repo: Repo, forge: Forge, ledger: Ledger, log: CommitLog, desk: Desk | None = None) -> PolicyStanding:
    """Which policy is in force by the ledger, and how the one at the head of these commits differs. `desk` is the head's, where it is loaded."""
    proposed = parse_policy(policy_blob(repo, log.head, desk))
    adopted = adopted_policies(ledger)
    if not adopted:
        return PolicyStanding(proposed)
    standing = PolicyStanding(proposed, adopted)
    if not standing.changes:
        return standing
    approval = judge_change(
        adopted[-1],
        proposed,
        change_evidence(repo, forge, log, standing, ledger.brand.ledger.first or "", named_repository(repo, ledger.head)),
    )
    return PolicyStanding(proposed, adopted, approval)


def change_evidence(
    repo: Repo, forge: Forge, log: CommitLog, standing: PolicyStanding, ledger: str, repository: str = ""
) -> PolicyEvidence:
    """What the change from the policy in force to the one at the head of these commits is judged on. `repository` is the ledger's."""
    last = standing.adopted[-1]
    made = _contributors(repo, log, last, standing.proposed)
    digest_at = partial(policy_digest, repo)
    reviews = read_policy_reviews(repo, forge, log, last, standing.proposed, POLICY_FILES, digest_at, repository, made)
    made = {oid: who for oid, who in made.items() if oid not in reviews.copies}
    return PolicyEvidence(
        claims=(*forge.policy_claims(log), *reviews.claims),
        unread=reviews.why,
        hands=reviews.hands,
        verify=lambda claim: forge.verify_policy(claim, last.document.signers),
        is_signed_by=lambda oid, person: forge.is_signed_by(oid, person, standing.contributor_keys),
        ledger=ledger,
        continued_ledger=continued_first(repo, ledger),
        contributors={**made, **reviews.contributors},
    )


def _contributors(repo: Repo, log: CommitLog, last: AdoptedPolicy, proposed: PolicyDocument) -> Mapping[str, Contributors]:
    """The commits that made the policy what it is since the one in force. What a merge only brings along, it did not make."""
    since = (f"^{last.commit}",) if last.commit and repo.is_ancestor(last.commit, log.head) else ()
    try:
        listed = repo.text("rev-list", "--topo-order", "--reverse", "--parents", log.head, *since, "--", *POLICY_FILES)
    except GitError:
        listed = ""
    versions: list[Version] = []
    positions: dict[str, int] = {}
    for line in listed.splitlines():
        oid, *parents = line.split()
        positions[oid] = len(versions)
        digests = Digests(policy_digest(repo, oid), "")
        versions.append(Version(oid, tuple(positions[parent] for parent in parents if parent in positions), digests))
    in_force = last.document.digest
    made = contributing_commits(versions, lambda digests, _commits: digests.words == in_force)
    commits = made.get(Digests(proposed.digest, ""), frozenset())
    known = {oid: log.commits[oid] for oid in commits if oid in log.commits}
    missing = [oid for oid in commits if oid not in known]
    if missing:
        known |= read_commits(repo, "--no-walk=unsorted", *missing)
    return {oid: commit.contributors for oid, commit in known.items()}


class _OneFile(Tree):
    """One file as a tree."""

    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
        self._data = data

    @property
    def skipped_paths(self) -> Mapping[str, str]:
        """None: it is a plain file."""
        return {}

    def paths(self, folders: Sequence[str] = TEAM_FOLDERS) -> tuple[str, ...]:
        """The file, where it is below one of these folders."""
        return (self._path,) if self._path.startswith(tuple(f"{folder}/" for folder in folders)) else ()

    def read(self, path: str) -> bytes:
        """Its bytes. Raises FileNotFoundError."""
        if path != self._path:
            raise FileNotFoundError(2, "not this file", path)
        return self._data

    def size(self, path: str) -> int:
        """Its size in bytes. Raises FileNotFoundError."""
        return len(self.read(path))

    def sha256(self, _path: str) -> str:
        """No medium stands in it."""
        return ""

    def exists(self, path: str) -> bool:
        """Whether it is this file."""
        return path == self._path
