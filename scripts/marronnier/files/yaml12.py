"""A parser for a subset of YAML 1.2: texts, lists and mappings, with the place of each value. No type is guessed; anchors, aliases and tags are errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from marronnier.messages import _
from marronnier.model.finding import Fix, KeyPath

MAX_DEPTH = 8
"""How deep lists and mappings may be nested."""
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""The plain texts that mean null (https://yaml.org/spec/1.2.2/#10212-null, seen 2026-11-22)."""

_PARSER: Any = getattr(yaml.cyaml, "CParser", None) if yaml.__with_libyaml__ else yaml.SafeLoader
_IGNORED_EVENTS = frozenset({yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent})
_END_EVENTS = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})
_CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ParseProblem:
    """A parse error or an unsafe value, at a line and column from 1."""

    line: int
    column: int
    message: str
    expected: str = ""
    next: str = ""
    fix: Fix | None = None
    may_need_quotes: bool = False
    """Whether quotes around the value might solve the problem."""


@dataclass(slots=True)
class YamlTree:
    """The data of a YAML or TOML text, with places and problems."""

    data: Any
    """Texts, lists, mappings and None."""
    places: dict[KeyPath, tuple[int, int]]
    """Line and column, from 1, of each value."""
    keys: dict[KeyPath, tuple[int, int]]
    """Line and column, from 1, of each key."""
    problems: list[ParseProblem]
    is_complete: bool = True
    """Whether the text was parsed to its end: data that is only partly known must not be validated."""


@dataclass(slots=True)
class _OpenCollection:
    """A list or mapping that the parser has not finished."""

    value: Any
    path: KeyPath
    key: str | None = None
    lines: dict[str, int] = field(default_factory=dict)


def parse_yaml(text: str, first_line: int = 1) -> YamlTree:
    """Parse a YAML text that begins on line `first_line` of its file. Never raises; errors are in `problems`."""
    tree = YamlTree(None, {}, {}, [])
    try:
        tree.is_complete = _build_tree(tree, text, first_line)
    except yaml.MarkedYAMLError as error:
        tree.is_complete = False
        opened = "quoted" in (error.context or "") or "flow" in (error.context or "")
        mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
        lines = text.split("\n")
        at = (mark.line, mark.column) if mark else (0, 0)
        if at[0] >= len(lines):
            # The parser stopped below the last line.
            at = (len(lines) - 1, len(lines[-1]))
        tree.problems.append(
            ParseProblem(
                at[0] + first_line, at[1] + 1, *_explain_parser_error(error.problem or "", error.context or ""), may_need_quotes=True
            )
        )
    except yaml.YAMLError as error:
        tree.is_complete = False
        tree.problems.append(ParseProblem(first_line, 1, *_explain_parser_error(str(getattr(error, "reason", error)), "")))
    return tree


def _events(text: str) -> Iterator[Any]:
    parser = _PARSER(text)
    get = parser.get_event
    while (event := get()) is not None:
        yield event


def _build_tree(tree: YamlTree, text: str, first_line: int) -> bool:
    """Build the tree from the parser's events without recursion, at most `MAX_DEPTH` deep. Returns whether the end of the text was reached."""
    stack: list[_OpenCollection] = []
    has_document = False
    places, keys = tree.places, tree.keys
    path: KeyPath
    may_hold_controls = "\\" in text or _CONTROL_CHARACTERS.search(text.replace("\n", "").replace("\t", "")) is not None
    for event in _events(text):
        kind = type(event)
        if kind in _END_EVENTS:
            stack.pop()
            continue
        if kind in _IGNORED_EVENTS:
            continue
        mark = event.start_mark
        place = (mark.line + first_line, mark.column + 1)
        if kind is yaml.DocumentStartEvent:
            if has_document:
                tree.problems.append(
                    ParseProblem(*place, _("a second document begins"), _("one document in a file"), _("Delete what follows"))
                )
                return False
            has_document = True
            continue
        value = _event_value(tree, event, place)
        is_scalar = kind is yaml.ScalarEvent or kind is yaml.AliasEvent
        if may_hold_controls and is_scalar and value is not None and _CONTROL_CHARACTERS.search(value):
            tree.problems.append(ParseProblem(*place, _("a hidden control character"), _("visible characters"), _("Delete that character")))
        if not stack:
            tree.data, path = value, ()
        else:
            parent = stack[-1]
            collection = parent.value
            if type(collection) is list:
                path = (*parent.path, len(collection))
                collection.append(value)
            elif parent.key is None:
                if not is_scalar:
                    _add_problem(tree, place, _("there is a list or mapping where a key should be"), _("a key is one word"))
                    return False
                key = getattr(event, "value", "") if value is None else value
                if key == "<<" or key in parent.lines:
                    _add_key_problem(tree, key, place, parent.lines.get(key))
                parent.lines[key] = place[0]
                parent.key = key
                keys[(*parent.path, key)] = place
                continue
            else:
                path = (*parent.path, parent.key)
                collection[parent.key] = value
                parent.key = None
        places[path] = place
        if not is_scalar:
            if len(stack) >= MAX_DEPTH:
                _add_problem(
                    tree, place, _("lists and mappings are nested more than {most} levels deep", most=MAX_DEPTH), _("fewer levels")
                )
                return False
            stack.append(_OpenCollection(value, path))
    return True


