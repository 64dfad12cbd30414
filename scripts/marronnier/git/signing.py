"""ssh-keygen, which makes and checks the signatures that git asks for."""

from __future__ import annotations

from marronnier.git.surroundings import TIMEOUT, GitError, NoGit, surroundings


def keygen(*arguments: str, stdin: bytes = b"") -> bytes:
    """Run ssh-keygen and give its standard output; it never asks for a passphrase. Raises GitError, NoGit when it is not there."""
    import subprocess

    try:
        done = subprocess.run(
            ["ssh-keygen", *arguments], input=stdin, capture_output=True, env=surroundings(SILENT), timeout=TIMEOUT, check=False
        )
    except FileNotFoundError as error:
        raise NoGit("ssh-keygen is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise GitError(("ssh-keygen",), -1, "ssh-keygen gave no answer") from error
    if done.returncode != 0:
        raise GitError(("ssh-keygen",), done.returncode, done.stderr.decode("utf-8", "replace"))
    return done.stdout


SILENT = {"SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force"}
"""A key with a passphrase is refused at once instead of waiting for somebody to type."""
