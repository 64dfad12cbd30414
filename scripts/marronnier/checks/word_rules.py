"""What the rules about a brand's words share: which texts may hold them, in which language, and how they are shown."""

from __future__ import annotations

import unicodedata

from marronnier.model.post import Post

SPOKEN = frozenset({"title", "words", "alt", "option", "comment", "warning"})
"""Text spans that are sentences of the brand."""


def lowercase_source(post: Post) -> str:
    """A post's file in small letters, accents composed, what is escaped in it read: to see quickly whether it may hold some words."""
    text = post.text
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if "\\" in text:
        front = post.front
        own = [value for other in front.for_.values() for value in (other.title, other.first_comment)]
        values = [front.title, front.first_comment, front.sensitive, *(front.poll.options if front.poll else ()), *front.tags, *own]
        text = "\n".join((text, *(value for value in values if isinstance(value, str)), *(medium.alt or "" for medium in front.media)))
    return text.lower()


def language_matches(wanted: str | None, lang: str) -> bool:
    """Whether words in a language are meant by a rule for that one: `fr` means `fr-BE` too."""
    if wanted is None:
        return True
    asked, spoken = wanted.lower().replace("_", "-"), lang.lower().replace("_", "-")
    return spoken == asked or spoken.startswith(f"{asked}-")


def one_line_excerpt(words: str, most: int = 60) -> str:
    """Words of a text in one line, for a message."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def without_full_stop(written: str) -> str:
    """What a team wrote in its settings, as a part of a message: without its full stop."""
    line = " ".join(written.split())
    return line if line.endswith(("…", "...")) else line.rstrip(". ")
