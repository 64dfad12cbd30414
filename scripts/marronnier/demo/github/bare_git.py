"""The bare repositories of the fake GitHub: real commits, merges and references, made as GitHub's own pages make them. Needs git 2.38."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from marronnier.demo.github.loose_objects import edit_tree, write_object
from marronnier.git import GitError, Repo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NULL = "0" * 40
"""What stands for no commit, before a reference was made and after it was deleted."""
CLOCK_STEP = 50_000_000
"""Nanoseconds within which two changes of a folder may bear the same time."""
LONGEST_LINE = 100
"""Commits looked at one by one before git is asked, which takes a process."""
_SETTINGS = {
    "http.receivepack": "true",
    "uploadpack.allowReachableSHA1InWant": "true",
    "uploadpack.allowFilter": "true",
    "receive.hideRefs": "refs/pull",
    "core.logAllRefUpdates": "false",
}


@dataclass(frozen=True, slots=True)
class Ident:
    """A name and an address, as a commit carries them."""

    name: str
    email: str

    def line(self, at: datetime) -> str:
        """As a commit object writes it."""
        return f"{self.name} <{self.email}> {int(at.timestamp())} +0000"


WEB_FLOW = Ident("GitHub", "noreply@github.com")
"""Who committed what was made on GitHub's pages."""


@dataclass(frozen=True, slots=True)
class FakeCommit:
    """A commit object, taken apart."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Ident
    authored_at: datetime
    committer: Ident
    committed_at: datetime
    message: str

    @property
    def title(self) -> str:
        """The first line of its message."""
        return self.message.partition("\n")[0]

    @property
    def text(self) -> str:
        """Its message below the title."""
        return self.message.partition("\n")[2].strip("\n")


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that differs between two commits."""

    path: str
    status: str
    """As GitHub says it: added, modified, removed, renamed."""
    sha: str
    """The blob after the change; before it where the file was removed."""
    additions: int
    deletions: int
    patch: str
    """The hunks; empty for what is not text."""
    previous_path: str = ""


