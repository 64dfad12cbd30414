"""Where the Marronnier that runs here comes from, so that a workflow runs the same: this repository, or a commit of another."""

from __future__ import annotations

import importlib.metadata
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from marronnier.git import Repo
from marronnier.start.workflow_files import LOCAL_TOOL

REFERENCE = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+@[0-9a-f]{40}")
"""`owner/name@` and a full commit: a tag could be moved."""


_ACTION = Path(".github/actions/marronnier/action.yml")


def tool_reference(root: Path, repository_of: Callable[[str], str]) -> str:
    """How a workflow of the repository at `root` names the tool: as this one was installed, else as its workflows name it already.

    Empty where neither can be told.

    `repository_of` gives `owner/name` for the address of a repository on the team's forge, else an empty text.
    """
    if (root / "action.yml").is_file() and (root / "scripts" / "marronnier" / "__init__.py").is_file():
        return LOCAL_TOOL
    address, commit = _installed_from()
    repository = repository_of(address)
    return f"{repository}@{commit}" if repository and commit else _named_already(root)


def _named_already(root: Path) -> str:
    """The commit of the tool that the team's workflows run now; empty where they name none."""
    path = root / _ACTION
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    found = re.search(rf"^\s*(?:- )?uses: ({REFERENCE.pattern})\s*(?:#.*)?$", text, re.MULTILINE)
    return found[1] if found else ""


def _installed_from() -> tuple[str, str]:
    """The address and the commit from which pip installed this package (PEP 610); both empty where it does not say."""
    try:
        told = json.loads(importlib.metadata.distribution("marronnier").read_text("direct_url.json") or "{}")
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return "", ""
    url = str(told.get("url", ""))
    if commit := told.get("vcs_info", {}).get("commit_id"):
        return url, str(commit)
    return _clone(Path(unquote(urlsplit(url).path))) if url.startswith("file:") else ("", "")


def _clone(folder: Path) -> tuple[str, str]:
    """The origin and the commit of a clone, if origin has that commit; else both empty."""
    repo = Repo(folder)
    if not folder.is_dir() or (head := repo.head()) is None:
        return "", ""
    is_at_origin = repo.try_text("for-each-ref", "--contains", head, "--format=%(refname)", "refs/remotes/origin/")
    return (repo.remote_url() or "", head) if is_at_origin else ("", "")
