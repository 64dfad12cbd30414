"""ssh-keygen, run as a command: it makes and verifies SSH signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from marronnier.git.environment import TIMEOUT, GitError, NotInstalled, git_environment

if TYPE_CHECKING:
    import subprocess

NO_PROMPT = {"SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force"}
"""Variables by which a key with a passphrase fails at once instead of waiting for somebody to type."""


def ssh_keygen(*arguments: str, stdin: bytes = b"") -> bytes:
    """Run ssh-keygen and return its standard output. It never asks for a passphrase. Raises GitError, NotInstalled when it is not installed."""
    return _read_output(_start_ssh_keygen(*arguments), stdin)


def sign_text(text: bytes, key: str, namespace: str, program: str) -> str:
    """The armored SSH signature of a text, by the key that git would sign with: a file, or the text of a public key that an agent holds.

    The program may ask for a passphrase or a touch, as it does for a commit. Raises GitError, NotInstalled when there is no such program.
    """
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory(prefix="marronnier-") as folder:
        file = Path(folder) / "text"
        file.write_bytes(text)
        literal = key.removeprefix("key::")
        in_agent = literal != key or key.startswith("ssh-")
        if in_agent:
            path = Path(folder) / "key.pub"
            path.write_text(f"{literal}\n", encoding="utf-8")
        else:
            path = Path(key).expanduser()
        command = [program, "-Y", "sign", "-n", namespace, "-f", str(path), *(("-U",) if in_agent else ()), str(file)]
        try:
            done = subprocess.run(command, env=git_environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
        except (FileNotFoundError, PermissionError) as error:
            raise NotInstalled(f"{program} is not installed") from error
        except subprocess.TimeoutExpired as error:
            raise GitError((program,), -1, f"{program} gave no answer") from error
        signature = Path(folder) / "text.sig"
        if done.returncode != 0 or not signature.is_file():
            raise GitError((program,), done.returncode, (done.stderr + done.stdout).decode("utf-8", "replace"))
        return signature.read_text(encoding="utf-8")


def is_signed_text(text: bytes, signature: str, person: str, allowed_signers: str, namespace: str) -> bool:
    """Whether an armored signature is of that text, in that namespace, by a key that these lines give the person. Raises NotInstalled."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="marronnier-") as folder:
        signers, proof = Path(folder) / "allowed_signers", Path(folder) / "text.sig"
        signers.write_text(allowed_signers, encoding="utf-8")
        proof.write_text(signature, encoding="utf-8")
        try:
            ssh_keygen("-Y", "verify", "-n", namespace, "-I", person, "-f", str(signers), "-s", str(proof), stdin=text)
        except GitError:
            return False
        return True


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
