"""The floors of the house: imports go down, judgement is pure, no package imports in a circle, and only `forge` knows which forge it is."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "scripts" / "marronnier"

FLOORS = {
    9: {"__main__"},
    8: {"cli"},
    7: {"watch", "mkdocs_plugin", "demo", "conversation"},
    6: {"publish", "pages", "measure", "listen", "doctor", "importers", "start", "public_holidays", "review", "autofix", "pull_request"},
    5: {"plan", "checks"},
    4: {"proofs"},
    3: {"timetable", "approval"},
    2: {"desk", "ledger", "forge", "networks"},
    1: {"files", "git", "web", "mail", "sandbox", "cache"},
    0: {"text"},
    -1: {"model", "messages"},
}
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")

READING = ("files", "git", "web", "mail", "sandbox", "cache", "ledger", "forge", "proofs", "desk.commit_tree")
"""Rooms and modules that read or write."""
PURE: dict[str, tuple[str, ...]] = {
    "timetable": (),
    "approval": (),
    "plan": ("proofs.situation",),
    "checks": ("proofs.situation", "files", "cache", "sandbox"),
    "proofs/situation.py": (),
}
"""Judgement: rooms and files that read nothing, each with what it may import all the same. Rules look into pictures, once, through the sandbox."""

FORGE_DOORS = ("forge", "forge.protocol")
"""What of the forge others may import: the protocol, and the function that opens a forge."""


def module_of(path: Path) -> str:
    """The name of a file's module below `marronnier.`; of a package its own."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in SOURCES}


def room_of(module: str) -> str | None:
    """The room of `marronnier.room…`; None for what is not ours."""
    parts = module.split(".")
    return parts[1] if parts[0] == "marronnier" and len(parts) > 1 else None


def imports(path: Path) -> list[tuple[int, str]]:
    """Line and module, below `marronnier.`, of every import of ours in a file, those within functions and for types too."""
    imported = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in (name.removeprefix("marronnier.") for name in names if room_of(name)):
            imported.append((node.lineno, name if name in MODULES else name.rpartition(".")[0] or name))
    return imported


@cache
def all_imports() -> dict[str, list[tuple[int, str]]]:
    """The imports of every module: read once, by the process that needs them."""
    return {module: imports(path) for module, path in MODULES.items()}


def is_within(module: str, names: tuple[str, ...]) -> bool:
    """Whether a module is one of these, or below one of them."""
    return any(module == name or module.startswith(f"{name}.") for name in names)


def circles() -> set[frozenset[str]]:
    """Groups of modules of one package that import each other, directly or through one another."""
    inside = {
        module: {target for _line, target in targets if target != module and target.partition(".")[0] == module.partition(".")[0]}
        for module, targets in all_imports().items()
    }
    reached: dict[str, set[str]] = {}
    for module in inside:
        waiting, reached[module] = [module], set()
        while waiting:
            new = inside.get(waiting.pop(), set()) - reached[module]
            reached[module] |= new
            waiting += new
    in_circle = {module: frozenset(other for other in reached[module] if module in reached[other]) for module in inside}
    return {modules for modules in in_circle.values() if modules}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_down(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert room in FLOOR_OF, f"{room} stands on no floor: give it one in this test, or another home"
    rooms = [(line, module.partition(".")[0]) for line, module in all_imports()[module_of(path)]]
    wrong = [
        f"{path.name}:{line} imports {target}"
        for line, target in rooms
        if target != room and target != "__version__" and FLOOR_OF.get(target, 99) >= FLOOR_OF[room]
    ]
    assert not wrong


@pytest.mark.parametrize("place", PURE)
def test_judgement_reads_nothing(place: str) -> None:
    room = place.removesuffix(".py").replace("/", ".")
    wrong = [
        f"{module}:{line} imports {target}"
        for module, targets in all_imports().items()
        if is_within(module, (room,))
        for line, target in targets
        if is_within(target, READING) and not is_within(target, (room, *PURE[place]))
    ]
    assert not wrong


def test_no_package_imports_in_a_circle() -> None:
    assert not circles()


def test_only_the_forge_knows_which_forge_it_is() -> None:
    wrong = [
        f"{module}:{line} imports {target}"
        for module, targets in all_imports().items()
        if not is_within(module, ("forge",))
        for line, target in targets
        if is_within(target, ("forge",)) and target not in FORGE_DOORS
    ]
    assert not wrong
