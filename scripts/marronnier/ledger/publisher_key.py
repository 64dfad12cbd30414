"""The publisher's SSH key, which signs ledger commits, and the verification of these signatures."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from marronnier.git import NO_PROMPT, GitError, NotInstalled, Repo, ssh_keygen, text_signer
from marronnier.git.allowed_signers import keys_of
from marronnier.messages import Trouble, _

VARIABLE = "MARRONNIER_SIGNING_KEY"
"""The environment variable with the publisher's private key: the path of a file, or the text of the key."""

PRINCIPAL = "publisher"
"""The publisher's name in `brand/allowed_signers`."""

ALLOWED_SIGNERS = "brand/allowed_signers"


def has_key() -> bool:
    """Whether the environment gives the publisher's private key."""
    return bool(os.environ.get(VARIABLE, "").strip())


def has_keygen() -> bool:
    """Whether ssh-keygen is installed."""
    try:
        ssh_keygen("-Y", "find-principals")
    except NotInstalled:
        return False
    except GitError:
        pass
    return True


@contextmanager
def private_key_file() -> Iterator[str]:
    """The path of the publisher's private key, until the end of the block. A key given as text gets a file that only we can read.

    Raises Trouble when there is no key.
    """
    given = os.environ.get(VARIABLE, "").strip()
    if not given:
        raise Trouble(
            _("The ledger is signed, and the publisher's key is not here: {variable} is empty.", variable=VARIABLE),
            _("Only the publishing environment has it. To publish from here, set it to the key's path."),
        )
    if "PRIVATE KEY" not in given:
        path = Path(given).expanduser()
        if "\n" in given or not path.is_file():
            # The value may be a mistyped private key: no message repeats it.
            raise Trouble(
                _("{variable} is neither a private key nor the path of one.", variable=VARIABLE),
                _("Set it to the path of the publisher's private SSH key, or to its text."),
            )
        yield str(path.absolute())
        return
    with _private_file(given.replace("\r\n", "\n") + "\n") as path_of_text:
        yield path_of_text


@contextmanager
def _private_file(key: str) -> Iterator[str]:
    """The path of a file that holds the key and that only our own processes can read, until the end of the block."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        # A file in memory has no name on any disk: a killed run leaves nothing behind.
        with os.fdopen(os.memfd_create("key"), "w", encoding="utf-8", newline="\n") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(key)
            file.flush()
            yield f"/proc/{os.getpid()}/fd/{file.fileno()}"
        return
    with tempfile.TemporaryDirectory(prefix="marronnier-") as folder:
        path = Path(folder) / "key"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline="\n") as file:
            file.write(key)
        yield str(path)


def public_key() -> str:
    """The publisher's public key, as `ssh-ed25519 AAAA…`. Raises Trouble when there is no usable private key."""
    with private_key_file() as path:
        try:
            fields = ssh_keygen("-y", "-f", path).decode().split()
        except GitError as error:
            raise unusable_key_error() from error
        except NotInstalled as error:
            raise missing_keygen_error() from error
    return " ".join(fields[:2])


def unusable_key_error() -> Trouble:
    """The error for a private key that cannot sign."""
    return Trouble(
        _("The publisher's key cannot sign."),
        _("It must be a private SSH key without a passphrase, in a file that only you can read (chmod 600)."),
    )


def missing_keygen_error() -> Trouble:
    """The error for a machine without ssh-keygen."""
    return Trouble(
        _("ssh-keygen is not installed: signatures can be neither made nor checked."), _("Install it (Debian: apt install openssh-client).")
    )


@contextmanager
def commit_signer() -> Iterator[Callable[[Repo, str], str]]:
    """A function that signs one commit: from an unsigned commit's id it writes the signed commit and returns its id.

    ssh-keygen starts at once. No branch moves. Raises Trouble when there is no key or the key cannot sign.
    """
    with private_key_file() as key:
        try:
            with text_signer(key) as sign:
                yield lambda repo, unsigned: _sign_commit(repo, unsigned, sign)
        except NotInstalled as error:
            raise missing_keygen_error() from error


def _sign_commit(repo: Repo, unsigned: str, sign: Callable[[bytes], bytes]) -> str:
    """Write the commit `unsigned` again with a signature, and return the new id."""
    text = repo.read(unsigned)
    if text is None:
        raise GitError(("cat-file",), 1, f"the commit {unsigned} is not there")
    try:
        signature = sign(text)
    except GitError:
        # Not chained: ssh-keygen's message names the path of the key.
        raise unusable_key_error() from None
    # Git's format: https://git-scm.com/docs/signature-format (seen 2026-11-26).
    header, _blank, message = text.partition(b"\n\n")
    name = b"gpgsig" if len(unsigned) == 40 else b"gpgsig-sha256"
    folded = signature.rstrip(b"\n").replace(b"\n", b"\n ")
    signed = repo.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=header + b"\n" + name + b" " + folded + b"\n\n" + message)
    return signed.decode().strip()


def publisher_lines(allowed_signers: bytes) -> bytes:
    """The keys of `allowed_signers` that belong to the publisher, as lines for the publisher alone: nobody else may sign the ledger."""
    return keys_of(allowed_signers, PRINCIPAL).encode()


def verify_commits(repo: Repo, revisions: Iterable[str], allowed_signers: bytes) -> Iterator[tuple[str, str]]:
    """The commits that `rev-list` lists for these arguments, newest first, each with git's verdict (`%G?`).

    `G`: signed by the publisher. `U`: signed by a key that is not the publisher's. `B`: the signature does not match. `N`: no signature.
    `E`: the signature cannot be checked on this machine.
    """
    with tempfile.TemporaryDirectory(prefix="marronnier-") as folder:
        signers = Path(folder) / "allowed_signers"
        signers.write_bytes(publisher_lines(allowed_signers))
        config = {
            "gpg.format": "ssh",
            "gpg.ssh.program": "ssh-keygen",
            "gpg.ssh.allowedSignersFile": str(signers),
            "gpg.minTrustLevel": "undefined",
            "gpg.program": "/bin/false",
            "gpg.x509.program": "/bin/false",
        }
        listed = repo.run("log", "--format=%H %G?", *revisions, "--", config=config, env=NO_PROMPT, timeout=3600)
    for line in listed.decode().splitlines():
        oid, _space, verdict = line.partition(" ")
        yield oid, verdict.strip() or "N"
