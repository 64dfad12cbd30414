"""The doors: what touches the outside is imported in one place only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "scripts" / "marronnier"

DOORS = {
    "github": {"forge/github_connection.py"},
    "mkdocs": {"mkdocs_plugin.py"},
    "schedule": {"watch.py"},
    "socket": {"web", "cli/site_server.py", "cli/commands/serve.py", "demo/github/server.py"},
    "http": {"web", "cli/site_server.py", "demo/accounts/server.py", "demo/github/server.py"},
    "urllib.request": {"web"},
    "httpx2": {"web"},
    "httpcore2": {"web"},
    "marronnier.mail": {"networks/newsletter"},
    "smtplib": set(),
    "requests": set(),
    "pydantic": set(),
    "subprocess": {"git", "sandbox"},
    "PIL": {"sandbox"},
    "multiprocessing": {"cache.py", "files"},
    "frontmatter": {"files"},
    "yaml": {"files"},
    "ruamel": {"files"},
    "shutil": {"files"},
    "anyascii": {"text/romanization.py"},
    "holidays": {"public_holidays.py"},
    "jinja2": {"pages"},
}
"""A module and the files or folders that may import it; all others must not."""


def modules(path: Path) -> set[str]:
    """Every module a file imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("door", DOORS)
def test_door(door: str) -> None:
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        allowed = any(name == place or name.startswith(f"{place}/") for place in DOORS[door])
        if not allowed and any(module == door or module.startswith(f"{door}.") for module in modules(path)):
            wrong.append(name)
    assert not wrong
