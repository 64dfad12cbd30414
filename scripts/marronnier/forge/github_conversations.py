"""Issues, pull requests and comments on GitHub."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from marronnier.forge.account import ForgeAccount
from marronnier.forge.conversations import Issue, ProposedBranch
from marronnier.forge.github_account import read_account
from marronnier.forge.github_connection import GitHubConnection, identifier, member
from marronnier.forge.github_threads import GitHubThreads, has_commit, unreadable
from marronnier.forge.pull_requests import PullRequestReader
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import GitError

_MAY_WRITE = ("admin", "maintain", "write")
_LOGIN = re.compile(r"[A-Za-z0-9_-]{1,100}(\[bot\])?")


class GitHubConversations(GitHubThreads):
    """The conversations of one repository on GitHub."""

    def __init__(self, github: GitHubConnection, reader: PullRequestReader) -> None:
        super().__init__(github, reader.name)
        self.reader = reader

    def has_issues(self) -> bool:
        """Whether issues are not switched off in the repository."""
        return self.reader.identity().has_issues

    def react(self, comment: int, sign: str) -> None:
        """Put a sign on a comment. The same sign twice is one."""
        self.github.write("POST", f"{self.path}/issues/comments/{int(comment)}/reactions", {"content": sign})

    def may_write(self, account: ForgeAccount) -> bool:
        """Whether an account may write to the repository now. What a comment says about its author's rank is not asked."""
        if account.is_robot or not _LOGIN.fullmatch(account.login):
            return False
        said = self._get_or_none(f"{self.path}/collaborators/{account.login}/permission")
        # The name may have passed to somebody else since.
        return identifier(member(member(said, "user"), "id")) == account.number and member(said, "permission") in _MAY_WRITE

    def account(self, number: int) -> ForgeAccount | None:
        """The account with that number as it is called now; None where there is none."""
        found = read_account(self._get_or_none(f"/user/{int(number)}"))
        return found if found is not None and found.number == number else None

    def issues(self, label: str, *, since: datetime | None = None) -> Sequence[Issue]:
        """What is open with a label; with `since`, also what was closed and touched after that."""
        state = "open" if since is None else f"all&since={since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        listed = self.github.list(f"{self.path}/issues?labels={quote(label, safe='')}&state={state}")
        return [self._issue(each) for each in listed]

    def _issue(self, said: Any) -> Issue:
        number = identifier(member(said, "number"))
        if number is None:
            raise unreadable()
        by = read_account(member(said, "user"))
        labels = tuple(str(member(label, "name") or label) for label in member(said, "labels") or ())
        assignees = tuple(who.number for each in member(said, "assignees") or () if (who := read_account(each)) is not None)
        return Issue(
            number, member(said, "pull_request") is not None, member(said, "state") == "open", str(member(said, "title") or ""),
            str(member(said, "body") or ""), self.is_ours(by.number if by is not None else None), labels, assignees,
        )  # fmt: skip

    def open_issue(self, title: str, text: str, labels: Sequence[str]) -> int:
        """Open an issue; its number."""
        said = self.github.write("POST", f"{self.path}/issues", {"title": title, "body": text, "labels": list(labels)})
        number = identifier(member(said, "number"))
        if number is None:
            raise unreadable()
        return number

    def assign(self, number: int, people: Sequence[ForgeAccount]) -> bool:
        """Give an issue to people; whether somebody has it then. Whoever it cannot be given to is left out."""
        logins = [person.login for person in people if _LOGIN.fullmatch(person.login)]
        if not logins:
            return False
        said = self.github.write("POST", f"{self.path}/issues/{int(number)}/assignees", {"assignees": logins})
        return bool(member(said, "assignees"))

    def change_issue(self, number: int, **changes: object) -> None:
        """Change the `title`, `body` or `state` of an issue."""
        self.github.write("PATCH", f"{self.path}/issues/{int(number)}", changes)

    def pull_request(self, number: int) -> ProposedBranch | None:
        """The pull request with that number; None where it is an issue."""
        said = self._get_or_none(f"{self.path}/pulls/{int(number)}")
        if said is None:
            return None
        head = member(said, "head")
        oid = str(member(head, "sha") or "")
        if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", oid):
            raise unreadable()
        is_fork = identifier(member(member(head, "repo"), "id")) != self.reader.identity().number
        return ProposedBranch(int(number), oid, str(member(head, "ref") or ""), member(said, "state") == "open", is_fork)

    def fetch(self, pull: ProposedBranch) -> bool:
        """Bring the commits of a pull request into this clone; nothing is checked out."""
        try:
            return has_commit(self.reader.repo, pull.number, pull.head)
        except GitError:
            return False

    def files_of(self, number: int) -> Collection[str]:
        """The paths, from the repository's root, of the files that a pull request changes."""
        listed = self.github.list(f"{self.path}/pulls/{int(number)}/files")
        return {str(member(each, "filename")) for each in listed}

    def merged_by(self, commit: str) -> Sequence[int]:
        """The numbers of the pull requests to the default branch that brought a commit of it."""
        try:
            listed = self.github.list(f"{self.path}/commits/{commit}/pulls")
        except ForgeTrouble as error:
            # GitHub does not know the commit: it is not there yet.
            if error.kind not in ("missing", "refused"):
                raise
            return ()
        here = self.reader.identity().number
        return [number for each in listed if (number := identifier(member(each, "number"))) is not None and self._is_merged(each, here)]

    def _is_merged(self, pull: Any, repository: int) -> bool:
        base = member(pull, "base")
        return (
            bool(member(pull, "merged_at"))
            and member(base, "ref") == self.reader.branch
            and identifier(member(member(base, "repo"), "id")) == repository
        )

    def commit_file(self, pull: ProposedBranch, path: str, before: str, content: bytes, message: str, author: ForgeAccount) -> str:
        """Write a file as a commit on the branch of a pull request, by `author`; the commit's id."""
        # GitHub gives each account this address, whatever it is called later.
        address = f"{author.number}+{author.login}@users.noreply.github.com"
        said = self.github.write(
            "PUT",
            f"{self.path}/contents/{quote(path)}",
            {
                "message": message,
                "content": base64.b64encode(content).decode(),
                "sha": before,
                "branch": pull.branch,
                "author": {"name": author.login, "email": address},
            },
        )
        return str(member(member(said, "commit"), "sha") or "")

    def _get_or_none(self, path: str) -> Any:
        try:
            return self.github.get(path)
        except ForgeTrouble as error:
            if error.kind != "missing":
                raise
            return None
