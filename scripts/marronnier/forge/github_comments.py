"""Comments on pull requests of GitHub: the report below them, and suggestions on their lines."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from marronnier.forge.github_connection import GitHubConnection, identifier
from marronnier.forge.github_repository import GitHubRepository
from marronnier.forge.github_threads import GitHubThreads, has_commit
from marronnier.forge.protocol import LineComment, PullRequestHead
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import GitError, Repo
from marronnier.messages import Trouble, _


class GitHubComments(GitHubThreads):
    """The pull requests of one repository on GitHub, as far as they are told of. Each write is sent once."""

    def __init__(self, repo: Repo, github: GitHubConnection, place: GitHubRepository) -> None:
        super().__init__(github, place.name)
        self.repo = repo
        self.place = place

    def get(self, number: int) -> PullRequestHead:
        """The pull request with that number, as it stands now. Raises Trouble where there is none."""
        found = _head_of(self.github.get(f"{self.path}/pulls/{number}"))
        if found is None:
            raise _unreadable(number)
        return found

    def of_run(self, event: Path) -> tuple[PullRequestHead, ...]:
        """The open pull requests to the default branch with the head of the run before: its commit, in its repository.

        A list that the event itself holds is empty for forks, and a number in an artifact is whatever the fork wrote.
        """
        try:
            told = json.loads(event.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            raise Trouble(
                _("{file} is no event of GitHub: {why}", file=event, why=type(error).__name__), _("Give it GITHUB_EVENT_PATH."), status=2
            ) from None
        run = _part(told, "workflow_run")
        commit, repository = _part(run).get("head_sha"), identifier(_part(run, "head_repository").get("id"))
        if not isinstance(commit, str) or repository is None:
            raise Trouble(
                _("{file} names no run of a workflow with its head", file=event),
                _("Start this job by `workflow_run`, and give it GITHUB_EVENT_PATH."),
                status=2,
            )
        base = quote(self.repo.default_branch(), safe="")
        listed = self.github.list(f"{self.path}/pulls?state=open&base={base}")
        return tuple(
            found
            for pull in listed
            if (found := _head_of(pull)) is not None
            and found.commit == commit
            and identifier(_part(pull, "head", "repo").get("id")) == repository
        )

    def fetch(self, pull_request: PullRequestHead) -> str:
        """Bring the head's objects here; the commit that was fetched. Nothing is checked out. Raises Trouble."""
        commit = pull_request.commit
        try:
            is_here = has_commit(self.repo, pull_request.number, commit)
        except GitError as error:
            raise Trouble(
                _("The commits of #{number} cannot be fetched: {said}", number=pull_request.number, said=str(error).splitlines()[-1]),
                _("Check that this clone may read origin, then run it again."),
            ) from None
        if not is_here:
            raise Trouble(
                _("#{number} has another head by now", number=pull_request.number),
                _("The run of that head tells of it: nothing needs to be done."),
            )
        return commit

    def line_address(self, pull_request: PullRequestHead, path: str, line: int) -> str:
        """The address of a line among the changed files, as GitHub names it."""
        name = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()
        return f"{self.place.server}/{self.place.name}/pull/{pull_request.number}/files#diff-{name}R{line}"

    def run_address(self) -> str:
        """The address of the run at work; empty outside of one."""
        run = os.environ.get("GITHUB_RUN_ID", "")
        return f"{self.place.server}/{self.place.name}/actions/runs/{run}" if run.isdecimal() else ""

    def line_comments(self, pull_request: PullRequestHead) -> tuple[LineComment, ...]:
        """Every comment on its lines, oldest first, replies left out."""
        listed = [_part(one) for one in self.github.list(f"{self.path}/pulls/{pull_request.number}/comments")]
        answered = {identifier(one.get("in_reply_to_id")) for one in listed}
        return tuple(
            LineComment(
                number, str(one.get("path") or ""), identifier(one.get("line")) or 0, str(one.get("body") or ""), self._is_ours(one),
                number in answered,
            )
            for one in listed
            if one.get("in_reply_to_id") is None and (number := identifier(one.get("id"))) is not None
        )  # fmt: skip

    def add_line_comments(self, pull_request: PullRequestHead, comments: Sequence[LineComment]) -> None:
        """Write comments on lines that it changes, as one review that neither approves nor refuses."""
        body = {
            "commit_id": pull_request.commit,
            "event": "COMMENT",
            "body": _("Corrections that are safe to accept; `marronnier check --fix` writes them too."),
            "comments": [{"path": one.path, "line": one.line, "side": "RIGHT", "body": one.text} for one in comments],
        }
        self.github.write("POST", f"{self.path}/pulls/{pull_request.number}/reviews", body)

    def remove_line_comment(self, comment: LineComment) -> None:
        """Delete a comment on a line; nothing happens where it is gone."""
        self.remove(f"{self.path}/pulls/comments/{comment.id}")

    def _is_ours(self, comment: Any) -> bool:
        """Whether the account that we write as wrote it."""
        return self.is_ours(identifier(_part(comment, "user").get("id")))


def _head_of(pull: Any) -> PullRequestHead | None:
    """The head of a pull request as GitHub tells it; None for what has another form."""
    number, commit, base = identifier(_part(pull).get("number")), _part(pull, "head").get("sha"), _part(pull, "base").get("ref")
    if number is None or not isinstance(commit, str) or not isinstance(base, str):
        return None
    return PullRequestHead(number, commit, base)


def _part(value: Any, *names: str) -> Mapping[str, Any]:
    """What stands under these names, one within the other; nothing where one is missing or null, as the repository of a deleted fork is."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _unreadable(number: int) -> ForgeTrouble:
    return ForgeTrouble(
        _("GitHub's answer about #{number} has another form than expected", number=number), _("Try again."), kind="unreadable"
    )
