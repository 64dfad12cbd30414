"""Approvals with a signature of their own: what a person signs, how a commit's message carries it, and whether it is theirs."""

from __future__ import annotations

import base64
import binascii
import re
import textwrap
from collections.abc import Sequence

from marronnier.git.allowed_signers import for_namespace
from marronnier.git.ssh_keygen import is_signed_text, sign_text
from marronnier.model.claim import ApprovalStatement, NamedDigests, NamedPolicy, SignatureStatus

NAMESPACE = "approval@marronnier"
"""What ssh-keygen binds a signature to: one made for a commit, a tag or a file is none of ours."""
NO_LEDGER = "none"
"""Stands for the ledger's id in a brand that has none yet."""

_LINE = re.compile(r"(?:[*] )?(approved-by|approved-in|approved-at|approved-content|approval-signature): *(.*?) *", re.IGNORECASE)
_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"

_VERIFIED: dict[tuple[bytes, str, str], SignatureStatus] = {}
"""What this process verified, by text, signature and keys: no answer ever changes."""


def statement(person: str, contents: Sequence[NamedDigests | NamedPolicy], ledger: str, head: str) -> ApprovalStatement:
    """What a person is about to approve, not signed yet."""
    return ApprovalStatement(person, ledger or NO_LEDGER, head, tuple(map(str, contents)))


def signed_bytes(said: ApprovalStatement) -> bytes:
    """Exactly what is signed: a fixed first line, then whose approval it is, for which ledger, upon which commit, of what."""
    lines = ["marronnier approval 1", f"by {said.by}", f"ledger {said.ledger}", f"commit {said.head}", *said.contents]
    return "".join(f"{line}\n" for line in lines).encode()


def sign(said: ApprovalStatement, key: str, program: str) -> ApprovalStatement:
    """The statement with its signature. Raises GitError."""
    armored = sign_text(signed_bytes(said), key, NAMESPACE, program)
    return ApprovalStatement(said.by, said.ledger, said.head, said.contents, "".join(armored.splitlines()[1:-1]))


def trailers(said: ApprovalStatement) -> tuple[str, ...]:
    """The lines of a commit's message that carry it."""
    contents = (f"Approved-content: {content}" for content in said.contents)
    signature = (f"Approval-signature: {said.signature}",) if said.signature else ()
    return (f"Approved-by: {said.by}", f"Approved-in: {said.ledger}", f"Approved-at: {said.head}", *contents, *signature)


def statements_in(message: str) -> tuple[ApprovalStatement, ...]:
    """The signed statements of a message, wherever in it they stand: a squash puts several messages into one.

    Lines that end in no signature are no statement.
    """
    found: list[ApprovalStatement] = []
    lines: dict[str, str] = {}
    contents: list[str] = []
    for line in message.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is None:
            continue
        name, value = match[1].casefold(), match[2]
        if name == "approved-by":
            lines, contents = {}, []
        if name == "approved-content":
            contents.append(value)
        elif name == "approval-signature":
            if contents and lines.keys() == {"approved-by", "approved-in", "approved-at"} and _COMMIT.fullmatch(lines["approved-at"]):
                found.append(ApprovalStatement(lines["approved-by"], lines["approved-in"], lines["approved-at"], tuple(contents), value))
            lines, contents = {}, []
        else:
            lines[name] = value
    return tuple(found)


def verify(said: ApprovalStatement, keys: str) -> SignatureStatus:
    """Whether a statement is signed by a key of these lines of an allowed_signers file, which are all its person's.

    Raises NotInstalled when there is no ssh-keygen.
    """
    text, lines = signed_bytes(said), for_namespace(keys.splitlines(), NAMESPACE)
    if not lines:
        return "none"
    if (text, said.signature, lines) not in _VERIFIED:
        try:
            raw = base64.b64decode(said.signature, validate=True)
        except (binascii.Error, ValueError):
            return "bad"
        armored = "\n".join((_BEGIN, *textwrap.wrap(base64.b64encode(raw).decode(), 70), _END, ""))
        is_good = is_signed_text(text, armored, said.by, lines, NAMESPACE)
        _VERIFIED[text, said.signature, lines] = "good" if is_good else "bad"
    return _VERIFIED[text, said.signature, lines]
