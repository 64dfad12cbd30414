"""Verification of the whole ledger, commit by commit: each is signed by the publisher and only appends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from marronnier.git import CatFile, GitError, Repo
from marronnier.ledger import policy_events, push, trust
from marronnier.ledger.checkpoints import sorted_checkpoints
from marronnier.ledger.damage import (
    Damage,
    altered_payload_damage,
    bad_line_damage,
    missing_policy_damage,
    unexpected_file_damage,
    unreadable_object_damage,
)
from marronnier.ledger.events import (
    POLICY,
    BadLine,
    compare_lines,
    history_path,
    key_from_path,
    parse_history,
    payload_digest_from_path,
    payload_path,
    sha256,
)
from marronnier.ledger.identity import IDENTITY_FILE, Identity, chain_start, identity_mismatch
from marronnier.ledger.references import astray_reason
from marronnier.ledger.store import blob_id, is_shared
from marronnier.messages import Trouble, _
from marronnier.model.brand import Brand
from marronnier.model.history import History


@dataclass(frozen=True, slots=True)
class FileVersion:
    """A file as one commit changed it."""

    commit: str
    path: str
    mode: str
    old: str
    """The blob before the commit; all zeros for a new file."""
    new: str
    """The blob after the commit; all zeros for a deleted file."""

    @property
    def is_deleted(self) -> bool:
        """Whether the commit deleted the file."""
        return not self.new.strip("0")


def verify(repo: Repo, brand: Brand) -> tuple[Damage, ...]:
    """All damage to the ledger; empty when there is none, or when this brand never had a ledger.

    Fetches from origin first when there is one. Raises Trouble when origin does not answer, or signatures cannot be checked here.
    """
    # Read before origin is asked: what is in them was at origin then.
    references, fetched = push.ledger_references(repo), dict[str, str]()
    if repo.has_remote():
        try:
            fetched = push.fetch(repo)
        except GitError as error:
            raise Trouble(push.unreachable_reason(error), _("Run this again when origin answers: the ledger is there.")) from None
    head, seen = fetched.get(push.TRACKED) if repo.has_remote() else references.get(push.BRANCH), references.get(push.SEEN)
    first = brand.ledger.first
    if first is None:
        return (trust.unnamed_branch_damage(head),) if head is not None else ()
    if head is None and brand.ledger.unsigned and repo.has_remote() and is_shared(repo):
        return (trust.shared_unsigned_damage(repo, head, first),)
    if head is None:
        return (trust.missing_branch_damage(repo, first, seen, astray_reason(repo)),)
    damages = [*rewind_damages(repo, head, references, fetched)]
    wrong_root = tuple(trust.root_damages(repo, head, first))
    damages += wrong_root
    damages += _signature_damages(repo, brand, head)
    if not wrong_root:
        damages += CommitWalk(repo, head, first, signed=not brand.ledger.unsigned).damages()
    return tuple(dict.fromkeys(damages))


def rewind_damages(repo: Repo, head: str, references: Mapping[str, str], fetched: Mapping[str, str]) -> Iterator[Damage]:
    """Damage when the head does not descend from every head that this clone and the checkpoints know, or a checkpoint was moved."""
    marks = [(push.SEEN, references[push.SEEN])] if push.SEEN in references else []
    checkpoints: dict[str, str] = {}
    for name, oid in (*sorted_checkpoints(references), *sorted_checkpoints(fetched)):
        if checkpoints.setdefault(name, oid) != oid:
            yield Damage(
                "moved-checkpoint",
                name,
                _("The checkpoint {name} on origin is not the one that was made here.", name=name),
                _("Find out who moved the tag; protect the tags `ledger-checkpoint/*` from being moved or deleted."),
            )
    ancestors = set(repo.text("rev-list", "--end-of-options", head).splitlines())
    told: list[str] = []
    for name, oid in (*marks, *reversed(checkpoints.items())):
        # One rewind takes many checkpoints away: the newest tells of all that it holds, or of all that are not in this clone.
        holds = oid in ancestors or any(repo.is_ancestor(oid, other) for other in told)
        if not holds and not (told and repo.commit_id(oid) is None) and (rewind := trust.rewind_damage(repo, head, oid, name)):
            told.append(oid)
            yield rewind


def _signature_damages(repo: Repo, brand: Brand, head: str) -> Iterable[Damage]:
    """Damage for each commit without the publisher's signature; for an unsigned ledger, damage when origin is shared."""
    if not brand.ledger.unsigned:
        return trust.signature_damages(repo, (head,), trust.allowed_signers(repo, repo.default_commit()))
    if repo.has_remote() and is_shared(repo):
        return (trust.shared_unsigned_damage(repo, head, brand.ledger.first),)
    return ()


