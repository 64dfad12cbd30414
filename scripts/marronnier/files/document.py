"""A document: a file that people write, parsed into front matter (texts with their places) and body."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from frontmatter.default_handlers import YAMLHandler

from marronnier.files import yaml12
from marronnier.files.utf8 import decode, unreadable_finding
from marronnier.files.yaml12 import ParseProblem
from marronnier.messages import _
from marronnier.model.approval_policy import Policy
from marronnier.model.brand import Brand, Channels, Handles
from marronnier.model.calendar import Days, Freeze, Slots
from marronnier.model.fields import WrittenModel
from marronnier.model.finding import Finding, Fix, KeyPath, Place, Positions, nearest_place
from marronnier.model.post import FrontMatter
from marronnier.model.shape import Shape, shape_of
from marronnier.model.strategy import Campaign, Strategy, Voice
from marronnier.model.trial import Trials

MAX_FRONT_MATTER_BYTES = 64 * 1024
"""The largest size of a front matter, in bytes: 64 KiB."""
MAX_PROBLEMS = 200
"""The most parse problems reported for one file."""
_YAML = YAMLHandler()
_YAML_LINE = YAMLHandler.FM_BOUNDARY or re.compile(r"^-{3,}\s*$", re.MULTILINE)
_HIDDEN_LINE_BREAKS = re.compile("[\x85\u2028\u2029]")
_NEEDS_NO_QUOTES = re.compile(
    r"""(?:[ ]*(?:-[ ]+)*(?:[\w-]+:(?:[ ]|(?=\n)))?
        (?:[\w/][^:#\n\u00a0\u202f]*(?::(?=[^\s:#])[^:#\n\u00a0\u202f]*)*|"[^"\\\n]*"|'[^'\n]*'|\[[^\[\]{}"'\#\n:]*\])?\n)*""",
    re.VERBOSE,
)
"""Lines that YAML certainly parses as typed: most front matter has only such lines."""
_MISTYPED_FENCE = re.compile(r"[ \t\u00a0]*(?:--+|-*[\u2010-\u2015\u2212][-\u2010-\u2015\u2212]*)[ \t\u00a0]*")
_KEY_LINE = re.compile(r"(?:([\w-]+)[ \u00a0\u202f]*:|[ \t\u00a0]*- |#|[ \t\u00a0])")
_TOML_LINE = re.compile(r"^\+{3}[ \t]*$", re.MULTILINE)
SETTINGS: Mapping[str, type[WrittenModel]] = {
    "brand/brand.yml": Brand,
    "brand/channels.yml": Channels,
    "brand/approvals.yml": Policy,
    "brand/strategy.yml": Strategy,
    "brand/voice.yml": Voice,
    "brand/handles.yml": Handles,
    "brand/tried.yml": Trials,
    "calendar/slots.yml": Slots,
    "calendar/days.yml": Days,
    "calendar/freeze.yml": Freeze,
}
"""The settings files and the model of each."""


@dataclass(frozen=True, slots=True)
class Document:
    """The content of one file."""

    path: str
    data: dict[str, Any]
    """The front matter: texts in NFC, lists, mappings and None."""
    places: Positions
    """The position of each value."""
    body: str
    """The text below the front matter, normalised to NFC before any digest is computed."""
    body_line: int
    """The line of the file on which the body begins, from 1."""
    text: str
    """The whole file as written, newlines as `\\n`, without a byte order mark."""
    findings: tuple[Finding, ...] = ()
    keys: Positions = field(default_factory=dict, repr=False)
    """The position of each key."""
    body_start: int = 0
    """The index in `text` at which the body begins, in characters."""
    is_complete: bool = True
    """Whether the whole front matter was parsed: one that is only partly known must not be validated."""

    def place(self, keys: KeyPath) -> Place:
        """Where the value at `keys` is written; else where the nearest value around it is; else the first line."""
        return nearest_place(self.path, self.places, keys)

    def key_place(self, keys: KeyPath) -> Place:
        """Where the last key of `keys` is written; else the place of its value."""
        return Place(self.path, *self.keys[keys]) if keys in self.keys else self.place(keys)

    def line(self, number: int) -> str:
        """The line with that number, from 1; empty when there is none."""
        lines = self.text.split("\n")
        return lines[number - 1] if 0 < number <= len(lines) else ""


PackedDocument = tuple[Any, ...]
"""A document without findings as plain data, for the cache and for other processes. The text stays in the file."""


def pack(document: Document) -> PackedDocument:
    """What was parsed from a file without findings."""
    return (document.data, document.places, document.body_line, document.body_start)


def unpack(path: str, data: bytes, packed: PackedDocument) -> Document:
    """The document from its packed form and the same bytes, under the path they have now. It lacks the places of its keys."""
    front, places, body_line, body_start = packed
    text = decode(path, data)
    assert isinstance(text, str)
    return Document(path, front, places, to_nfc(text[body_start:]), body_line, text, body_start=body_start)


def model_for_path(path: str) -> type[WrittenModel] | None:
    """The model of the file at this path; None when it is neither a post, a campaign nor a settings file."""
    if path.startswith("calendar/campaigns/"):
        return Campaign
    return SETTINGS.get(path) or (FrontMatter if path.lower().endswith((".md", ".markdown")) else None)


def parse_markdown(path: str, data: bytes, shape: Shape | None = None) -> Document:
    """Parse a Markdown file with front matter in YAML (`---`) or TOML (`+++`). Never raises: errors are in `findings`.

    `shape` says which keys hold one text; by default it is the shape of the path's model.
    """
    text = decode(path, data)
    if isinstance(text, Finding):
        return Document(path, {}, {}, "", 1, "", (text,), is_complete=False)
    front, front_start, body_start = _split_front_matter(text)
    if front is None:
        return _document_without_front_matter(path, text, is_opened=bool(front_start))
    line = text.count("\n", 0, front_start) + 1
    return _build_document(path, text, front, line, body_start, shape, is_toml=text.lstrip().startswith("+++"))


def parse_yaml(path: str, data: bytes, shape: Shape | None = None) -> Document:
    """Parse a YAML file like a front matter; the document has no body. Never raises."""
    text = decode(path, data)
    if isinstance(text, Finding):
        return Document(path, {}, {}, "", 1, "", (text,), is_complete=False)
    start = re.match(r"(?:[ \t]*(?:#.*)?\n)*---[ \t]*\n", text)
    skipped = start[0].count("\n") if start else 0
    return _build_document(path, text, text[start.end() :] if start else text, skipped + 1, len(text), shape)


def _split_front_matter(text: str) -> tuple[str | None, int, int]:
    """The front matter, its start and the start of the body. Without front matter: None, 1 when it is opened and never closed, and 0."""
    opening = text.lstrip()[:3]
    if opening == "---" and _YAML_LINE.match(text.lstrip()):
        try:
            front, body = _YAML.split(text)
        except ValueError:
            return None, 1, 0
        opening_line = _YAML_LINE.search(text)
        assert opening_line is not None
        return front, text.index(front, opening_line.end()), len(text) - len(body)
    if opening == "+++":
        fences = list(_TOML_LINE.finditer(text))
        if len(fences) < 2:
            return None, 1, 0
        return text[fences[0].end() + 1 : fences[1].start()], fences[0].end() + 1, fences[1].end()
    return None, 0, 0


def _document_without_front_matter(path: str, text: str, *, is_opened: bool) -> Document:
    """The document of a file in which no front matter can be recognised."""
    body = unicodedata.normalize("NFC", text)
    if mistyped := _mistyped_fence(path, text):
        return _incomplete(path, text, mistyped, body)
    if is_opened:
        fence = text.lstrip()[:3]
        problem = ParseProblem(
            text[: len(text) - len(text.lstrip())].count("\n") + 1,
            1,
            _("the front matter is opened and never closed"),
            _("a second line {fence} below it", fence=fence),
            _("Put {fence} on a line of its own after the last key", fence=fence),
        )
        return _incomplete(path, text, problem, body)
    if text.lstrip().startswith("{"):
        problem = ParseProblem(
            1, 1, _("the front matter is written in JSON"), _("YAML between two lines ---"), _("Write each key as key: value")
        )
        return _incomplete(path, text, problem, body)
    return Document(path, {}, {(): (1, 1)}, body, 1, text)


def _incomplete(path: str, text: str, problem: ParseProblem, body: str, line: int = 1, body_line: int = 1) -> Document:
    """The document of a file whose front matter, which begins on `line`, cannot be parsed."""
    return Document(path, {}, {(): (line, 1)}, body, body_line, text, _problem_findings(path, [problem]), is_complete=False)


def _mistyped_fence(path: str, text: str) -> ParseProblem | None:
    """The problem of a line that was meant as `---`: phones and Word replace short dashes by a long one.

    Such a line counts as a fence only around keys that the file may have.
    """
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    last = next((number for number in range(first + 1, len(lines)) if _MISTYPED_FENCE.fullmatch(lines[number])), None)
    if last is None or not _MISTYPED_FENCE.fullmatch(lines[first]):
        return None
    model = model_for_path(path)
    keys = [match[1] for line in lines[first + 1 : last] if line.strip() and (match := _KEY_LINE.match(line))]
    if len(keys) < sum(bool(line.strip()) for line in lines[first + 1 : last]) or model is None or not shape_of(model).keys.keys() & keys:
        return None
    number = next((number for number in (first, last) if not _YAML_LINE.match(lines[number])), None)
    if number is None:
        return None
    return ParseProblem(
        number + 1,
        1,
        _("the line {line} is written where the front matter begins or ends", line=lines[number].rstrip()),
        _("three short dashes at the very beginning of the line"),
        _("Write it so: {line}", line="---"),
        Fix(number + 1, lines[number], "---"),
    )


def _build_document(
    path: str, text: str, front: str, line: int, body_start: int, shape: Shape | None, *, is_toml: bool = False
) -> Document:
    body = to_nfc(text[body_start:])
    body_line = text.count("\n", 0, body_start) + 1
    if len(front) > MAX_FRONT_MATTER_BYTES or len(front.encode()) > MAX_FRONT_MATTER_BYTES:
        too_heavy = ParseProblem(
            line,
            1,
            _("the front matter is larger than {most} bytes", most=MAX_FRONT_MATTER_BYTES),
            "",
            _("Write long texts below the front matter, or split the file"),
        )
        return _incomplete(path, text, too_heavy, body, line, body_line)
    if shape is None:
        model = model_for_path(path)
        shape = shape_of(model) if model else Shape("other")
    problems: list[ParseProblem] = []
    if line_break := _HIDDEN_LINE_BREAKS.search(front):
        before = front[: line_break.start()]
        hidden_break = ParseProblem(
            line + before.count("\n"),
            len(before) - before.rfind("\n"),
            _("a hidden line break {name}", name=f"U+{ord(line_break[0]):04X}"),
            _("visible characters"),
            _("Delete that character"),
        )
        return _incomplete(path, text, hidden_break, body, line, body_line)
    if is_toml:
        from marronnier.files import toml

        tree = toml.parse_toml(front, line)
        problems = tree.problems
    else:
        quoted = front
        needs_no_quotes = _NEEDS_NO_QUOTES.fullmatch(front if front.endswith("\n") else front + "\n")
        # YAML may not parse such lines after all: perhaps a colon has no space after it.
        if not needs_no_quotes or (tree := yaml12.parse_yaml(front, line)).problems:
            from marronnier.files import yaml_quotes

            quoted, problems = yaml_quotes.quote_values(front, shape, line)
            tree = yaml12.parse_yaml(quoted, line)
        lines = front.split("\n") if tree.problems else []
        for problem in tree.problems[:MAX_PROBLEMS]:
            stops_parsing = problem is tree.problems[-1] and not tree.is_complete
            problems.append(_add_quoting_fix(problem, lines, line, shape, quoted.split("\n") if stops_parsing else None))
    data, is_complete = tree.data, tree.is_complete
    if data is None:
        data = {}
    if not isinstance(data, dict):
        position = tree.places.get((), (line, 1))
        problems.append(ParseProblem(*position, _("a list or a text was read where keys should be"), _("key: value on each line"), ""))
        data, is_complete = {}, False
    tree.places[()] = (line, 1)
    if not front.isascii() and not unicodedata.is_normalized("NFC", front):
        data = _to_nfc_deep(data)
    return Document(path, data, tree.places, body, body_line, text, _problem_findings(path, problems), tree.keys, body_start, is_complete)


def _add_quoting_fix(
    problem: ParseProblem, lines: list[str], first_line: int, shape: Shape, parsed_lines: list[str] | None
) -> ParseProblem:
    """The problem with a fix that puts quotes around the value, when that solves it; else the problem as it is.

    `parsed_lines` are the lines as parsed, when the parser stopped at this problem.
    """
    if not 0 <= problem.line - first_line < len(lines):
        return problem
    line = lines[problem.line - first_line]
    # A missing space after the colon was put in before parsing: the column may lie past the end of the line as typed.
    problem = replace(problem, column=min(problem.column, len(line) + 1))
    if problem.fix is not None or not problem.may_need_quotes:
        return problem
    key_line = re.match(r"([ ]*(?:- +)*[\w.@/+-]+ *: +)(\S.*)$", line)
    if key_line is None or (problem.column <= len(key_line[1]) and problem.column != 1):
        return problem
    value_shape = shape.child(line.partition(":")[0].strip())
    element = value_shape.element if value_shape and value_shape.kind == "list" else None
    if value_shape and value_shape.kind != "text" and not (element and element.kind == "text"):
        return problem
    from marronnier.files import yaml_quotes

    value = key_line[2].rstrip()
    if value[0] in "\"'|>" or (value[0] in "[{" and (value[-1] in "]}" or element)):
        return problem
    after = key_line[1] + yaml_quotes.quote_yaml(value)
    if yaml12.parse_yaml(after.lstrip(" -")).problems:
        return problem
    if parsed_lines is not None:
        parsed_lines[problem.line - first_line] = after
        parsed = yaml12.parse_yaml("\n".join(parsed_lines), first_line)
        if not parsed.is_complete and (parsed.problems[-1].line, parsed.problems[-1].column) <= (problem.line, problem.column):
            # The error is on an earlier line.
            return problem
    return replace(problem, next=_("Write it so: {line}", line=after.strip()), fix=Fix(problem.line, line, after), may_need_quotes=False)


def _problem_findings(path: str, problems: list[ParseProblem]) -> tuple[Finding, ...]:
    return tuple(
        unreadable_finding(path, problem.message, problem.expected, problem.next, (problem.line, problem.column), problem.fix)
        for problem in problems
    )


def to_nfc(text: str) -> str:
    """The text in Unicode NFC, so that the same words have the same digest."""
    return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _to_nfc_deep(value: Any) -> Any:
    if isinstance(value, str):
        return to_nfc(value)
    if isinstance(value, dict):
        return {to_nfc(key): _to_nfc_deep(child) for key, child in value.items()}
    return [_to_nfc_deep(child) for child in value] if isinstance(value, list) else value
