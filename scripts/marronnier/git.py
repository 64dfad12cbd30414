"""The door to git: the one place that runs it."""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from marronnier.messages import Trouble, _

if TYPE_CHECKING:
    import subprocess

TIMEOUT = 120.0
"""Seconds before a git command is given up; a network that hangs must not hold a run for ever."""

OLDEST = (2, 34)
"""The oldest git that signs and checks with SSH keys (its RelNotes/2.34.0.txt, seen 2026-11-22)."""

STEADY = (
    *("-c", "core.quotePath=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.pager=cat"),
    *("-c", "color.ui=false"),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "i18n.commitEncoding=UTF-8"),
    *("-c", "i18n.logOutputEncoding=UTF-8"),
)
"""Settings that a person's or a repository's own configuration must not change: no hook runs, no output takes another shape."""

_ELSEWHERE = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_EXTERNAL_DIFF",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)
"""Variables by which a hook or a script around us would point git at another repository."""


class GitError(Exception):
    """Git said no; the message is its own last words."""

    def __init__(self, command: Sequence[str], status: int, said: str) -> None:
        super().__init__(said.strip() or f"git {command[0]} ended with {status}")
        self.command = tuple(command)
        self.status = status
        self.said = said

    @property
    def timed_out(self) -> bool:
        """Whether git gave no answer in time: what it was doing may still happen."""
        return self.status == -1


class NoGit(Exception):
    """There is no git here, or no repository."""


_ROOMY = {"MALLOC_TOP_PAD_": str(32 << 20)}
"""git takes and gives back memory in small steps, hundreds of times a commit; taken at once, a record is written in half the time.

Read by glibc alone (https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html, seen 2026-11-25).
"""


def surroundings(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment git runs in: ours, without what points elsewhere and without the publisher's key."""
    kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE and name != "MARRONNIER_SIGNING_KEY"}
    return {
        **_ROOMY,
        **kept,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        **(more or {}),
    }