class CommitWalk:
    """One walk over all commits of the ledger, from the first to the head."""

    def __init__(self, repo: Repo, head: str, first: str, *, signed: bool) -> None:
        self.repo = repo
        self.signed = signed
        self.head = head
        self.first = first
        self.start = ""
        self.lines: dict[str, bytes] = {}
        """The bytes of every history file, by path, as of the commit reached."""
        self.removed: set[str] = set()
        """SHA-256 of payloads that a commit removed, or that were removed before the ledger was signed."""
        self.stored: set[str] = set()
        """SHA-256 of payloads in the tree of the commit reached."""
        self.damaged: set[str] = set()
        """Paths whose damage is reported already."""

    def damages(self) -> Iterator[Damage]:
        """Damage in each commit that does more than append, then damage in the histories and payloads at the head."""
        try:
            yield from self._merge_damages()
            versions = self._file_versions()
            with self.repo.open_reader() as reader:
                yield from self._identity_damages(reader)
                contents = reader.read_all(version.new for version in versions if not version.is_deleted)
                for version in versions:
                    yield from self._file_damages(version, None if version.is_deleted else next(contents))
        except GitError as error:
            # The walk ends at an object that git itself cannot read.
            yield unreadable_object_damage(push.last_error_line(error))
            return
        yield from self._chain_damages()

    def _merge_damages(self) -> Iterator[Damage]:
        for line in self.repo.text("rev-list", "--min-parents=2", "--end-of-options", self.head).splitlines():
            yield Damage(
                "merged",
                line,
                _("Commit {commit} merges two ledgers: the publisher never does.", commit=line[:12]),
                _("Find out who made it; whoever looks after the branch `ledger` must restore the commit before."),
            )

    def _file_versions(self) -> list[FileVersion]:
        """Every file that a commit changed, oldest commit first."""
        commits = self.repo.run("rev-list", "--reverse", "--topo-order", "--end-of-options", self.head)
        raw = self.repo.run("diff-tree", "--stdin", "-r", "-m", "--root", "--raw", "-z", "--no-renames", "--no-abbrev", stdin=commits)
        versions, commit = [], ""
        words = iter(raw.decode("utf-8", "replace").split("\0"))
        for word in words:
            if word.startswith(":"):
                _old_mode, mode, old, new, _status = word[1:].split(" ")
                versions.append(FileVersion(commit, next(words), mode, old, new))
            elif word:
                commit = word.strip().split(" ")[0]
        return versions

    def _identity_damages(self, reader: CatFile) -> Iterator[Damage]:
        data = reader.read(f"{self.first}:{IDENTITY_FILE}") or b""
        self.start = chain_start(data)
        try:
            identity = Identity.parse(data)
            self.removed.update(identity.continued.removed if identity.continued is not None else ())
            damage = identity_mismatch(self.repo, identity, f"{self.first}:{IDENTITY_FILE}", self.repo.default_commit())
        except ValueError:
            damage = trust.changed_identity_damage(self.first)
        if damage is not None:
            yield damage

    def _file_damages(self, version: FileVersion, data: bytes | None) -> Iterator[Damage]:
        if (digest := payload_digest_from_path(version.path)) is not None:
            yield from self._payload_damages(version, digest, data)
        elif version.path == IDENTITY_FILE:
            if version.commit != self.first:
                yield trust.changed_identity_damage(version.commit)
        elif key_from_path(version.path) is None or (not version.is_deleted and version.mode != "100644"):
            yield _name_commit(version.commit, unexpected_file_damage(version.path))
        elif version.is_deleted:
            self.lines.pop(version.path, None)
            self.damaged.add(version.path)
            yield Damage(
                "dropped-file",
                version.path,
                _(
                    "Commit {commit} removed {path}: nothing is ever removed from the ledger.",
                    commit=version.commit[:12],
                    path=version.path,
                ),
                _("Find out who made it; whoever looks after the branch `ledger` must restore the commit before it."),
            )
        elif data is None or blob_id(data, len(version.new)) != version.new:
            self.damaged.add(version.path)
            yield unreadable_object_damage(version.path)
        else:
            yield from self._history_damages(version, data)

    def _history_damages(self, version: FileVersion, data: bytes) -> Iterator[Damage]:
        before = self.lines.get(version.path)
        self.lines[version.path] = data
        if before is not None and (bad := compare_lines(before, data)) is not None:
            self.damaged.add(version.path)
            yield _name_commit(version.commit, bad_line_damage(version.path, bad))

    def _payload_damages(self, version: FileVersion, digest: str, data: bytes | None) -> Iterator[Damage]:
        if version.is_deleted:
            self.removed.add(digest)
            self.stored.discard(digest)
            return
        self.stored.add(digest)
        if data is None:
            # A payload that a later commit removed may be missing on the disk too: only those of the head must be there.
            self.stored.discard(digest)
        elif sha256(data) != digest:
            yield _name_commit(version.commit, altered_payload_damage(digest))

    def _chain_damages(self) -> Iterator[Damage]:
        """Damage in the chain of each history at the head, and missing payloads that its seals name."""
        for path, data in sorted(self.lines.items()):
            key = key_from_path(path)
            if key is None or path in self.damaged:
                continue
            try:
                history = parse_history(key, data, self.start)
            except BadLine as bad:
                yield bad_line_damage(path, bad)
            else:
                yield from self._missing_payload_damages(history)
                if key == POLICY and self.signed:
                    yield from policy_events.signature_damages(history, self.start, self._read_payload)

    def _read_payload(self, digest: str) -> bytes | None:
        """A payload at the head; None when it is not there."""
        return self.repo.read(f"{self.head}:{payload_path(digest)}") if digest in self.stored else None

    def _missing_payload_damages(self, history: History) -> Iterator[Damage]:
        for event in history.events:
            digest = event.data.get("payload")
            if not isinstance(digest, str) or digest in self.stored:
                continue
            if event.name == "policy":
                yield missing_policy_damage(event.seq)
            elif event.name == "sealed" and digest not in self.removed:
                yield Damage(
                    "missing-payload",
                    f"{history_path(history.key)}:{event.seq + 1}",
                    _("{key}: the approved content is not in the ledger ({digest}).", key=history.key, digest=digest[:12]),
                    _("Nothing can be sent from this approval: have the post approved again."),
                )


def _name_commit(commit: str, damage: Damage) -> Damage:
    """The damage, with the commit that did it named in its message."""
    return Damage(
        damage.kind, damage.where, _("{message} The cause is commit {commit}.", message=damage.message, commit=commit[:12]), damage.next
    )
