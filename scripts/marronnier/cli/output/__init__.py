"""Output of commands for each kind of reader: people at a terminal, programs, GitHub's job summaries and annotations.

Other people's text is escaped everywhere: it can command neither the terminal nor the workflow runner, and mentions nobody.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import click

from marronnier.messages import _
from marronnier.model.finding import Place

OutputFormat = Literal["text", "json", "markdown", "github"]
OUTPUT_FORMATS = ("text", "json", "markdown", "github")
MAX_ROWS = 500
"""Rows of a Markdown table: a job summary holds 1 MiB (https://docs.github.com/actions/reference/limits, seen 2026-11-22)."""

# Control characters, marks of direction and invisible characters: with them a terminal could show what is not there.
# Joiners, variation selectors and the tags of a flag stay: emoji and scripts are made of them.
_INVISIBLE = re.compile(
    r"\U0001f3f4[\U000e0030-\U000e007a]{3,6}\U000e007f|[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    r"\ud800-\udfff\ue000-\uf8ff\ufeff\uffa0\ufff0-\uffff\U000e0000-\U0010ffff]"
)
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


format_option = click.option(
    "--format", "output_format", type=click.Choice(OUTPUT_FORMATS), default="text", show_default=True, help=_("Output format.")
)
"""Gives a command `--format text|json|markdown|github`, as the argument `output_format`."""


def text_or_json_option(help: str) -> Callable[[click.decorators.FC], click.decorators.FC]:
    """Give a command `--format text|json`, as the argument `output_format`."""
    return click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", help=help)


def escape_controls(text: str) -> str:
    """A text in one line, with control characters and invisible characters written out.

    `##[` begins an old command of GitHub's runner anywhere in a line
    (https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs, seen 2026-11-22), so it is taken apart.
    """
    escaped = _INVISIBLE.sub(lambda match: _ESCAPES.get(match[0], _escape_character(match[0])), text)
    return escaped.replace("##[", "## [")


def _escape_character(matched: str) -> str:
    # The pattern matches a flag of several characters only to leave it as it is.
    if len(matched) > 1:
        return matched
    code = ord(matched)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def warning_line(text: str) -> str:
    """A warning of other people's making, for `print_line`."""
    return coloured("⚠ ", "yellow") + escape_controls(text)


def print_line(text: str = "", *, err: bool = False) -> None:
    """Print a line; in colour only on a terminal where NO_COLOR is not set."""
    click.echo(text, err=err, color=False if os.environ.get("NO_COLOR") else None)


def print_json(value: object) -> None:
    """Print a value as JSON for programs: stable keys, never translated."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n", nl=False)


def print_as(
    output_format: OutputFormat,
    *,
    as_text: Callable[[], Iterable[str]],
    as_json: Callable[[], object],
    as_markdown: Callable[[], str],
    as_annotations: Callable[[], Iterable[str]],
) -> None:
    """Print what the function of that format returns: lines for people or for GitHub, a value for programs, or Markdown."""
    if output_format == "json":
        print_json(as_json())
    elif output_format == "markdown":
        print_line(as_markdown())
    else:
        for line in as_annotations() if output_format == "github" else as_text():
            print_line(line)


def coloured(text: str, colour: str, *, bold: bool = False) -> str:
    """The text in that colour, for `print_line`."""
    return click.style(text, fg=colour, bold=bold)


def is_terminal() -> bool:
    """Whether standard error is a terminal, where progress is worth showing."""
    return sys.stderr is not None and sys.stderr.isatty()


def code_span(text: str) -> str:
    """A Markdown code span that the text cannot end: nothing in it is a link, a mention or a command."""
    escaped = escape_controls(text)
    if not escaped.strip():
        return ""
    fence = _fence(escaped, 1)
    space = " " if escaped[0] in "` " or escaped[-1] in "` " else ""
    return f"{fence}{space}{escaped}{space}{fence}"


def code_block(text: str) -> str:
    """A Markdown code block that the text cannot end."""
    fence = _fence(text, 3)
    return f"{fence}text\n{text}\n{fence}"


def _fence(text: str, least: int) -> str:
    """A run of backticks, at least that many, longer than any in the text."""
    return "`" * max(least, 1 + max(map(len, re.findall(r"`+", text)), default=0))


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table of cells that are Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def github_annotation(level: str, message: str, place: Place, title: str) -> str:
    """One workflow command of GitHub that shows a message at a place of a pull request.

    Escaped as the runner unescapes it: https://docs.github.com/actions/reference/workflow-commands-for-github-actions, seen 2026-11-22.
    """
    values = {"file": place.path, "line": str(place.line), "col": str(place.column), "title": title}
    properties = ",".join(f"{name}={_escape_property(value)}" for name, value in values.items())
    return f"::{level} {properties}::{_escape_data(message)}"


def _escape_data(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "%0A".join(escape_controls(line).replace("%", "%25") for line in lines)


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
