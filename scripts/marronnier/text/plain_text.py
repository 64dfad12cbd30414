"""Plain text from Markdown, for networks without formatting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from marronnier.text import fast_plain
from marronnier.text.fast_plain import BULLETS, link

if TYPE_CHECKING:
    from markdown_it.token import Token

_UNSAFE = re.compile(r"[\s\x00-\x1f]*(?:javascript|vbscript|data|file)\s*:", re.IGNORECASE)
_SHOWN = re.compile(r"[a-z][a-z0-9+.-]*:|//|www\.", re.IGNORECASE)
_NAME = re.compile(r"<(/?)\s*([a-zA-Z][a-zA-Z0-9-]*)")
_HIDDEN = frozenset({"script", "style", "template", "title", "textarea", "iframe"})
_BREAK = re.compile(r"<br\b[^<>]*>\n?|</(?:p|div|li|tr|h[1-6])\s*>", re.IGNORECASE)
_BOX = re.compile(r"\[([ xX])\] ")


_SHIELDED = str.maketrans("@＠#＃:", "\x01\x02\x03\x04\x05")
_BARE = str.maketrans("\x01\x02\x03\x04\x05", "@＠#＃:")
_SHIELDS = re.compile("[\x01-\x05]")
"""Control characters, which no file of people may hold, for the signs that begin an entity."""


def remove_shields(text: str) -> str:
    """The text as people read it, when `to_plain_text` shielded its code."""
    return text.translate(_BARE) if _SHIELDS.search(text) else text


@lru_cache(maxsize=8192)
def to_plain_text(markdown: str, *, shield_code: bool = False) -> str:
    """The text as people read it on a network without formatting.

    Emphasis is removed; a link becomes `text (address)`, or the address alone when that is its text; a heading becomes a line; list
    marks become `•` or the number; quotes keep `> `; code keeps its content; images are removed, because they are sent as media;
    HTML tags are removed and their text is kept; newlines stay as typed, several blank lines become one.
    Typography, emoji and addresses stay as they are. No text is refused.
    `shield_code` hides the signs in code that would begin a link, mention or hashtag, until `remove_shields`.
    """
    if shield_code and _SHIELDS.search(markdown):
        markdown = _SHIELDS.sub("", markdown)
    plain = fast_plain.fast_plain_text(markdown)
    return parsed_plain_text(markdown, shield_code=shield_code) if plain is None else plain


def parsed_plain_text(markdown: str, *, shield_code: bool = False) -> str:
    """The plain text by the full parser; `to_plain_text` must return the same."""
    from marronnier.text.markdown_parser import parse_tokens

    if "\r" in markdown:
        markdown = markdown.replace("\r\n", "\n").replace("\r", "\n")
    tokens = parse_tokens(markdown, exact=True)
    if tokens is None:
        return markdown.strip("\n")
    return plain_text_of(markdown, _shield_code(tokens) if shield_code else tokens)


def plain_text_of(markdown: str, tokens: Iterable[Token]) -> str:
    """The plain text of a document that is parsed already; its tokens may hold other words than the document."""
    return _PlainTextWriter(markdown).write_tokens(tokens)


def _shield_code(tokens: Iterable[Token]) -> list[Token]:
    """The tokens with their code shielded: copies, because whoever asks for the same words next, without shields or as HTML, gets the same tokens."""
    return [
        token.copy(content=token.content.translate(_SHIELDED))
        if token.type in ("code_inline", "fence", "code_block")
        else token.copy(children=_shield_code(token.children))
        if token.children
        else token
        for token in tokens
    ]


class _PlainTextWriter:
    """Writes the tokens of one document as plain text, from the first block to the last."""

    def __init__(self, markdown: str) -> None:
        self.source_lines = markdown.split("\n")
        self.output: list[str] = []
        self.margins: list[str] = []
        """The beginning of each line: quote marks and list indentation."""
        self.pending_mark = ""
        """The bullet or number of the next line."""
        self.list_numbers: list[int | None] = []
        """The next number of each open list; None for bullets."""
        self.row_cells: list[str] | None = None
        """The cells of the open table row."""
        self.row_line: int | None = None
        """The line on which the open table row begins."""

    def write_tokens(self, tokens: Iterable[Token]) -> str:
        for token in tokens:
            self._write_token(token)
        return "".join(self.output).strip("\n")

    def _write_token(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._write_inline(token)
            case "fence" | "code_block":
                self._write(token, token.content.removesuffix("\n"))
            case "html_block":
                self._write(token, strip_tags(token.content))
            case "hr":
                self._write(token, "---")
            case "blockquote_open":
                self.margins.append("> ")
            case "bullet_list_open" | "ordered_list_open":
                self.margins.append("  " if self.list_numbers else "")
                self.list_numbers.append(None if token.type == "bullet_list_open" else int(token.attrs.get("start", 1)))
            case "list_item_open":
                self._start_item(token)
            case "list_item_close":
                self._write(token, "", even_empty=bool(self.pending_mark))
            case "blockquote_close":
                self.margins.pop()
            case "bullet_list_close" | "ordered_list_close":
                self.margins.pop()
                self.list_numbers.pop()
            case "tr_open":
                self.row_cells, self.row_line = [], token.map[0] if token.map else None
            case "tr_close":
                cells, self.row_cells = self.row_cells or [], None
                self._write(token, " | ".join(cells), first_line=self.row_line)

    def _start_item(self, token: Token) -> None:
        number = self.list_numbers[-1]
        if number is None:
            self.pending_mark += BULLETS[min(len(self.list_numbers), len(BULLETS)) - 1]
        else:
            self.pending_mark += f"{number}{token.markup} "
            self.list_numbers[-1] = number + 1

    def _write_inline(self, token: Token) -> None:
        words = _inline_text(token.children or ())
        if self.row_cells is not None:
            self.row_cells.append(words.replace("\n", " "))
            return
        if self.pending_mark and (box := _BOX.match(words)):
            words = ("☐ " if box[1] == " " else "☑ ") + words[box.end() :]
        if not words and token.content:
            self.pending_mark = ""  # the line held only an image
        self._write(token, words)

    def _write(self, token: Token, text: str, *, even_empty: bool = False, first_line: int | None = None) -> None:
        if not text and not even_empty:
            return
        margin = "".join(self.margins)
        start = token.map[0] if token.map else first_line
        if self.output:
            needs_blank_line = start is not None and start > 0 and not self.source_lines[start - 1].strip(" \t>")
            self.output.append("\n\n" if needs_blank_line else "\n")
        first, *rest = text.split("\n")
        self.output.append(f"{margin}{self.pending_mark}{first}".rstrip(" ") if even_empty else f"{margin}{self.pending_mark}{first}")
        self.output.extend(f"\n{margin}{line}" if line else "\n" for line in rest)
        self.pending_mark = ""


def _inline_text(children: Sequence[Token]) -> str:
    """The text of one paragraph."""
    words: list[str] = []
    opened: list[tuple[int, str]] = []
    hidden = ""
    for token in children:
        if hidden and token.type != "html_inline":
            continue
        match token.type:
            case "text" | "code_inline" | "text_special":
                _append(words, token.content)
            case "softbreak" | "hardbreak":
                _append(words, "\n")
            case "link_open":
                opened.append((len(words), str(token.attrs.get("href", ""))))
                words.append("")
            case "link_close" if opened:
                begin, address = opened.pop()
                label = "".join(words[begin:]).strip(" \n")
                del words[begin:]
                _append(words, link(label, address) if _SHOWN.match(address) and not _UNSAFE.match(address) else label)
            case "html_inline":
                hidden = _pass_tag(token.content, words, hidden)
    return "\n".join(line.strip(" ") for line in "".join(words).strip("\n").split("\n"))


def _append(words: list[str], text: str) -> None:
    # Of the spaces on both sides of a removed image or tag, one is kept.
    if text.startswith(" ") and words and words[-1].endswith((" ", "\n")):
        text = text.lstrip(" ")
    if text:
        words.append(text)


def _pass_tag(tag: str, words: list[str], hidden: str) -> str:
    """Skip a tag. Returns the name of the open element whose content is hidden, or an empty text."""
    tag_match = _NAME.match(tag)
    name = tag_match[2].lower() if tag_match else ""
    if hidden:
        return "" if tag_match and tag_match[1] and name == hidden else hidden
    if name == "br":
        _append(words, "\n")
    return name if name in _HIDDEN and tag_match and not tag_match[1] and not tag.endswith("/>") else ""


def strip_tags(markup: str) -> str:
    """The text of an HTML fragment, without tags, comments, scripts and styles."""
    import html

    import nh3

    text = html.unescape(nh3.clean(_BREAK.sub(lambda tag: f"{tag[0].strip()}\n", markup), tags=set()))
    lines = [line.strip(" \t") for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
