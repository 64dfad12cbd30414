"""Searches posts for characters that reviewers cannot see: as typed, escaped in the front matter, or as HTML entities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from marronnier.checks.text_spans import MAX_FINDINGS, TextSpan, whole_file
from marronnier.checks.view import View
from marronnier.model.post import Post
from marronnier.text import invisible_characters
from marronnier.text.invisible_characters import InvisibleCharacter

Search = Callable[[str], list[InvisibleCharacter]]
_CONTEXT = 200
"""How many characters on either side can decide whether one is needed."""


def find_all(view: View, rule: str, search: Search) -> Iterator[tuple[TextSpan, InvisibleCharacter]]:
    """The characters that `search` finds in each post, each with the span it is in."""
    for post in view.posts:
        typed = [] if view.is_known_clean(rule, post, search) else search(post.text)
        if typed:
            span = whole_file(post)
            yield from ((span, character) for character in typed[:MAX_FINDINGS])
        if "\\" in post.text or "&" in post.text:
            yield from _escaped(view, post, search)


def _escaped(view: View, post: Post, search: Search) -> Iterator[tuple[TextSpan, InvisibleCharacter]]:
    for span in view.texts.spans(post):
        if span.keys:
            yield from islice(((span, character) for character in search(span.text) if not span.is_literal(character.start)), MAX_FINDINGS)
        yield from islice(_html_entities(span, search), MAX_FINDINGS)


def _html_entities(span: TextSpan, search: Search) -> Iterator[tuple[TextSpan, InvisibleCharacter]]:
    text = span.text
    for start, end, decoded in invisible_characters.html_entities(text):
        if decoded.isprintable() and not search(decoded):
            continue
        # Neighbours may need the character, as an emoji needs its joiner: search it together with them.
        context_start = max(0, start - _CONTEXT)
        for character in search(text[context_start:start] + decoded + text[end : end + _CONTEXT]):
            if character.start <= start - context_start < character.end and character.character in decoded:
                yield span, InvisibleCharacter(start, end, character.character, character.is_removable)
