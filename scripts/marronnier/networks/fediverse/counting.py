"""How long a toot is: a link counts 23, a mention only its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marronnier.text.counting import graphemes
from marronnier.text.marks import links

LINK = 23
"""What a link counts, however long it is. https://docs.joinmastodon.org/user/posting/#links, seen 2026-11-25"""

# Mastodon's own, app/models/account.rb and app/lib/extractor.rb of https://github.com/mastodon/mastodon, seen 2026-11-25.
MENTION = re.compile(r"(?<![/\w])@(?P<name>[A-Za-z0-9_]+(?:[A-Za-z0-9_.-]+[A-Za-z0-9_]+)?)@[A-Za-z0-9.-]+[A-Za-z0-9]+(?![@＠]|://)")


def count(text: str) -> int:
    """Graphemes, with 23 for each link and `@name` for `@name@host` (StatusLengthValidator, seen 2026-11-25)."""
    if "://" not in text and "@" not in text:
        return graphemes(text)
    return graphemes("".join(_countable(text)))


def _countable(text: str) -> Iterator[str]:
    """The text, with something of the counted length in place of links and mentions."""
    taken = [(mark.start, mark.end, "x" * LINK) for mark in links(text)]
    spans = [(start, end) for start, end, _said in taken]
    for found in MENTION.finditer(text):
        if not any(start < found.end() and found.start() < end for start, end in spans):
            taken.append((found.start(), found.end(), f"@{found['name']}"))
    at = 0
    for start, end, said in sorted(taken):
        yield text[at:start]
        yield said
        at = end
    yield text[at:]
