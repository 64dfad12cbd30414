"""Draws forty modules and forty functions of the package for somebody to guess by their names: see scripts/handbook/names.md.

`python tests/proof/draw_names.py` prints the questions, `… --answers` the first lines of the docstrings too.
"""

from __future__ import annotations

import ast
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "scripts" / "marronnier"
KNOWN = ("checks/rules/", "cli/commands/", "__main__.py")
"""Rules and commands are named for what people write and type."""


def first_line(node: ast.Module | ast.FunctionDef) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0]


def functions(body: Sequence[ast.stmt], owner: str = "") -> Iterator[tuple[str, str]]:
    """Each function as it is called, with the first line of its docstring."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from functions(node.body, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
            arguments = node.args
            names = [argument.arg for argument in arguments.posonlyargs + arguments.args if argument.arg not in ("self", "cls")]
            names += [f"*{arguments.vararg.arg}"] if arguments.vararg else []
            names += [argument.arg for argument in arguments.kwonlyargs]
            returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            yield f"{owner}{node.name}({', '.join(names)}){returns}", first_line(node)


def main(*, answers: bool) -> None:
    drawn_from: dict[str, list[tuple[str, str]]] = {"Modules": [], "Functions": []}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith(KNOWN) or name == "__init__.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.name != "__init__.py":
            drawn_from["Modules"].append((name, first_line(tree)))
        drawn_from["Functions"] += [(f"{name}: {called}", line) for called, line in functions(tree.body)]
    draw = random.Random(7)
    for kind, entries in drawn_from.items():
        print(f"# {kind}, 40 of {len(entries)}")
        for number, (name, line) in enumerate(draw.sample(entries, 40), 1):
            print(f"{kind[0]}{number}. {name}" + (f" — {line}" if answers else ""))


if __name__ == "__main__":
    main(answers="--answers" in sys.argv)
