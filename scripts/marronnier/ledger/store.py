"""The ledger as it stands: what happened to every publication, read once and believed only after it was checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from marronnier.git import GitError, Repo
from marronnier.ledger import push, trust
from marronnier.ledger.commit import make_commit
from marronnier.ledger.damage import (
    Contended,
    Damaged,
    altered_payload_damage,
    bad_line_damage,
    unexpected_file_damage,
    unreadable_object_damage,
)
from marronnier.ledger.events import BadLine, EventDraft, append_lines, history_path, key_from_path, parse_history, payload_path, sha256
from marronnier.ledger.identity import chain_start
from marronnier.messages import Trouble, _
from marronnier.model.brand import Brand
from marronnier.model.history import History

MAX_TRIES = 8
"""How often a race for the branch may be lost before we give up."""

ORIGIN_CHECKS = 4
"""How often origin is asked whether a push landed, when it gave no answer."""

_VERIFIED_HEADS: set[tuple[str, bytes]] = set()
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
            for key, data in self._read_all_files():
                self._parse(key, data)
            self._whole = True
        return self._parsed

    def history(self, key: str) -> History:
        """What happened to one publication; an empty history when nothing did. Raises Damaged."""
        if key not in self._parsed and not self._whole and self.head is not None:
            data = self.repo.read(f"{self.head}:{history_path(key)}")
            if data is not None:
                self._parse(key, data)
        return self._parsed.get(key) or History(key, ())

    def payload(self, digest: str) -> bytes | None:
        """The payload with that SHA-256; None when it was removed or never kept. Raises Damaged when its bytes are others."""
        try:
            path = payload_path(digest)
        except ValueError:
            return None
        data = self.repo.read(f"{self.head}:{path}") if self.head is not None else None
        if data is not None and sha256(data) != digest:
            raise Damaged(altered_payload_damage(digest))
        return data

    def append(self, decide: Callable[[Ledger], Sequence[EventDraft]], now: datetime) -> Ledger:
        """Record all that `decide` returns, given the newest state, as one commit; nothing when it returns nothing.

        When somebody else recorded first, `decide` is asked again. Raises Contended when that goes on, Damaged, and Trouble when there is
        no ledger, no key, or origin refuses: then nothing was recorded.
        """
        ledger = self
        drafts = tuple(decide(ledger))
        tried: list[str] = []
        for attempt in range(MAX_TRIES):
            if not drafts:
                return ledger
            if ledger.head is None:
                raise Trouble(_("This brand has no ledger yet."), _("Run `marronnier ledger init`."))
            added, payloads = ledger._new_files(drafts, now)
            new = make_commit(
                ledger.repo,
                ledger.head,
                {history_path(key): data for key, data in added.items()} | payloads,
                _commit_title(drafts),
                now,
                signed=not ledger.unsigned,
            )
            tried.append(new)
            refusal = None
            try:
                if push.update_head(ledger.repo, new, ledger.head, remote=ledger.remote) == "landed":
                    return ledger.with_commit(new, added)
            except push.PushRefused as error:
                refusal = error
            push.pause_before_retry(attempt)
            ledger = ledger.reopen()
            # A push whose answer was lost may land late, even after a later try was made; and words are no proof of a refusal.
            if any(ledger.repo.is_ancestor(one, ledger.head) for one in tried if ledger.head):
                return ledger
            if refusal is not None and (attempt + 1 == MAX_TRIES or not isinstance(refusal, push.BranchLocked)):
                raise refusal
            drafts = tuple(decide(ledger))
        raise Contended(
            _("Others kept recording in the ledger at the same time: {tries} tries were lost, and nothing was recorded.", tries=MAX_TRIES),
            _("Run the command again."),
        )

    def _new_files(self, drafts: Iterable[EventDraft], now: datetime) -> tuple[dict[str, bytes], dict[str, bytes | None]]:
        by_key: dict[str, list[EventDraft]] = {}
        payloads: dict[str, bytes | None] = {}
        for draft in drafts:
            by_key.setdefault(draft.key, []).append(draft)
            if draft.payload is not None:
                digest = sha256(draft.payload)
                if draft.data.get("payload", digest) != digest:
                    raise ValueError(f"the payload of {draft.key} is not the one its event names")
                payloads[payload_path(digest)] = draft.payload
        before = self.history_files(tuple(by_key))
        return {key: append_lines(some, before[key], self.start, now) for key, some in by_key.items()}, payloads

    def reopen(self) -> Ledger:
        """The newest state, surely asked of origin. Raises Trouble when origin does not answer."""
        for attempt in range(ORIGIN_CHECKS):
            try:
                if self.repo.has_remote():
                    push.fetch(self.repo)
                return open(self.repo, self.brand, fetch=False)
            except GitError as error:
                said = push.last_error_line(error)
                push.pause_before_retry(attempt + 2)
        raise Trouble(
            _("origin does not answer: {said}", said=said),
            _("Whether the last record arrived is not known yet; the next run asks again. Nothing was sent after it."),
        )

    def history_files(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The files of these publications, empty for those without one."""
        unknown = [key for key in keys if key not in self._bytes and not self._whole]
        if unknown:
            names = (f"{self.head}:{history_path(key)}" for key in unknown)
            for key, data in zip(unknown, self.repo.shared_reader().read_all(names), strict=True):
                if data is not None:
                    self._parse(key, data)
        return {key: self._bytes.get(key, b"") for key in keys}

    def with_commit(self, head: str, added: Mapping[str, bytes]) -> Ledger:
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
            newer._parse(key, data)
        return newer

    def _parse(self, key: str, data: bytes) -> None:
        try:
            self._parsed[key] = parse_history(key, data, self.start)
        except BadLine as bad:
            raise Damaged(bad_line_damage(history_path(key), bad)) from bad
        self._bytes[key] = data

    def _read_all_files(self) -> Iterator[tuple[str, bytes]]:
        if self.head is None:
            return
        listed = self.repo.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", self.head, "publications/").split(b"\0")[:-1]
        found = []
        for row in listed:
            about, _tab, path = row.decode("utf-8", "replace").partition("\t")
            key, oid = key_from_path(path), about.rsplit(" ", 1)[-1]
            if key is None or not about.startswith("100644 blob "):
                raise Damaged(unexpected_file_damage(path))
            found.append((key, oid))
        with self.repo.open_reader() as batch:
            for (key, oid), data in zip(found, batch.read_all(oid for _key, oid in found), strict=True):
                if data is None or blob_id(data, len(oid)) != oid:
                    raise Damaged(unreadable_object_damage(history_path(key)))
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
    found = push.ledger_references(repo)
    head, seen = found.get(push.TRACKED if remote is not None else push.BRANCH), found.get(push.SEEN)
    if first is None:
        if head is not None or seen is not None:
            raise Damaged(trust.unnamed_branch_damage(head or seen or ""))
        return Ledger(repo, brand, remote=remote is not None)
    if head is None:
        raise Damaged(trust.missing_branch_damage(first, seen))
    default = repo.default_commit()
    if back := trust.rewind_since_last_seen(repo, head, found):
        raise Damaged(back)
    identity, data = trust.verified_identity(repo, head, first, default)
    warnings += verify_head(repo, brand, head, seen, default, remote)
    push.advance_local_head(repo, head, found)
    return Ledger(repo, brand, head=head, began=identity.began, start=chain_start(data), warnings=warnings, remote=remote is not None)