def _event_value(tree: YamlTree, event: Any, place: tuple[int, int]) -> Any:
    """The value of an event. Anchors, aliases and tags become problems."""
    kind = type(event)
    if kind is yaml.AliasEvent:
        _add_problem(tree, place, _("the alias *{name}", name=_shorten(event.anchor)), _("the value itself"))
        return None
    if event.anchor is not None:
        _add_problem(tree, place, _("the anchor &{name}", name=_shorten(event.anchor)), _("a value without a name"))
    if event.tag is not None:
        _add_problem(tree, place, _("the tag {name}", name=_shorten(event.tag)), _("a plain value"))
    if kind is yaml.MappingStartEvent:
        return {}
    if kind is yaml.SequenceStartEvent:
        return []
    return None if event.value in NULLS and not event.style else event.value


def _add_problem(tree: YamlTree, place: tuple[int, int], message: str, expected: str) -> None:
    tree.problems.append(ParseProblem(*place, message, expected, _("Delete it, or put the text between quotes"), may_need_quotes=True))


def _add_key_problem(tree: YamlTree, key: str, place: tuple[int, int], first: int | None) -> None:
    if first is None:
        tree.problems.append(ParseProblem(*place, _("the merge key <<"), _("the keys themselves"), _("Write the keys again here")))
        return
    tree.problems.append(
        ParseProblem(
            *place,
            _("the key {key} is written twice, on lines {first} and {second}", key=_shorten(key), first=first, second=place[0]),
            _("each key once"),
            _("Keep one of the two lines"),
        )
    )


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _explain_parser_error(problem: str, context: str) -> tuple[str, str, str]:
    """Message, expectation and next step for an error of the parser."""
    quoted = _("Put the text between quotes")
    if "escape" in problem:
        return (
            _("an unknown escape after \\ between double quotes"),
            _("\\\\ for a backslash"),
            _("Use single quotes, or double the backslash"),
        )
    if "mapping values are not allowed" in problem:
        return _("there is a colon inside a text without quotes"), _("one key and its value on the line"), quoted
    if "block sequence entries are not allowed" in problem:
        return _("a dash begins a list where none can begin"), _("a list on lines of its own"), quoted
    if "cannot start any token" in problem:
        return (
            _("a character that cannot begin a value, or a tab"),
            _("a text between quotes, or spaces"),
            _("Put the text between quotes, and use spaces, not tabs"),
        )
    if "end of stream" in problem or "end of file" in problem or "quoted scalar" in context:
        return (
            _("a quote or bracket is opened and never closed"),
            _("the closing quote or bracket"),
            _("Close it, or put the whole text between quotes"),
        )
    if "flow" in context:
        return (
            _("a list or mapping in brackets is not closed where it should be"),
            _("a comma, or the closing bracket"),
            _("Put texts that hold commas, colons or brackets between quotes"),
        )
    if "expected ':'" in problem:
        return (
            _("a line without a colon and a space after its key"),
            _("key: value"),
            _("Put a colon and a space after the key, or the text between quotes"),
        )
    if "expected key" in problem or "block end" in problem or "block collection" in context:
        return (
            _("the line does not line up with those before it"),
            _("keys that begin in the same column"),
            _("Line it up with the key before, or put the text between quotes"),
        )
    if "tag" in problem or "tag" in context:
        return _("a tag that begins with !"), _("a plain value"), quoted
    if "anchor" in context or "alias" in context:
        return _("a text that begins with & or *"), _("a text between quotes"), quoted
    return _("this cannot be read as YAML"), _("key: value on each line"), quoted
