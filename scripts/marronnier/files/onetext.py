"""Keys that hold one text take it as typed: `title: Portes ouvertes : on plante !` needs no quotes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from marronnier.files.shape import Shape
from marronnier.files.yaml12 import Problem
from marronnier.messages import _
from marronnier.model.finding import Fix

_LINE = re.compile(
    r"(?P<indent> *)(?P<dashes>(?:-[ ]+)*)"
    r"(?:(?P<key>[\w.@/+-]+|\"[^\"]*\"|'[^']*')(?P<gap>[ \u00a0\u202f]*):(?P<space>[ \t\u00a0\u202f]+|$))?(?P<value>.*)"
)
_COMMENT = re.compile(r"[ \t]+#(?=[ \t]|$).*")
_BLOCK = re.compile(r"[|>](?:[+-]?[1-9]?|[1-9][+-])[ \t]*(?:#.*)?$")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"(?=[ \t]|$)')
_SINGLE = re.compile(r"'(?:[^']|'')*'(?=[ \t]|$)")
_MARKED = re.compile(r"&[\w-]+(?:[ \t]|$)|\*[\w-]+$|![^ \t!]")
_UNSAFE = re.compile(r":(?:[ \t]|$)|[ \t]#")
_PAIRS = {"[": "]", "{": "}"}


@dataclass(slots=True)
class _Frame:
    """A mapping whose keys begin in that column."""

    column: int
    shape: Shape | None
    last: Shape | None = None


def quoted(text: str) -> str:
    """The text as YAML reads it whole: between single quotes, or double ones where that is easier to read."""
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def tame(text: str, shape: Shape, first_line: int = 1) -> tuple[str, list[Problem]]:
    """The same lines with the one-text values put between quotes, so that YAML reads them as typed; and what is not safe to guess.

    No line is added or taken away and nothing moves on a line before the value, so that places stay true.
    """
    lines = text.split("\n")
    problems: list[Problem] = []
    frames = [_Frame(0, shape)]
    skip: int | None = None
    for number, line in enumerate(lines):
        bare = line.lstrip(" ")
        if not bare or bare[0] == "#":
            continue
        depth = len(line) - len(bare)
        if skip is not None and depth > skip:
            continue
        skip = None
        if bare[0] == "\t":
            fixed = line.replace("\t", "  ")
            problems.append(
                Problem(
                    first_line + number,
                    depth + 1,
                    _("a tab begins the line"),
                    _("spaces"),
                    _("Write it so: {line}", line=fixed),
                    Fix(first_line + number, line, fixed),
                )
            )
            lines[number] = fixed
            continue
        found = _LINE.match(line)
        assert found is not None
        key = found["key"]
        value = found["value"].rstrip(" \t")
        column = found.end("dashes")
        while len(frames) > 1 and frames[-1].column > depth:
            frames.pop()
        here: Shape | None
        if found["dashes"]:
            here = frames[-1].last
            for _dash in range(found["dashes"].count("-")):
                here = here.each if here and here.kind == "list" else None
            if here is not None and here.kind == "text":
                key, value = None, line[column:].rstrip(" \t")
            elif key:
                frames.append(_Frame(column, here))
        elif key and frames[-1].column < column:
            frames.append(_Frame(column, frames[-1].last))
        if key:
            here = frames[-1].shape.at(key.strip("\"'")) if frames[-1].shape else None
            frames[-1].last = here
            if "\u00a0" in found["gap"] or "\u202f" in found["gap"] or "\u00a0" in found["space"] or "\u202f" in found["space"]:
                _hard_space(problems, lines, number, found, first_line)
                line = lines[number]
                found = _LINE.match(line)
                assert found is not None
        elif not found["dashes"]:
            _no_space(problems, lines, number, frames[-1].shape, first_line)
            continue
        if not value:
            continue
        skip = depth if found["dashes"] and not key else column
        if here is None:
            continue
        start = len(line.rstrip(" \t")) - len(value)
        more = _continues(lines, number, skip)
        if here.kind == "text":
            _settle(problems, lines, number, start, value, more, first_line)
        elif here.kind == "model" and value[0] == "{":
            _settle_flow(problems, lines, number, start, value, here, first_line)
    return "\n".join(lines), problems


def _continues(lines: list[str], number: int, column: int) -> list[int]:
    """The lines that carry on the value of this one."""
    found = []
    for after in range(number + 1, len(lines)):
        bare = lines[after].lstrip(" ")
        if bare and len(lines[after]) - len(bare) <= column:
            break
        if bare:
            found.append(after)
    return found


def _settle(problems: list[Problem], lines: list[str], number: int, start: int, value: str, more: list[int], first_line: int) -> None:
    """Put the one text of a line between quotes where it needs them."""
    text, sure = as_typed(value, bool(more))
    if text is None:
        return
    line = lines[number]
    before = line[:start]
    lines[number] = before + "'" + text.replace("'", "''") + "'"
    if sure and not more:
        return
    if more:
        inner = " " * (len(lines[more[0]]) - len(lines[more[0]].lstrip(" ")))
        after = f"{before}>-\n{inner}{text}"
        for other in more:
            lines[other] = ""
    else:
        after = before + quoted(text)
    problems.append(
        Problem(
            first_line + number,
            start + 1,
            _("the text {text} can be read in more than one way", text=text),
            _("a text between quotes"),
            _("Write it so: {line}", line=after.strip()),
            Fix(first_line + number, line, after),
        )
    )


def as_typed(value: str, more: bool = False) -> tuple[str | None, bool]:
    """The text that a person meant by an unquoted value, or None where YAML reads it rightly; and whether that is sure.

    `more` tells that lines further in follow.
    """
    first = value[0]
    plain = _COMMENT.sub("", value)
    if first in "\"'":
        return _quotes(value, plain, more)
    if first in "|>":
        return (None, True) if _BLOCK.match(value) else (plain, True)
    if first in _PAIRS:
        return (None, True) if _whole(plain, first) or more else (plain, True)
    if first in "&*!":
        return (None, True) if _MARKED.match(plain) else (plain, True)
    if first == "#":
        return (None, True) if value[1:2] in ("", " ", "\t") else (plain, True)
    if first in "%@`,]}" or (first in "-?:" and value[1:2] in ("", " ", "\t")) or _UNSAFE.search(plain):
        return plain, True
    return None, True


def _quotes(value: str, plain: str, more: bool) -> tuple[str | None, bool]:
    quote = value[0]
    found = (_DOUBLE if quote == '"' else _SINGLE).match(value)
    if found is not None and (found.end() == len(value) or _COMMENT.fullmatch(value[found.end() :])):
        return None, True
    if quote not in plain[1:]:
        # Never closed on this line: perhaps on the next ones.
        return (None, True) if more else (plain, False)
    if not plain.endswith(quote):
        return plain, True
    inside = plain[1:-1]
    if quote == "'" or inside.count(quote) % 2:
        return inside, False
    return plain, False


def _whole(text: str, opening: str) -> bool:
    """Whether the bracket that opens the text closes at its very end."""
    depth = 0
    for spot, char in enumerate(text):
        depth += (char == opening) - (char == _PAIRS[opening])
        if depth == 0:
            return spot == len(text) - 1
    return False


def _hard_space(problems: list[Problem], lines: list[str], number: int, found: re.Match[str], first_line: int) -> None:
    """A key before a no-break space, as French keyboards write before a colon."""
    line = lines[number]
    after = f"{found['indent']}{found['dashes']}{found['key']}: {found['value']}".rstrip()
    problems.append(
        Problem(
            first_line + number,
            found.end("key") + 1,
            _("a no-break space stands beside the colon after {key}", key=found["key"]),
            _("key: value"),
            _("Write it so: {line}", line=after.strip()),
            Fix(first_line + number, line, after),
        )
    )
    lines[number] = after


def _no_space(problems: list[Problem], lines: list[str], number: int, shape: Shape | None, first_line: int) -> None:
    """A known key whose colon has no space after it."""
    line = lines[number]
    key, colon, rest = line.strip().partition(":")
    if not colon or shape is None or shape.kind != "model" or key not in shape.keys:
        return
    after = line[: line.index(key)] + f"{key}: {rest}"
    problems.append(
        Problem(
            first_line + number,
            line.index(key) + 1,
            _("no space stands after the colon of {key}", key=key),
            _("key: value"),
            _("Write it so: {line}", line=after.strip()),
            Fix(first_line + number, line, after),
        )
    )
    kept = as_typed(rest)[0] if shape.keys[key].kind == "text" else None
    lines[number] = after if kept is None else line[: line.index(key)] + f"{key}: '" + kept.replace("'", "''") + "'"


def _settle_flow(problems: list[Problem], lines: list[str], number: int, start: int, value: str, shape: Shape, first_line: int) -> None:
    """`{src: a.jpg, alt: Un arbre, deux bancs}`: texts that hold commas or colons need quotes between braces."""
    plain = _COMMENT.sub("", value)
    if not plain.endswith("}"):
        return
    names = "|".join(re.escape(name) for name in shape.keys)
    parts = re.split(rf",[ \t]*(?=(?:{names}):[ \t])", plain[1:-1].strip())
    written = []
    for part in parts:
        key, colon, text = part.partition(":")
        text = text.strip()
        child = shape.keys.get(key.strip())
        if not colon or child is None or child.kind != "text":
            return
        written.append(f"{key.strip()}: {_in_braces(text)}")
    after = "{" + ", ".join(written) + "}"
    if all(_in_braces(part.partition(":")[2].strip()) == part.partition(":")[2].strip() for part in parts):
        return
    line = lines[number]
    lines[number] = line[:start] + after
    problems.append(
        Problem(
            first_line + number,
            start + 1,
            _("a text between braces holds a comma, a colon, a quote or a bracket"),
            _("such texts between quotes"),
            _("Write it so: {line}", line=lines[number].strip()),
            Fix(first_line + number, line, lines[number]),
        )
    )


def _in_braces(text: str) -> str:
    if not text or _DOUBLE.fullmatch(text) or _SINGLE.fullmatch(text):
        return text
    unsafe = re.search(r"[,\[\]{}]|:(?:[ \t]|$)|[ \t]#", text) or text[0] in "\"'&*!|>%@`#" or (text[0] in "-?:" and text[1:2] in ("", " "))
    return quoted(text) if unsafe else text
