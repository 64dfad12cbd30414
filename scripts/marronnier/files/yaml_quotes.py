"""Quotes around YAML values: they are added where people may leave them out, as in `title: Portes ouvertes : on plante !`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from marronnier.files.yaml12 import ParseProblem
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
_YAML_NODE_PROPERTY = re.compile(r"&[\w-]+(?:[ \t]|$)|\*[\w-]+$|![^ \t!]")
_UNSAFE = re.compile(r":(?:[ \t]|$)|[ \t]#")
_NO_BREAK_SPACES = "\u00a0\u202f"
_BLANKS = "\t" + _NO_BREAK_SPACES
_SPACES = str.maketrans(dict.fromkeys(_NO_BREAK_SPACES, " "))
_PARTS = re.compile(r"""(?:[ \t]*(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')[ \t]*(?=,|$)|[^,]+)""")
_PAIRS = {"[": "]", "{": "}"}


@dataclass(slots=True)
class _OpenMapping:
    """A mapping around the current line."""

    column: int
    """The column of its keys, from 0."""
    shape: Shape | None
    last_value: Shape | None = None
    """The shape of the value of its last key."""


def quote_yaml(text: str) -> str:
    """The text as a quoted YAML scalar: in single quotes, or in double ones where that is easier to read."""
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return _single_quote(text)


def _single_quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def flow_list(texts: Iterable[str]) -> str:
    """The texts as a YAML list on one line, with quotes around those that need them."""
    return f"[{', '.join(map(_quote_in_flow, texts))}]"


def quote_values(text: str, shape: Shape, first_line: int = 1) -> tuple[str, list[ParseProblem]]:
    """The same lines with quotes around values that hold one text, so that YAML reads them as typed; and a problem for each unsafe guess.

    No line is added or removed and nothing moves on a line before its value, so that places stay correct.
    """
    quoter = _ValueQuoter(text.split("\n"), shape, first_line)
    for number in range(len(quoter.lines)):
        quoter.quote_line(number)
    return "\n".join(quoter.lines), quoter.problems


class _ValueQuoter:
    """Quotes the values of a front matter line by line, keeping track of the mapping each line belongs to."""

    def __init__(self, lines: list[str], shape: Shape, first_line: int) -> None:
        self.lines = lines
        self.first_line = first_line
        self.problems: list[ParseProblem] = []
        self._open_mappings = [_OpenMapping(0, shape)]
        self._skip_deeper_than: int | None = None

    def quote_line(self, number: int) -> None:
        """Put quotes around the value of one line where it needs them."""
        line = self.lines[number]
        bare = line.lstrip(" ")
        if not bare or bare[0] == "#":
            return
        depth = len(line) - len(bare)
        if self._skip_deeper_than is not None and depth > self._skip_deeper_than:
            return
        self._skip_deeper_than = None
        if bare[0] in _BLANKS:
            message = _("a tab begins the line") if bare[0] == "\t" else _("a no-break space begins the line")
            self._add_problem(number, depth, message, _("spaces"), self._indent_with_spaces(number))
            bare = self.lines[number].lstrip(" ")
            depth = len(self.lines[number]) - len(bare)
        match = self._match_line(number)
        key, value, column = match["key"], match["value"].rstrip(" \t"), match.end("dashes")
        while len(self._open_mappings) > 1 and self._open_mappings[-1].column > depth:
            self._open_mappings.pop()
        value_shape = self._list_element_shape(match) if match["dashes"] else None
        if value_shape is not None and value_shape.kind == "text":
            key, value = None, line[column:].rstrip(" \t")
        if key:
            value_shape = self._enter_key(key.strip("\"'"), column, value_shape, listed=bool(match["dashes"]))
            if any(space in match["gap"] + match["space"] for space in _NO_BREAK_SPACES):
                self._replace_no_break_space(number, match)
                value = self._match_line(number)["value"].rstrip(" \t")
        elif not match["dashes"]:
            self._add_space_after_colon(number)
            return
        if value:
            self._skip_deeper_than = depth if match["dashes"] and not key else column
            self._quote_value(number, value, value_shape)

    def _indent_with_spaces(self, number: int) -> str:
        """The line indented with spaces; a key is not indented further than the line above allows."""
        bare = self.lines[number].lstrip(" " + _BLANKS)
        blank = self.lines[number][: len(self.lines[number]) - len(bare)]
        line = blank.replace("\t", "  ").translate(_SPACES) + bare
        above = next((text for text in reversed(self.lines[:number]) if text.strip() and not text.lstrip().startswith("#")), "")
        above_match = _LINE.match(above)
        if above_match is None or not above_match["key"] or not above_match["value"].strip() or not re.match(r"[\w-]+:(?: |$)", bare):
            return line
        return " " * min(len(line) - len(bare), above_match.end("dashes")) + bare

    def _match_line(self, number: int) -> re.Match[str]:
        match = _LINE.match(self.lines[number])
        assert match is not None
        return match

    def _list_element_shape(self, match: re.Match[str]) -> Shape | None:
        """The shape of the list element after the dashes."""
        shape = self._open_mappings[-1].last_value
        for _dash in range(match["dashes"].count("-")):
            shape = shape.element if shape and shape.kind == "list" else None
        return shape

    def _enter_key(self, key: str, column: int, mapping_shape: Shape | None, *, listed: bool) -> Shape | None:
        """Enter the mapping that begins in this column, and return the shape of the value of its key."""
        if listed:
            self._open_mappings.append(_OpenMapping(column, mapping_shape))
        elif self._open_mappings[-1].column < column:
            self._open_mappings.append(_OpenMapping(column, self._open_mappings[-1].last_value))
        mapping = self._open_mappings[-1]
        mapping.last_value = mapping.shape.child(key) if mapping.shape else None
        return mapping.last_value

    def _quote_value(self, number: int, value: str, shape: Shape | None) -> None:
        start = len(self.lines[number].rstrip(" \t")) - len(value)
        if shape is None:
            return
        if shape.kind == "text":
            self._quote_text(number, start, value)
        elif shape.kind == "model" and value[0] == "{":
            self._quote_in_braces(number, start, value, shape)
        elif shape.kind == "list" and shape.element is not None and shape.element.kind == "text":
            if value[0] == "[":
                self._quote_in_brackets(number, start, value)
            elif value[0] in "#@%`":
                self._quote_text(number, start, value)

    def _quote_text(self, number: int, start: int, value: str) -> None:
        """Put quotes around a text and its continuation lines where it needs them."""
        assert self._skip_deeper_than is not None
        continuations = _continuation_lines(self.lines, number, self._skip_deeper_than)
        text, is_certain = intended_text(value, bool(continuations))
        if text is None:
            return
        line = self.lines[number]
        before = line[:start]
        if is_certain and not continuations:
            self.lines[number] = before + _single_quote(text)
            return
        comment = _COMMENT.search(value)
        after = before + quote_yaml(text) + (comment[0] if comment else "")
        if continuations:
            first = self.lines[continuations[0]]
            after = f"{before}>-\n{' ' * (len(first) - len(first.lstrip(' ')))}{text}"
            for continuation in continuations:
                self.lines[continuation] = ""
        message = _("the text {text} can be read in more than one way", text=text)
        self._add_problem(number, start, message, _("a text between quotes"), after)
        self.lines[number] = before + _single_quote(text)

    def _quote_in_braces(self, number: int, start: int, value: str, shape: Shape) -> None:
        """Quote the texts in `{src: a.jpg, alt: Un arbre, deux bancs}` that hold commas or colons."""
        plain = _COMMENT.sub("", value)
        if not plain.endswith("}"):
            return
        pairs = []
        changed = False
        for part in re.split(r",[ \t]*(?=[\w-]+:[ \t])", plain[1:-1].strip()):
            key, colon, text = part.partition(":")
            child = shape.keys.get(key.strip())
            if not colon or child is None or child.kind != "text":
                return
            quoted = _quote_in_flow(text.strip())
            changed = changed or quoted != text.strip()
            pairs.append(f"{key.strip()}: {quoted}")
        if changed:
            message = _("a text between braces holds a comma, a colon, a quote or a bracket")
            after = f"{self.lines[number][:start]}{{{', '.join(pairs)}}}{value[len(plain) :]}"
            self._add_problem(number, start, message, _("these texts between quotes"), after)

    def _quote_in_brackets(self, number: int, start: int, value: str) -> None:
        """Quote the texts in `[#Jardin, Oui : je viens]` that YAML would not read as typed."""
        plain = _COMMENT.sub("", value)
        parts = [part.strip() for part in _PARTS.findall(plain[1:-1])]
        if not plain.endswith("]") or not all(parts) or any(part[0] in "[{]}" for part in parts):
            return
        if [_quote_in_flow(part) for part in parts] != parts:
            message = _("a text between brackets begins with a sign that YAML reads otherwise, or holds a colon")
            after = f"{self.lines[number][:start]}{flow_list(parts)}{value[len(plain) :]}"
            self._add_problem(number, start, message, _("these texts between quotes"), after)

    def _replace_no_break_space(self, number: int, match: re.Match[str]) -> None:
        """Replace a no-break space beside the colon, which French keyboards write, by a plain one."""
        after = f"{match['indent']}{match['dashes']}{match['key']}: {match['value']}".rstrip()
        message = _("there is a no-break space beside the colon after {key}", key=match["key"])
        self._add_problem(number, match.end("key"), message, _("key: value"), after)

    def _add_space_after_colon(self, number: int) -> None:
        """Add the missing space after the colon of a known key."""
        line = self.lines[number]
        key, colon, rest = line.strip().partition(":")
        shape = self._open_mappings[-1].shape
        if not colon or not rest or shape is None or shape.kind != "model" or key not in shape.keys:
            return
        before = line[: line.index(key)] + f"{key}: "
        message = _("there is no space after the colon of {key}", key=key)
        self._add_problem(number, line.index(key), message, _("key: value"), before + rest)
        typed = intended_text(rest)[0] if shape.keys[key].kind == "text" else None
        self.lines[number] = before + (rest if typed is None else _single_quote(typed))

    def _add_problem(self, number: int, start: int, message: str, expected: str, after: str) -> None:
        """Add a problem whose fix is the line `after`, and continue with that line."""
        line = self.first_line + number
        fix = Fix(line, self.lines[number], after)
        self.problems.append(ParseProblem(line, start + 1, message, expected, _("Write it so: {line}", line=after.strip()), fix))
        self.lines[number] = after.partition("\n")[0]


def _continuation_lines(lines: list[str], number: int, column: int) -> list[int]:
    """The numbers of the lines that continue the value of this line."""
    numbers = []
    for after in range(number + 1, len(lines)):
        bare = lines[after].lstrip(" ")
        if bare and len(lines[after]) - len(bare) <= column:
            break
        if bare:
            numbers.append(after)
    return numbers


def intended_text(value: str, has_continuation: bool = False) -> tuple[str | None, bool]:
    """The text that a person meant by a value without quotes, or None where YAML parses it correctly; and whether that is certain.

    `has_continuation`: lines that are indented further follow.
    """
    first = value[0]
    plain = _COMMENT.sub("", value)
    if first in "\"'":
        return _intended_quoted_text(value, plain, has_continuation)
    if first in "|>":
        # Without a block below it, the sign is the text itself.
        return (None, True) if _BLOCK.match(value) and has_continuation else (plain, True)
    if first in _PAIRS:
        # Two braces belong to a template, never to a mapping.
        return (None, True) if plain[:2] != "{{" and (_closes_at_end(plain, first) or has_continuation) else (plain, True)
    if first in "&*!":
        return (None, True) if _YAML_NODE_PROPERTY.match(plain) else (plain, True)
    if first == "#":
        return (None, True) if value[1:2] in ("", " ", "\t") else (plain, True)
    if first in "%@`,]}" or (first in "-?:" and value[1:2] in ("", " ", "\t")) or _UNSAFE.search(plain):
        return plain, True
    return None, True


def _intended_quoted_text(value: str, plain: str, has_continuation: bool) -> tuple[str | None, bool]:
    quote = value[0]
    closed = (_DOUBLE if quote == '"' else _SINGLE).match(value)
    if closed is not None and (closed.end() == len(value) or _COMMENT.fullmatch(value[closed.end() :])):
        return None, True
    if quote not in plain[1:]:
        # Not closed on this line: perhaps on a later one.
        return (None, True) if has_continuation else (plain, False)
    if not plain.endswith(quote):
        return plain, True
    content = plain[1:-1]
    if quote == "'" or content.count(quote) % 2:
        return content, False
    return plain, False


def _closes_at_end(text: str, opening: str) -> bool:
    """Whether the bracket that opens the text is closed by its last character."""
    depth = 0
    for spot, char in enumerate(text):
        depth += (char == opening) - (char == _PAIRS[opening])
        if depth == 0:
            return spot == len(text) - 1
    return False


def _quote_in_flow(text: str) -> str:
    if not text or _DOUBLE.fullmatch(text) or _SINGLE.fullmatch(text):
        return text
    unsafe = re.search(r"[,\[\]{}]|:(?:[ \t]|$)|[ \t]#", text) or text[0] in "\"'&*!|>%@`#" or (text[0] in "-?:" and text[1:2] in ("", " "))
    return quote_yaml(text) if unsafe else text
