"""A small brand in a folder, for the tests of loading."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from marronnier import desk
from marronnier.desk import Desk
from marronnier.files import WorkTree
from marronnier.model.finding import Finding

BRAND = {
    "brand/brand.yml": "name: Jardin\nzone: Europe/Brussels\n",
    "brand/channels.yml": (
        "channels:\n"
        "  journal: {network: feed}\n"
        "  masto: {network: mastodon, account: '@jardin@example.social', was: [toots]}\n"
        "groups:\n"
        "  tous: [journal, masto]\n"
        "  encore: [tous]\n"
    ),
}


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, text in {**BRAND, **files}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def load(root: Path, files: Mapping[str, str | bytes] | None = None) -> Desk:
    return desk.load(WorkTree(write(root, files or {})))


def post(root: Path, text: str | bytes, path: str = "content/posts/a.md") -> Desk:
    return load(root, {path: text})


def front(root: Path, *lines: str) -> Desk:
    return post(root, "\n".join(["---", *lines, "---", "", "Mots.", ""]))


def rules(found: Desk) -> list[str]:
    return [finding.rule for finding in found.findings]


def only(found: Desk) -> Finding:
    assert len(found.findings) == 1, [str(finding) for finding in found.findings]
    return found.findings[0]


def git(root: Path, *arguments: str) -> str:
    env = {
        **os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
    }  # fmt: skip
    done = subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True, env=env)
    return done.stdout


def commit(root: Path) -> None:
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x")
