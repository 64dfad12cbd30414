"""What the rules about a brand's words share: which texts they read, in which language, and how messages quote them."""

from __future__ import annotations

import unicodedata

from marronnier.checks.text_spans import front_matter_texts
from marronnier.model.post import Post

SPOKEN = frozenset({"title", "words", "alt", "option", "comment", "warning"})
"""The kinds of text span that hold sentences of the brand."""


def lowercase_source(post: Post) -> str:
    """A post's file in lower case, with accents composed and escapes decoded: a quick test for words it may hold."""
    text = post.text
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if "\\" in text:
        text = "\n".join((text, *(value for _keys, _kind, value in front_matter_texts(post))))
    return text.lower()


def language_matches(wanted: str | None, lang: str) -> bool:
    """Whether a rule for the language `wanted` reads words in `lang`: `fr` includes `fr-BE`, None every language."""
    if wanted is None:
        return True
    asked, spoken = wanted.lower().replace("_", "-"), lang.lower().replace("_", "-")
    return spoken == asked or spoken.startswith(f"{asked}-")


def one_line_excerpt(words: str, most: int = 60) -> str:
    """Words of a text in one line of at most `most` characters, for a message."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def without_full_stop(written: str) -> str:
    """A sentence from a team's settings without its full stop, as a part of a message."""
    line = " ".join(written.split())
    return line if line.endswith(("…", "...")) else line.rstrip(". ")
