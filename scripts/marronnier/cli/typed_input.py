"""What a person types: secrets are not shown while they are typed, and are in no history of a shell."""

from __future__ import annotations

import sys

import click

from marronnier.messages import Trouble, _


def read_line(question: str) -> str:
    """A line that may be seen. Raises Trouble for an empty one, click.Abort where nothing more comes."""
    return _filled(_piped_line() if not sys.stdin.isatty() else click.prompt(question, prompt_suffix=": "))


def read_secret(question: str) -> str:
    """A line that is not shown. From a pipe it is read as it comes: `pass show jardin | marronnier connect bluesky`. Raises as `read_line`."""
    if not sys.stdin.isatty():
        return _filled(_piped_line())
    return _filled(click.prompt(question, prompt_suffix=": ", hide_input=True))


def _piped_line() -> str:
    line = sys.stdin.readline()
    if not line:
        raise click.Abort
    return line


def _filled(line: str) -> str:
    """The line without spaces and line breaks around it, which pasting adds."""
    text = line.strip()
    if not text or not text.isprintable():
        raise Trouble(
            _("What was typed is empty, or has characters that no token has"), _("Copy it again, and run the command once more."), status=2
        )
    return text
