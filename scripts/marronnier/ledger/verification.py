"""Walking the whole ledger, commit by commit: each one signed, each one only adding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from marronnier.git import CatFile, GitError, Repo
from marronnier.ledger import push, trust
from marronnier.ledger.damage import Damage, altered_payload_damage, bad_line_damage, unexpected_file_damage, unreadable_object_damage
from marronnier.ledger.events import BadLine, compare_lines, history_path, key_from_path, parse_history, payload_digest_from_path, sha256
from marronnier.ledger.identity import IDENTITY_FILE, Identity, chain_start, identity_mismatch
from marronnier.ledger.store import blob_id, is_shared
from marronnier.messages import Trouble, _
from marronnier.model.brand import Brand
from marronnier.model.history import History


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One file in one commit."""

    commit: str
    path: str
    mode: str
    old: str
    """The blob before, all zeros when the file is new."""
    new: str
    """The blob after, all zeros when the file is gone."""


def verify(repo: Repo, brand: Brand) -> tuple[Damage, ...]:
    """Everything that is wrong with the ledger: empty when it is sound, or when this brand never had one.

    Asks origin first when there is one. Raises Trouble when that, or a signature, cannot be told.
    """
    if repo.has_remote():
        try:
            push.fetch(repo)
        except GitError as error:
            raise Trouble(
                _("origin does not answer: {said}", said=push.last_error_line(error)),
                _("Run this again when it does: the ledger is there."),
            ) from None
    found = push.ledger_references(repo)
    head, seen, first = found.get(push.TRACKED if repo.has_remote() else push.BRANCH), found.get(push.SEEN), brand.ledger.first
    if first is None:
        return (trust.unnamed_branch_damage(head),) if head is not None else ()
    if head is None:
        return (trust.missing_branch_damage(first, seen),)
    damages = [*_rewind_damages(repo, head, found)]
    lineage = tuple(trust.root_damages(repo, head, first))
    damages += lineage
    damages += _signature_damages(repo, brand, head)
    if not lineage:
        damages += CommitWalk(repo, head, first).damages()
    return tuple(dict.fromkeys(damages))


def _rewind_damages(repo: Repo, head: str, found: Mapping[str, str]) -> Iterator[Damage]:
    """Whether the head still stands on all that this clone and the checkpoint tags remember."""
    seen = found.get(push.SEEN)
    if seen is not None and (back := trust.rewind_damage(repo, head, seen, push.SEEN)):
        yield back
    below = set(repo.text("rev-list", "--end-of-options", head).splitlines())
    days: dict[str, str] = {}
    for name, oid in push.sorted_checkpoints(found):
        if days.setdefault(name, oid) != oid:
            yield Damage(
                "moved-checkpoint",
                name,
                _("The checkpoint {name} at origin is not the one that was made here.", name=name),
                _("Find out who moved the tag; protect the tags `ledger-checkpoint/*` from being moved or deleted."),
            )
        if oid != seen and oid not in below and (back := trust.rewind_damage(repo, head, oid, name)):
            yield back


def _signature_damages(repo: Repo, brand: Brand, head: str) -> Iterable[Damage]:
    if not brand.ledger.unsigned:
        return trust.signature_damages(repo, (head,), trust.allowed_signers(repo, repo.default_commit()))
    if repo.has_remote() and is_shared(repo):
        return (
            Damage(
                "unsigned-commit",
                head,
                _("The ledger is not signed, and origin is shared: anybody who can push could forge it."),
                _("Only a purely local ledger may be unsigned. Start a signed one with `marronnier ledger init`."),
            ),
        )
    return ()


