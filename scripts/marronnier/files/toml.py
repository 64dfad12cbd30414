"""TOML front matter, as Hugo writes it between lines `+++`, parsed into texts, lists and mappings like YAML."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time
from typing import Any

from marronnier.files.yaml12 import MAX_DEPTH, ParseProblem, YamlTree
from marronnier.messages import _
from marronnier.model.finding import KeyPath

_KEY = re.compile(r"""[ \t]*(?P<key>[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*=[ \t]*""")
_ERROR_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)|at end of document")


def parse_toml(text: str, first_line: int = 1) -> YamlTree:
    """Parse TOML that begins on line `first_line` of its file. Never raises. A value within a top-level key has the place of that key."""
    tree = YamlTree({}, {(): (first_line, 1)}, {}, [])
    try:
        parsed = tomllib.loads(text)
        tree.data = _to_texts(parsed, 0)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        position = _ERROR_POSITION.search(str(error))
        line, column = (int(position[1]), int(position[2])) if position and position[1] else (1, 1)
        next = _("Correct the line, or write the front matter in YAML between --- lines")
        problem = ParseProblem(first_line + line - 1, column, _("this cannot be read as TOML"), 'key = "value"', next)
        return YamlTree({}, tree.places, {}, [problem], is_complete=False)
    except ValueError:
        message = _("lists and mappings are nested more than {most} levels deep", most=MAX_DEPTH)
        problem = ParseProblem(first_line, 1, message, "", _("Use fewer levels"))
        return YamlTree({}, tree.places, {}, [problem], is_complete=False)
    in_table = False
    for number, line_text in enumerate(text.split("\n")):
        in_table = in_table or line_text.lstrip().startswith("[")
        key_match = None if in_table else _KEY.match(line_text)
        if key_match:
            key = key_match["key"].strip("\"'")
            tree.keys.setdefault((key,), (first_line + number, key_match.start("key") + 1))
            tree.places.setdefault((key,), (first_line + number, key_match.end() + 1))
        elif in_table and (head := re.match(r"[ \t]*\[+[ \t]*([\w-]+)", line_text)):
            tree.keys.setdefault((head[1],), (first_line + number, head.start(1) + 1))
            tree.places.setdefault((head[1],), (first_line + number, head.start(1) + 1))
    _fill_places(tree, tree.data, ())
    return tree


def _fill_places(tree: YamlTree, value: Any, path: KeyPath) -> None:
    position = tree.places.get(path[:1], tree.places[()])
    tree.places.setdefault(path, position)
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        _fill_places(tree, child, (*path, key))


def _to_texts(value: Any, depth: int) -> Any:
    """The value with every scalar as a text, as YAML is parsed. Raises ValueError when it is nested too deep."""
    if depth > MAX_DEPTH:
        raise ValueError(depth)
    if isinstance(value, dict):
        return {key: _to_texts(child, depth + 1) for key, child in value.items()}
    if isinstance(value, list):
        return [_to_texts(child, depth + 1) for child in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)
