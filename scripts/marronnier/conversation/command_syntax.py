"""Commands in comments: which lines of a comment are commands, and what they say. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from marronnier.conversation.marked_text import told_of
from marronnier.messages import N_, _
from marronnier.model.loose_dates import guess_date
from marronnier.model.scalars import WrittenDate

if TYPE_CHECKING:
    from markdown_it.token import Token

MOST_COMMANDS = 10
"""The most commands in one comment."""
MOST_READ = 20_000
"""The most characters of a comment with commands: a command is short, and so is what people write beside it."""

CommandName = Literal["freeze", "thaw", "hold", "reschedule", "retry", "settle", "help"]
USAGES: dict[CommandName, str] = {
    "freeze": "/freeze [REASON]",
    "thaw": "/thaw",
    "hold": "/hold [POST]",
    "reschedule": "/reschedule [POST] 2026-12-05 10:00",
    "retry": "/retry KEY",
    "settle": "/settle KEY sent URL | not-sent | never",
    "help": "/help",
}
"""Each command as people write it."""
EFFECTS: dict[CommandName, str] = {
    "freeze": N_("stops everything, at once"),
    "thaw": N_("ends it; for those who may approve"),
    "hold": N_("the posts of this pull request do not go out, or the one that is named"),
    "reschedule": N_("gives the post of this pull request another date"),
    "retry": N_("sends what missed its time, was refused or is on hold; for those who may approve"),
    "settle": N_("says what became of a publication; for those who may approve"),
    "help": N_("these lines"),
}
"""What each command does, in one line."""

_COMMAND = re.compile(r"/([A-Za-z][A-Za-z-]*)(?:\s+(.*))?")
_MARK = "\ue000"
"""Stands before a line while Markdown is read, to tell where the line came to stand. No script uses it."""
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


def help_text() -> str:
    """The commands, each with what it does."""
    lines = (told_of(f"`{usage}`", _(EFFECTS[name])) for name, usage in USAGES.items())
    return "\n".join((_("The commands, each on a line of its own:"), "", *lines, "", _key_text()))


def _key_text() -> str:
    return _("KEY is a post on a channel, like `portes-ouvertes@journal`: the report shows it, and the issue about the post.")


def parse_comment(text: str) -> tuple[CommentCommand, ...]:
    """The commands of a comment, in order: lines of plain paragraphs that begin with one. None stands in code, a quote, a list or a hidden part."""
    plain = text.replace("\r\n", "\n").replace(_MARK, " ")
    if len(text) > MOST_READ:
        # Half of it could end in half a command.
        named = next((line for line in plain.split("\n") if (command := _parse_line(line)) is not None and command.name is not None), "")
        why = _("This comment is too long for a command: write the command in a comment of its own.")
        return (CommentCommand(named, fault=why),) if named else ()
    found = list(_commands(plain))
    if len(found) > MOST_COMMANDS:
        return (CommentCommand(found[0].written, fault=_("A comment carries out at most {count} commands.", count=MOST_COMMANDS)),)
    moved = [command.subject for command in found if command.name == "reschedule"]
    if len(set(moved)) < len(moved) or (len(moved) > 1 and "" in moved):
        why = _("A comment gives a post one date, and names the posts where there are several.")
        return tuple(replace(command, fault=why) if command.name == "reschedule" else command for command in found)
    return tuple(found)


def _commands(text: str) -> Iterator[CommentCommand]:
    from markdown_it import MarkdownIt

    # Tables and struck words as forges have them.
    markdown, lines = MarkdownIt("commonmark").enable(["table", "strikethrough"]), text.split("\n")
    surroundings: dict[str, Any] = {}
    for opening, inline in pairwise(markdown.parse(text, surroundings)):
        if opening.type == "paragraph_open" and not opening.level:
            for line in _plain_lines(inline.content, lambda content: markdown.parseInline(content, surroundings)[0].children or ()):
                if (command := _parse_line(line)) is not None:
                    yield command
        elif opening.type in ("paragraph_open", "heading_open") and opening.map is not None and opening.markup != "#":
            # It begins its line, and Markdown counts it to what stands above or below it: whoever wrote it may not know.
            for line in lines[slice(*opening.map)]:
                if (command := _parse_line(line)) is not None and command.name is not None:
                    yield CommentCommand(
                        line,
                        fault=_(
                            "It stands in a heading, a list or a quote. Write it in a new comment, with an empty line before it and after it."
                        ),
                    )


def _plain_lines(content: str, parse: Callable[[str], Sequence[Token]]) -> Iterator[str]:
    """The lines of a paragraph that begin with a command, and in nothing else: no link, span of code, emphasis or hidden part over several lines."""
    lines = content.split("\n")
    marks = {number: f"{_MARK}{number}{_MARK}" for number, line in enumerate(lines) if _COMMAND.fullmatch(line.rstrip())}
    if not marks:
        return
    children = parse("\n".join(f"{marks.get(number, '')}{line}" for number, line in enumerate(lines)))
    for before, child in pairwise((None, *children)):
        is_first = before is None or before.type in ("softbreak", "hardbreak")
        if child is not None and is_first and child.type == "text" and not child.level and child.content.startswith(_MARK):
            yield lines[int(child.content.split(_MARK)[1])]


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
        return CommentCommand(line, fault=f"{_('There is no such command. Did you mean {usage}?', usage=f'`{meant}`')}\n\n{help_text()}")
    words = [word.strip("`") for word in rest.split()]
    return _PARSERS[name](line, words, rest)


def _wrong(line: str, name: CommandName) -> CommentCommand:
    usage = _("Write it like {usage}.", usage=f"`{USAGES[name]}`")
    if "KEY" in USAGES[name]:
        usage += " " + _key_text()
    elif "[" in USAGES[name]:
        usage += " " + _("What stands in brackets can be left out.")
    return CommentCommand(line, fault=usage)


def _reschedule(line: str, words: list[str], _rest: str) -> CommentCommand:
    for subject, rest in (("", words), ("".join(words[:1]).lower(), words[1:])):
        date = _date(" ".join(rest))
        if date and (not subject or _NAME.fullmatch(subject)):
            return CommentCommand(line, "reschedule", subject, text=date)
    return _wrong(line, "reschedule")


def _date(text: str) -> str:
    """The date that a text can only mean, in our notation; empty where it can mean none, or several. Digits of any script are digits."""
    plain = "".join(str(unicodedata.decimal(character, character)) for character in text)
    for written in (plain, guess_date(plain) or ""):
        try:
            parsed = WrittenDate.parse(written)
        except ValueError:
            continue
        return parsed.text if parsed.day is not None else ""
    return ""


def _hold(line: str, words: list[str], _rest: str) -> CommentCommand:
    words = [word.lower() for word in words]
    if len(words) > 1 or (words and not (_NAME.fullmatch(words[0]) or _KEY.fullmatch(words[0]))):
        return _wrong(line, "hold")
    return CommentCommand(line, "hold", "".join(words))


def _retry(line: str, words: list[str], _rest: str) -> CommentCommand:
    words = [word.lower() for word in words]
    if len(words) != 1 or not _KEY.fullmatch(words[0]):
        return _wrong(line, "retry")
    return CommentCommand(line, "retry", words[0])


def _settle(line: str, words: list[str], _rest: str) -> CommentCommand:
    # A telephone writes what it takes for a name, and for the beginning of a sentence, with a capital.
    words = [word.lower() if number < 2 else word for number, word in enumerate(words)]
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


def _help(line: str, _words: list[str], _rest: str) -> CommentCommand:
    return CommentCommand(line, "help")


_PARSERS = {"freeze": _freeze, "thaw": _thaw, "hold": _hold, "reschedule": _reschedule, "retry": _retry, "settle": _settle, "help": _help}
