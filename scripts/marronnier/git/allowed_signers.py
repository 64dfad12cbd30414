"""The lines of `brand/allowed_signers`, as ssh-keygen(1) describes the file under ALLOWED SIGNERS: whose key each is, and for what."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FIRST_FIELD = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))\s+(?P<rest>\S.*)')
_NAMESPACES = re.compile(r'\bnamespaces="([^"]*)",?', re.IGNORECASE)
_KEY = re.compile(r"(?:^|\s)((?:ssh|ecdsa|sk)-\S+)\s+(\S+)")


def keys_of(allowed_signers: bytes, person: str) -> str:
    """The lines of an allowed_signers file that are for exactly that principal, under its name alone; patterns make nobody an approver."""
    lines = []
    for line in allowed_signers.decode("utf-8", "replace").splitlines():
        match = _FIRST_FIELD.fullmatch(line)
        if match is None or line.lstrip().startswith("#"):
            continue
        if person in (match["quoted"] or match["plain"]).split(","):
            lines.append(f"{person} {match['rest']}\n")
    return "".join(lines)


def plain_keys_of(allowed_signers: bytes, person: str) -> frozenset[str]:
    """Each key of that principal with its options, and without the comment behind it, so that two files can be compared."""
    keys = set()
    for line in keys_of(allowed_signers, person).splitlines():
        rest = line.removeprefix(f"{person} ").strip()
        match = _KEY.search(rest)
        keys.add(" ".join(filter(None, (rest[: match.start()].strip(), match[1], match[2]))) if match else " ".join(rest.split()))
    return frozenset(keys)


def for_namespace(lines: Iterable[str], namespace: str) -> str:
    """The lines, with keys for commits taken as keys for that namespace too: a team lists its keys with `namespaces="git"`.

    A key that is for other things only stays so.
    """
    kept = []
    for line in lines:
        match = _NAMESPACES.search(line)
        is_ours = match is not None and {"git", namespace} & {name.strip() for name in match[1].split(",")}
        kept.append(re.sub(r"\s+", " ", _NAMESPACES.sub("", line)) if is_ours else line)
    return "".join(f"{line}\n" for line in kept)
