"""The ledger: the history of every publication, verified before it is read, and appended to by one commit at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from marronnier.cache import Cache
from marronnier.git import GitError, Repo
from marronnier.ledger import checkpoints, publisher_key, push, trust
from marronnier.ledger.carried_records import follow, has_unsigned
from marronnier.ledger.commit import make_commit
from marronnier.ledger.damage import (
    Contended,
    Damaged,
    altered_payload_damage,
    bad_line_damage,
    unexpected_file_damage,
    unreadable_object_damage,
)
from marronnier.ledger.events import (
    POLICY,
    BadLine,
    EventDraft,
    append_lines,
    history_path,
    key_from_path,
    parse_history,
    payload_path,
    sha256,
)
from marronnier.ledger.identity import chain_start
from marronnier.ledger.kept_histories import KeptHistories, keep, read_kept
from marronnier.ledger.references import References, head_of, read_references
from marronnier.ledger.sent_history import parse_sent_history
from marronnier.messages import Trouble, _
from marronnier.model.brand import Brand
from marronnier.model.history import History

MAX_TRIES = 8
"""How many pushes may lose the race for the branch before the append is given up."""

ORIGIN_CHECKS = 4
"""How many times origin is asked whether a push landed, when it gave no answer."""

_VERIFIED_HEADS: set[tuple[str, bytes]] = set()
"""Heads whose signature this process has verified, each with the allowed signers it was verified by.