def verify_head(repo: Repo, brand: Brand, head: str, seen: str | None, default: str | None, remote: str | None) -> Sequence[str]:
    """Check the head and every commit since the last one believed; the publisher's signature on one vouches for all below it,
    because the publisher believed them first. Gives the warnings of an unsigned ledger; raises Damaged, Trouble.
    """
    if brand.ledger.unsigned:
        if remote is not None and is_shared(repo):
            raise Trouble(
                _("The ledger is not signed, and origin is shared: anybody who can push could forge it."),
                _("Only a purely local ledger may be unsigned. Start a signed one with `marronnier ledger init`."),
            )
        return (_("The ledger is not signed: whoever can write to this repository can change it."),)
    signers = trust.allowed_signers(repo, default)
    if (head, signers) in _VERIFIED_HEADS:
        return ()
    since = ("--no-walk", head) if seen in (None, head) else (head, f"^{seen}")
    for damage in trust.signature_damages(repo, since, signers):
        raise Damaged(damage)
    _VERIFIED_HEADS.add((head, signers))
    return ()


def is_shared(repo: Repo) -> bool:
    """Whether origin is elsewhere than in a folder of this machine."""
    url = repo.try_text("ls-remote", "--get-url", "origin") or ""
    return not (url.startswith(("/", "./", "../", "file://")) or ":" not in url)


def _commit_title(drafts: Sequence[EventDraft]) -> str:
    """What the commit is called: written in English, as the ledger is the machine's."""
    first = f"{drafts[0].name} {drafts[0].key}"
    return first if len(drafts) == 1 else f"{first} and {len(drafts) - 1} more"
