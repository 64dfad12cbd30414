"""Babel's extraction of the messages to translate: those marked in the code, and docstrings that people read (help of commands, summaries of rules and importers).

Babel's own reader of Python misses what is inside an f-string; this one reads the syntax tree, which is the same in every Python.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

_PLURAL = "NN_"
_SUMMARIZED = ({"LEVEL", "ALLOWABLE"}, {"TOOL", "read"})
"""Top-level names of a rule, and of an importer: the first line of such a module's docstring is its summary."""


def extract_messages(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, Any, list[str]]]:
    """The messages of one Python file, as Babel wants them: line, function, message, comments."""
    tree = ast.parse(file.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _last_name(node.func)) in {*keywords, _PLURAL} and node.args:
            # Babel knows only the functions of its options: NN_ marks what ngettext will look up.
            yield node.lineno, "ngettext" if name == _PLURAL else name, tuple(_literal_text(argument) for argument in node.args), []
    if docstring := ast.get_docstring(tree) if _has_summary(tree) else None:
        yield 1, "_", docstring.splitlines()[0], []
    for command in _commands(tree):
        if docstring := ast.get_docstring(command):
            yield 1, "_", docstring, []


def _literal_text(argument: ast.expr) -> str | None:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _last_name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _has_summary(tree: ast.Module) -> bool:
    names = {name for statement in tree.body for name in _defined_names(statement)}
    return any(required <= names for required in _SUMMARIZED)


def _defined_names(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef):
        yield statement.name
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target] if isinstance(statement, ast.AnnAssign) else []
    yield from (target.id for target in targets if isinstance(target, ast.Name))


def _commands(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The functions whose docstring click shows under `--help`."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any(_takes_help_from_docstring(decorator) for decorator in node.decorator_list):
            yield node


def _takes_help_from_docstring(decorator: ast.expr) -> bool:
    has_help = isinstance(decorator, ast.Call) and any(word.arg == "help" for word in decorator.keywords)
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return _last_name(called) in ("command", "group") and not has_help
