"""Whose hands made commits: who wrote and committed them, by their addresses, and who pushed them to a pull request or the default branch."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from marronnier.forge.github_connection import GitHubConnection, identifier, member
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import Repo
from marronnier.git.commit_log import Commit, CommitLog

WEB_FLOW = 19864447
"""GitHub's own account, the committer of what is written or merged on its pages (https://github.com/web-flow, seen 2026-11-28). It is nobody's hand."""

_NOT_TOLD = ("missing", "forbidden", "refused", "moved")
"""Kinds of trouble that mean that GitHub does not tell who pushed; any other is asked about again later."""
_MOVES = ("push", "force_push", "branch_creation")
"""How commits come to a branch by no pull request (https://docs.github.com/en/rest/repos/repos#list-repository-activities, seen 2026-11-28)."""
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


T = TypeVar("T")


class CommitHands:
    """Reads the hands in the commits of one repository's pull requests, each address and each list once."""

    def __init__(self, repo: Repo, github: GitHubConnection, name: str) -> None:
        """`name` is `owner/name`."""
        self.repo = repo
        self.github = github
        self.name = name
        self._commits: dict[int, Mapping[str, Any]] = {}
        self._accounts: dict[str, int | None] = {}
        """By the address in a commit: the account that GitHub gives it to; None where it gives it to none."""
        self._activities: dict[tuple[str, str], tuple[Any, ...]] = {}

    def read(self, pull: Mapping[str, Any], own: Mapping[str, Commit]) -> tuple[Mapping[str, frozenset[int]], frozenset[str]]:
        """By commit, the accounts that wrote, committed or pushed it; and the commits of which not every hand is known."""
        self._learn_accounts(int(pull["number"]), own)
        pushes = self._pushes(pull, own)
        hands: dict[str, frozenset[int]] = {}
        unknown: set[str] = set()
        for oid, commit in own.items():
            hands[oid], is_known = self._together(commit, [actor for actor, brought in pushes if oid in brought])
            if not is_known:
                unknown.add(oid)
        return hands, frozenset(unknown)

    def of_pushed(self, commit: Commit, log: CommitLog, branch: str) -> tuple[frozenset[int], bool]:
        """The accounts that wrote, committed or pushed a commit to the default branch itself, and whether each is known. Raises ForgeTrouble."""
        made = {"author": commit.contributors.author, "committer": commit.contributors.committer}
        if any(address not in self._accounts for address in made.values()):
            said = self._or_nothing(lambda: self.github.get(f"/repos/{self.name}/commits/{commit.oid}"))
            self._accounts |= {address: identifier(member(member(said, role), "id")) for role, address in made.items()}
        moves = self._or_nothing(lambda: [each for kind in _MOVES for each in self.activity(branch, kind)]) or ()
        pushers = [identifier(member(member(each, "actor"), "id")) for each in moves if self._moved_in(each, commit.oid, log)]
        return self._together(commit, pushers)

    def activity(self, branch: str, kind: str) -> tuple[Any, ...]:
        """What happened to a branch, of one kind, the newest first. Asked once. Raises ForgeTrouble."""
        if (branch, kind) not in self._activities:
            ref = quote(f"refs/heads/{branch}", safe="")
            self._activities[branch, kind] = self.github.list(f"/repos/{self.name}/activity?ref={ref}&activity_type={kind}")
        return self._activities[branch, kind]

    def _together(self, commit: Commit, pushers: Sequence[int | None]) -> tuple[frozenset[int], bool]:
        """The accounts that wrote, committed or pushed a commit, and whether each is known: where nobody pushed it, who wrote it is taken for it."""
        made = [self._accounts.get(address) for address in (commit.contributors.author, commit.contributors.committer)]
        is_known = None not in pushers and (bool(pushers) or None not in made)
        return frozenset(who for who in (*made, *pushers) if who is not None) - {WEB_FLOW}, is_known

    def _moved_in(self, move: Any, commit: str, log: CommitLog) -> bool:
        """Whether a move of the default branch brought a commit. One to a commit that this clone lacks may have brought anything."""
        before, after = (self._has(str(member(move, end) or ""), commit, log) for end in ("before", "after"))
        return after is not False and before is not True

    def _has(self, tip: str, commit: str, log: CommitLog) -> bool | None:
        """Whether a commit is behind a tip of the default branch; None where this clone lacks the tip."""
        if not tip.strip("0"):
            return False
        if tip in log.positions:
            return log.positions[log.arrivals[commit]] <= log.positions[tip]
        if not _OID.fullmatch(tip) or self.repo.commit_id(tip) is None:
            return None
        return self.repo.is_ancestor(commit, tip)

    def _or_nothing(self, ask: Callable[[], T]) -> T | None:
        """What GitHub answers; None where it does not tell. Raises ForgeTrouble where it may tell later."""
        try:
            return ask()
        except ForgeTrouble as error:
            if error.kind not in _NOT_TOLD:
                raise
            return None

    def _learn_accounts(self, number: int, own: Mapping[str, Commit]) -> None:
        """Find out which accounts the addresses in these commits belong to: asked once for each address, by a commit that has it."""
        made = {oid: (commit.contributors.author, commit.contributors.committer) for oid, commit in own.items()}
        if all(address in self._accounts for addresses in made.values() for address in addresses):
            return
        listed = self.listed_commits(number)
        for oid, addresses in made.items():
            for role, address in zip(("author", "committer"), addresses, strict=True):
                if oid in listed and self._accounts.get(address) is None:
                    self._accounts[address] = identifier(member(member(listed[oid], role), "id"))

    def listed_commits(self, number: int) -> Mapping[str, Any]:
        """The commits of a pull request as GitHub lists them, by their ids: those that it showed."""
        if number not in self._commits:
            listed = self.github.list(f"/repos/{self.name}/pulls/{number}/commits")
            self._commits[number] = {str(member(each, "sha")): each for each in listed}
        return self._commits[number]

    def _pushes(self, pull: Mapping[str, Any], own: Mapping[str, Commit]) -> list[tuple[int | None, Collection[str]]]:
        """Who pushed to the branch of a pull request since it began, with the commits that each push brought; none where GitHub does not tell."""
        head = member(pull, "head")
        name, ref = str(member(member(head, "repo"), "full_name") or ""), str(member(head, "ref") or "")
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", name) or not ref:
            return []
        listed = self._or_nothing(lambda: self.github.list(f"/repos/{name}/activity?ref={quote(f'refs/heads/{ref}', safe='')}")) or ()
        pushes: list[tuple[int | None, Collection[str]]] = []
        for activity in _life_of_branch(listed, str(member(head, "sha"))):
            before, after = str(member(activity, "before") or ""), str(member(activity, "after") or "")
            if not after.strip("0"):
                continue
            brought = self._reachable(after, own)
            # What an unknown push brought is not known: it may have brought everything.
            pushes.append(
                (
                    identifier(member(member(activity, "actor"), "id")),
                    set(own) if brought is None else brought - (self._reachable(before, own) or set()),
                )
            )
        return pushes

    def _reachable(self, tip: str, own: Mapping[str, Commit]) -> set[str] | None:
        """The pull request's commits that a commit comes after, itself too; None where this clone lacks it."""
        if not _OID.fullmatch(tip) or self.repo.commit_id(tip) is None:
            return None
        before = [
            f"^{parent}" for parent in dict.fromkeys(parent for commit in own.values() for parent in commit.parents) if parent not in own
        ]
        return own.keys() & set(self.repo.text("rev-list", tip, *before, "--").split())


def _life_of_branch(activities: Sequence[Any], head: str) -> list[Any]:
    """Of what happened under a branch's name, the newest first, what belongs to the branch that ended at this commit: back to its creation."""
    starts = [position for position, each in enumerate(activities) if member(each, "after") == head]
    life = []
    for each in activities[starts[0] if starts else 0 :]:
        life.append(each)
        if member(each, "activity_type") == "branch_creation" and starts:
            break
    return life