class BareGit:
    """One bare repository on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.repo = Repo(path)
        # What is between two commits never changes.
        self._between: dict[tuple[str, str], list[str]] = {}
        self._bases: dict[tuple[str, str], str | None] = {}
        self._changes: dict[tuple[str, str], list[ChangedFile]] = {}
        self._merged: dict[tuple[str, str], str | None] = {}
        self._times: dict[Path, int] = {}

    @classmethod
    def create(cls, path: Path, branch: str) -> BareGit:
        """Make an empty one, whose default branch will be this."""
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
            (path / folder).mkdir(parents=True)
        (path / "HEAD").write_text(f"ref: refs/heads/{branch}\n", encoding="utf-8")
        lines = ["[core]", "\trepositoryformatversion = 0", "\tfilemode = true", "\tbare = true"]
        for name, value in _SETTINGS.items():
            section, key = name.split(".")
            lines += [f"[{section}]", f"\t{key} = {value}"]
        (path / "config").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return cls(path)

    def close(self) -> None:
        """End the git processes that stay open."""
        self.repo.close()

    # References

    def refs(self, *prefixes: str) -> dict[str, str]:
        """The commit of each reference below these prefixes, by its full name."""
        listed = self.repo.text("for-each-ref", "--format=%(refname) %(objectname)", *(prefixes or ("refs/heads", "refs/tags")))
        return dict(line.rsplit(" ", 1) for line in listed.splitlines())

    def may_have_moved(self) -> bool:
        """Whether a reference may have moved since this was last asked: quick, and rather once too often than once too seldom."""
        folders = [Path(folder) for folder, _folders, _files in os.walk(self.path / "refs")]
        times = {path: path.stat().st_mtime_ns for path in (*folders, self.path / "packed-refs") if path.exists()}
        has_settled = max(times.values()) < time.time_ns() - CLOCK_STEP
        unchanged, self._times = has_settled and times == self._times, times
        return not unchanged

    def ref(self, name: str) -> str | None:
        """The object that a full reference name holds."""
        return self.repo.shared_reader().object_id(name)

    def branch(self, name: str) -> str | None:
        """The commit of a branch."""
        return self.ref(f"refs/heads/{name}")

    def commit_id(self, name: str) -> str | None:
        """The commit that a branch, a tag, `pull/1/head` or (the beginning of) a commit id names."""
        if not name or "\n" in name or ".." in name or name.startswith("-") or re.search(r"[\s~^:?*\[\\]|@\{", name):
            return None
        reader = self.repo.shared_reader()
        for full in (f"refs/heads/{name}", f"refs/tags/{name}", f"refs/{name}", name):
            if full == name and not (name == "HEAD" or name.startswith("refs/") or re.fullmatch(r"[0-9a-f]{7,40}", name)):
                continue
            if (found := reader.object_id(f"{full}^{{commit}}")) is not None:
                return found
        return None

    def set_refs(self, moves: Mapping[str, str | None]) -> None:
        """Move, make or delete (None) references, all or none. Raises GitError."""
        gone = [f"delete {name}\n" for name, sha in moves.items() if sha is None]
        kept = {name: sha for name, sha in moves.items() if sha is not None}
        if kept:
            self.repo.update_refs(kept, {})
        if gone:
            self.repo.run("update-ref", "--stdin", stdin="".join(gone).encode())

    def fetch(self, other: BareGit, sha: str, ref: str) -> None:
        """Take a commit of another repository in, with all that it needs, under this reference."""
        if other.path != self.path and self.repo.shared_reader().object_id(f"{sha}^{{commit}}") is None:
            self.repo.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", str(other.path), f"+{sha}:{ref}")
        else:
            self.set_refs({ref: sha})

    # Reading

    def read(self, sha: str) -> FakeCommit:
        """A commit. Raises KeyError where there is none."""
        data = self.repo.read(sha)
        if data is None:
            raise KeyError(sha)
        return _parse_commit(sha, data)

    def blob(self, commit: str, path: str) -> bytes | None:
        """The bytes of a file in a commit."""
        return None if self.entry(commit, path)[:1] != ("blob",) else self.repo.read(f"{commit}:{path}")

    def entry(self, commit: str, path: str) -> tuple[str, str, str] | tuple[()]:
        """Kind, mode and id of what stands at a path in a commit; empty where nothing does."""
        path = path.strip("/")
        if not path:
            return ("tree", "040000", self.read(commit).tree)
        if "\n" in path or "\0" in path:
            return ()
        rows = self.tree(commit, only=path)
        return rows[0][:3] if rows and rows[0][3] == path else ()

    def tree(self, commit: str, folder: str = "", *, deep: bool = False, only: str = "") -> list[tuple[str, str, str, str]]:
        """Kind, mode, id and path of what a folder holds; with `deep`, of all below it too."""
        where = ["--", only] if only else ["--", f"{folder.strip('/')}/"] if folder.strip("/") else []
        listed = self.repo.run("ls-tree", "-z", *(("-r", "-t") if deep else ()), "--full-tree", commit, *where)
        rows = []
        for row in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
            head, path = row.split("\t", 1)
            mode, kind, sha = head.split()
            rows.append((kind, mode, sha, path))
        return rows

    def log(self, *revisions: str, path: str = "", limit: int = 0) -> list[str]:
        """Commits, the newest first."""
        return self.repo.text(
            "rev-list", "--topo-order", *((f"--max-count={limit}",) if limit else ()), *revisions, *(("--", path) if path else ("--",))
        ).split()

    def between(self, base: str, head: str) -> list[str]:
        """The commits of head that base lacks, oldest first."""
        if (base, head) not in self._between:
            line = self._straight_line(base, head)
            self._between[base, head] = self.log(head, f"^{base}")[::-1] if line is None else line
        return list(self._between[base, head])

    def _straight_line(self, base: str, head: str) -> list[str] | None:
        """The commits after base up to head, oldest first, where each has one parent; None where git must tell."""
        line: list[str] = []
        while head != base and len(line) < LONGEST_LINE:
            line.append(head)
            parents = self.read(head).parents
            if len(parents) != 1:
                return None
            head = parents[0]
        return line[::-1] if head == base else None

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether `newer` is `older` or comes after it."""
        return self._straight_line(older, newer) is not None or self.merge_base(older, newer) == older

    def merge_base(self, one: str, other: str) -> str | None:
        """Where two commits went apart."""
        if (one, other) not in self._bases:
            self._bases[one, other] = one if self._straight_line(one, other) is not None else self.repo.try_text("merge-base", one, other)
        return self._bases[one, other]

    def changes(self, base: str, head: str) -> list[ChangedFile]:
        """What differs from base to head, as pages and API show it; renames are found."""
        if (base, head) not in self._changes:
            self._changes[base, head] = self._compare(base, head)
        return list(self._changes[base, head])

    def _compare(self, base: str, head: str) -> list[ChangedFile]:
        raw = self.repo.run("diff-tree", "-r", "-M", "-z", "--raw", "--no-commit-id", base, head).decode("utf-8", "surrogateescape")
        fields = iter(raw.split("\0")[:-1])
        patches = self._patches(base, head)
        found = []
        for field in fields:
            _modes, _mode, before, after, status = field.lstrip(":").split()
            previous = next(fields) if status[0] in "RC" else ""
            path = next(fields)
            patch = patches.get(path, "")
            lines = patch.splitlines()
            found.append(
                ChangedFile(
                    path,
                    {"A": "added", "D": "removed", "R": "renamed", "C": "copied"}.get(status[0], "modified"),
                    before if status[0] == "D" else after,
                    sum(line.startswith("+") for line in lines),
                    sum(line.startswith("-") for line in lines),
                    patch,
                    previous,
                )
            )
        return found

    def _patches(self, base: str, head: str) -> dict[str, str]:
        """The hunks of each changed text file, by its path afterwards."""
        whole = self.repo.run("diff", "--no-color", "--no-ext-diff", "-M", "--src-prefix=a/", "--dst-prefix=b/", base, head)
        patches = {}
        for piece in re.split(r"^diff --git ", whole.decode("utf-8", "replace"), flags=re.MULTILINE)[1:]:
            head_lines, mark, hunks = piece.partition("\n@@ ")
            names = re.findall(r"^(?:\+\+\+ b/|--- a/|rename to )(.+?)\t?$", head_lines, re.MULTILINE)
            if mark and names:
                patches[names[-1]] = f"@@ {hunks}".rstrip("\n")
        return patches

    # Writing

    def commit_files(
        self,
        files: Mapping[str, bytes | str | None],
        message: str,
        *,
        parents: Sequence[str],
        author: Ident,
        committer: Ident,
        at: datetime,
    ) -> str:
        """A commit that changes these files of its first parent (None deletes). No reference names it yet."""
        tree = self.edited_tree(self.read(parents[0]).tree if parents else "", files)
        return self.commit_tree(tree, message, parents=parents, author=author, committer=committer, at=at)

    def commit_tree(self, tree: str, message: str, *, parents: Iterable[str], author: Ident, committer: Ident, at: datetime, authored_at: datetime | None = None) -> str:  # fmt: skip
        """A commit of a whole tree. No reference names it yet."""
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents), f"author {author.line(authored_at or at)}"]
        text = "\n".join((*lines, f"committer {committer.line(at)}", "", message.rstrip("\n"))) + "\n"
        return write_object(self.path, "commit", text.encode())

    def merged_tree(self, ours: str, theirs: str) -> str | None:
        """The tree of a merge; None where the two are in conflict."""
        if self.is_ancestor(ours, theirs):
            return self.read(theirs).tree
        if (ours, theirs) not in self._merged:
            try:
                output = self.repo.text("merge-tree", "--write-tree", "--no-messages", ours, theirs)
                self._merged[ours, theirs] = output.split("\n", 1)[0]
            except GitError as error:
                if error.status != 1:
                    raise
                self._merged[ours, theirs] = None
        return self._merged[ours, theirs]

    def picked_tree(self, commit: str, onto: str, at: datetime) -> str | None:
        """The tree of a commit's own change made again upon another one; None where that is in conflict."""
        return self._merged_from(self.read(commit).parents[0], onto, commit, at)

    def undone_tree(self, before: str, after: str, onto: str, at: datetime) -> str | None:
        """The tree in which what came between two commits is undone upon another one; None where that is in conflict."""
        return self._merged_from(after, onto, before, at)

    def _merged_from(self, base: str, ours: str, theirs: str, at: datetime) -> str | None:
        """The tree of a merge of two commits' trees from a base that need not be where they went apart."""
        nobody = Ident("x", "x")
        pair = [
            self.commit_tree(self.read(one).tree, name, parents=(base,), author=nobody, committer=nobody, at=at)
            for name, one in (("ours", ours), ("theirs", theirs))
        ]
        return self.merged_tree(pair[0], pair[1])

    def edited_tree(self, tree: str, files: Mapping[str, bytes | str | None]) -> str:
        """A tree in which these files are written or gone (None)."""
        written = {path: content.encode() if isinstance(content, str) else content for path, content in files.items()}
        return edit_tree(self.path, self.repo.read, tree, written)


@lru_cache(maxsize=4096)
def _parse_commit(sha: str, data: bytes) -> FakeCommit:
    head, _blank, message = data.decode("utf-8", "replace").partition("\n\n")
    lines = [line.partition(" ") for line in head.split("\n") if not line.startswith(" ")]
    values = {name: value for name, _space, value in lines if name != "parent"}
    (author, authored_at), (committer, committed_at) = _parse_ident(values["author"]), _parse_ident(values["committer"])
    parents = tuple(value for name, _space, value in lines if name == "parent")
    return FakeCommit(sha, values["tree"], parents, author, authored_at, committer, committed_at, message.rstrip("\n"))


def _parse_ident(line: str) -> tuple[Ident, datetime]:
    """Who and when; a commit made by hand may say anything there."""
    match = re.fullmatch(r"(.*?) ?<(.*)>(?: (-?\d{1,11}) [+-]\d+)?.*", line)
    if match is None:
        return Ident(line, ""), EPOCH
    return Ident(match[1], match[2]), EPOCH + timedelta(seconds=int(match[3] or 0))
