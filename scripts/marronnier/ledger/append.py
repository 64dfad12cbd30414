"""Adding to the ledger: one commit, made without the working directory, that lands whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from marronnier.git import GitError, Repo
from marronnier.ledger import publisher_key, push, store
from marronnier.ledger.damage import Contended
from marronnier.ledger.events import EventDraft, append_lines, path_of, payload_path, sha256
from marronnier.ledger.store import Ledger
from marronnier.messages import Trouble, _

TRIES = 8
"""How often a race for the branch may be lost before we give up."""

SETTLING = 4
"""How often origin is asked whether a push landed, when it gave no answer."""

_LOOSE = 24
"""Fewer new objects than this become files of their own; more are kept as the pack they came in, which takes half the time."""

_ARCHIVE = 1000
"""More files than this are an archive taken in at once, which is worth squeezing."""

_PLAIN = re.compile(r"[<>\x00-\x1f]")
"""What no name or address in a commit may hold."""

_WAIT = 0.05
"""Seconds before the first new try; doubled each time, and never the same for two runs."""


def append(ledger: Ledger, decide: Callable[[Ledger], Sequence[EventDraft]], now: datetime) -> Ledger:
    """See `Ledger.append`."""
    drafts = tuple(decide(ledger))
    tried: list[str] = []
    for attempt in range(TRIES):
        if not drafts:
            return ledger
        if ledger.head is None:
            raise Trouble(_("This brand has no ledger yet."), _("Run `marronnier ledger init`."))
        added, payloads = _additions(ledger, drafts, now)
        new = make_commit(
            ledger.repo,
            ledger.head,
            {path_of(key): data for key, data in added.items()} | payloads,
            _message(drafts),
            now,
            signed=not ledger.unsigned,
        )
        tried.append(new)
        refusal = None
        try:
            if update_head(ledger.repo, new, ledger.head, remote=ledger.remote) == "landed":
                return ledger.grown(new, added)
        except push.PushRefused as error:
            refusal = error
        _pause(attempt)
        ledger = _settled(ledger)
        # A push whose answer was lost may land late, even after a later try was made; and words are no proof of a refusal.
        if any(ledger.repo.is_ancestor(one, ledger.head) for one in tried if ledger.head):
            return ledger
        if refusal is not None and (attempt + 1 == TRIES or not isinstance(refusal, push.BranchLocked)):
            raise refusal
        drafts = tuple(decide(ledger))
    raise Contended(
        _("Other runs kept writing to the ledger at the same time: {tries} attempts failed, and nothing was recorded.", tries=TRIES),
        _("Run the command again."),
    )


def update_head(repo: Repo, new: str, old: str | None, *, remote: bool) -> push.Outcome:
    """Make a commit the head: at origin when there is one (`remote`), else here. Raises landing.Refusal, GitError."""
    if not remote:
        return push.update_local_head(repo, new, old)
    outcome = push.push(repo, new, old)
    if outcome == "landed":
        push.note_pushed(repo, new, old)
    return outcome


def make_commit(repo: Repo, parent: str | None, files: Mapping[str, bytes | None], message: str, now: datetime, *, signed: bool) -> str:
    """A commit on `parent` with these files written, or removed where None; no branch moves. Gives its id. Raises Trouble, GitError."""
    who = _who(now)
    # Two runs that record the same at the same instant must still make two commits: one of them lost the race.
    told = f"{message}\n\nNonce: {secrets.token_hex(8)}\n"
    if not signed:
        return _import(repo, parent, files, told, who)
    with publisher_key.commit_signer() as sign:
        return sign(repo, _import(repo, parent, files, told, who))


def _import(repo: Repo, parent: str | None, files: Mapping[str, bytes | None], message: str, who: Mapping[str, str]) -> str:
    """An unsigned commit with these files, by one `git fast-import`."""
    draft = f"refs/marronnier/draft/{secrets.token_hex(8)}"
    name = _PLAIN.sub("", who["GIT_COMMITTER_NAME"]) or "publisher"
    hand = f"{name} <{_PLAIN.sub('', who['GIT_COMMITTER_EMAIL'])}> {who['GIT_COMMITTER_DATE']}"
    said = message.encode()
    stream = [b"feature done\n", f"commit {draft}\nmark :1\ncommitter {hand}\ndata {len(said)}\n".encode(), said, b"\n"]
    if parent is not None:
        stream.append(f"from {parent}\n".encode())
    for path, data in files.items():
        if data is None:
            stream.append(f"D {path}\n".encode())
        else:
            stream += [f"M 100644 inline {path}\ndata {len(data)}\n".encode(), data, b"\n"]
    # The draft is taken back before the end, so that no reference is ever written for it.
    nothing = "0" * len(parent or repo.default_commit() or "0" * 40)
    stream.append(f"\nget-mark :1\nreset {draft}\nfrom {nothing}\n\ndone\n".encode())
    made = repo.run("fast-import", "--quiet", "--date-format=raw", "--depth=0", stdin=b"".join(stream), env=who, config=_quick(len(files)))
    return made.decode().strip()


def _quick(files: int) -> dict[str, str]:
    """Git's settings for what is pushed at once and repacked later: no time is spent on making it smaller than it saves on the way."""
    # Squeezing a hundred receipts takes longer than sending them; of one or two, made thousands of times, the size counts.
    squeezed = "0" if _LOOSE <= files <= _ARCHIVE else "1"
    return {"fastimport.unpackLimit": str(_LOOSE), "pack.compression": squeezed, "core.compression": squeezed}


