"""Markdown to plain text without the parser, for the simple Markdown that most posts are: bold words, links and dashes.

It answers only where its text is certainly the parser's; `tests/text/` compares the two.
"""

from __future__ import annotations

import re

BULLETS = ("• ", "◦ ", "▪ ")
"""The mark of list items, by depth; deeper lists repeat the last."""

# Words whose neighbours cannot change the marks around them: they begin and end with a letter or digit.
_WORDS = r"[^\W_](?:[^\[\]()<>*_`\\\n\t\r|&~:]*[^\W_])?"
_ADDRESS = r"https?://[^\s()<>\[\]\\\"'*`;|&]+(?:&[a-z_]+=[^\s()<>\[\]\\\"'*`;|&]*)*"
_MARK = re.compile(
    rf"(?<!!)\[(?P<strong>\*\*)?(?P<label>{_WORDS})(?(strong)\*\*)\]\((?P<address>{_ADDRESS})\)|(?<!\*)\*\*(?P<bold>{_WORDS})\*\*(?!\*)"
)
_DASH = re.compile(r"\n- ")
# Markdown that only the parser reads, searched once the marks above are removed.
_DEEP = re.compile(r"[*`<\\\[\]\t\r\x00|~]")
_DEEP_WORD = re.compile(r"&#?\w+;|_(?![^\W_])|(?<![^\W_])_")
_DEEP_LINE = re.compile(r"\n(?:[ >+=]|#{1,6}(?:\s|$)|-(?! (?:[^\s>+=#\d:-]|#[^\s#]|\d+[^\d.)]))|\d{1,9}[.)](?:\s|$))")
_AFTER_ADDRESS = re.compile(r"://(?<!\]\(http://)(?<!\]\(https://)[^\s<>\[\]]*\*\*")
_LINE_ENDS = re.compile(r"(?<! ) +\n")
_BLANKS = re.compile(r"\n{3,}")


def fast_plain_text(markdown: str) -> str | None:
    """The text that `plain_text.to_plain_text` gives, or None where the parser is needed."""
    text = bare = f"\n{markdown}"
    marked = "**" in text or "](" in text
    if marked:
        if "://" in text and _AFTER_ADDRESS.search(text):
            return None
        bare = _MARK.sub("x", text)
    if _DEEP.search(bare) or _DEEP_LINE.search(bare) or (("&" in bare or "_" in bare) and _DEEP_WORD.search(bare)):
        return None
    if marked:
        text = _MARK.sub(_mark_text, text)
    if "\n- " in text:
        text = _DASH.sub(f"\n{BULLETS[0]}", text)
    if " \n" in text:
        text = _LINE_ENDS.sub("\n", text)
    if "\n\n\n" in text:
        text = _BLANKS.sub("\n\n", text)
    return text.strip("\n").rstrip(" ")


def _mark_text(mark: re.Match[str]) -> str:
    return mark["bold"] or link(mark["label"], mark["address"])


def link(label: str, address: str) -> str:
    """A link as plain text: `text (address)`, or the address alone where that is its text."""
    if address[:7].lower() == "mailto:":
        address = address[7:]
    elif address[:4].lower() == "tel:":
        address = address[4:]
    bare = address.partition("://")[2] or address
    if label.rstrip("/").casefold() in (address.rstrip("/").casefold(), bare.rstrip("/").casefold(), ""):
        return address
    return f"{label} ({address})"
