"""Commands in comments: which lines of a comment are commands, and what they say. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from marronnier.messages import _
from marronnier.model.loose_dates import guess_date
from marronnier.model.scalars import WrittenDate

MOST_COMMANDS = 10
"""The most commands in one comment."""
MOST_READ = 20_000
"""The most characters of a comment that are read: a command is short, and so is what people write beside it."""

CommandName = Literal["reschedule", "hold", "retry", "settle", "freeze", "thaw"]
USAGES: dict[CommandName, str] = {
    "reschedule": "/reschedule [POST] 2026-12-05 10:00",
    "hold": "/hold [POST]",
    "retry": "/retry KEY",
    "settle": "/settle KEY sent URL | not-sent | never",
    "freeze": "/freeze [REASON]",
    "thaw": "/thaw",
}
"""Each command as people write it."""

_COMMAND = re.compile(r"/([A-Za-z][A-Za-z-]*)(?:[ \t]+(.*))?")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_KEY = re.compile(rf"{_NAME.pattern}@{_NAME.pattern}(~\d{{4}}-\d{{2}}-\d{{2}})?")


@dataclass(frozen=True, slots=True)
class CommentCommand:
    """One command of a comment."""

    written: str
    """The line, as it stands in the comment."""
    name: CommandName | None = None
    """None for a line that is nearly a command."""
    subject: str = ""
    """The post or publication that it names; empty for none."""
    verdict: Literal["", "sent", "not-sent", "never"] = ""
    """Of `/settle`: what became of it."""
    text: str = ""
    """The date, the address or the reason."""
    fault: str = ""
    """Why it cannot be carried out, in a sentence for people; empty where it can."""


def parse_comment(text: str) -> tuple[CommentCommand, ...]:
    """The commands of a comment, in order: lines of plain paragraphs that begin with one. None stands in code, a quote, a list or a hidden part."""
    found = [command for line in _plain_lines(text[:MOST_READ]) if (command := _parse_line(line)) is not None]
    if len(found) > MOST_COMMANDS:
        return (CommentCommand(found[0].written, fault=_("A comment carries out at most {count} commands.", count=MOST_COMMANDS)),)
    return tuple(found)


def _plain_lines(text: str) -> Iterator[str]:
    """The lines of the paragraphs that stand in nothing else."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(text.replace("\r\n", "\n"))
    for opening, inline in pairwise(tokens):
        if opening.type != "paragraph_open" or opening.level:
            continue
        content = inline.content
        for child in inline.children or ():
            if child.type in ("html_inline", "code_inline"):
                # What a comment of HTML or a span of code holds over several lines is hidden, or quoted.
                content = _without_breaks(content, child.content)
        yield from content.split("\n")


def _without_breaks(content: str, part: str) -> str:
    """The text with the lines of a part of it joined. Markdown writes a line break in a span of code as a space."""
    pattern = re.compile(re.escape(part).replace(r"\ ", r"[ \n]").replace(r"\n", r"\n"))
    return pattern.sub(lambda match: match[0].replace("\n", " "), content)


def _parse_line(line: str) -> CommentCommand | None:
    """The command in a line; None for a line that is none, and for the command of another tool."""
    match = _COMMAND.fullmatch(line.rstrip())
    if match is None:
        return None
    name, rest = match[1].casefold(), (match[2] or "").strip()
    if name not in USAGES:
        near = difflib.get_close_matches(name, [*USAGES, "unfreeze", "unhold"], 1, 0.75)
        if not near:
            return None
        meant = {"unfreeze": USAGES["thaw"], "unhold": USAGES["retry"]}.get(near[0]) or USAGES[near[0]]
        return CommentCommand(line, fault=_("There is no such command. Did you mean {usage}?", usage=f"`{meant}`"))
    words = [word.strip("`") for word in rest.split()]
    return _PARSERS[name](line, words, rest)


def _wrong(line: str, name: CommandName) -> CommentCommand:
    usage = _("Write it like {usage}.", usage=f"`{USAGES[name]}`")
    if "KEY" in USAGES[name]:
        usage += " " + _("KEY is a post on a channel, like `portes-ouvertes@journal`: the report shows it, and the issue about the post.")
    elif "[" in USAGES[name]:
        usage += " " + _("What stands in brackets can be left out.")
    return CommentCommand(line, fault=usage)


def _reschedule(line: str, words: list[str], _rest: str) -> CommentCommand:
    for subject, rest in (("", words), ("".join(words[:1]), words[1:])):
        date = _date(" ".join(rest))
        if date and (not subject or _NAME.fullmatch(subject)):
            return CommentCommand(line, "reschedule", subject, text=date)
    return _wrong(line, "reschedule")


def _date(text: str) -> str:
    """The date that a text can only mean, in our notation; empty where it can mean none, or several."""
    try:
        written = WrittenDate.parse(text)
    except ValueError:
        return guess_date(text) or ""
    return written.text if written.day is not None else ""


def _hold(line: str, words: list[str], _rest: str) -> CommentCommand:
    if len(words) > 1 or (words and not (_NAME.fullmatch(words[0]) or _KEY.fullmatch(words[0]))):
        return _wrong(line, "hold")
    return CommentCommand(line, "hold", "".join(words))


def _retry(line: str, words: list[str], _rest: str) -> CommentCommand:
    if len(words) != 1 or not _KEY.fullmatch(words[0]):
        return _wrong(line, "retry")
    return CommentCommand(line, "retry", words[0])


def _settle(line: str, words: list[str], _rest: str) -> CommentCommand:
    if len(words) < 2 or not _KEY.fullmatch(words[0]):
        return _wrong(line, "settle")
    key, verdict, *more = words
    if verdict == "sent" and len(more) == 1:
        return CommentCommand(line, "settle", key, "sent", more[0].removeprefix("<").removesuffix(">"))
    if verdict in ("not-sent", "never") and not more:
        return CommentCommand(line, "settle", key, "never" if verdict == "never" else "not-sent")
    return _wrong(line, "settle")


def _freeze(line: str, _words: list[str], rest: str) -> CommentCommand:
    # Whoever stops everything may be in a hurry: a reason helps the others, and is not needed.
    return CommentCommand(line, "freeze", text=rest)


def _thaw(line: str, words: list[str], _rest: str) -> CommentCommand:
    return CommentCommand(line, "thaw") if not words else _wrong(line, "thaw")


_PARSERS = {"reschedule": _reschedule, "hold": _hold, "retry": _retry, "settle": _settle, "freeze": _freeze, "thaw": _thaw}
