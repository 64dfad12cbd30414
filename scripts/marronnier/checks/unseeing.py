"""Where posts hold characters that reviewers cannot see: as typed, escaped in the front matter, or spelled as HTML does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from marronnier.checks.passages import Passage, whole
from marronnier.checks.view import View
from marronnier.model.post import Post
from marronnier.text import hidden
from marronnier.text.hidden import Hidden

_MOST_SPELLED = 50
"""In one passage: a text that spells more of them out is told often enough."""
Look = Callable[[str], list[Hidden]]


def every(view: View, rule: str, look: Look) -> Iterator[tuple[Passage, Hidden]]:
    """What is found in each post, with the passage it is found in."""
    for post in view.posts:
        typed = [] if view.is_quiet(rule, post, look) else look(post.text)
        if typed:
            passage = whole(post)
            yield from ((passage, found) for found in typed)
        if "\\" in post.text or "&" in post.text:
            yield from _spelled(view, post, look)


def _spelled(view: View, post: Post, look: Look) -> Iterator[tuple[Passage, Hidden]]:
    for passage in view.passages(post):
        if passage.keys:
            yield from ((passage, found) for found in look(passage.text) if not passage.is_typed(found.start))
        suspect = (one for one in hidden.entities(passage.text) if look(one[2]))
        for start, end, said in islice(suspect, _MOST_SPELLED):
            # Alone, a character has none of the neighbours that may need it: read it among them.
            around = passage.text[:start] + said + passage.text[end:]
            for found in look(around):
                if found.start <= start < found.end and found.character in said:
                    yield passage, Hidden(start, end, found.character, found.removable)
