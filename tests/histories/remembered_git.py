"""Git's answers that cannot change, remembered: a history asks the same of the same commits again and again, and each answer is a process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

from marronnier.git import GitError, Repo

_OF_OBJECTS = ("merge-base", "ls-tree", "log", "rev-list", "diff-tree", "rev-parse")
"""Commands whose answer follows from the objects they name, where they name each by its id."""
_OF_THE_CLONE = {
    ("version",),
    ("rev-parse", "--show-prefix"),
    ("rev-parse", "--git-dir"),
    ("rev-parse", "--is-shallow-repository"),
    ("rev-parse", "--git-path", "marronnier-asked-origin"),
    ("rev-parse", "--git-path", "marronnier-asked-origin", "--git-path", "FETCH_HEAD", "--git-path", "refs/remotes/origin/HEAD"),
    ("config", "--get", "remote.origin.url"),
}
"""Questions about what no history changes: which git it is, where its folder is, and where its clones come from."""
_OID = re.compile(r"\^?[0-9a-f]{40}(\^\{commit\})?")
_SIGNERS = "gpg.ssh.allowedSignersFile"
_AGAIN = 97
"""Each so many remembered answers, git is asked again: it must say the same."""

Answer = tuple[bytes, bytes]


class RememberedGit:
    """What each repository answered. An object that was missing is asked for again; one that is there stays."""

    def __init__(self) -> None:
        self._answers: dict[tuple[object, ...], Answer | GitError] = {}
        self._turn = count(1)

    def forget(self) -> None:
        """The repositories are gone: others may be made in their places."""
        self._answers.clear()

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Answer for git within this block."""
        ask = Repo._complete

        def complete(
            repo: Repo,
            arguments: Sequence[str],
            stdin: Any,
            env: Any,
            timeout: float,
            config: Mapping[str, str] | None,
            *,
            discard: bool = False,
        ) -> Answer:
            def answer() -> Answer:
                return ask(repo, arguments, stdin, env, timeout, config, discard=discard)

            return self._answer(answer, _question(repo, arguments, stdin, config))

        with mock.patch.object(Repo, "_complete", complete):
            yield

    def _answer(self, ask: Callable[[], Answer], question: tuple[object, ...] | None) -> Answer:
        if question is None:
            return ask()
        known = self._answers.get(question)
        if known is None or next(self._turn) % _AGAIN == 0:
            given = _given(ask)
            assert known is None or str(known) == str(given), (question, known, given)
            if isinstance(given, GitError) and given.status != 1:
                raise given
            self._answers[question] = known = given
        if isinstance(known, GitError):
            # Another one each time: what led to an error holds the repository, and that its git.
            raise GitError(known.command, known.status, known.output)
        return known


def _given(ask: Callable[[], Answer]) -> Answer | GitError:
    try:
        return ask()
    except GitError as error:
        return error.with_traceback(None)


def _question(repo: Repo, arguments: Sequence[str], stdin: Any, config: Mapping[str, str] | None) -> tuple[object, ...] | None:
    """What is asked, where its answer cannot change; None where it may."""
    if tuple(arguments) in _OF_THE_CLONE:
        return (str(repo.path), *arguments)
    words = list(arguments)
    while words[:1] == ["-c"]:
        words = words[2:]
    if not words or words[0] not in _OF_OBJECTS or any(word.startswith(_SIGNERS) for word in arguments):
        return None
    named = words[1 : words.index("--")] if "--" in words else words[1:]
    given = stdin.decode().split() if isinstance(stdin, bytes) else []
    objects = [word for word in (*named, *given) if not word.startswith("-")]
    if words[0] == "ls-tree" and objects:
        objects = objects[:1]
    if not objects or not all(_OID.fullmatch(word) for word in objects) or not (stdin is None or isinstance(stdin, bytes)):
        return None
    # Who may sign stands in a file that is made for the one question.
    settings = {name: Path(value).read_bytes() if name == _SIGNERS else value for name, value in (config or {}).items()}
    return (str(repo.path), *arguments, stdin, *sorted(settings.items(), key=str))
