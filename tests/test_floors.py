"""The floors of the house: a module imports only from floors below its own; a package may import itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "scripts" / "marronnier"

FLOORS = {
    9: {"__main__"},
    8: {"cli"},
    7: {"watch", "mkdocs_plugin", "demo"},
    6: {"publish", "pages", "measure", "listen", "doctor", "importers", "start", "public_holidays", "review", "autofix"},
    5: {"plan", "checks"},
    4: {"proofs"},
    3: {"timetable", "approval"},
    2: {"desk", "ledger", "forge", "networks"},
    1: {"files", "git", "web", "sandbox", "cache"},
    0: {"text"},
    -1: {"model", "messages"},
}
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(module: str) -> str | None:
    """The room of `marronnier.room…`; None for what is not ours."""
    parts = module.split(".")
    return parts[1] if parts[0] == "marronnier" and len(parts) > 1 else None


def imports(path: Path) -> list[tuple[int, str]]:
    """Line and room of every import of ours in a file, those for types too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"marronnier.{alias.name}" for alias in node.names] if node.module == "marronnier" else [node.module]
        found += [(node.lineno, room) for name in names if (room := room_of(name))]
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_down(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert room in FLOOR_OF, f"{room} stands on no floor: give it one in this test, or another home"
    wrong = [
        f"{path.name}:{line} imports {other}"
        for line, other in imports(path)
        if other != room and other != "__version__" and FLOOR_OF.get(other, 99) >= FLOOR_OF[room]
    ]
    assert not wrong