class Repo:
    """A clone, seen through the git command."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader: tuple[int, Batch] | None = None

    def run(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
        config: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run git with these arguments and give its standard output; `config` holds settings for this one command.

        Raises GitError, NoGit.
        """
        import subprocess

        command = [*self._git(config), *arguments]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                env=surroundings(env),
                timeout=timeout,
                check=False,
                input=stdin or b"",
            )
        except FileNotFoundError as error:
            raise NoGit("git is not installed") from error
        except subprocess.TimeoutExpired as error:
            raise GitError(arguments, -1, f"git {arguments[0]} gave no answer in {timeout:.0f} s") from error
        if done.returncode != 0:
            raise GitError(arguments, done.returncode, done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace"))
        return done.stdout

    def _git(self, config: Mapping[str, str] | None = None) -> list[str]:
        more = [word for name, value in (config or {}).items() for word in ("-c", f"{name}={value}")]
        return ["git", *STEADY, *more, "-C", str(self.path)]

    def text(self, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        """Like `run`, as text without the last newline."""
        return self.run(*arguments, stdin=stdin, env=env).decode("utf-8", "replace").rstrip("\n")

    def find(self, *arguments: str) -> str | None:
        """Like `text`, or None where git answers no."""
        try:
            return self.text(*arguments)
        except GitError:
            return None

    def batch(self) -> Batch:
        """A reader of many objects by one `git cat-file --batch`; close it, or use it in a `with`."""
        return Batch(self._git())

    def read(self, name: str) -> bytes | None:
        """The bytes of one object, by id or as `revision:path`, through a reader kept for as long as this object lives. Raises as `Batch.read`."""
        return self.reader().read(name)

    def reader(self) -> Batch:
        """The reader kept for as long as this object lives: starting one takes longer than reading a hundred files."""
        # It is never shared with a forked process: both would take each other's answers.
        if self._reader is None or self._reader[0] != os.getpid() or self._reader[1].ended:
            self._reader = (os.getpid(), self.batch())
        return self._reader[1]

    @cached_property
    def prefix(self) -> str:
        """This folder below the repository's root, with a `/` at its end; empty when they are one."""
        return self.find("rev-parse", "--show-prefix") or ""

    # What stands where

    def version(self) -> tuple[int, ...]:
        """Git's version, as (2, 39, 5). Raises NoGit."""
        found = re.search(r"(\d+(?:\.\d+)+)", self.text("version"))
        return tuple(int(number) for number in found[1].split(".")) if found else (0,)

    def commit(self, name: str) -> str | None:
        """The id of the commit a name leads to, or None. A name that begins with `-` is a name, never an option."""
        # The reader that is open already knows most of them, and costs no process.
        if (known := self._known_commit(name)) is not None:
            return known
        return self.find("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")

    def _known_commit(self, name: str) -> str | None:
        if self._reader is None or self._reader[0] != os.getpid() or "\n" in name:
            return None
        try:
            return self._reader[1].name(f"{name}^{{commit}}")
        except GitError:
            return None

    def head(self) -> str | None:
        """The commit checked out, or None before the first one."""
        return self.commit("HEAD")

    def branch(self) -> str | None:
        """The branch checked out, or None when the head is detached."""
        return self.find("symbolic-ref", "--quiet", "--short", "HEAD")

    def has_remote(self) -> bool:
        """Whether a remote `origin` is set."""
        return self.remote_url() is not None

    def remote_url(self) -> str | None:
        """Where `origin` is, as configured, or None. It may hold a password: never show it."""
        return self.find("config", "--get", "remote.origin.url")

    def default_branch(self) -> str:
        """The name of the branch that publishes: origin's head, else init.defaultBranch, main or master, whichever exists.

        Before the first commit it is the branch checked out, or `main`.
        """
        found = self.text("for-each-ref", "--format=%(refname) %(symref)", "refs/heads/", "refs/remotes/origin/").splitlines()
        listed = dict(line.partition(" ")[::2] for line in found)
        followed = listed.get("refs/remotes/origin/HEAD", "")
        if followed.startswith("refs/remotes/origin/"):
            return followed.removeprefix("refs/remotes/origin/")
        names = tuple(dict.fromkeys(name for name in (self._preferred_branch, "main", "master") if name))
        for name in names:
            if f"refs/heads/{name}" in listed or f"refs/remotes/origin/{name}" in listed:
                return name
        # One branch beside the ledger, whatever its name, can only be the one that publishes.
        heads = {name.removeprefix("refs/heads/") for name in listed if name.startswith("refs/heads/")} - {"ledger"}
        return heads.pop() if len(heads) == 1 else self.branch() or names[0]

    @cached_property
    def _preferred_branch(self) -> str | None:
        """What this person's git calls a first branch; asked once."""
        return self.find("config", "--get", "init.defaultBranch")

    def default_commit(self) -> str | None:
        """The newest commit of the default branch that is here: the local branch, else origin's; None before the first."""
        name = self.default_branch()
        return self.commit(f"refs/heads/{name}") or self.commit(f"refs/remotes/origin/{name}")

    def is_shallow(self) -> bool:
        """Whether history was cut when this was cloned."""
        return self.find("rev-parse", "--is-shallow-repository") == "true"

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether the one commit stands below the other; False too when one of them is not here."""
        return self.find("merge-base", "--is-ancestor", "--end-of-options", older, newer) is not None

    # What only a person can settle

    def require(self) -> Self:
        """Itself, when git is new enough and this is a repository that git will read. Raises Trouble with a sentence."""
        try:
            version = self.version()
        except NoGit as error:
            raise Trouble(_("git is not installed."), _("Install git 2.34 or newer.")) from error
        if version < OLDEST:
            raise Trouble(
                _("This git is too old: {version}.", version=".".join(map(str, version))),
                _("Install git 2.34 or newer: older ones cannot check signatures."),
            )
        try:
            self.run("rev-parse", "--git-dir")
        except GitError as error:
            if "dubious ownership" in error.said:
                raise Trouble(
                    _("git does not trust {folder}: it belongs to somebody else.", folder=self.path),
                    _("If you trust it, run `git config --global --add safe.directory {folder}`.", folder=self.path),
                ) from error
            if "not a git repository" in error.said:
                raise Trouble(
                    _("{folder} is not in a git repository.", folder=self.path), _("Run `git init` there, and commit.")
                ) from error
            raise Trouble(_("git cannot read {folder}: {said}", folder=self.path, said=str(error)), _("Mend the repository.")) from error
        return self

    def require_branch(self) -> str:
        """The branch checked out. Raises Trouble when the head is detached."""
        name = self.branch()
        if name is None:
            raise Trouble(
                _("No branch is checked out here: the head is detached."),
                _("Go back to a branch, for example with `git switch {branch}`.", branch=self.default_branch()),
            )
        return name

    def require_complete(self) -> None:
        """Raises Trouble when this is a shallow clone: who approved what cannot be seen in a cut history."""
        if self.is_shallow():
            raise Trouble(
                _("This clone is shallow: its history is cut."),
                _("Run `git fetch --unshallow`, or set `fetch-depth: 0` where the workflow checks out."),
            )

    def require_identity(self) -> str:
        """The person who commits here, as `Name <mail>`. Raises Trouble when git does not know."""
        try:
            return self.text("var", "GIT_COMMITTER_IDENT").rsplit(">", 1)[0] + ">"
        except GitError as error:
            raise Trouble(
                _("git does not know who you are."),
                _('Run `git config --global user.name "Your Name"` and `git config --global user.email you@example.org`.'),
            ) from error


class Batch:
    """Reads objects of one repository, one after the other, through a single process. Not for two threads at once."""

    AT_ONCE = 8192
    """Bytes of questions sent before answers are read: fewer than any pipe holds, so that neither side waits for the other."""

    def __init__(self, git: Sequence[str]) -> None:
        import subprocess

        try:
            self._process = subprocess.Popen(
                [*git, "cat-file", "--batch"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=surroundings(),
            )
        except FileNotFoundError as error:
            raise NoGit("git is not installed") from error
        self.close = weakref.finalize(self, _end, self._process)
        """Ends the process; it also ends with this object."""

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def read(self, name: str) -> bytes | None:
        """The bytes of an object, by id or as `revision:path`; None when there is none. Raises GitError, ValueError for a line break."""
        return next(self.read_all((name,)))

    def name(self, name: str) -> str | None:
        """The id of an object, by a name of any kind; None when there is none. Raises as `read`."""
        self._send(name.encode("utf-8", "surrogateescape") + b"\n")
        found = self._answer()
        return found[0] if found is not None else None

    def read_all(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """The bytes of many objects, in order. Raises as `read`."""
        asked: list[bytes] = []
        size = 0
        for name in names:
            if "\n" in name:
                raise ValueError("the name of an object holds no line break; ask by id")
            asked.append(name.encode("utf-8", "surrogateescape") + b"\n")
            size += len(asked[-1])
            if size >= self.AT_ONCE:
                yield from self._ask(asked)
                asked, size = [], 0
        yield from self._ask(asked)

    def _ask(self, questions: Sequence[bytes]) -> Iterator[bytes | None]:
        self._send(b"".join(questions))
        for _question in questions:
            found = self._answer()
            yield found[1] if found is not None else None

    def _send(self, questions: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(questions)
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise GitError(("cat-file",), self._process.poll() or 1, "git cat-file ended early") from error

    def _answer(self) -> tuple[str, bytes] | None:
        assert self._process.stdout is not None
        header = self._process.stdout.readline()
        if not header:
            raise GitError(("cat-file",), self._process.poll() or 1, "git cat-file ended early")
        size = header.rsplit(b" ", 1)[-1].strip()
        if not size.isdigit():
            return None
        data = self._process.stdout.read(int(size))
        self._process.stdout.read(1)
        if len(data) != int(size):
            raise GitError(("cat-file",), self._process.poll() or 1, "git cat-file ended early")
        return header.split(b" ", 1)[0].decode(), data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                pass
    process.wait()


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
