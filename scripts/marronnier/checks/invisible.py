"""Where posts hold characters that reviewers cannot see: as typed, escaped in the front matter, or spelled as HTML does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from marronnier.checks.text_spans import MOST, TextSpan, whole_file
from marronnier.checks.view import View
from marronnier.model.post import Post
from marronnier.text import invisible_characters
from marronnier.text.invisible_characters import InvisibleCharacter

Look = Callable[[str], list[InvisibleCharacter]]
_AROUND = 200
"""How many characters on either side can have to do with one."""


def find_all(view: View, rule: str, look: Look) -> Iterator[tuple[TextSpan, InvisibleCharacter]]:
    """What is found in each post, with the passage it is found in."""
    for post in view.posts:
        typed = [] if view.memory.is_known_clean(rule, post, look) else look(post.text)
        if typed:
            passage = whole_file(post)
            yield from ((passage, found) for found in typed[:MOST])
        if "\\" in post.text or "&" in post.text:
            yield from _spelled(view, post, look)


def _spelled(view: View, post: Post, look: Look) -> Iterator[tuple[TextSpan, InvisibleCharacter]]:
    for passage in view.passages(post):
        if passage.keys:
            yield from islice(((passage, found) for found in look(passage.text) if not passage.is_typed(found.start)), MOST)
        yield from islice(_entities(passage, look), MOST)


def _entities(passage: TextSpan, look: Look) -> Iterator[tuple[TextSpan, InvisibleCharacter]]:
    text = passage.text
    for start, end, said in invisible_characters.html_entities(text):
        if said.isprintable() and not look(said):
            continue
        # Alone, a character has none of the neighbours that may need it: read it among them.
        begins = max(0, start - _AROUND)
        for found in look(text[begins:start] + said + text[end : end + _AROUND]):
            if found.start <= start - begins < found.end and found.character in said:
                yield passage, InvisibleCharacter(start, end, found.character, found.is_removable)
