"""One commit of the ledger, made by `git fast-import` without the working directory and signed by the publisher. No branch moves."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from datetime import datetime

from marronnier.git import Repo
from marronnier.ledger import publisher_key

_PACK_FROM = 24
"""Fewer new objects than this become files of their own; more are kept as the pack they came in, which takes half the time."""

_COMPRESS_ABOVE = 1000
"""More files than this are an archive taken in at once, which is worth squeezing."""

_FORBIDDEN_IN_NAMES = re.compile(r"[<>\x00-\x1f]")
"""What no name or address in a commit may hold."""


def make_commit(repo: Repo, parent: str | None, files: Mapping[str, bytes | None], message: str, now: datetime, *, signed: bool) -> str:
    """A commit on `parent` with these files written, or removed where None; no branch moves. Gives its id. Raises Trouble, GitError."""
    who = _committer_environment(now)
    # Two runs that record the same at the same instant must still make two commits: one of them lost the race.
    told = f"{message}\n\nNonce: {secrets.token_hex(8)}\n"
    if not signed:
        return _fast_import(repo, parent, files, told, who)
    with publisher_key.commit_signer() as sign:
        return sign(repo, _fast_import(repo, parent, files, told, who))


def _fast_import(repo: Repo, parent: str | None, files: Mapping[str, bytes | None], message: str, who: Mapping[str, str]) -> str:
    """An unsigned commit with these files, by one `git fast-import`."""
    draft = f"refs/marronnier/draft/{secrets.token_hex(8)}"
    name = _FORBIDDEN_IN_NAMES.sub("", who["GIT_COMMITTER_NAME"]) or "publisher"
    hand = f"{name} <{_FORBIDDEN_IN_NAMES.sub('', who['GIT_COMMITTER_EMAIL'])}> {who['GIT_COMMITTER_DATE']}"
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
    made = repo.run(
        "fast-import",
        "--quiet",
        "--date-format=raw",
        "--depth=0",
        stdin=b"".join(stream),
        env=who,
        config=_compression_settings(len(files)),
    )
    return made.decode().strip()


def _compression_settings(files: int) -> dict[str, str]:
    """Git's settings for what is pushed at once and repacked later: no time is spent on making it smaller than it saves on the way."""
    # Squeezing a hundred receipts takes longer than sending them; of one or two, made thousands of times, the size counts.
    squeezed = "0" if _PACK_FROM <= files <= _COMPRESS_ABOVE else "1"
    return {"fastimport.unpackLimit": str(_PACK_FROM), "pack.compression": squeezed, "core.compression": squeezed}


def _committer_environment(now: datetime) -> dict[str, str]:
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
