"""Keys that hold one text take it as typed: `title: Portes ouvertes : on plante !` needs no quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from marronnier.files.yaml12 import Problem
from marronnier.messages import _
from marronnier.model.finding import Fix
from marronnier.model.shape import Shape

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
_HARD = "\u00a0\u202f"
_BLANKS = "\t" + _HARD
_SPACES = str.maketrans(dict.fromkeys(_HARD, " "))
_PARTS = re.compile(r"""(?:[ \t]*(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')[ \t]*(?=,|$)|[^,]+)""")
_PAIRS = {"[": "]", "{": "}"}


@dataclass(slots=True)
class _Frame:
    """A mapping whose keys begin in that column."""

    column: int
    shape: Shape | None
    last: Shape | None = None


def yaml_quoted(text: str) -> str:
    """The text as YAML reads it whole: between single quotes, or double ones where that is easier to read."""
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return _single(text)


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def flow_list(texts: Iterable[str]) -> str:
    """The texts as a list on one line, those between quotes that need them."""
    return f"[{', '.join(map(_in_braces, texts))}]"


def quote_values(text: str, shape: Shape, first_line: int = 1) -> tuple[str, list[Problem]]:
    """The same lines with the one-text values put between quotes, so that YAML reads them as typed; and what is not safe to guess.

    No line is added or taken away and nothing moves on a line before the value, so that places stay true.
    """
    taming = _ValueQuoter(text.split("\n"), shape, first_line)
    for number in range(len(taming.lines)):
        taming.settle(number)
    return "\n".join(taming.lines), taming.problems


class _ValueQuoter:
    """One walk over the lines of a front matter, knowing at each which mapping it belongs to."""

    def __init__(self, lines: list[str], shape: Shape, first_line: int) -> None:
        self.lines = lines
        self.first_line = first_line
        self.problems: list[Problem] = []
        self._frames = [_Frame(0, shape)]
        self._skip: int | None = None

    def settle(self, number: int) -> None:
        """Look at one line, and put its value between quotes where it needs them."""
        line = self.lines[number]
        bare = line.lstrip(" ")
        if not bare or bare[0] == "#":
            return
        depth = len(line) - len(bare)
        if self._skip is not None and depth > self._skip:
            return
        self._skip = None
        if bare[0] in _BLANKS:
            said = _("a tab begins the line") if bare[0] == "\t" else _("a no-break space begins the line")
            self._mend(number, depth, said, _("spaces"), self._with_spaces(number))
            bare = self.lines[number].lstrip(" ")
            depth = len(self.lines[number]) - len(bare)
        found = self._match(number)
        key, value, column = found["key"], found["value"].rstrip(" \t"), found.end("dashes")
        while len(self._frames) > 1 and self._frames[-1].column > depth:
            self._frames.pop()
        here = self._listed(found, depth) if found["dashes"] else None
        if here is not None and here.kind == "text":
            key, value = None, line[column:].rstrip(" \t")
        if key:
            here = self._keyed(key.strip("\"'"), column, here, listed=bool(found["dashes"]))
            if any(space in found["gap"] + found["space"] for space in _HARD):
                self._soften(number, found)
                value = self._match(number)["value"].rstrip(" \t")
        elif not found["dashes"]:
            self._space(number)
            return
        if value:
            self._skip = depth if found["dashes"] and not key else column
            self._value(number, value, here)

    def _with_spaces(self, number: int) -> str:
        """The line begun with spaces; a key goes no further in than the line above it lets one stand."""
        bare = self.lines[number].lstrip(" " + _BLANKS)
        blank = self.lines[number][: len(self.lines[number]) - len(bare)]
        line = blank.replace("\t", "  ").translate(_SPACES) + bare
        above = next((one for one in reversed(self.lines[:number]) if one.strip() and not one.lstrip().startswith("#")), "")
        found = _LINE.match(above)
        if found is None or not found["key"] or not found["value"].strip() or not re.match(r"[\w-]+:(?: |$)", bare):
            return line
        return " " * min(len(line) - len(bare), found.end("dashes")) + bare

    def _match(self, number: int) -> re.Match[str]:
        found = _LINE.match(self.lines[number])
        assert found is not None
        return found

    def _listed(self, found: re.Match[str], depth: int) -> Shape | None:
        """The shape of what stands after the dashes."""
        here = self._frames[-1].last
        for _dash in range(found["dashes"].count("-")):
            here = here.each if here and here.kind == "list" else None
        return here

    def _keyed(self, key: str, column: int, around: Shape | None, *, listed: bool) -> Shape | None:
        """The shape of what stands under a key, in the mapping that begins in that column."""
        if listed:
            self._frames.append(_Frame(column, around))
        elif self._frames[-1].column < column:
            self._frames.append(_Frame(column, self._frames[-1].last))
        frame = self._frames[-1]
        frame.last = frame.shape.at(key) if frame.shape else None
        return frame.last

    def _value(self, number: int, value: str, shape: Shape | None) -> None:
        start = len(self.lines[number].rstrip(" \t")) - len(value)
        if shape is None:
            return
        if shape.kind == "text":
            self._text(number, start, value)
        elif shape.kind == "model" and value[0] == "{":
            self._braces(number, start, value, shape)
        elif shape.kind == "list" and shape.each is not None and shape.each.kind == "text":
            if value[0] == "[":
                self._brackets(number, start, value)
            elif value[0] in "#@%`":
                self._text(number, start, value)

    def _text(self, number: int, start: int, value: str) -> None:
        """Put the one text of a line between quotes where it needs them."""
        assert self._skip is not None
        more = _continues(self.lines, number, self._skip)
        text, sure = text_as_typed(value, bool(more))
        if text is None:
            return
        line = self.lines[number]
        before = line[:start]
        if sure and not more:
            self.lines[number] = before + _single(text)
            return
        note = _COMMENT.search(value)
        after = before + yaml_quoted(text) + (note[0] if note else "")
        if more:
            first = self.lines[more[0]]
            after = f"{before}>-\n{' ' * (len(first) - len(first.lstrip(' ')))}{text}"
            for other in more:
                self.lines[other] = ""
        said = _("the text {text} can be read in more than one way", text=text)
        self._mend(number, start, said, _("a text between quotes"), after)
        self.lines[number] = before + _single(text)

    def _braces(self, number: int, start: int, value: str, shape: Shape) -> None:
        """`{src: a.jpg, alt: Un arbre, deux bancs}`: texts that hold commas or colons need quotes between braces."""
        plain = _COMMENT.sub("", value)
        if not plain.endswith("}"):
            return
        written = []
        changed = False
        for part in re.split(r",[ \t]*(?=[\w-]+:[ \t])", plain[1:-1].strip()):
            key, colon, text = part.partition(":")
            child = shape.keys.get(key.strip())
            if not colon or child is None or child.kind != "text":
                return
            safe = _in_braces(text.strip())
            changed = changed or safe != text.strip()
            written.append(f"{key.strip()}: {safe}")
        if changed:
            said = _("a text between braces holds a comma, a colon, a quote or a bracket")
            self._mend(
                number,
                start,
                said,
                _("such texts between quotes"),
                f"{self.lines[number][:start]}{{{', '.join(written)}}}{value[len(plain) :]}",
            )

    def _brackets(self, number: int, start: int, value: str) -> None:
        """`[#Jardin, Oui : je viens]`: texts that YAML would read otherwise need quotes between brackets."""
        plain = _COMMENT.sub("", value)
        parts = [part.strip() for part in _PARTS.findall(plain[1:-1])]
        if not plain.endswith("]") or not all(parts) or any(part[0] in "[{]}" for part in parts):
            return
        if [_in_braces(part) for part in parts] != parts:
            said = _("a text between brackets begins with a sign that YAML reads otherwise, or holds a colon")
            self._mend(
                number,
                start,
                said,
                _("such texts between quotes"),
                f"{self.lines[number][:start]}{flow_list(parts)}{value[len(plain) :]}",
            )

    def _soften(self, number: int, found: re.Match[str]) -> None:
        """A key before a no-break space, as French keyboards write before a colon."""
        after = f"{found['indent']}{found['dashes']}{found['key']}: {found['value']}".rstrip()
        said = _("a no-break space stands beside the colon after {key}", key=found["key"])
        self._mend(number, found.end("key"), said, _("key: value"), after)

    def _space(self, number: int) -> None:
        """A known key whose colon has no space after it."""
        line = self.lines[number]
        key, colon, rest = line.strip().partition(":")
        shape = self._frames[-1].shape
        if not colon or not rest or shape is None or shape.kind != "model" or key not in shape.keys:
            return
        before = line[: line.index(key)] + f"{key}: "
        said = _("no space stands after the colon of {key}", key=key)
        self._mend(number, line.index(key), said, _("key: value"), before + rest)
        kept = text_as_typed(rest)[0] if shape.keys[key].kind == "text" else None
        self.lines[number] = before + (rest if kept is None else _single(kept))

    def _mend(self, number: int, start: int, said: str, expected: str, after: str) -> None:
        """Note what is not safe to guess, with the line as it should be; reading goes on with that line."""
        line = self.first_line + number
        fix = Fix(line, self.lines[number], after)
        self.problems.append(Problem(line, start + 1, said, expected, _("Write it so: {line}", line=after.strip()), fix))
        self.lines[number] = after.partition("\n")[0]


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


def text_as_typed(value: str, more: bool = False) -> tuple[str | None, bool]:
    """The text that a person meant by an unquoted value, or None where YAML reads it rightly; and whether that is sure.

    `more` tells that lines further in follow.
    """
    first = value[0]
    plain = _COMMENT.sub("", value)
    if first in "\"'":
        return _quotes(value, plain, more)
    if first in "|>":
        # Without words below it, the sign itself is what was typed.
        return (None, True) if _BLOCK.match(value) and more else (plain, True)
    if first in _PAIRS:
        # Two braces are a template's, and never a mapping.
        return (None, True) if plain[:2] != "{{" and (_whole(plain, first) or more) else (plain, True)
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


def _in_braces(text: str) -> str:
    if not text or _DOUBLE.fullmatch(text) or _SINGLE.fullmatch(text):
        return text
    unsafe = re.search(r"[,\[\]{}]|:(?:[ \t]|$)|[ \t]#", text) or text[0] in "\"'&*!|>%@`#" or (text[0] in "-?:" and text[1:2] in ("", " "))
    return yaml_quoted(text) if unsafe else text
