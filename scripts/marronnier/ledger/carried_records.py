"""The records that a signed ledger carries on from an unsigned one: the same lines, chained from another beginning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from marronnier.git import GitError, Repo
from marronnier.ledger import push
from marronnier.ledger.events import POLICY, key_from_path, sha256
from marronnier.ledger.identity import IDENTITY_FILE, Identity

KEPT = "refs/marronnier/unsigned-ledger/"
"""Where the unsigned ledger stays in this clone, below the id of its first commit: nothing of it is ever deleted."""

_LINE = re.compile(rb'(.*)"prev":"[0-9a-f]{64}"(,"seq":\d+\})')


def chained_from(data: bytes, start: str) -> bytes:
    """A history file's lines, chained from another beginning. Raises ValueError for a line that the ledger did not write."""
    previous, lines = start, []
    for line in data.split(b"\n")[:-1]:
        said, link = _without_chain(line)
        lines.append(said + b'"prev":"' + previous.encode() + b'"' + link + b"\n")
        previous = sha256(lines[-1][:-1])
    return b"".join(lines)


def missing_records(repo: Repo, head: str, mark: str) -> tuple[str, ...]:
    """The publications of which the ledger at `mark` has records that the one at `head` lacks. Raises GitError, ValueError."""
    there = dict(history_blobs(repo, head))
    missing = []
    with repo.open_reader() as reader:
        for key, oid in history_blobs(repo, mark):
            before, after = reader.read(oid), reader.read(there[key]) if key in there else None
            if before is None or after is None or not _is_carried(before, after):
                missing.append(key)
    return tuple(missing)


def history_blobs(repo: Repo, head: str) -> Iterator[tuple[str, str]]:
    """Every publication with a history at this commit, with the blob of its file. The policies are no publication's."""
    for path, oid in files_at(repo, head).items():
        key = key_from_path(path)
        if key is not None and key != POLICY:
            yield key, oid


def files_at(repo: Repo, head: str) -> Mapping[str, str]:
    """The blob of every file of the ledger at this commit, by path. Raises GitError."""
    rows = repo.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", head).split(b"\0")[:-1]
    listed = (row.decode("utf-8", "replace").partition("\t") for row in rows)
    return {path: mode_and_id.rsplit(" ", 1)[-1] for mode_and_id, _tab, path in listed}


def continues(repo: Repo, head: str, first: str) -> bool:
    """Whether the ledger at `head` is a signed one that continues the unsigned one with this first commit."""
    try:
        identity = Identity.parse(repo.read(f"{head}:{IDENTITY_FILE}") or b"")
    except ValueError:
        return False
    return identity.continued is not None and identity.continued.first == first


def carries(repo: Repo, head: str, mark: str) -> bool:
    """Whether `mark` is a head of the unsigned ledger that the one at `head` continues, and all its records are in it.

    So it is where `mark` is another continuation of the same ledger, made in a clone that was interrupted before it could push it.
    """
    try:
        (root,) = repo.text("rev-list", "--max-parents=0", "--end-of-options", mark).split()
        continued = Identity.parse(repo.read(f"{head}:{IDENTITY_FILE}") or b"").continued
        if continued is None or repo.is_ancestor(root, head):
            return False
        return (root == continued.first or continues(repo, mark, continued.first)) and not missing_records(repo, head, mark)
    except (GitError, ValueError):
        return False


def has_unsigned(repo: Repo, head: str, here: Mapping[str, str]) -> bool:
    """Whether this clone's own heads are of a ledger that the one at `head` continues. `here` are the references of this clone."""
    known = [here[name] for name in (push.BRANCH, push.SEEN) if name in here]
    return any(oid != head and not repo.is_ancestor(oid, head) and carries(repo, head, oid) for oid in known)


def follow(repo: Repo, head: str, here: Mapping[str, str]) -> str:
    """As `set_aside`, in a clone that only looks: where git refuses, everything stays as it is until the next look."""
    known = [here[name] for name in (push.BRANCH, push.SEEN) if name in here]
    try:
        return "" if all(oid == head or repo.is_ancestor(oid, head) for oid in known) else set_aside(repo, head, here)
    except GitError:
        return ""


def set_aside(repo: Repo, head: str, here: Mapping[str, str]) -> str:
    """Let this clone's references follow the signed ledger at `head`, and keep those of the unsigned one that it carries below `KEPT`.

    `here` are the references of this clone. All of them move, or none. Returns the name under which the last commit of the unsigned ledger is
    kept; empty where this clone has nothing of it. Raises GitError when git refuses, as when another run has just moved one.
    """
    heads = {name: here[name] for name in (push.BRANCH, push.SEEN) if name in here and carries(repo, head, here[name])}
    if not heads:
        return ""
    commits = set(repo.text("rev-list", "--end-of-options", *heads.values()).splitlines())
    tags = {name: oid for name, oid in here.items() if name.startswith((push.CHECKPOINTS, push.FETCHED)) and oid in commits}
    kept = {name: name.removeprefix("refs/").removeprefix("marronnier/") for name in (*heads, *tags)}
    place = f"{KEPT}{repo.text('rev-list', '--max-parents=0', '--end-of-options', next(iter(heads.values())))[:12]}/"
    lines = [
        *(f"update {place}{kept[name]} {oid}\n" for name, oid in {**heads, **tags}.items()),
        *(f"delete {name} {oid}\n" for name, oid in tags.items()),
        *(f"update {name} {head} {oid}\n" for name, oid in heads.items()),
    ]
    repo.run("update-ref", "--stdin", stdin="".join(lines).encode())
    return place + kept[next(iter(heads))]


def _is_carried(before: bytes, after: bytes) -> bool:
    """Whether a history file has every line of another one, in order, from the beginning on, whatever their chains begin with."""
    old, new = before.split(b"\n")[:-1], after.split(b"\n")[:-1]
    return len(old) <= len(new) and all(_without_chain(one) == _without_chain(two) for one, two in zip(old, new, strict=False))


def _without_chain(line: bytes) -> tuple[bytes, bytes]:
    """What a line says before and after the hash of the line before it. Raises ValueError for a line that the ledger did not write."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError("this is no line of a ledger")
    return match[1], match[2]
