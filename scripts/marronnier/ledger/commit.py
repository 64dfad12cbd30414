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
"""From this many new objects on, git keeps them as one pack, which takes half the time. Fewer become loose files."""

_COMPRESS_ABOVE = 1000
"""A commit with more files than this is an imported archive, which is worth compressing."""

_FORBIDDEN_IN_NAMES = re.compile(r"[<>\x00-\x1f]")
"""Characters that the name and the mail address in a commit must not hold."""


def make_commit(repo: Repo, parent: str | None, files: Mapping[str, bytes | None], message: str, now: datetime, *, signed: bool) -> str:
    """Write a commit on `parent` and return its id. `files` are the new bytes by path, None for a file to remove. No branch moves.

    Raises Trouble when it cannot be signed, GitError.
    """
    committer = _committer_environment(now)
    # Two runs that record the same events at the same instant must make different commits, so that one of them loses the race.
    message = f"{message}\n\nNonce: {secrets.token_hex(8)}\n"
    if not signed:
        return _fast_import(repo, parent, files, message, committer)
    with publisher_key.commit_signer() as sign:
        return sign(repo, _fast_import(repo, parent, files, message, committer))


def _fast_import(repo: Repo, parent: str | None, files: Mapping[str, bytes | None], message: str, committer: Mapping[str, str]) -> str:
    """Write an unsigned commit by one `git fast-import` and return its id."""
    draft = f"refs/marronnier/draft/{secrets.token_hex(8)}"
    name = _FORBIDDEN_IN_NAMES.sub("", committer["GIT_COMMITTER_NAME"]) or "publisher"
    mail = _FORBIDDEN_IN_NAMES.sub("", committer["GIT_COMMITTER_EMAIL"])
    text = message.encode()
    header = f"commit {draft}\nmark :1\ncommitter {name} <{mail}> {committer['GIT_COMMITTER_DATE']}\ndata {len(text)}\n"
    stream = [b"feature done\n", header.encode(), text, b"\n"]
    if parent is not None:
        stream.append(f"from {parent}\n".encode())
    for path, data in files.items():
        if data is None:
            stream.append(f"D {path}\n".encode())
        else:
            stream += [f"M 100644 inline {path}\ndata {len(data)}\n".encode(), data, b"\n"]
    # The draft branch is reset within the stream, so that git never writes a reference for it.
    null_id = "0" * len(parent or repo.default_commit() or "0" * 40)
    stream.append(f"\nget-mark :1\nreset {draft}\nfrom {null_id}\n\ndone\n".encode())
    arguments = ("fast-import", "--quiet", "--date-format=raw", "--depth=0")
    pieces = b"".join(stream) if len(files) <= _COMPRESS_ABOVE else stream
    commit_id = repo.run(*arguments, stdin=pieces, env=committer, config=_compression_settings(len(files)))
    return commit_id.decode().strip()


def _compression_settings(files: int) -> dict[str, str]:
    """Git's compression settings for a commit of that many files, which is pushed at once and repacked later."""
    # Compressing a hundred receipts takes longer than sending them. One or two, recorded thousands of times, must stay small.
    level = "0" if _PACK_FROM <= files <= _COMPRESS_ABOVE else "1"
    return {"fastimport.unpackLimit": str(_PACK_FROM), "pack.compression": level, "core.compression": level}


def _committer_environment(now: datetime) -> dict[str, str]:
    """The committer and author, as git's environment variables: from our environment, never from a person's git settings."""
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
