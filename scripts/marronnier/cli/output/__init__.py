"""Output of commands for each kind of reader: people at a terminal, programs, GitHub's job summaries and annotations.

Other people's text is escaped everywhere: it can command neither the terminal nor the workflow runner, and mentions nobody.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

import click

from marronnier.messages import _
from marronnier.model.finding import Place
from marronnier.text.escapes import escape_controls

__all__ = [
    "COLUMNS",
    "MAX_ROWS",
    "OUTPUT_FORMATS",
    "OutputFormat",
    "append_job_summary",
    "coloured",
    "escape_controls",
    "format_option",
    "github_annotation",
    "is_terminal",
    "markdown_table",
    "print_as",
    "print_json",
    "print_line",
    "print_verbatim",
    "print_wrapped",
    "text_or_json_option",
    "warning_line",
]

OutputFormat = Literal["text", "json", "markdown", "github"]
OUTPUT_FORMATS = ("text", "json", "markdown", "github")
COLUMNS = 80
"""Of a terminal: what people read fits them, unless a command or an address is longer."""
MAX_ROWS = 500
"""Rows of a Markdown table: a job summary holds 1 MiB (https://docs.github.com/actions/reference/limits, seen 2026-11-22)."""


format_option = click.option(
    "--format", "output_format", type=click.Choice(OUTPUT_FORMATS), default="text", show_default=True, help=_("Output format.")
)
"""Gives a command `--format text|json|markdown|github`, as the argument `output_format`."""


def text_or_json_option(help: str) -> Callable[[click.decorators.FC], click.decorators.FC]:
    """Give a command `--format text|json`, as the argument `output_format`."""
    return click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", help=help)


def warning_line(text: str) -> str:
    """A warning of other people's making, for `print_line`."""
    return coloured("⚠ ", "yellow") + escape_controls(text)


def print_line(text: str = "", *, err: bool = False) -> None:
    """Print a line; in colour only on a terminal where NO_COLOR is not set."""
    click.echo(text, err=err, color=False if os.environ.get("NO_COLOR") else None)


def print_wrapped(text: str, *, indent: int = 0, hanging: int = 0) -> None:
    """Print a text in lines of at most `COLUMNS`, all indented, those after the first by `hanging` more."""
    from marronnier.text.columns import wrap

    for line in wrap(text, COLUMNS - indent, hanging=hanging):
        print_line(" " * indent + line)


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


def print_verbatim(text: str) -> None:
    """Print a text of many lines as it is. In a job of a workflow the runner takes none of them for a command.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions#stopping-and-starting-workflow-commands, seen 2026-11-28
    """
    import secrets

    word = secrets.token_hex(16) if os.environ.get("GITHUB_ACTIONS") else ""
    if word:
        click.echo(f"::stop-commands::{word}")
    click.echo(text, nl=False)
    if word:
        click.echo(f"::{word}::")


def append_job_summary(markdown: str) -> None:
    """Add to the summary of the workflow's job, where this runs in one; words stand in code there, as everywhere in Markdown of ours."""
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{markdown}\n\n")


def coloured(text: str, colour: str, *, bold: bool = False) -> str:
    """The text in that colour, for `print_line`."""
    return click.style(text, fg=colour, bold=bold)


def is_terminal() -> bool:
    """Whether standard error is a terminal, where progress is worth showing."""
    return sys.stderr is not None and sys.stderr.isatty()


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
