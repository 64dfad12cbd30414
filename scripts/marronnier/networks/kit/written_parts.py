"""The parts of a post as written, each with the pictures that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from marronnier.model.publication import Picture, Words, without_repeats
from marronnier.text import threads


class WrittenPart(NamedTuple):
    """One part of a post, before it becomes a message of its network."""

    markdown: str
    media: tuple[Picture, ...]


def written_parts(words: Words) -> list[WrittenPart]:
    """The parts of a post; its media belong to the first, a picture in the text to the part it stands in, each file once."""
    if not words.inline_media:
        first, *others = threads.split_parts(words.text)
        return [WrittenPart(first, words.media), *(WrittenPart(part, ()) for part in others)]
    inline = iter(words.inline_media)
    seen: set[str] = set()
    parts = []
    for number, (markdown, found) in enumerate(threads.parts_with_pictures(words.text)):
        here = [picture for _one, picture in zip(found, inline, strict=False)]
        media = without_repeats(picture for picture in ((*words.media, *here) if number == 0 else here) if picture.path not in seen)
        seen |= {picture.path for picture in media}
        parts.append(WrittenPart(markdown, media))
    return parts


def with_pictures(parts: Sequence[WrittenPart], pieces: Sequence[Sequence[str]]) -> list[tuple[str, tuple[Picture, ...]]]:
    """Each message with its pictures: those of a part go with the first of the pieces that it was broken into."""
    return [
        (text, part.media if number == 0 else ()) for part, texts in zip(parts, pieces, strict=True) for number, text in enumerate(texts)
    ]
