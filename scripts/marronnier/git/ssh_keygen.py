"""ssh-keygen, which makes and checks the signatures that git asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from marronnier.git.environment import TIMEOUT, GitError, NoGit, git_environment

if TYPE_CHECKING:
    import subprocess

NO_PASSPHRASE_PROMPT = {"SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force"}
"""A key with a passphrase is refused at once instead of waiting for somebody to type."""


def ssh_keygen(*arguments: str, stdin: bytes = b"") -> bytes:
    """Run ssh-keygen and give its standard output; it never asks for a passphrase. Raises GitError, NoGit when it is not there."""
    return _read_output(_start(*arguments), stdin)


@contextmanager
def commit_text_signer(key: str) -> Iterator[Callable[[bytes], bytes]]:
    """What signs one text for git, with the private key in this file; it raises GitError.

    ssh-keygen is started at once, so that it is ready when the text is. Raises NoGit when it is not there.
    """
    process = _start("-Y", "sign", "-n", "git", "-f", key)
    try:
        yield lambda text: _read_output(process, text)
    finally:
        process.kill()
        process.communicate()


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    import subprocess

    try:
        return subprocess.Popen(
            ["ssh-keygen", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=git_environment(NO_PASSPHRASE_PROMPT),
        )
    except FileNotFoundError as error:
        raise NoGit("ssh-keygen is not installed") from error


def _read_output(process: subprocess.Popen[bytes], stdin: bytes) -> bytes:
    import subprocess

    try:
        told, said = process.communicate(stdin, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.communicate()
        raise GitError(("ssh-keygen",), -1, "ssh-keygen gave no answer") from error
    if process.returncode != 0:
        raise GitError(("ssh-keygen",), process.returncode, said.decode("utf-8", "replace"))
    return told
