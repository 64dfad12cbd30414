"""One clone, seen through the git command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Self

from marronnier.git.cat_file import CatFile
from marronnier.git.environment import FIXED_SETTINGS, TIMEOUT, GitError, NoGit, git_environment
from marronnier.git.update_ref import RefUpdater
from marronnier.messages import Trouble, _

OLDEST_GIT = (2, 34)
"""The oldest git that signs and checks with SSH keys (its RelNotes/2.34.0.txt, seen 2026-11-22)."""


class Repo:
    """A clone, seen through the git command."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader: CatFile | None = None
        self._references: RefUpdater | None = None

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

        command = [*self._command(config), *arguments]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                env=git_environment(env),
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

    def _command(self, config: Mapping[str, str] | None = None) -> list[str]:
        more = [word for name, value in (config or {}).items() for word in ("-c", f"{name}={value}")]
        return ["git", *FIXED_SETTINGS, *more, "-C", str(self.path)]

    def text(self, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        """Like `run`, as text without the last newline."""
        return self.run(*arguments, stdin=stdin, env=env).decode("utf-8", "replace").rstrip("\n")

    def try_text(self, *arguments: str) -> str | None:
        """Like `text`, or None where git answers no."""
        try:
            return self.text(*arguments)
        except GitError:
            return None

    def open_reader(self) -> CatFile:
        """A reader of many objects by one `git cat-file --batch`; close it, or use it in a `with`."""
        return CatFile(self._command())

    def read(self, name: str) -> bytes | None:
        """The bytes of one object, by id or as `revision:path`, through a reader kept for as long as this object lives. Raises as `Batch.read`."""
        return self.shared_reader().read(name)

    def shared_reader(self) -> CatFile:
        """The reader kept for as long as this object lives."""
        if self._reader is None or not self._reader.is_usable:
            self._reader = self.open_reader()
        return self._reader

    def update_refs(self, moves: Mapping[str, str], only_from: Mapping[str, str | None]) -> None:
        """Move references, all or none, through one git kept for as long as this object lives; see `References.move`. Raises GitError."""
        if self._references is None or not self._references.is_usable:
            self._references = RefUpdater(self._command())
        self._references.update(moves, only_from)

    @cached_property
    def prefix(self) -> str:
        """This folder below the repository's root, with a `/` at its end; empty when they are one."""
        return self.try_text("rev-parse", "--show-prefix") or ""

    # What stands where

    def version(self) -> tuple[int, ...]:
        """Git's version, as (2, 39, 5). Raises NoGit."""
        found = re.search(r"(\d+(?:\.\d+)+)", self.text("version"))
        return tuple(int(number) for number in found[1].split(".")) if found else (0,)

    def commit(self, name: str) -> str | None:
        """The id of the commit a name leads to, or None. A name that begins with `-` is a name, never an option."""
        # The reader that is open already knows most of them, and costs no process.
        if (known := self._commit_from_reader(name)) is not None:
            return known
        return self.try_text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")

    def _commit_from_reader(self, name: str) -> str | None:
        if self._reader is None or not self._reader.is_usable or "\n" in name:
            return None
        try:
            return self._reader.object_id(f"{name}^{{commit}}")
        except GitError:
            return None

    def head(self) -> str | None:
        """The commit checked out, or None before the first one."""
        return self.commit("HEAD")

    def branch(self) -> str | None:
        """The branch checked out, or None when the head is detached."""
        return self.try_text("symbolic-ref", "--quiet", "--short", "HEAD")

    def has_remote(self) -> bool:
        """Whether a remote `origin` is set."""
        return self.remote_url() is not None

    def remote_url(self) -> str | None:
        """Where `origin` is, as configured, or None. It may hold a password: never show it."""
        return self.try_text("config", "--get", "remote.origin.url")

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
        return self.try_text("config", "--get", "init.defaultBranch")

    def default_commit(self) -> str | None:
        """The newest commit of the default branch that is here: the local branch, else origin's; None before the first."""
        name = self.default_branch()
        return self.commit(f"refs/heads/{name}") or self.commit(f"refs/remotes/origin/{name}")

    def is_shallow(self) -> bool:
        """Whether history was cut when this was cloned."""
        return self.try_text("rev-parse", "--is-shallow-repository") == "true"

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether the one commit stands below the other; False too when one of them is not here."""
        return self.try_text("merge-base", "--is-ancestor", "--end-of-options", older, newer) is not None

    # What only a person can settle

    def require(self) -> Self:
        """Itself, when git is new enough and this is a repository that git will read. Raises Trouble with a sentence."""
        try:
            version = self.version()
        except NoGit as error:
            raise Trouble(_("git is not installed."), _("Install git 2.34 or newer.")) from error
        if version < OLDEST_GIT:
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

    def require_identity(self) -> str:
        """The person who commits here, as `Name <mail>`. Raises Trouble when git does not know."""
        try:
            return self.text("var", "GIT_COMMITTER_IDENT").rsplit(">", 1)[0] + ">"
        except GitError as error:
            raise Trouble(
                _("git does not know who you are."),
                _('Run `git config --global user.name "Your Name"` and `git config --global user.email you@example.org`.'),
            ) from error
