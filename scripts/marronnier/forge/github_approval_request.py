"""Requests for an approval on GitHub: the branch of a request is pushed, and a pull request is opened for it, once."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from marronnier.forge.github_connection import GitHubConnection, identifier
from marronnier.forge.github_repository import GitHubRepository
from marronnier.forge.protocol import RequestWords, Submission
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import GitError, Repo
from marronnier.messages import _


def compare_url(place: GitHubRepository, base: str, branch: str) -> str:
    """Where people open a pull request for a branch by hand."""
    return f"{place.server}/{place.name}/compare/{quote(base)}...{quote(branch)}?expand=1"


class RequestOpener:
    """Opens pull requests for branches of one repository."""

    def __init__(self, repo: Repo, github: GitHubConnection, place: GitHubRepository) -> None:
        self.repo = repo
        self.github = github
        self.place = place

    def open(self, submission: Submission, words: RequestWords, lines: Sequence[str], base: str) -> Submission:
        """Push the branch of a request and open its pull request; the request with what people do next.

        What fails leaves the commit where it is, and is told with what to do: nothing has to be asked again.
        """
        branch = submission.branch
        try:
            self.repo.run("push", "--quiet", "--end-of-options", "origin", f"{submission.reference}:refs/heads/{branch}")
        except GitError as error:
            said = str(error).strip().splitlines()[-1:] or [""]
            told = _("The branch could not be pushed: {said}", said=said[0])
            return replace(
                submission, next_steps=(told, _("Run `git push origin {branch}`, then open a pull request.", branch=shlex.quote(branch)))
            )
        try:
            number = self._number(branch) or self._create(branch, words, lines, base)
        except ForgeTrouble as error:
            by_hand = compare_url(self.place, base, branch)
            return replace(submission, next_steps=(f"{error.message}. {error.next}", _("Or open the pull request at {url}.", url=by_hand)))
        url = f"{self.place.server}/{self.place.name}/pull/{number}"
        step = _("A reviewer reads #{number} at {url} and approves it there: Files changed, then Review changes.", number=number, url=url)
        return replace(submission, next_steps=(step,))

    def _create(self, branch: str, words: RequestWords, lines: Sequence[str], base: str) -> int:
        """Open the pull request and return its number. Where the answer was lost, looking tells whether it is there. Raises ForgeTrouble."""
        body = "\n".join((words.invitation, "", "```text", *lines, "```", ""))
        asked = {"title": words.heading, "head": branch, "base": base, "body": body}
        try:
            answer: Any = self.github.write("POST", f"/repos/{self.place.name}/pulls", asked)
        except ForgeTrouble as error:
            # Somebody else may have opened it just now: GitHub refuses a second one.
            found = self._number(branch) if error.may_have_happened or error.kind == "refused" else None
            if found is None:
                raise
            return found
        number = identifier(answer.get("number")) if isinstance(answer, dict) else None
        if number is None and (number := self._number(branch)) is None:
            raise ForgeTrouble(_("GitHub does not tell the number of the new pull request"), _("Look on GitHub."), kind="unreadable")
        return number

    def _number(self, branch: str) -> int | None:
        """The number of the open pull request of a branch; None where there is none. Raises ForgeTrouble."""
        owner = self.place.name.partition("/")[0]
        listed = self.github.list(f"/repos/{self.place.name}/pulls?state=open&head={quote(f'{owner}:{branch}', safe='')}")
        for pull in listed:
            head = pull.get("head") if isinstance(pull, dict) else None
            if isinstance(head, dict) and head.get("ref") == branch:
                return identifier(pull.get("number"))
        return None
