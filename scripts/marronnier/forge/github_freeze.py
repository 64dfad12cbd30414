"""The freeze on GitHub: an open issue with a label stops all sending."""

from __future__ import annotations

from urllib.parse import quote

from marronnier.forge.conversations import FREEZE_LABEL
from marronnier.forge.github_connection import GitHubConnection, identifier
from marronnier.forge.github_repository import GitHubRepository
from marronnier.forge.trouble import ForgeTrouble
from marronnier.messages import _


def freeze_reason(github: GitHubConnection, place: GitHubRepository) -> str:
    """Why everything is frozen: an open issue has the label. Empty when none has it, or where the repository has no issues. Raises ForgeTrouble."""
    try:
        issues = github.list(f"/repos/{place.name}/issues?state=open&labels={quote(FREEZE_LABEL, safe='')}")
    except ForgeTrouble as error:
        if error.kind == "missing" and _has_no_issues(github, place):
            return ""
        raise
    for issue in issues:
        if not isinstance(issue, dict) or (number := identifier(issue.get("number"))) is None:
            raise ForgeTrouble(_("GitHub's list of issues has another form than expected"), kind="unreadable")
        if "pull_request" not in issue:
            return _("frozen by the label `{label}` on issue #{number}: close it when it is over", label=FREEZE_LABEL, number=number)
    return ""


def _has_no_issues(github: GitHubConnection, place: GitHubRepository) -> bool:
    """Whether issues are switched off in the repository. Raises ForgeTrouble."""
    answer = github.get(f"/repos/{place.name}")
    return isinstance(answer, dict) and answer.get("has_issues") is False
