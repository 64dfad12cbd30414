"""Signatures of approvals: SSH keys of `brand/allowed_signers`, one person at a time."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from marronnier.git import Repo

Signature = Literal["good", "bad", "none"]
"""`good`: by that person's key; `bad`: it does not fit the commit; `none`: no signature, or another's."""

_KNOWN: dict[tuple[str, str, str], Signature] = {}
"""Verdicts of this process, by commit, person and keys: a commit's id is a digest of all that is signed, so none ever changes."""

_FIRST = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))\s+(?P<rest>\S.*)')


def keys_of(allowed_signers: bytes, who: str) -> str:
    """The lines of an allowed_signers file that are for exactly that principal, under its name alone; patterns make nobody an approver."""
    lines = []
    for line in allowed_signers.decode("utf-8", "replace").splitlines():
        found = _FIRST.fullmatch(line)
        if found is None or line.lstrip().startswith("#"):
            continue
        if who in (found["quoted"] or found["plain"]).split(","):
            lines.append(f"{who} {found['rest']}\n")
    return "".join(lines)


def verify_signatures(repo: Repo, commits: Iterable[str], who: str, allowed_signers: bytes) -> Mapping[str, Signature]:
    """Whether each commit is signed by that person's key, as this allowed_signers file gives it. Raises GitError."""
    asked = list(dict.fromkeys(commits))
    keys = keys_of(allowed_signers, who)
    known = {oid: _KNOWN[oid, who, keys] for oid in asked if (oid, who, keys) in _KNOWN}
    asked = [oid for oid in asked if oid not in known]
    if not asked:
        return known
    handle, name = tempfile.mkstemp(prefix="allowed-signers-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            # Without a line git would say that it cannot check at all.
            file.write(keys or "# nobody\n")
        said = repo.text(
            "-c", f"gpg.ssh.allowedSignersFile={name}", "-c", "gpg.ssh.revocationFile=", "-c", "gpg.ssh.program=ssh-keygen", "log", "--no-walk=unsorted", "--stdin", "--no-color", "--format=%H %G? %GS",
            stdin="".join(f"{oid}\n" for oid in asked).encode(),
        )  # fmt: skip
    finally:
        Path(name).unlink(missing_ok=True)
    found: dict[str, Signature] = dict.fromkeys(asked, "none")
    for line in said.splitlines():
        oid, status, signer = [*line.split(" ", 2), "", ""][:3]
        if status == "G" and signer == who and keys:
            found[oid] = "good"
        elif status == "B":
            found[oid] = "bad"
        if status in ("G", "B", "U"):
            _KNOWN[oid, who, keys] = found[oid]
    return {**known, **found}
