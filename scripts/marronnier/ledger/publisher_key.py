"""Who may write the ledger: the publisher's SSH key, and the keys that the default branch trusts."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from marronnier.git import NO_PASSPHRASE_PROMPT, GitError, NoGit, Repo, commit_text_signer, ssh_keygen
from marronnier.messages import Trouble, _

VARIABLE = "MARRONNIER_SIGNING_KEY"
"""The environment variable that holds the publisher's private key: a path, or the text of the key."""

PRINCIPAL = "publisher"
"""Whose signature the ledger needs, as `brand/allowed_signers` names it."""

ALLOWED_SIGNERS = "brand/allowed_signers"

_LINE = re.compile(r'(?P<names>"[^"]*"|\S+)\s+(?P<rest>.*\S)\s*')


def has_key() -> bool:
    """Whether the publisher's key is given to us."""
    return bool(os.environ.get(VARIABLE, "").strip())


def has_keygen() -> bool:
    """Whether ssh-keygen can be run."""
    try:
        ssh_keygen("-Y", "find-principals")
    except NoGit:
        return False
    except GitError:
        pass
    return True


@contextmanager
def private_key_file() -> Iterator[str]:
    """The path of the publisher's key, until the end of the block; a key given as text stands where only we can read it.

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
            # What was given may be a mistyped key: it is never repeated.
            raise Trouble(
                _("{variable} is neither a private key nor the path of one.", variable=VARIABLE),
                _("Set it to the path of the publisher's private SSH key, or to its text."),
            )
        yield str(path.absolute())
        return
    with _private_file(given.replace("\r\n", "\n") + "\n") as kept:
        yield kept


@contextmanager
def _private_file(key: str) -> Iterator[str]:
    """A path at which only our own processes find the key, until the end of the block."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        # It has no name on any disk: a run killed in the middle leaves nothing behind.
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
    """The public half of the publisher's key, as `ssh-ed25519 AAAA…`. Raises Trouble."""
    with private_key_file() as path:
        try:
            read = ssh_keygen("-y", "-f", path).decode().split()
        except GitError as error:
            raise unusable_key() from error
        except NoGit as error:
            raise missing_keygen() from error
    return " ".join(read[:2])


def unusable_key() -> Trouble:
    """What is said of a key that cannot sign."""
    return Trouble(
        _("The publisher's key cannot sign."),
        _("It must be a private SSH key without a passphrase, in a file that only its owner can read (chmod 600)."),
    )


def missing_keygen() -> Trouble:
    """What is said where signatures can be neither made nor checked."""
    return Trouble(
        _("ssh-keygen is not installed: signatures can be neither made nor checked."), _("Install it (Debian: apt install openssh-client).")
    )


@contextmanager
def commit_signer() -> Iterator[Callable[[Repo, str], str]]:
    """What signs one commit: given the unsigned one, it makes the same with the publisher's signature, and gives its id.

    It is made ready at once; no branch moves. Raises Trouble: there is no key, or it cannot sign.
    """
    with private_key_file() as key:
        try:
            with commit_text_signer(key) as sign:
                yield lambda repo, unsigned: _sign_commit(repo, unsigned, sign)
        except NoGit as error:
            raise missing_keygen() from error


def _sign_commit(repo: Repo, unsigned: str, sign: Callable[[bytes], bytes]) -> str:
    text = repo.read(unsigned)
    if text is None:
        raise GitError(("cat-file",), 1, f"the commit {unsigned} is not there")
    try:
        signature = sign(text)
    except GitError:
        # Not chained: its words name the key's path.
        raise unusable_key() from None
    # As git writes it: https://git-scm.com/docs/signature-format (seen 2026-11-26).
    header, _blank, message = text.partition(b"\n\n")
    name = b"gpgsig" if len(unsigned) == 40 else b"gpgsig-sha256"
    folded = signature.rstrip(b"\n").replace(b"\n", b"\n ")
    made = repo.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=header + b"\n" + name + b" " + folded + b"\n\n" + message)
    return made.decode().strip()


def publisher_lines(allowed_signers: bytes) -> bytes:
    """The lines of `allowed_signers` that name the publisher, for the publisher alone: no other principal may sign the ledger."""
    kept = []
    for line in allowed_signers.decode("utf-8", "replace").splitlines():
        found = _LINE.fullmatch(line.strip())
        if found and not line.lstrip().startswith("#") and PRINCIPAL in found["names"].strip('"').split(","):
            kept.append(f"{PRINCIPAL} {found['rest']}\n")
    return "".join(kept).encode()


def verify_commits(repo: Repo, revisions: Iterable[str], allowed_signers: bytes) -> Iterator[tuple[str, str]]:
    """The commits that `rev-list` gives for these arguments, newest first, each with git's verdict.

    `G` signed by the publisher; `U` by a key not trusted as the publisher's; `B` a signature that does not fit; `N` none; `E` none could be checked.
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
        listed = repo.run("log", "--format=%H %G?", *revisions, "--", config=config, env=NO_PASSPHRASE_PROMPT, timeout=3600)
    for line in listed.decode().splitlines():
        oid, _space, verdict = line.partition(" ")
        yield oid, verdict.strip() or "N"
