"""Whose hands made the commits of a pull request: who wrote and committed them, by their addresses, and who pushed them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from marronnier.forge.github_connection import GitHubConnection, identifier, member
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import Repo
from marronnier.git.commit_log import Commit

WEB_FLOW = 19864447
"""GitHub's own account, the committer of what is written or merged on its pages (https://github.com/web-flow, seen 2026-11-28). It is nobody's hand."""

_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


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

    def read(self, pull: Mapping[str, Any], own: Mapping[str, Commit]) -> tuple[Mapping[str, frozenset[int]], frozenset[str]]:
        """By commit, the accounts that wrote, committed or pushed it; and the commits of which not every hand is known."""
        self._learn_accounts(int(pull["number"]), own)
        pushes = self._pushes(pull, own)
        hands: dict[str, frozenset[int]] = {}
        unknown: set[str] = set()
        for oid, commit in own.items():
            made = [self._accounts.get(address) for address in (commit.contributors.author, commit.contributors.committer)]
            pushers = [actor for actor, brought in pushes if oid in brought]
            if None in pushers or (not pushers and None in made):
                unknown.add(oid)
            hands[oid] = frozenset(who for who in (*made, *pushers) if who is not None) - {WEB_FLOW}
        return hands, frozenset(unknown)

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
        try:
            listed = self.github.list(f"/repos/{name}/activity?ref={quote(f'refs/heads/{ref}', safe='')}")
        except ForgeTrouble as error:
            if error.kind not in ("missing", "forbidden", "refused", "moved"):
                raise
            return []
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
