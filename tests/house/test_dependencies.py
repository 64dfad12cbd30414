"""Every dependency of the package is imported by it, or stands here with the reason why it is there."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
IMPORT_NAMES = {
    "linkify-it-py": "linkify_it",
    "markdown-it-py": "markdown_it",
    "pillow": "PIL",
    "pygithub": "github",
    "python-dateutil": "dateutil",
    "python-frontmatter": "frontmatter",
    "pyyaml": "yaml",
    "ruamel-yaml": "ruamel",
}
"""The top-level package of each distribution whose import name is another."""
NOT_IMPORTED = {
    "mkdocs-material": "the site's theme, which MkDocs loads by its name",
    "tzdata": "the time zones and their names, which zoneinfo reads as data",
}
"""Dependencies that no module imports, and what they are for."""


def dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}


def imported() -> set[str]:
    """The top-level packages that the package imports."""
    names: set[str] = set()
    for path in (ROOT / "scripts" / "marronnier").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names


def test_every_dependency_is_imported_or_has_its_reason() -> None:
    modules = imported()
    unused = {name for name in dependencies() if IMPORT_NAMES.get(name, name.replace("-", "_")) not in modules}
    assert unused == set(NOT_IMPORTED)


def test_the_table_of_import_names_holds_only_dependencies() -> None:
    assert IMPORT_NAMES.keys() <= dependencies()
