"""TOML front matter, as Hugo writes it between `+++` lines, read into the same texts, lists and mappings as YAML."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time
from typing import Any

from marronnier.files.yaml12 import MOST_DEPTH, Path, Problem, YamlTree
from marronnier.messages import _

_KEY = re.compile(r"""[ \t]*(?P<key>[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*=[ \t]*""")
_AT = re.compile(r"\(at line (\d+), column (\d+)\)|at end of document")


def parse(text: str, first_line: int = 1) -> YamlTree:
    """Read TOML whose first line is that line of its file. Never raises; top keys have true places, what is inside has its key's."""
    tree = YamlTree({}, {(): (first_line, 1)}, {}, [])
    try:
        read = tomllib.loads(text)
        tree.data = _texts(read, 0)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _AT.search(str(error))
        line, column = (int(found[1]), int(found[2])) if found and found[1] else (1, 1)
        tree.problems.append(
            Problem(
                first_line + line - 1,
                column,
                _("this cannot be read as TOML"),
                'key = "value"',
                _("Correct the line, or write the front matter in YAML between --- lines"),
            )
        )
        tree.whole = False
        return tree
    except ValueError:
        tree.problems.append(
            Problem(
                first_line, 1, _("lists and mappings are nested more than {most} levels deep", most=MOST_DEPTH), "", _("Use fewer levels")
            )
        )
        tree.whole = False
        return tree
    table = False
    for number, row in enumerate(text.split("\n")):
        table = table or row.lstrip().startswith("[")
        found_key = None if table else _KEY.match(row)
        if found_key:
            key = found_key["key"].strip("\"'")
            tree.keys.setdefault((key,), (first_line + number, found_key.start("key") + 1))
            tree.places.setdefault((key,), (first_line + number, found_key.end() + 1))
        elif table and (head := re.match(r"[ \t]*\[+[ \t]*([\w-]+)", row)):
            tree.keys.setdefault((head[1],), (first_line + number, head.start(1) + 1))
            tree.places.setdefault((head[1],), (first_line + number, head.start(1) + 1))
    _fill(tree, tree.data, ())
    return tree


def _fill(tree: YamlTree, value: Any, path: Path) -> None:
    around = tree.places.get(path[:1], tree.places[()])
    tree.places.setdefault(path, around)
    for key, inside in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        _fill(tree, inside, (*path, key))


def _texts(value: Any, depth: int) -> Any:
    """The value as YAML would give it. Raises ValueError when it is too deep."""
    if depth > MOST_DEPTH:
        raise ValueError(depth)
    if isinstance(value, dict):
        return {key: _texts(inside, depth + 1) for key, inside in value.items()}
    if isinstance(value, list):
        return [_texts(inside, depth + 1) for inside in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)
