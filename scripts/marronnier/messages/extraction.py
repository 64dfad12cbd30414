"""Finds the sentences to translate: those marked in the code, and the docstrings that people read (verbs' help, rules' summaries).

Babel's own reader of Python misses what stands inside an f-string; this one reads the syntax tree, which is the same in every Python.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

_PLURAL = "NN_"


def extract_messages(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, Any, list[str]]]:
    """Every sentence of one Python file, as Babel wants it: line, function, message, comments."""
    tree = ast.parse(file.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _last_name(node.func)) in {*keywords, _PLURAL} and node.args:
            # Babel knows only the functions it was told: NN_ marks what ngettext will look up.
            yield node.lineno, "ngettext" if name == _PLURAL else name, tuple(_literal_text(one) for one in node.args), []
    read: list[ast.Module | ast.FunctionDef] = [*_rules(tree), *_commands(tree)]
    for place in read:
        if said := inspect.cleandoc(ast.get_docstring(place, clean=False) or ""):
            # A rule's page says the rest; its summary is the first line.
            yield 1, "_", said.splitlines()[0] if isinstance(place, ast.Module) else said, []


def _literal_text(argument: ast.expr) -> str | None:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _last_name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _rules(tree: ast.Module) -> Iterator[ast.Module]:
    """The module, when it is a rule: its first line is what `explain` lists."""
    names = {target.id for line in tree.body for target in _targets(line) if isinstance(target, ast.Name)}
    if {"LEVEL", "ALLOWABLE"} <= names:
        yield tree


def _targets(line: ast.stmt) -> list[ast.expr]:
    if isinstance(line, ast.AnnAssign):
        return [line.target]
    return line.targets if isinstance(line, ast.Assign) else []


def _commands(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The functions that click shows under `--help`."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any(_is_command(one) for one in node.decorator_list):
            yield node


def _is_command(decorator: ast.expr) -> bool:
    said_there = isinstance(decorator, ast.Call) and any(word.arg == "help" for word in decorator.keywords)
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return _last_name(called) in ("command", "group") and not said_there
