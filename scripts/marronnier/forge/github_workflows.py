"""What people and jobs say on GitHub beside pull requests: a label on an issue that freezes everything, and the start of a workflow."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import quote

from marronnier.forge.conversations import FREEZE_LABEL
from marronnier.forge.github import GitHubConnection, identifier
from marronnier.forge.github_repository import GitHubRepository
from marronnier.forge.trouble import ForgeTrouble
from marronnier.messages import _

_WORKFLOW_REF = re.compile(r"[^/@]+/[^/@]+/\.github/workflows/([A-Za-z0-9._-]+\.ya?ml)@.+")


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


def dispatch(github: GitHubConnection, place: GitHubRepository, workflow: str, inputs: Mapping[str, str], branch: str) -> None:
    """Start a workflow on a branch, once; without a name the one that this job is of. Raises ForgeTrouble."""
    match = _WORKFLOW_REF.fullmatch(os.environ.get("GITHUB_WORKFLOW_REF", ""))
    name = workflow or (match[1] if match else "")
    if not name:
        raise ForgeTrouble(
            _("GITHUB_WORKFLOW_REF does not say which workflow to start"),
            _("Use `--relay` in a job of GitHub Actions only."),
            kind="refused",
        )
    path = f"/repos/{place.name}/actions/workflows/{quote(name, safe='')}/dispatches"
    github.write("POST", path, {"ref": branch, "inputs": dict(inputs)})
