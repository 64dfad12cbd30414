"""Issues, pull requests and comments on GitHub."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

from marronnier.forge.account import ForgeAccount
from marronnier.forge.conversations import Comment, Issue, ProposedBranch
from marronnier.forge.github_account import own_number, read_account
from marronnier.forge.github_connection import GitHubConnection, identifier, member
from marronnier.forge.pull_requests import PullRequestReader
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import GitError
from marronnier.git.origin import fetch_pull_requests
from marronnier.messages import _

_MAY_WRITE = ("admin", "maintain", "write")
_LOGIN = re.compile(r"[A-Za-z0-9_-]{1,100}(\[bot\])?")


class GitHubConversations:
    """The conversations of one repository on GitHub."""

    def __init__(self, github: GitHubConnection, reader: PullRequestReader) -> None:
        self.github = github
        self.reader = reader
        self._path = f"/repos/{reader.name}"

    def has_issues(self) -> bool:
        """Whether issues are not switched off in the repository."""
        return self.reader.identity().has_issues

    def comment(self, id: int) -> Comment:
        """One comment, as it stands now."""
        return self._comment(self.github.get(f"{self._path}/issues/comments/{int(id)}"))

    def comments(self, thread: int) -> Sequence[Comment]:
        """What was said below an issue or a pull request, oldest first."""
        return [self._comment(each) for each in self.github.list(f"{self._path}/issues/{int(thread)}/comments")]

    def _comment(self, said: Any) -> Comment:
        id, thread = identifier(member(said, "id")), str(member(said, "issue_url") or "").rpartition("/")[2]
        if id is None or not thread.isdecimal():
            raise _unreadable()
        by = read_account(member(said, "user"))
        # GitHub tells nowhere in REST who edited a comment: https://docs.github.com/en/rest/issues/comments, seen 2026-11-28.
        is_edited = not member(said, "created_at") or member(said, "created_at") != member(said, "updated_at")
        return Comment(id, int(thread), str(member(said, "body") or ""), by, by is not None and by.number == self._own_number, is_edited)

    @cached_property
    def _own_number(self) -> int:
        """The account that we write as."""
        return own_number(self.github)

    def say(self, thread: int, text: str) -> None:
        """Comment on an issue or a pull request."""
        self.github.write("POST", f"{self._path}/issues/{int(thread)}/comments", {"body": text})

    def replace_comment(self, id: int, text: str) -> None:
        """Give a comment of ours another text."""
        self.github.write("PATCH", f"{self._path}/issues/comments/{int(id)}", {"body": text})

    def remove_comment(self, id: int) -> None:
        """Delete a comment of ours; nothing happens where it is gone."""
        self._write_or_gone("DELETE", f"{self._path}/issues/comments/{int(id)}")

    def react(self, comment: int, sign: str) -> None:
        """Put a sign on a comment. The same sign twice is one."""
        self.github.write("POST", f"{self._path}/issues/comments/{int(comment)}/reactions", {"content": sign})

    def may_write(self, account: ForgeAccount) -> bool:
        """Whether an account may write to the repository now. What a comment says about its author's rank is not asked."""
        if account.is_robot or not _LOGIN.fullmatch(account.login):
            return False
        said = self._get_or_none(f"{self._path}/collaborators/{account.login}/permission")
        # The name may have passed to somebody else since.
        return identifier(member(member(said, "user"), "id")) == account.number and member(said, "permission") in _MAY_WRITE

    def account(self, number: int) -> ForgeAccount | None:
        """The account with that number as it is called now; None where there is none."""
        found = read_account(self._get_or_none(f"/user/{int(number)}"))
        return found if found is not None and found.number == number else None

    def issues(self, label: str, *, since: datetime | None = None) -> Sequence[Issue]:
        """What is open with a label; with `since`, also what was closed and touched after that."""
        state = "open" if since is None else f"all&since={since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        listed = self.github.list(f"{self._path}/issues?labels={quote(label, safe='')}&state={state}")
        return [self._issue(each) for each in listed]

    def _issue(self, said: Any) -> Issue:
        number = identifier(member(said, "number"))
        if number is None:
            raise _unreadable()
        by = read_account(member(said, "user"))
        labels = tuple(str(member(label, "name") or label) for label in member(said, "labels") or ())
        assignees = tuple(who.number for each in member(said, "assignees") or () if (who := read_account(each)) is not None)
        return Issue(
            number, member(said, "pull_request") is not None, member(said, "state") == "open", str(member(said, "title") or ""),
            str(member(said, "body") or ""), by is not None and by.number == self._own_number, labels, assignees,
        )  # fmt: skip

    def open_issue(self, title: str, text: str, labels: Sequence[str]) -> int:
        """Open an issue; its number."""
        said = self.github.write("POST", f"{self._path}/issues", {"title": title, "body": text, "labels": list(labels)})
        number = identifier(member(said, "number"))
        if number is None:
            raise _unreadable()
        return number

    def assign(self, number: int, people: Sequence[ForgeAccount]) -> None:
        """Give an issue to people; whoever it cannot be given to is left out."""
        logins = [person.login for person in people if _LOGIN.fullmatch(person.login)]
        if logins:
            self.github.write("POST", f"{self._path}/issues/{int(number)}/assignees", {"assignees": logins})

    def change_issue(self, number: int, **changes: object) -> None:
        """Change the `title`, `body` or `state` of an issue."""
        self.github.write("PATCH", f"{self._path}/issues/{int(number)}", changes)

    def pull_request(self, number: int) -> ProposedBranch | None:
        """The pull request with that number; None where it is an issue."""
        said = self._get_or_none(f"{self._path}/pulls/{int(number)}")
        if said is None:
            return None
        head = member(said, "head")
        oid = str(member(head, "sha") or "")
        if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", oid):
            raise _unreadable()
        is_fork = identifier(member(member(head, "repo"), "id")) != self.reader.identity().number
        return ProposedBranch(int(number), oid, str(member(head, "ref") or ""), member(said, "state") == "open", is_fork)

    def fetch(self, pull: ProposedBranch) -> bool:
        """Bring the commits of a pull request into this clone; nothing is checked out."""
        repo = self.reader.repo
        if repo.commit_id(pull.head) is None:
            try:
                fetch_pull_requests(repo, [pull.number])
            except GitError:
                return False
        return repo.commit_id(pull.head) is not None

    def files_of(self, number: int) -> Collection[str]:
        """The paths, from the repository's root, of the files that a pull request changes."""
        listed = self.github.list(f"{self._path}/pulls/{int(number)}/files")
        return {str(member(each, "filename")) for each in listed}

    def merged_by(self, commit: str) -> Sequence[int]:
        """The numbers of the pull requests to the default branch that brought a commit of it."""
        try:
            listed = self.github.list(f"{self._path}/commits/{commit}/pulls")
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
            f"{self._path}/contents/{quote(path)}",
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

    def _write_or_gone(self, verb: Any, path: str) -> None:
        try:
            self.github.write(verb, path)
        except ForgeTrouble as error:
            if error.kind != "missing":
                raise


def _unreadable() -> ForgeTrouble:
    return ForgeTrouble(_("GitHub's answer has another form than expected"), _("Try again in a moment."), kind="unreadable")