class CommitWalk:
    """The state of one walk from the first commit to the head."""

    def __init__(self, repo: Repo, head: str, first: str) -> None:
        self.repo = repo
        self.head = head
        self.first = first
        self.start = ""
        self.lines: dict[str, bytes] = {}
        """The lines of every publication, by path, as of the commit reached."""
        self.removed: set[str] = set()
        """Payloads taken out by a commit."""
        self.kept: set[str] = set()
        """Payloads that stand in the tree."""
        self.blamed: set[str] = set()
        """Paths already named: one damage is told once."""

    def damages(self) -> Iterator[Damage]:
        """Everything that a commit did beside adding, then everything that does not fit in what the head holds."""
        try:
            yield from self._merge_damages()
            steps = self._file_versions()
            with self.repo.open_reader() as batch:
                yield from self._identity_damages(batch)
                contents = batch.read_all(step.new for step in steps if step.new.strip("0"))
                for step in steps:
                    yield from self._file_damages(step, next(contents) if step.new.strip("0") else None)
        except GitError as error:
            # The walk cannot go past an object that git itself cannot read.
            yield unreadable_object_damage(push.last_error_line(error))
            return
        yield from self._chain_damages()

    def _merge_damages(self) -> Iterator[Damage]:
        for line in self.repo.text("rev-list", "--min-parents=2", "--end-of-options", self.head).splitlines():
            yield Damage(
                "merged",
                line,
                _("Commit {commit} merges two ledgers: the publisher never does.", commit=line[:12]),
                _("Find out who made it, and put the branch `ledger` back to the commit before."),
            )

    def _file_versions(self) -> list[FileVersion]:
        """Every file of every commit, oldest first."""
        commits = self.repo.run("rev-list", "--reverse", "--topo-order", "--end-of-options", self.head)
        raw = self.repo.run("diff-tree", "--stdin", "-r", "-m", "--root", "--raw", "-z", "--no-renames", "--no-abbrev", stdin=commits)
        steps, commit = [], ""
        words = iter(raw.decode("utf-8", "replace").split("\0"))
        for word in words:
            if word.startswith(":"):
                _old_mode, mode, old, new, _status = word[1:].split(" ")
                steps.append(FileVersion(commit, next(words), mode, old, new))
            elif word:
                commit = word.strip().split(" ")[0]
        return steps

    def _identity_damages(self, batch: CatFile) -> Iterator[Damage]:
        data = batch.read(f"{self.first}:{IDENTITY_FILE}") or b""
        self.start = chain_start(data)
        try:
            wrong = identity_mismatch(self.repo, Identity.parse(data), f"{self.first}:{IDENTITY_FILE}", self.repo.default_commit())
        except ValueError:
            wrong = trust.changed_identity_damage(self.first)
        if wrong is not None:
            yield wrong

    def _file_damages(self, step: FileVersion, data: bytes | None) -> Iterator[Damage]:
        gone = not step.new.strip("0")
        if (digest := payload_digest_from_path(step.path)) is not None:
            yield from self._payload_damages(step, digest, data, gone=gone)
        elif step.path == IDENTITY_FILE:
            if step.commit != self.first:
                yield trust.changed_identity_damage(step.commit)
        elif key_from_path(step.path) is None or (not gone and step.mode != "100644"):
            yield _with_commit(step.commit, unexpected_file_damage(step.path))
        elif gone:
            self.lines.pop(step.path, None)
            self.blamed.add(step.path)
            yield Damage(
                "dropped-file",
                step.path,
                _("Commit {commit} removed {path}: the ledger forgets nothing.", commit=step.commit[:12], path=step.path),
                _("Put the branch `ledger` back to the commit before it, after finding out who made it."),
            )
        elif data is None or blob_id(data, len(step.new)) != step.new:
            self.blamed.add(step.path)
            yield unreadable_object_damage(step.path)
        else:
            yield from self._history_damages(step, data)

    def _history_damages(self, step: FileVersion, data: bytes) -> Iterator[Damage]:
        before = self.lines.get(step.path)
        self.lines[step.path] = data
        if before is not None and (bad := compare_lines(before, data)) is not None:
            self.blamed.add(step.path)
            yield _with_commit(step.commit, bad_line_damage(step.path, bad))

    def _payload_damages(self, step: FileVersion, digest: str, data: bytes | None, *, gone: bool) -> Iterator[Damage]:
        if gone:
            self.removed.add(digest)
            self.kept.discard(digest)
            return
        self.kept.add(digest)
        if data is None:
            # A payload that was removed later may be gone from the disk too: only the head must hold its own.
            self.kept.discard(digest)
        elif sha256(data) != digest:
            yield _with_commit(step.commit, altered_payload_damage(digest))

    def _chain_damages(self) -> Iterator[Damage]:
        """The chain of each publication at the head, and the payloads its seals name."""
        for path, data in sorted(self.lines.items()):
            key = key_from_path(path)
            if key is None or path in self.blamed:
                continue
            try:
                history = parse_history(key, data, self.start)
            except BadLine as bad:
                yield bad_line_damage(path, bad)
            else:
                yield from self._missing_payload_damages(history)

    def _missing_payload_damages(self, history: History) -> Iterator[Damage]:
        for event in history.events:
            digest = event.data.get("payload")
            if event.name == "sealed" and isinstance(digest, str) and digest not in self.kept and digest not in self.removed:
                yield Damage(
                    "missing-payload",
                    f"{history_path(history.key)}:{event.seq + 1}",
                    _("{key}: the payload that was sealed is not in the ledger ({digest}).", key=history.key, digest=digest[:12]),
                    _("Nothing can be sent from this seal: have the post approved again, or put the branch `ledger` back."),
                )


def _with_commit(commit: str, damage: Damage) -> Damage:
    return Damage(
        damage.kind, damage.where, _("{message} Commit {commit} did it.", message=damage.message, commit=commit[:12]), damage.next
    )
