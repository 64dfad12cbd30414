"""Workflows on GitHub: one is started by its name."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import quote

from marronnier.forge.github_connection import GitHubConnection
from marronnier.forge.github_repository import GitHubRepository
from marronnier.forge.trouble import ForgeTrouble
from marronnier.messages import _

_WORKFLOW_REF = re.compile(r"[^/@]+/[^/@]+/\.github/workflows/([A-Za-z0-9._-]+\.ya?ml)@.+")


def dispatch(github: GitHubConnection, place: GitHubRepository, workflow: str, inputs: Mapping[str, str], branch: str) -> None:
    """Start a workflow on a branch, once; without a name, the workflow that this job belongs to. Raises ForgeTrouble."""
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
