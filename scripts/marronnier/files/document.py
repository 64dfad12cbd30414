"""A file that people write: its front matter as texts with their places, and its words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from frontmatter.default_handlers import YAMLHandler

from marronnier.files import yaml12
from marronnier.files.utf8 import decode
from marronnier.files.yaml12 import ParseProblem, Path
from marronnier.messages import _
from marronnier.model.approval_policy import Policy
from marronnier.model.brand import Brand, Channels, Handles
from marronnier.model.calendar import Days, Freeze, Slots
from marronnier.model.fields import WrittenModel
from marronnier.model.finding import Finding, Fix, Place
from marronnier.model.post import FrontMatter
from marronnier.model.shape import Shape, shape_of
from marronnier.model.strategy import Campaign, Strategy, Voice

MAX_FRONT_MATTER_BYTES = 64 * 1024
"""The most a front matter may weigh: 64 KiB."""
MAX_PROBLEMS = 200
"""Told of one file: who has mended so many looks again."""
_YAML = YAMLHandler()
_YAML_LINE = YAMLHandler.FM_BOUNDARY or re.compile(r"^-{3,}\s*$", re.MULTILINE)
_HIDDEN_LINE_BREAKS = re.compile("[\x85\u2028\u2029]")
_NEEDS_NO_QUOTES = re.compile(
    r"""(?:[ ]*(?:-[ ]+)*(?:[\w-]+:(?:[ ]|(?=\n)))?
        (?:[\w/][^:#\n\u00a0\u202f]*(?::(?=[^\s:#])[^:#\n\u00a0\u202f]*)*|"[^"\\\n]*"|'[^'\n]*'|\[[^\[\]{}"'\#\n:]*\])?\n)*""",
    re.VERBOSE,
)
"""Lines that YAML surely reads as typed: most posts are made of such lines only."""
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
    "calendar/slots.yml": Slots,
    "calendar/days.yml": Days,
    "calendar/freeze.yml": Freeze,
}
"""The files of settings, and what each is read with."""


@dataclass(frozen=True, slots=True)
class Document:
    """What one file says."""

    path: str
    data: dict[str, Any]
    """The front matter: texts, lists, mappings and None; words are normalised to NFC."""
    places: Mapping[Path, tuple[int, int]]
    """Line and column, from 1, of each value."""
    body: str
    """What stands below the front matter, normalised to NFC before any digest is taken."""
    body_line: int
    """The line of the file where the body begins, from 1."""
    text: str
    """The whole file as written, newlines as `\\n`, without a byte order mark."""
    findings: tuple[Finding, ...] = ()
    keys: Mapping[Path, tuple[int, int]] = field(default_factory=dict, repr=False)
    """Line and column, from 1, of each key."""
    body_start: int = 0
    """Where the body begins in `text`, in characters."""
    is_complete: bool = True
    """Whether all of it was read: what is only half known must not be judged."""


def model_for_path(path: str) -> type[WrittenModel] | None:
    """The model that a file below the root is read with; None for what is no post, campaign or settings file."""
    if path.startswith("calendar/campaigns/"):
        return Campaign
    return SETTINGS.get(path) or (FrontMatter if path.lower().endswith((".md", ".markdown")) else None)


def parse_markdown(path: str, data: bytes, shape: Shape | None = None) -> Document:
    """Read a Markdown file with front matter in YAML (`---`) or TOML (`+++`). Never raises: what is wrong stands in `findings`.

    `shape` says which keys hold one text; by default it follows from the path.
    """
    text = decode(path, data)
    if isinstance(text, Finding):
        return Document(path, {}, {}, "", 1, "", (text,), is_complete=False)
    front, front_start, body_start = _split_front_matter(text)
    if front is None:
        return _document_without_front_matter(path, text, front_start)
    line = text.count("\n", 0, front_start) + 1
    return _build_document(path, text, front, line, body_start, shape, is_toml=text.lstrip().startswith("+++"))


def parse_yaml(path: str, data: bytes, shape: Shape | None = None) -> Document:
    """Read a YAML file, with the same limits; it has no body."""
    text = decode(path, data)
    if isinstance(text, Finding):
        return Document(path, {}, {}, "", 1, "", (text,), is_complete=False)
    start = re.match(r"(?:[ \t]*(?:#.*)?\n)*---[ \t]*\n", text)
    skipped = start[0].count("\n") if start else 0
    return _build_document(path, text, text[start.end() :] if start else text, skipped + 1, len(text), shape)


def _split_front_matter(text: str) -> tuple[str | None, int, int]:
    """Front matter, where it begins and where the body begins. Without front matter: None, and 1 where it is opened and never closed."""
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


def _document_without_front_matter(path: str, text: str, opened: int) -> Document:
    """A file without front matter that can be found."""
    body = unicodedata.normalize("NFC", text)
    if odd := _mistyped_fence(path, text):
        return Document(path, {}, {(): (1, 1)}, body, 1, text, _problem_findings(path, [odd]), is_complete=False)
    if opened:
        fence = text.lstrip()[:3]
        problem = ParseProblem(
            text[: len(text) - len(text.lstrip())].count("\n") + 1,
            1,
            _("the front matter is opened and never closed"),
            _("a second line {fence} below it", fence=fence),
            _("Put {fence} on a line of its own after the last key", fence=fence),
        )
        return Document(path, {}, {(): (1, 1)}, body, 1, text, _problem_findings(path, [problem]), is_complete=False)
    if text.lstrip().startswith("{"):
        problem = ParseProblem(
            1, 1, _("the front matter is written in JSON"), _("YAML between two lines ---"), _("Write each key as key: value")
        )
        return Document(path, {}, {(): (1, 1)}, body, 1, text, _problem_findings(path, [problem]), is_complete=False)
    return Document(path, {}, {(): (1, 1)}, body, 1, text)


def _mistyped_fence(path: str, text: str) -> ParseProblem | None:
    """The line that was meant as `---` and became another one: telephones and Word make one long dash of short ones.

    Only around keys that the file may have is it one; elsewhere it is a line of words.
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
        _("the line {line} stands where the front matter begins or ends", line=lines[number].rstrip()),
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
            _("the keys weigh more than {most} bytes", most=MAX_FRONT_MATTER_BYTES),
            "",
            _("Write long texts below the front matter, or split the file"),
        )
        return Document(path, {}, {(): (line, 1)}, body, body_line, text, _problem_findings(path, [too_heavy]), is_complete=False)
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
            _("characters that people can see"),
            _("Delete that character"),
        )
        return Document(path, {}, {(): (line, 1)}, body, body_line, text, _problem_findings(path, [hidden_break]), is_complete=False)
    if is_toml:
        from marronnier.files import toml

        tree = toml.parse_toml(front, line)
        problems = tree.problems
    else:
        quoted, problems = _quote_where_needed(front, shape, line)
        tree = yaml12.parse_yaml(quoted, line)
        if tree.problems and quoted is front:
            # It looked as if YAML would read it as typed: perhaps a colon has no space after it.
            from marronnier.files import yaml_quotes

            quoted, problems = yaml_quotes.quote_values(front, shape, line)
            tree = yaml12.parse_yaml(quoted, line)
        lines = front.split("\n") if tree.problems else []
        for problem in tree.problems[:MAX_PROBLEMS]:
            stops_parsing = problem is tree.problems[-1] and not tree.is_complete
            problems.append(_add_quoting_fix(problem, lines, line, shape, quoted.split("\n") if stops_parsing else None))
    data, whole = tree.data, tree.is_complete
    if data is None:
        data = {}
    if not isinstance(data, dict):
        position = tree.places.get((), (line, 1))
        problems.append(ParseProblem(*position, _("a list or a text was read where keys should be"), _("key: value on each line"), ""))
        data, whole = {}, False
    tree.places[()] = (line, 1)
    if not front.isascii() and not unicodedata.is_normalized("NFC", front):
        data = _to_nfc_deep(data)
    return Document(path, data, tree.places, body, body_line, text, _problem_findings(path, problems), tree.keys, body_start, whole)


def _quote_where_needed(front: str, shape: Shape, line: int) -> tuple[str, list[ParseProblem]]:
    """The front matter with its texts between quotes where they need them; most need none, and none is looked at then."""
    if _NEEDS_NO_QUOTES.fullmatch(front if front.endswith("\n") else front + "\n"):
        return front, []
    from marronnier.files import yaml_quotes

    return yaml_quotes.quote_values(front, shape, line)


def _add_quoting_fix(
    problem: ParseProblem, lines: list[str], first_line: int, shape: Shape, parsed_lines: list[str] | None
) -> ParseProblem:
    """A problem of one line `key: value` carries the line with the value between quotes, where that is all it needs.

    `stopped` are the lines as they were read, where reading stopped there.
    """
    if problem.fix is not None or not problem.may_need_quotes or not 0 <= problem.line - first_line < len(lines):
        return problem
    line = lines[problem.line - first_line]
    key_line = re.match(r"([ ]*(?:- +)*[\w.@/+-]+ *: +)(\S.*)$", line)
    if key_line is None or (problem.column <= len(key_line[1]) and problem.column != 1):
        return problem
    value_shape = shape.child(line.partition(":")[0].strip())
    if (
        value_shape is not None
        and value_shape.kind != "text"
        and not (value_shape.kind == "list" and value_shape.element and value_shape.element.kind == "text")
    ):
        return problem
    from marronnier.files import yaml_quotes

    value = key_line[2].rstrip()
    if value[0] in "\"'|>" or (value[0] in "[{" and (value[-1] in "]}" or (value_shape is not None and value_shape.kind == "list"))):
        return problem
    after = key_line[1] + yaml_quotes.quote_yaml(value)
    if yaml12.parse_yaml(after.lstrip(" -")).problems:
        return problem
    if parsed_lines is not None:
        parsed_lines[problem.line - first_line] = after
        parsed = yaml12.parse_yaml("\n".join(parsed_lines), first_line)
        if not parsed.is_complete and (parsed.problems[-1].line, parsed.problems[-1].column) <= (problem.line, problem.column):
            # What is wrong stands on a line before.
            return problem
    return ParseProblem(
        problem.line,
        problem.column,
        problem.message,
        problem.expected,
        _("Write it so: {line}", line=after.strip()),
        Fix(problem.line, line, after),
    )


def _problem_findings(path: str, problems: list[ParseProblem]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "unreadable", "error", Place(path, problem.line, problem.column), problem.message, problem.expected, problem.next, problem.fix
        )
        for problem in problems
    )


def to_nfc(text: str) -> str:
    """The text with accents written the one composed way, so that the same words have the same digest."""
    return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _to_nfc_deep(value: Any) -> Any:
    if isinstance(value, str):
        return to_nfc(value)
    if isinstance(value, dict):
        return {to_nfc(key): _to_nfc_deep(child) for key, child in value.items()}
    return [_to_nfc_deep(child) for child in value] if isinstance(value, list) else value
