"""Plain Git as a forge: the default branch, the branches ahead of it, and the approvals their commits carry. Works offline."""

from __future__ import annotations

from dataclasses import dataclass

from marronnier.forge.commit_log import CommitLog, NamedDigests, commits, read
from marronnier.git import Repo
from marronnier.messages import Trouble, _, ngettext

MOST_BRANCHES = 60
"""Branches shown as proposals, the newest first: a bound, not a rule."""


@dataclass(frozen=True, slots=True)
class DefaultBranch:
    """The default branch as this clone knows it."""

    branch: str
    commit: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch ahead of the default one."""

    name: str
    tip: str
    left_at: str
    """The commit of the default branch it left from (the merge base)."""
    asked: tuple[NamedDigests, ...]
    """What its `Ask:` commits ask to be approved: with one of them it is in review."""
    log: CommitLog
    """Its own commits, those of the default branch left out."""


def default_branch(repo: Repo) -> DefaultBranch:
    """Where the default branch stands: the local one, or the remote's where that is ahead. Raises Trouble when there is no commit yet."""
    name = repo.default_branch()
    local = repo.commit_id(f"refs/heads/{name}")
    remote = repo.commit_id(f"refs/remotes/origin/{name}")
    if local is None and remote is None:
        head = repo.head()
        if head is None:
            raise Trouble(_("There is no commit yet on {branch}", branch=name), _("Run `git add -A` and `git commit`, then try again."))
        return DefaultBranch(name, head, (_("There is no branch {branch} here; the commit at hand is taken for it.", branch=name),))
    if local is None or remote is None or local == remote:
        return DefaultBranch(name, local or remote or "")
    if repo.is_ancestor(local, remote):
        return DefaultBranch(name, remote)
    count = int(repo.text("rev-list", "--count", f"{remote}..{local}"))
    ahead = ngettext(
        "{branch} has {count} commit that is not on origin yet: run `git push`.",
        "{branch} has {count} commits that are not on origin yet: run `git push`.",
        count,
        branch=name,
    )
    if repo.is_ancestor(remote, local):
        return DefaultBranch(name, local, (ahead,))
    apart = _("{branch} and origin/{branch} went apart; what origin says is taken for the truth: run `git pull`.", branch=name)
    return DefaultBranch(name, remote, (apart,))


def branches(repo: Repo, default: DefaultBranch, *, besides: frozenset[str] = frozenset({"ledger"})) -> tuple[Branch, ...]:
    """Branches with commits that the default one lacks, local and remote, each once, the newest first. Raises GitError."""
    listed = repo.text(
        "for-each-ref", "--sort=-committerdate", f"--no-merged={default.commit}", "--format=%(objectname) %(refname) %(symref)",
        "refs/heads", "refs/remotes",
    )  # fmt: skip
    tips: dict[str, str] = {}
    for line in listed.splitlines():
        oid, ref, symref = [*line.split(" ", 2), ""][:3]
        name = ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")
        plain = name if ref.startswith("refs/heads/") else name.partition("/")[2]
        if not symref and plain not in {default.branch, *besides}:
            tips[name] = oid
    found = []
    for name, tip in list(_once(repo, tips).items())[:MOST_BRANCHES]:
        left_at = repo.try_text("merge-base", default.commit, tip)
        if left_at is None:
            continue
        own = CommitLog(tip, commits(repo, tip, f"^{default.commit}"))
        asked = tuple(named for commit in own.commits.values() for named in commit.asked)
        found.append(Branch(name, tip, left_at, asked, own))
    return tuple(found)


def _once(repo: Repo, tips: dict[str, str]) -> dict[str, str]:
    """One name a tip, and of a branch and its remote copy the one that is ahead; both when they went apart."""
    found: dict[str, str] = {}
    for name, tip in sorted(tips.items(), key=lambda one: ("/" in one[0] and one[0].partition("/")[2] in tips, list(tips).index(one[0]))):
        local = name.partition("/")[2]
        if tip in found.values():
            continue
        if local in found and local in tips:
            if repo.is_ancestor(tip, found[local]):
                continue
            if repo.is_ancestor(found[local], tip):
                found[local] = tip
                continue
        found[name] = tip
    return found


def blob(repo: Repo, rev: str, path: str) -> bytes | None:
    """A file of the brand's folder at a commit; None when it is not there."""
    return repo.read(f"{rev}:./{path}")


__all__ = ["Branch", "CommitLog", "DefaultBranch", "blob", "branches", "default_branch", "read"]
