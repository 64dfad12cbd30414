"""A local Git repository: its objects, references and settings, read and changed by running git."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Self, TypeVar

from marronnier.git.coprocess import CatFile, RefUpdater
from marronnier.git.environment import FIXED_SETTINGS, TIMEOUT, GitError, NotInstalled, git_environment
from marronnier.messages import Trouble, _

OLDEST_GIT = (2, 34)
"""The oldest version of git that signs and verifies with SSH keys (its RelNotes/2.34.0.txt, seen 2026-11-22)."""

Listing = TypeVar("Listing")

_VERSIONS: dict[str, tuple[int, ...]] = {}
"""The version of each git that was asked, by the PATH on which it was found."""

_ASKED = "marronnier-asked-origin"
"""An empty file in git's folder: its date is when we last asked origin for the default branch, which leaves no FETCH_HEAD."""


@contextmanager
def _as_file(pieces: Iterable[bytes]) -> Iterator[IO[bytes]]:
    """A file that holds these pieces, and is gone afterwards."""
    import tempfile

    with tempfile.TemporaryFile() as file:
        file.writelines(pieces)
        file.seek(0)
        yield file


class Repo:
    """A local Git repository, of which `path` is the root or a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.blob_digests: dict[str, str] = {}
        """SHA-256 of blobs, by their object id: a video of a hundred megabytes is not read for each commit that holds it."""
        self._reader: CatFile | None = None
        self._references: RefUpdater | None = None
        self._fetched: dict[str, str | None] = {}
        """Branches of origin, fetched by this object, whose tracking reference could not be moved there; None for one that is gone."""
        self._origin_default = ""
        """The branch that origin's HEAD named when this object asked; empty until it has."""
        self._tracked_head = ""
        """What `refs/remotes/origin/HEAD` named when it was read last; empty where it was not read, or names nothing."""
        self._listings: dict[str, Any] = {}
        """The files of the last commits that were listed, as their reader made them."""
        self._settings: dict[tuple[str, ...], tuple[tuple[int, int, int], str | None]] = {}
        """Answers about remotes, each with what told the settings file apart when git was asked."""

    def run(
        self,
        *arguments: str,
        stdin: bytes | Sequence[bytes] | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
        config: Mapping[str, str] | None = None,
        discard: bool = False,
    ) -> bytes:
        """Run git with these arguments and return its standard output; with `discard`, nothing of it.

        `stdin` in several pieces goes through a file, so that it is never in memory twice.
        `env` adds variables, `config` adds settings for this command; `timeout` is in seconds.
        Raises GitError when git fails or gives no answer in time, NotInstalled when git is not installed.
        """
        return self._complete(arguments, stdin, env, timeout, config, discard=discard)[0]

    def run_with_messages(self, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = TIMEOUT) -> tuple[bytes, str]:
        """Run git and return its standard output and its messages. Raises as `run`."""
        output, messages = self._complete(arguments, None, env, timeout, None)
        return output, messages.decode("utf-8", "replace")

    def _complete(
        self,
        arguments: Sequence[str],
        stdin: bytes | Sequence[bytes] | None,
        env: Mapping[str, str] | None,
        timeout: float,
        config: Mapping[str, str] | None,
        *,
        discard: bool = False,
    ) -> tuple[bytes, bytes]:
        """Standard output and standard error of a git command that succeeded. Raises as `run`."""
        import subprocess

        command = [*self._command(config), *arguments]
        environment = git_environment(env)
        output = subprocess.DEVNULL if discard else subprocess.PIPE
        options = {"stdout": output, "stderr": subprocess.PIPE, "env": environment, "timeout": timeout}
        try:
            if stdin is None or isinstance(stdin, bytes):
                process = subprocess.run(command, check=False, input=stdin or b"", **options)  # type: ignore[call-overload]
            else:
                with _as_file(stdin) as file:
                    process = subprocess.run(command, check=False, stdin=file, **options)  # type: ignore[call-overload]
        except FileNotFoundError as error:
            raise NotInstalled("git is not installed") from error
        except subprocess.TimeoutExpired as error:
            raise GitError(arguments, -1, f"git {arguments[0]} gave no answer in {timeout:.0f} s") from error
        if process.returncode != 0:
            said = process.stderr.decode("utf-8", "replace") + (process.stdout or b"").decode("utf-8", "replace")
            raise GitError(arguments, process.returncode, said)
        return process.stdout or b"", process.stderr

    def _command(self, config: Mapping[str, str] | None = None) -> list[str]:
        more = [word for name, value in (config or {}).items() for word in ("-c", f"{name}={value}")]
        return ["git", *FIXED_SETTINGS, *more, "-C", str(self.path)]

    def text(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Run git and return its output as text without the last newline. Raises as `run`."""
        return self.run(*arguments, stdin=stdin).decode("utf-8", "replace").rstrip("\n")

    def try_text(self, *arguments: str) -> str | None:
        """Run git and return its output as text; None when git fails. Raises NotInstalled."""
        try:
            return self.text(*arguments)
        except GitError:
            return None

    def open_reader(self) -> CatFile:
        """A new reader of many objects through one git process. Close it, or use it in a `with`."""
        return CatFile(self._command())

    def read(self, name: str) -> bytes | None:
        """The bytes of one object, by id or as `revision:path`, through the shared reader. Raises as `CatFile.read`."""
        return self.shared_reader().read(name)

    def copy(self, name: str, write: Callable[[bytes], object]) -> bool:
        """Hand the bytes of one object to `write`, piece by piece; False when it does not exist. Raises as `CatFile.read`."""
        return self.shared_reader().copy(name, write)

    def shared_reader(self) -> CatFile:
        """The reader that stays open as long as this object lives."""
        if self._reader is None or not self._reader.is_usable:
            self._reader = self.open_reader()
        return self._reader

    def close(self) -> None:
        """End the git processes that stay open for this object; the next use starts them again."""
        for process in (self._reader, self._references):
            if process is not None:
                process.close()

    def update_refs(self, moves: Mapping[str, str], expected: Mapping[str, str | None]) -> None:
        """Move references, all or none, through a git process that stays open. As `RefUpdater.update`; raises GitError."""
        if self._references is None or not self._references.is_usable:
            self._references = RefUpdater(self._command())
        self._references.update(moves, expected)

    @cached_property
    def _place(self) -> tuple[str, Path]:
        """The path of this folder below the repository's root, and the file of its settings. Raises GitError."""
        prefix, _newline, settings = self.text("rev-parse", "--show-prefix", "--git-path", "config").rpartition("\n")
        return prefix, self.path / settings

    @property
    def prefix(self) -> str:
        """The path of this folder below the repository's root, with a `/` at its end; empty at the root."""
        try:
            return self._place[0]
        except GitError:
            return ""

    def list_files(self, commit: str, read: Callable[[bytes], Listing]) -> Listing:
        """What `read` makes of `git ls-tree -r -z -l` of a commit, by its whole id. A commit never changes: the last four are remembered."""
        if commit not in self._listings:
            listing = read(self.run("ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", commit))
            self._listings = dict([*self._listings.items(), (commit, listing)][-4:])
        known: Listing = self._listings[commit]
        return known

    # Commits, branches and origin

    def version(self) -> tuple[int, ...]:
        """Git's version, as (2, 39, 5). Raises NotInstalled."""
        places = os.environ.get("PATH", "")
        if places not in _VERSIONS:
            match = re.search(r"(\d+(?:\.\d+)+)", self.text("version"))
            _VERSIONS[places] = tuple(int(number) for number in match[1].split(".")) if match else (0,)
        return _VERSIONS[places]

    def commit_id(self, name: str) -> str | None:
        """The id of the commit that a revision names, or None. A name that begins with `-` is a name, never an option."""
        if "\n" not in name:
            # The open reader answers without a new process; what it does not find may have come since.
            with suppress(GitError):
                if (known := self.shared_reader().object_id(f"{name}^{{commit}}")) is not None:
                    return known
        return self.try_text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")

    def head(self) -> str | None:
        """The id of the commit that is checked out; None before the first commit."""
        return self.commit_id("HEAD")

    def branch(self) -> str | None:
        """The name of the branch that is checked out; None when HEAD is detached."""
        return self.try_text("symbolic-ref", "--quiet", "--short", "HEAD")

    def has_remote(self) -> bool:
        """Whether a remote `origin` is set."""
        return self.remote_url() is not None

    def remote_url(self) -> str | None:
        """The URL of `origin` as configured; None without one. It may hold a password: never show it."""
        return self._value("remote.origin.url")

    def remotes(self) -> list[str]:
        """The names of all remotes."""
        return (self._setting("remote") or "").split()

    def _value(self, name: str) -> str | None:
        """One of the two settings that nearly every command needs, which git tells together; None where it is not set."""
        told = self._setting("config", "--null", "--get-regexp", r"^(remote\.origin\.url|init\.defaultbranch)$") or ""
        return dict(line.partition("\n")[::2] for line in told.split("\0") if line).get(name)

    def _setting(self, *arguments: str) -> str | None:
        """As `try_text`, for a question about this repository's settings: git is asked again only once their file has changed."""
        try:
            status = self._place[1].stat()
        except (GitError, OSError):
            return self.try_text(*arguments)
        # Git writes another file and renames it.
        changed = (status.st_ino, status.st_mtime_ns, status.st_size)
        if arguments not in self._settings or self._settings[arguments][0] != changed:
            self._settings[arguments] = changed, self.try_text(*arguments)
        return self._settings[arguments][1]

    def default_branch(self) -> str:
        """The name of the branch that is published: origin's HEAD, as it was asked last, else init.defaultBranch, main or master, whichever exists.

        Else the only branch beside the ledger. Before the first commit it is the branch that is checked out, or `main`.
        """
        if self._origin_default:
            return self._origin_default
        lines = self.text("for-each-ref", "--format=%(refname) %(symref)", "refs/heads/", "refs/remotes/origin/").splitlines()
        references = dict(line.partition(" ")[::2] for line in lines)
        self._tracked_head = origin_head = references.get("refs/remotes/origin/HEAD", "")
        if origin_head.startswith("refs/remotes/origin/"):
            return origin_head.removeprefix("refs/remotes/origin/")
        names = tuple(dict.fromkeys(name for name in (self._value("init.defaultbranch"), "main", "master") if name))
        for name in names:
            if f"refs/heads/{name}" in references or f"refs/remotes/origin/{name}" in references:
                return name
        # A single branch beside the ledger, whatever its name, can only be the published one.
        heads = {name.removeprefix("refs/heads/") for name in references if name.startswith("refs/heads/")} - {"ledger"}
        return heads.pop() if len(heads) == 1 else self.branch() or names[0]

    def default_commit(self) -> str | None:
        """The default branch's commit: what origin has of it, as last fetched. The one function that says which commit that is.

        The clone's own branch counts only where there is no origin, or none that was ever pushed to. None before the first commit.
        """
        return self.published_commit(self.default_branch())

    def published_commit(self, name: str) -> str | None:
        """The commit of that branch by the same rule."""
        return (self.origin_commit(name) if self.has_remote() else None) or self.commit_id(f"refs/heads/{name}")

    def origin_commit(self, name: str) -> str | None:
        """The commit of a branch of origin, as last fetched."""
        return self._fetched[name] if name in self._fetched else self.commit_id(f"refs/remotes/origin/{name}")

    def remember_origin(self, name: str, commit: str | None, *, tracked: bool) -> None:
        """Keep what was just fetched of a branch of origin, unless its tracking reference holds it (`tracked`)."""
        if tracked:
            self._fetched.pop(name, None)
        else:
            self._fetched[name] = commit

    def fetched_at(self) -> float | None:
        """When origin was last asked for its branches, in seconds since 1970; None when this clone does not tell."""
        names = (_ASKED, "FETCH_HEAD", "refs/remotes/origin/HEAD")
        paths = self.try_text("rev-parse", *(word for name in names for word in ("--git-path", name))) or ""
        times = [file.stat().st_mtime for path in paths.splitlines() if (file := self.path / path).is_file()]
        return max(times, default=None)

    def remember_default_branch(self, name: str) -> None:
        """Keep what origin's HEAD names now. Nobody else moves `refs/remotes/origin/HEAD` when a branch is renamed there."""
        self._origin_default = name
        head, tracked = "refs/remotes/origin/HEAD", f"refs/remotes/origin/{name}"
        if self._tracked_head != tracked and (self.try_text("symbolic-ref", "--quiet", head) or tracked) != tracked:
            # A clone that cannot be written asks again the next time.
            self.try_text("symbolic-ref", head, tracked)

    def note_fetch(self) -> None:
        """Remember that origin was asked for its branches just now. A clone that cannot be written forgets it."""
        if path := self.try_text("rev-parse", "--git-path", _ASKED):
            try:
                (self.path / path).touch()
            except OSError:
                pass

    def is_shallow(self) -> bool:
        """Whether this is a shallow clone: its history is cut."""
        return self.try_text("rev-parse", "--is-shallow-repository") == "true"

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether `newer` is `older` or descends from it. False too when one of them is not in this clone."""
        return self.try_text("merge-base", "--is-ancestor", "--end-of-options", older, newer) is not None

    # Requirements, with an error that tells a person what to do

    def require(self) -> Self:
        """This object, when git is new enough and reads this repository. Raises Trouble otherwise."""
        try:
            version = self.version()
        except NotInstalled as error:
            raise Trouble(_("git is not installed."), _("Install git 2.34 or newer.")) from error
        if version < OLDEST_GIT:
            raise Trouble(
                _("This git is too old: {version}.", version=".".join(map(str, version))),
                _("Install git 2.34 or newer: older ones cannot check signatures."),
            )
        try:
            _found = self._place
        except GitError as error:
            if "dubious ownership" in error.output:
                raise Trouble(
                    _("git does not trust {folder}: it belongs to somebody else.", folder=self.path),
                    _("If you trust it, run `git config --global --add safe.directory {folder}`.", folder=shlex.quote(str(self.path))),
                ) from error
            if "not a git repository" in error.output:
                raise Trouble(
                    _("{folder} is not in a git repository.", folder=self.path), _("Run `git init` there, and commit.")
                ) from error
            raise Trouble(_("git cannot read {folder}: {said}", folder=self.path, said=str(error)), _("Repair the repository.")) from error
        return self

    def require_branch(self) -> str:
        """The name of the branch that is checked out. Raises Trouble when HEAD is detached."""
        name = self.branch()
        if name is None:
            raise Trouble(
                _("No branch is checked out here: the head is detached."),
                _("Go back to a branch, for example with `git switch {branch}`.", branch=shlex.quote(self.default_branch())),
            )
        return name

    def require_identity(self) -> str:
        """The committer that git would record, as `Name <mail>`. Raises Trouble when none is configured."""
        try:
            return self.text("var", "GIT_COMMITTER_IDENT").rsplit(">", 1)[0] + ">"
        except GitError as error:
            raise Trouble(
                _("git does not know who you are."),
                _('Run `git config --global user.name "Your Name"` and `git config --global user.email you@example.org`.'),
            ) from error
