"""The ledger as it stands: what happened to every publication, read once and believed only after it was checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from marronnier.git import GitError, Repo
from marronnier.ledger import push, trust
from marronnier.ledger.damage import Damage, Damaged
from marronnier.ledger.events import BadLine, EventDraft, key_at, parse_history, path_of, payload_path, sha256
from marronnier.ledger.identity import chain_start
from marronnier.messages import Trouble, _
from marronnier.model.brand import Brand
from marronnier.model.history import History

_BELIEVED: set[tuple[str, bytes]] = set()
"""Heads whose signature this process has checked, with the keys it was checked by: a commit's id is a digest of all that is signed."""


class Ledger:
    """What the branch `ledger` says at one commit. It never changes: `append` gives a newer one."""

    def __init__(
        self,
        repo: Repo,
        brand: Brand,
        *,
        head: str | None = None,
        began: datetime | None = None,
        start: str = "",
        warnings: Sequence[str] = (),
        remote: bool | None = None,
        known: Mapping[str, bytes] | None = None,
        histories: Mapping[str, History] | None = None,
    ) -> None:
        self.repo = repo
        self.brand = brand
        self.head = head
        """The commit it was read at; None when there is no ledger yet."""
        self.began = began
        """When it was made; what was due before is past. None when there is no ledger yet."""
        self.start = start
        """Where every chain begins: the SHA-256 of ledger.json."""
        self.warnings = tuple(warnings)
        """Sentences that whoever shows the ledger shows too."""
        self.remote = repo.has_remote() if remote is None else remote
        """Whether origin holds the truth; else the local branch does."""
        self._bytes: dict[str, bytes] = dict(known or {})
        self._parsed: dict[str, History] = {} if histories is None else dict(histories)
        self._whole = histories is not None

    @property
    def exists(self) -> bool:
        """Whether `marronnier ledger init` was ever run."""
        return self.head is not None

    @property
    def unsigned(self) -> bool:
        """Whether its commits are not signed: only for a purely local ledger."""
        return self.brand.ledger.unsigned

    @property
    def histories(self) -> Mapping[str, History]:
        """All histories by key, read in one pass. Raises Damaged at the first line that is not what was written."""
        if not self._whole:
            for key, data in self._files():
                self._keep(key, data)
            self._whole = True
        return self._parsed

    def history(self, key: str) -> History:
        """What happened to one publication; an empty history when nothing did. Raises Damaged."""
        if key not in self._parsed and not self._whole and self.head is not None:
            data = self.repo.read(f"{self.head}:{path_of(key)}")
            if data is not None:
                self._keep(key, data)
        return self._parsed.get(key) or History(key, ())

    def payload(self, digest: str) -> bytes | None:
        """The payload with that SHA-256; None when it was removed or never kept. Raises Damaged when its bytes are others."""
        try:
            path = payload_path(digest)
        except ValueError:
            return None
        data = self.repo.read(f"{self.head}:{path}") if self.head is not None else None
        if data is not None and sha256(data) != digest:
            raise Damaged(altered_payload(digest))
        return data

    def append(self, decide: Callable[[Ledger], Sequence[EventDraft]], now: datetime) -> Ledger:
        """Record all that `decide` returns, given the newest state, as one commit; nothing when it returns nothing.

        When somebody else recorded first, `decide` is asked again. Raises Contended when that goes on, Damaged, and Trouble when there is
        no ledger, no key, or origin refuses: then nothing was recorded.
        """
        from marronnier.ledger.append import append

        return append(self, decide, now)

    def bytes_of(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The files of these publications, empty for those without one."""
        unknown = [key for key in keys if key not in self._bytes and not self._whole]
        if unknown:
            names = (f"{self.head}:{path_of(key)}" for key in unknown)
            for key, data in zip(unknown, self.repo.reader().read_all(names), strict=True):
                if data is not None:
                    self._keep(key, data)
        return {key: self._bytes.get(key, b"") for key in keys}

    def grown(self, head: str, added: Mapping[str, bytes]) -> Ledger:
        """This ledger at a commit that we have just added to it."""
        newer = Ledger(
            self.repo,
            self.brand,
            head=head,
            began=self.began,
            start=self.start,
            warnings=self.warnings,
            remote=self.remote,
            known=self._bytes,
        )
        newer._parsed, newer._whole = dict(self._parsed), self._whole
        for key, data in added.items():
            newer._keep(key, data)
        return newer

    def _keep(self, key: str, data: bytes) -> None:
        try:
            self._parsed[key] = parse_history(key, data, self.start)
        except BadLine as bad:
            raise Damaged(bad_line(path_of(key), bad)) from bad
        self._bytes[key] = data

    def _files(self) -> Iterator[tuple[str, bytes]]:
        if self.head is None:
            return
        listed = self.repo.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", self.head, "publications/").split(b"\0")[:-1]
        found = []
        for row in listed:
            about, _tab, path = row.decode("utf-8", "replace").partition("\t")
            key, oid = key_at(path), about.rsplit(" ", 1)[-1]
            if key is None or not about.startswith("100644 blob "):
                raise Damaged(unexpected_file(path))
            found.append((key, oid))
        with self.repo.batch() as batch:
            for (key, oid), data in zip(found, batch.read_all(oid for _key, oid in found), strict=True):
                if data is None or blob_id(data, len(oid)) != oid:
                    raise Damaged(unreadable(path_of(key)))
                yield key, data


def blob_id(data: bytes, length: int) -> str:
    """The name git gives to these bytes: what is stored under another name was changed on the disk."""
    kind = hashlib.sha1 if length == 40 else hashlib.sha256
    return kind(b"blob %d\0" % len(data) + data).hexdigest()


def open(repo: Repo, brand: Brand, *, fetch: bool = True) -> Ledger:
    """The ledger of this brand, checked: origin's when there is an origin (asked first, unless `fetch` is False), else the local branch.

    Raises Damaged when it is not what the publisher wrote, and Trouble when that cannot be told. A brand that never had one gets a ledger
    whose `exists` is False.
    """
    first, warnings = brand.ledger.first, []
    remote = repo.remote_url()
    if remote is not None and fetch:
        try:
            push.fetch(repo)
        except GitError as error:
            warnings.append(
                _("origin does not answer ({said}): the ledger is shown as it was last fetched.", said=push.last_error_line(error))
            )
    found = push.heads(repo)
    head, seen = found.get(push.TRACKED if remote is not None else push.BRANCH), found.get(push.SEEN)
    if first is None:
        if head is not None or seen is not None:
            raise Damaged(trust.unnamed_branch(head or seen or ""))
        return Ledger(repo, brand, remote=remote is not None)
    if head is None:
        raise Damaged(trust.missing_branch(first, seen))
    default = repo.default_commit()
    if back := trust.lost_history(repo, head, found):
        raise Damaged(back)
    identity, data = trust.identity(repo, head, first, default)
    warnings += verify_head(repo, brand, head, seen, default, remote)
    push.follow_head(repo, head, found)
    return Ledger(repo, brand, head=head, began=identity.began, start=chain_start(data), warnings=warnings, remote=remote is not None)


def verify_head(repo: Repo, brand: Brand, head: str, seen: str | None, default: str | None, remote: str | None) -> Sequence[str]:
    """Check the head and every commit since the last one believed; the publisher's signature on one vouches for all below it,
    because the publisher believed them first. Gives the warnings of an unsigned ledger; raises Damaged, Trouble.
    """
    if brand.ledger.unsigned:
        if remote is not None and is_shared(repo):
            raise Trouble(
                _("The ledger is not signed, and origin is shared: anyone who can push could forge it."),
                _("Only a purely local ledger may be unsigned. Start a signed one with `marronnier ledger init`."),
            )
        return (_("The ledger is not signed: anyone who can write to this repository can change it."),)
    signers = trust.allowed_signers(repo, default)
    if (head, signers) in _BELIEVED:
        return ()
    since = ("--no-walk", head) if seen in (None, head) else (head, f"^{seen}")
    for damage in trust.unsigned_commits(repo, since, signers):
        raise Damaged(damage)
    _BELIEVED.add((head, signers))
    return ()


def is_shared(repo: Repo) -> bool:
    """Whether origin is elsewhere than in a folder of this machine."""
    url = repo.find("ls-remote", "--get-url", "origin") or ""
    return not (url.startswith(("/", "./", "../", "file://")) or ":" not in url)


def bad_line(path: str, bad: BadLine) -> Damage:
    """A line that is not what was written."""
    said = {
        "changed-line": _("{path}: line {line} was changed.", path=path, line=bad.number),
        "dropped-line": _("{path}: a line is missing before line {line}.", path=path, line=bad.number),
        "dropped-tail": _("{path}: lines are missing at the end, from line {line} on.", path=path, line=bad.number),
        "reordered-lines": _("{path}: the lines are in another order, from line {line} on.", path=path, line=bad.number),
    }
    return Damage(bad.kind, f"{path}:{bad.number}", said[bad.kind], _restore())  # type: ignore[arg-type]


def unexpected_file(path: str) -> Damage:
    """A file that the ledger never writes."""
    return Damage("unexpected-file", path, _("{path}: this is not a file of the ledger.", path=path), _restore())


def unreadable(where: str) -> Damage:
    """An object that git cannot give, or gives changed."""
    return Damage(
        "unreadable-object",
        where,
        _("{where}: git cannot read it, or its bytes were changed on the disk.", where=where),
        _("Make a fresh clone; `git fsck` shows what else is broken."),
    )


def altered_payload(digest: str) -> Damage:
    """A payload whose bytes are not those that were sealed."""
    path = payload_path(digest)
    return Damage("altered-payload", path, _("{path}: its content is not what was approved.", path=path), _restore())


def _restore() -> str:
    return _("Find out which commit did it (`marronnier ledger verify`), and put the branch `ledger` back to the one before.")
