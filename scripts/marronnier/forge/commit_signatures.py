"""Signatures of commits, checked against the SSH keys that `brand/allowed_signers` gives one person."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from marronnier.git import Repo
from marronnier.git.allowed_signers import keys_of
from marronnier.model.claim import SignatureStatus

_VERIFIED: dict[tuple[str, str, str], SignatureStatus] = {}
"""What this process verified, by commit, person and keys: a commit's id is a digest of all that is signed, so no answer ever changes."""


def verify_signatures(repo: Repo, commits: Iterable[str], person: str, allowed_signers: bytes) -> Mapping[str, SignatureStatus]:
    """By commit, whether it is signed by that person's key as this allowed_signers file gives it. Raises GitError."""
    oids = list(dict.fromkeys(commits))
    keys = keys_of(allowed_signers, person)
    verified = {oid: _VERIFIED[oid, person, keys] for oid in oids if (oid, person, keys) in _VERIFIED}
    oids = [oid for oid in oids if oid not in verified]
    if not oids:
        return verified
    handle, name = tempfile.mkstemp(prefix="allowed-signers-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            # Without a line git would say that it cannot check at all.
            file.write(keys or "# nobody\n")
        output = repo.text(
            "-c", f"gpg.ssh.allowedSignersFile={name}", "-c", "gpg.ssh.revocationFile=", "-c", "gpg.ssh.program=ssh-keygen", "log", "--no-walk=unsorted", "--stdin", "--no-color", "--format=%H %G? %GS",
            stdin="".join(f"{oid}\n" for oid in oids).encode(),
        )  # fmt: skip
    finally:
        Path(name).unlink(missing_ok=True)
    statuses: dict[str, SignatureStatus] = dict.fromkeys(oids, "none")
    for line in output.splitlines():
        oid, code, signer = [*line.split(" ", 2), "", ""][:3]
        if code == "G" and signer == person and keys:
            statuses[oid] = "good"
        elif code == "B":
            statuses[oid] = "bad"
        if code in ("G", "B", "U"):
            _VERIFIED[oid, person, keys] = statuses[oid]
    return {**verified, **statuses}