A commit's id is a digest of everything that is signed, so a verified head stays verified.
"""


class Ledger:
    """The branch `ledger` at one commit. It is immutable: `append` returns the ledger at the next commit."""

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
        stale: str = "",
        known: Mapping[str, bytes] | None = None,
        histories: Mapping[str, History] | None = None,
        cache: Cache | None = None,
    ) -> None:
        self.repo = repo
        self.brand = brand
        self.head = head
        """The commit that was read; None when there is no ledger yet."""
        self.began = began
        """When the ledger was created. What was due before that is `past`. None when there is no ledger yet."""
        self.start = start
        """The hash that every chain begins with: the SHA-256 of ledger.json."""
        self.warnings = tuple(warnings)
        """Sentences for people, to be shown wherever the ledger is shown."""
        self.remote = repo.has_remote() if remote is None else remote
        """Whether origin's branch is the truth; otherwise the local branch is."""
        self.stale = stale
        """Why this is not what origin has now but what was last fetched of it; empty when it is what origin has."""
        self._bytes: dict[str, bytes] = dict(known or {})
        self._parsed: dict[str, History] = {} if histories is None else dict(histories)
        self._policies: History | None = None
        self._whole = histories is not None
        self._cache = cache
        self._kept: KeptHistories | None = None

    @property
    def exists(self) -> bool:
        """Whether `marronnier ledger init` was ever run."""
        return self.head is not None

    @property
    def unsigned(self) -> bool:
        """Whether the commits carry no signature: allowed for a purely local ledger only."""
        return self.brand.ledger.unsigned

    def recorded_at(self) -> datetime | None:
        """When the last record was made, by the clock of the run that made it; None when there is no ledger yet."""
        seconds = self.repo.text("show", "-s", "--format=%ct", "--end-of-options", self.head) if self.head is not None else ""
        return datetime.fromtimestamp(int(seconds), UTC) if seconds else None

    @property
    def histories(self) -> Mapping[str, History]:
        """All histories by key, read in one pass. Raises Damaged at the first line that is not what the ledger wrote."""
        if self._kept is not None:
            return self._kept
        tree = self.repo.shared_reader().object_id(f"{self.head}:publications") if self._cache is not None and not self._whole else None
        if self._cache is not None and tree is not None and (known := read_kept(self._cache, tree)) is not None:
            kept, others = known
            for key, data in self._read_files(others.items()):
                self._parse(key, data)
            self._kept = KeptHistories(kept, {key: self._parsed[key] for key in others}, self._read_blob, self.start)
            return self._kept
        if not self._whole:
            blobs = self._list_files()
            for key, data in self._read_files(blobs.items()):
                self._parse(key, data)
            self._whole = True
            if self._cache is not None and tree is not None:
                keep(self._cache, tree, self._parsed, blobs)
        return self._parsed

    def _read_blob(self, oid: str) -> bytes:
        """The bytes of one history file. Raises GitError when the object is missing from the repository."""
        data = self.repo.read(oid)
        if data is None:
            raise GitError(("cat-file",), 1, f"the object {oid} is not here")
        return data

    def history(self, key: str) -> History:
        """The history of one publication; empty when nothing was recorded. Raises Damaged."""
        if key not in self._parsed and not self._whole and self.head is not None:
            data = self.repo.read(f"{self.head}:{history_path(key)}")
            if data is not None:
                self._parse(key, data)
        return self._parsed.get(key) or History(key, ())

    @property
    def policies(self) -> History:
        """The policies that came into force, one event each; empty in a ledger of days when none was recorded. Raises Damaged."""
        if self._policies is None:
            self.history_files((POLICY,))
        return self._policies or History(POLICY, ())

    def payload(self, digest: str) -> bytes | None:
        """The payload with that SHA-256; None when it was removed or never stored. Raises Damaged when its bytes were changed."""
        try:
            path = payload_path(digest)
        except ValueError:
            return None
        data = self.repo.read(f"{self.head}:{path}") if self.head is not None else None
        if data is not None and sha256(data) != digest:
            raise Damaged(altered_payload_damage(digest))
        return data

    def append(self, decide: Callable[[Ledger], Sequence[EventDraft]], now: datetime) -> Ledger:
        """Record the events that `decide` returns for the newest ledger, as one commit. No events, no commit.

        When another run records first, `decide` is called again with the newer ledger.
        Raises Contended when that goes on, Damaged, and Trouble when there is no ledger, no key, or origin refuses: nothing was recorded.
        Raises Trouble too when origin stops answering after a push: whether the events were recorded is then not known.
        """
        ledger = self
        drafts = tuple(decide(ledger))
        pushed: list[str] = []
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
            pushed.append(new)
            refusal = None
            try:
                # A fresh clone must find any rewind from here on: what is about to be sent is out a moment later.
                checkpoint = checkpoints.name_of(new, now) if any(draft.name == "sending" for draft in drafts) else None
                if push.update_head(ledger.repo, new, ledger.head, remote=ledger.remote, checkpoint=checkpoint) == "landed":
                    return ledger.with_commit(new, added)
            except push.PushRefused as error:
                refusal = error
            push.pause_before_retry(attempt)
            ledger = ledger.reopen()
            # A push whose answer was lost may land late, even after a later try. An error message does not prove that a push was refused.
            if any(ledger.repo.is_ancestor(commit, ledger.head) for commit in pushed if ledger.head):
                return ledger
            if refusal is not None and (attempt + 1 == MAX_TRIES or not isinstance(refusal, push.BranchLocked)):
                raise refusal
            drafts = tuple(decide(ledger))
        raise Contended(
            _(
                "Other runs kept writing to the ledger at the same time: {tries} attempts failed, and nothing was recorded.",
                tries=MAX_TRIES,
            ),
            _("Run the command again."),
        )

    def _new_files(self, drafts: Iterable[EventDraft], now: datetime) -> tuple[dict[str, bytes], dict[str, bytes | None]]:
        """The history files with the drafts appended, by key, and the new payloads, by path."""
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
        return {key: append_lines(key_drafts, before[key], self.start, now) for key, key_drafts in by_key.items()}, payloads

    def reopen(self) -> Ledger:
        """The newest ledger, read from origin now. Raises Trouble when origin does not answer."""
        for attempt in range(ORIGIN_CHECKS):
            try:
                return _open(self.repo, self.brand, read_references(self.repo, ask=True))
            except GitError as error:
                message = push.unreachable_reason(error)
                push.pause_before_retry(attempt + 2)
        raise Trouble(
            message,
            _("It is not known yet whether the last record reached origin; the next run checks it. Nothing was sent after it."),
        )

    def history_files(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The bytes of these publications' history files; empty bytes for a publication without one."""
        unread = [key for key in keys if key not in self._bytes and (not self._whole or key == POLICY) and self.head is not None]
        if unread:
            names = (f"{self.head}:{history_path(key)}" for key in unread)
            for key, data in zip(unread, self.repo.shared_reader().read_all(names), strict=True):
                if data is not None:
                    self._parse(key, data)
        return {key: self._bytes.get(key, b"") for key in keys}

    def with_commit(self, head: str, added: Mapping[str, bytes]) -> Ledger:
        """The ledger at a commit that this process has just pushed; `added` are the history files it changed, by key."""
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
        newer._parsed, newer._whole, newer._policies = dict(self._parsed), self._whole, self._policies
        for key, data in added.items():
            newer._parse(key, data)
        return newer

    def _parse(self, key: str, data: bytes) -> None:
        try:
            # The file of policies is no publication's: it is read whole, always.
            sent = parse_sent_history(key, data, self.start) if key != POLICY else None
            history = sent or parse_history(key, data, self.start)
        except BadLine as bad:
            raise Damaged(bad_line_damage(history_path(key), bad)) from bad
        if key == POLICY:
            self._policies = history
        else:
            self._parsed[key] = history
        self._bytes[key] = data

    def _list_files(self) -> Mapping[str, str]:
        """The blob of every history file, by key. Raises Damaged for a file that the ledger never writes."""
        if self.head is None:
            return {}
        rows = self.repo.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", self.head, "publications/").split(b"\0")[:-1]
        blobs = {}
        for row in rows:
            mode_and_id, _tab, path = row.decode("utf-8", "replace").partition("\t")
            key, oid = key_from_path(path), mode_and_id.rsplit(" ", 1)[-1]
            if key is None or not mode_and_id.startswith("100644 blob "):
                raise Damaged(unexpected_file_damage(path))
            blobs[key] = oid
        return blobs

    def _read_files(self, blobs: Collection[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
        """These history files, as key and bytes. Raises Damaged for one that git cannot read."""
        if not blobs:
            return
        with self.repo.open_reader() as reader:
            for (key, oid), data in zip(blobs, reader.read_all(oid for _key, oid in blobs), strict=True):
                if data is None or blob_id(data, len(oid)) != oid:
                    raise Damaged(unreadable_object_damage(history_path(key)))
                yield key, data


def blob_id(data: bytes, length: int) -> str:
    """The object id that git gives to these bytes, of that many hex digits. A blob stored under another id was changed on the disk."""
    kind = hashlib.sha1 if length == 40 else hashlib.sha256
    return kind(b"blob %d\0" % len(data) + data).hexdigest()


def open(repo: Repo, brand: Brand, *, fetch: bool = True, cache: Cache | None = None) -> Ledger:
    """The ledger of this brand, verified: origin's branch when there is an origin, otherwise the local branch.

    Origin is fetched first, unless `fetch` is False. `cache`: where histories are kept for the next look; whoever records gives none. A brand that never had a ledger gets one whose `exists` is False.
    Raises Damaged when the branch is not what the publisher wrote, and Trouble when that cannot be verified.
    """
    try:
        read = read_references(repo, ask=fetch)
        if read.astray:
            warning = _("{why}. The ledger is shown as this clone last knew it.", why=f"{read.astray[:1].upper()}{read.astray[1:]}")
            return _open(repo, brand, read, [warning], read.astray, cache)
        return _open(repo, brand, read, cache=cache)
    except GitError as error:
        why = push.unreachable_reason(error)
    warning = _("{why}. The ledger is shown as it was last fetched.", why=why.rstrip("."))
    return _open(repo, brand, read_references(repo, ask=False), [warning], why, cache)


def _open(repo: Repo, brand: Brand, read: References, warnings: Sequence[str] = (), stale: str = "", cache: Cache | None = None) -> Ledger:
    """The ledger at these references, verified. Raises Damaged, Trouble, and GitError when origin has to be asked again in vain."""
    first, seen, head = brand.ledger.first, read.seen, head_of(repo, read)
    if first is None:
        if head is not None or seen is not None:
            raise Damaged(trust.unnamed_branch_damage(head or seen or ""))
        return Ledger(repo, brand, remote=read.remote, stale=stale)
    if brand.ledger.unsigned and read.remote and is_shared(repo):
        raise Damaged(trust.shared_unsigned_damage(repo, head, first))
    if head is None:
        raise Damaged(trust.missing_branch_damage(repo, first, seen, read.astray))
    if trust.rewind_since_last_seen(repo, head, read.here, read.fetched):
        # Another run may have moved one reference between two of our looks. A rewind is what is still so at a second look.
        again = read_references(repo, ask=read.asked)
        head = head_of(repo, again) or head
        if rewind := trust.rewind_since_last_seen(repo, head, read.here, read.fetched):
            raise Damaged(rewind)
    default = repo.default_commit()
    identity, data = trust.verified_identity(repo, head, first, default)
    warnings = [*warnings, *verify_head(repo, brand, head, seen, default)]
    follows = True
    if identity.continued is not None and has_unsigned(repo, head, read.here):
        # Whoever may write to the default branch can name a ledger there. Only the key that is here says that it is this clone's.
        follows = publisher_key.has_key() and publisher_key.has_keygen()
        if follows and trust.another_key_began(repo, first):
            raise Damaged(trust.another_key_damage(first))
        kept = follow(repo, head, read.here) if follows else ""
        if kept:
            read = References(push.ledger_references(repo), read.fetched, read.remote, read.asked, read.astray)
        warnings.append(trust.signed_elsewhere_warning(kept))
    if follows and (lock := push.advance_local_head(repo, head, read.here, read.fetched)):
        warnings.append(push.lock_message(lock))
    start = chain_start(data)
    return Ledger(
        repo, brand, head=head, began=identity.began, start=start, warnings=warnings, remote=read.remote, stale=stale, cache=cache
    )


def verify_head(repo: Repo, brand: Brand, head: str, seen: str | None, default: str | None) -> Sequence[str]:
    """Verify the signatures of the head and of every commit since `seen`, the last head that was verified in this clone.

    A signed commit vouches for all its ancestors, because the publisher verifies them before it signs.
    Returns the warnings of an unsigned ledger. Raises Damaged, Trouble.
    """
    if brand.ledger.unsigned:
        return (_("The ledger is not signed: anyone who can write to this repository can change it."),)
    signers = trust.allowed_signers(repo, default)
    if (head, signers) in _VERIFIED_HEADS:
        return ()
    since = ("--no-walk", head) if seen in (None, head) else (head, f"^{seen}")
    for damage in trust.signature_damages(repo, since, signers):
        raise Damaged(damage)
    _VERIFIED_HEADS.add((head, signers))
    return ()


def is_shared(repo: Repo) -> bool:
    """Whether origin is on another machine, not in a folder of this one."""
    url = repo.try_text("ls-remote", "--get-url", "origin") or ""
    return not (url.startswith(("/", "./", "../", "file://")) or ":" not in url)


def _commit_title(drafts: Sequence[EventDraft]) -> str:
    """The commit's title, in English: only machines read the ledger."""
    first = f"{drafts[0].name} {drafts[0].key}"
    return first if len(drafts) == 1 else f"{first} and {len(drafts) - 1} more"