def _who(now: datetime) -> dict[str, str]:
    """Who records, and when: from the environment, never from a person's git settings."""
    name = os.environ.get("GIT_COMMITTER_NAME", "").strip() or "marronnier publisher"
    email = os.environ.get("GIT_COMMITTER_EMAIL", "").strip() or "publisher@localhost"
    at = f"{int(now.timestamp())} +0000"
    return {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_AUTHOR_DATE": at,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email,
        "GIT_COMMITTER_DATE": at,
    }


def _additions(ledger: Ledger, drafts: Iterable[EventDraft], now: datetime) -> tuple[dict[str, bytes], dict[str, bytes | None]]:
    by_key: dict[str, list[EventDraft]] = {}
    payloads: dict[str, bytes | None] = {}
    for draft in drafts:
        by_key.setdefault(draft.key, []).append(draft)
        if draft.payload is not None:
            digest = sha256(draft.payload)
            if draft.data.get("payload", digest) != digest:
                raise ValueError(f"the payload of {draft.key} is not the one its event names")
            payloads[payload_path(digest)] = draft.payload
    before = ledger.bytes_of(tuple(by_key))
    return {key: append_lines(some, before[key], ledger.start, now) for key, some in by_key.items()}, payloads


def _message(drafts: Sequence[EventDraft]) -> str:
    """What the commit is called: written in English, as the ledger is the machine's."""
    first = f"{drafts[0].name} {drafts[0].key}"
    return first if len(drafts) == 1 else f"{first} and {len(drafts) - 1} more"


def _settled(ledger: Ledger) -> Ledger:
    """The newest state, surely asked of origin. Raises Trouble when origin does not answer."""
    for attempt in range(SETTLING):
        try:
            if ledger.repo.has_remote():
                push.fetch(ledger.repo)
            return store.open(ledger.repo, ledger.brand, fetch=False)
        except GitError as error:
            said = push.last_error_line(error)
            _pause(attempt + 2)
    raise Trouble(
        _("origin does not answer: {said}", said=said),
        _("It is not known yet whether the last record reached origin; the next run checks it. Nothing was sent after it."),
    )


def _pause(attempt: int) -> None:
    time.sleep(min(_WAIT * 2**attempt, 2.0) * secrets.SystemRandom().uniform(0.5, 1.5))


def remove(ledger: Ledger, payloads: Collection[str], why: str, now: datetime) -> Ledger:
    """Take payloads out of the newest tree, on withdrawal or after retention; the chain still verifies. Raises as `append`."""
    for attempt in range(TRIES):
        if ledger.head is None:
            return ledger
        with ledger.repo.batch() as batch:
            paths = [payload_path(digest) for digest in sorted(payloads)]
            there = [
                path
                for path, data in zip(paths, batch.read_all(f"{ledger.head}:{path}" for path in paths), strict=True)
                if data is not None
            ]
        if not there:
            return ledger
        new = make_commit(
            ledger.repo, ledger.head, dict.fromkeys(there), f"Remove {len(there)} payloads: {why}", now, signed=not ledger.unsigned
        )
        if update_head(ledger.repo, new, ledger.head, remote=ledger.remote) == "landed":
            return ledger.grown(new, {})
        _pause(attempt)
        ledger = _settled(ledger)
    raise Contended(_("Other runs kept writing to the ledger at the same time."), _("Run the command again."))


def checkpoint(ledger: Ledger, now: datetime) -> str | None:
    """Tag the head as the day's checkpoint, here and at origin, once a day (UTC); gives the tag, or None when the day has one.

    A checkpoint that origin refuses is no trouble: the next run makes one. Raises GitError when it cannot be written here.
    """
    if ledger.head is None:
        return None
    name = f"{push.CHECKPOINTS}{now.astimezone(UTC).date().isoformat()}"
    repo = ledger.repo
    if repo.commit(name) is not None or (repo.has_remote() and push.has_checkpoint(repo, name)):
        return None
    if repo.has_remote() and not push.push_checkpoint(repo, name, ledger.head):
        return None
    repo.run("update-ref", name, ledger.head, "0" * len(ledger.head))
    return name.removeprefix("refs/tags/")
