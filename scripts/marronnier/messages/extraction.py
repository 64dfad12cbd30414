"""Finds the sentences to translate: those marked in the code, and the docstrings that people read (verbs' help, rules' summaries)."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from babel.messages.extract import extract_python


def sentences(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str | None, Any, list[str]]]:
    """Every sentence of one Python file, as Babel wants it: line, function, message, comments."""
    tree = ast.parse(file.read())
    file.seek(0)
    yield from extract_python(file, keywords, comment_tags, dict(options))
    for place in (*_rules(tree), *_verbs(tree)):
        said = inspect.cleandoc(ast.get_docstring(place, clean=False) or "")
        if said:
            # A rule's page says the rest; its summary is the first line.
            yield 1, "_", said.splitlines()[0] if isinstance(place, ast.Module) else said, []


def _rules(tree: ast.Module) -> Iterator[ast.Module]:
    """The module, when it is a rule: its first line is what `explain` lists."""
    names = {target.id for line in tree.body for target in _targets(line) if isinstance(target, ast.Name)}
    if {"LEVEL", "ALLOWABLE"} <= names:
        yield tree


def _verbs(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The functions that click shows under `--help`."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any(_is_command(one) for one in node.decorator_list):
            yield node


def _is_command(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    said_here = isinstance(decorator, ast.Call) and any(word.arg == "help" for word in decorator.keywords)
    return isinstance(called, ast.Attribute) and called.attr in ("command", "group") and not said_here


def _targets(line: ast.stmt) -> list[ast.expr]:
    if isinstance(line, ast.AnnAssign):
        return [line.target]
    return line.targets if isinstance(line, ast.Assign) else []
