"""ssh-keygen, run as a command: it makes and verifies SSH signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from marronnier.git.environment import TIMEOUT, GitError, NotInstalled, git_environment

if TYPE_CHECKING:
    import subprocess

NO_PROMPT = {"SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force"}
"""Variables by which a key with a passphrase fails at once instead of waiting for somebody to type."""


def ssh_keygen(*arguments: str, stdin: bytes = b"") -> bytes:
    """Run ssh-keygen and return its standard output. It never asks for a passphrase. Raises GitError, NotInstalled when it is not installed."""
    return _read_output(_start_ssh_keygen(*arguments), stdin)


@contextmanager
def text_signer(key: str) -> Iterator[Callable[[bytes], bytes]]:
    """A function that signs the text of one commit with the private key in the file `key`; it raises GitError.

    ssh-keygen starts at once, so that it is ready when the text is. Raises NotInstalled when ssh-keygen is not installed.
    """
    process = _start_ssh_keygen("-Y", "sign", "-n", "git", "-f", key)
    try:
        yield lambda text: _read_output(process, text)
    finally:
        process.kill()
        process.communicate()


def _start_ssh_keygen(*arguments: str) -> subprocess.Popen[bytes]:
    import subprocess

    try:
        return subprocess.Popen(
            ["ssh-keygen", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=git_environment(NO_PROMPT),
        )
    except FileNotFoundError as error:
        raise NotInstalled("ssh-keygen is not installed") from error


def _read_output(process: subprocess.Popen[bytes], stdin: bytes) -> bytes:
    import subprocess

    try:
        output, errors = process.communicate(stdin, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.communicate()
        raise GitError(("ssh-keygen",), -1, "ssh-keygen gave no answer") from error
    if process.returncode != 0:
        raise GitError(("ssh-keygen",), process.returncode, errors.decode("utf-8", "replace"))
    return output
