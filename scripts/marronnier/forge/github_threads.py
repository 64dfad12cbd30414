"""What is said below the issues and pull requests of one repository on GitHub."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from marronnier.forge.conversations import Comment
from marronnier.forge.github_account import own_number, read_account
from marronnier.forge.github_connection import GitHubConnection, identifier, member
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import Repo
from marronnier.git.origin import fetch_pull_requests
from marronnier.messages import _


class GitHubThreads:
    """Comments, read whole, and written once each."""

    def __init__(self, github: GitHubConnection, name: str) -> None:
        """`name` is `owner/name`."""
        self.github = github
        self.path = f"/repos/{name}"

    def comment(self, id: int) -> Comment:
        """One comment, as it stands now."""
        return self._comment(self.github.get(f"{self.path}/issues/comments/{int(id)}"))

    def comments(self, thread: int) -> Sequence[Comment]:
        """What was said below an issue or a pull request, oldest first."""
        return [self._comment(each) for each in self.github.list(f"{self.path}/issues/{int(thread)}/comments")]

    def _comment(self, said: Any) -> Comment:
        id, thread = identifier(member(said, "id")), str(member(said, "issue_url") or "").rpartition("/")[2]
        if id is None or not thread.isdecimal():
            raise unreadable()
        # GitHub tells nowhere in REST who edited a comment: https://docs.github.com/en/rest/issues/comments, seen 2026-11-28.
        is_edited = not member(said, "created_at") or member(said, "created_at") != member(said, "updated_at")
        by = read_account(member(said, "user"))
        return Comment(id, int(thread), str(member(said, "body") or ""), by, self.is_ours(by.number if by is not None else None), is_edited)

    def say(self, thread: int, text: str) -> None:
        """Comment on an issue or a pull request."""
        self.github.write("POST", f"{self.path}/issues/{int(thread)}/comments", {"body": text})

    def replace_comment(self, id: int, text: str) -> None:
        """Give a comment of ours another text."""
        self.github.write("PATCH", f"{self.path}/issues/comments/{int(id)}", {"body": text})

    def remove_comment(self, id: int) -> None:
        """Delete a comment of ours; nothing happens where it is gone."""
        self.remove(f"{self.path}/issues/comments/{int(id)}")

    def remove(self, path: str) -> None:
        """Delete what has this address; nothing happens where it is gone."""
        try:
            self.github.write("DELETE", path)
        except ForgeTrouble as error:
            if error.kind != "missing":
                raise

    def is_ours(self, account: int | None) -> bool:
        """Whether an account is the one that we write as. A login can pass to another account, a number cannot."""
        return account is not None and account == self._own_number

    @cached_property
    def _own_number(self) -> int:
        """The number of the account that we write as: the token's, or that of a job's token."""
        return own_number(self.github)


def has_commit(repo: Repo, number: int, commit: str) -> bool:
    """Bring the commits of a pull request into this clone, of a fork too, where they are not there yet; whether that one is there. Raises GitError."""
    if repo.commit_id(commit) is None:
        fetch_pull_requests(repo, (number,))
    return repo.commit_id(commit) is not None


def unreadable() -> ForgeTrouble:
    """GitHub answered something else than what its documentation says."""
    return ForgeTrouble(_("GitHub's answer has another form than expected"), _("Try again in a moment."), kind="unreadable")
