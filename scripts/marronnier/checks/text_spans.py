"""Passages: the words that people wrote to be said, each with where it stands, to the character."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from marronnier import desk as desks
from marronnier.model.finding import Fix, Place
from marronnier.model.post import Post, Variant
from marronnier.text import variants

if TYPE_CHECKING:
    from marronnier.desk import Desk

Kind = Literal["title", "words", "alt", "option", "comment", "warning", "tag", "link", "file"]
"""What a passage is: a post's title, the words for some channels, an alternative text, an answer of a poll, a first comment,
a content warning, a hashtag, a link; or a whole file as it was typed."""

MOST = 500
"""More findings of one rule in one passage would tell nobody more; when these are mended the next are found."""
_LONGEST = 20_000
"""A longer line, in characters, is no line that somebody looks at: nothing is mended in it."""

Key = str | int
Edit = tuple[int, int, str]
"""From where to where in a passage, and what to write instead."""


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Words that people wrote, and where they stand in their file."""

    path: str
    source: str
    """The whole file as typed, newlines as `\\n`."""
    text: str
    """The words as they are said, in NFC; of a `file`, all that was typed."""
    line: int
    """The line of the file where they begin, from 1."""
    column: int = 1
    kind: Kind = "words"
    keys: tuple[Key, ...] = ()
    """Where they stand in the front matter; empty for what stands below it."""
    lang: str = ""
    """The language they are written in."""

    def place(self, index: int) -> Place:
        """Where that character of the words stands."""
        line, column, _width = self._spot(index)
        return Place(self.path, line, column)

    def is_typed(self, index: int) -> bool:
        """Whether that character stands in the file as it is, not spelled with a code."""
        line, column, width = self._spot(index)
        return width == 1 and _lines(self.source)[line - 1][column - 1 : column] == self.text[index]

    def fix(self, edits: Iterable[Edit]) -> Fix | None:
        """The one line that these edits change; None where they touch several lines, or what is changed cannot be told for sure."""
        spots: list[tuple[int, int, str]] = []
        number = 0
        for start, end, after in edits:
            first = self._spot(start)
            if len(_lines(self.source)[first[0] - 1]) > _LONGEST:
                return None
            last = self._spot(end - 1) if end > start else (first[0], first[1], 0)
            if first[0] != last[0] or (number and first[0] != number) or "\n" in after:
                return None
            number = first[0]
            spots.append((first[1] - 1, last[1] - 1 + last[2], after))
        if not spots:
            return None
        before = line = _lines(self.source)[number - 1]
        for begins, ends, after in sorted(spots, reverse=True):
            line = line[:begins] + after + line[ends:]
        return Fix(number, before, line, tuple(sorted(spots))) if line != before and self._reads_so(number, line, edits) else None

    def _reads_so(self, number: int, line: str, edits: Iterable[Edit]) -> bool:
        """Whether the file with that line says what was meant and nothing else changed: YAML has its own ideas about some characters."""
        if not self.keys:
            return True
        from marronnier.files import document

        words = self.text
        for start, end, after in sorted(edits, reverse=True):
            words = words[:start] + after + words[end:]
        lines = [*_lines(self.source)]
        lines[number - 1] = line
        was, now = document.parse_markdown(self.path, self.source.encode()), document.parse_markdown(self.path, "\n".join(lines).encode())
        if not was.is_complete or not now.is_complete or len(was.findings) != len(now.findings) or was.body != now.body:
            return False
        return now.data == _with(was.data, self.keys, words)

    def _spot(self, index: int) -> tuple[int, int, int]:
        """Line and column of a character in the file, and how many characters spell it there."""
        if self.keys:
            return _written(self.source, self.line, self.column, self.text)[min(index, len(self.text))]
        starts = _starts(self.text)
        number = bisect_right(starts, index) - 1
        raw, said = _lines(self.source)[self.line + number - 1], _lines(self.text)[number]
        first = index - starts[number]
        if _is_same(raw, said):
            return self.line + number, first + 1, 1
        # Typed with accents apart: the words were composed.
        start = _typed(raw, first)
        return self.line + number, start + 1, _typed(raw, first + 1) - start


def _typed(raw: str, length: int) -> int:
    """How many characters of a line were typed for that many composed ones."""
    end = min(length, len(raw))
    while end < len(raw) and len(unicodedata.normalize("NFC", raw[: end + 1])) <= length:
        end += 1
    return end


@lru_cache(maxsize=64)
def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


@lru_cache(maxsize=1024)
def _is_same(raw: str, said: str) -> bool:
    # Asked for each finding of a line, which may be long.
    return raw == said


@lru_cache(maxsize=64)
def _starts(text: str) -> tuple[int, ...]:
    """Where each line of a text begins."""
    return tuple(accumulate((len(line) + 1 for line in _lines(text)[:-1]), initial=0))


@lru_cache(maxsize=64)
def _written(source: str, line: int, column: int, value: str) -> tuple[tuple[int, int, int], ...]:
    """Where each character of a value of the front matter is spelled, and in how many characters: between quotes, escaped, or on a line below its key.

    One more place follows: where the value ends.
    """
    lines = _lines(source)
    number, at = line - 1, column - 1
    opening = lines[number][at : at + 1] if number < len(lines) else ""
    quote = opening if opening in ("'", '"') and not lines[number].startswith(value, at) else ""
    at += len(quote)
    places: list[tuple[int, int, int]] = []
    for character in value:
        found = _next(lines, number, at, character, quote)
        if found is None:
            # It was read otherwise than it is typed: the last place that is sure stands for the rest.
            places += [places[-1] if places else (line, column, 1)] * (len(value) - len(places))
            break
        number, at = found[0], found[1] + found[2]
        places.append((number + 1, found[1] + 1, found[2]))
    return (*places, (number + 1, at + 1, 0))


def _next(lines: Sequence[str], number: int, at: int, character: str, quote: str) -> tuple[int, int, int] | None:
    """The next place from there on where a character is spelled: line and column from 0, and its width; None when it is nowhere near."""
    for _step in range(400):
        if number >= len(lines):
            return None
        text = lines[number]
        if at >= len(text):
            if character.isspace():
                return number, at, 0
            number, at = number + 1, len(lines[number + 1]) - len(lines[number + 1].lstrip(" ")) if number + 1 < len(lines) else 0
            continue
        if quote == '"' and text[at] == "\\":
            width = {"x": 4, "u": 6, "U": 10}.get(text[at + 1 : at + 2], 2)
            return number, at, width
        if text[at] == character:
            return number, at, 2 if quote == "'" and text[at : at + 2] == "''" else 1
        composed = unicodedata.normalize("NFC", text[at : at + 2])
        if composed == character:
            return number, at, 2
        at += 1
    return None


def _with(data: object, keys: tuple[Key, ...], value: str) -> object:
    """The data with that value under those keys."""
    if not keys:
        return value
    key = keys[0]
    if isinstance(data, dict) and key in data:
        return {**data, key: _with(data[key], keys[1:], value)}
    if isinstance(data, list) and isinstance(key, int) and key < len(data):
        return [*data[:key], _with(data[key], keys[1:], value), *data[key + 1 :]]
    return data


def whole_file(post: Post) -> TextSpan:
    """A post's file, all that was typed."""
    return TextSpan(post.path, post.text, post.text, 1, kind="file")


def spans_of(desk: Desk, post: Post) -> tuple[TextSpan, ...]:
    """All that a post says somewhere: titles, words, alternative texts, answers, comments, warnings, hashtags and links."""
    return tuple(_of(desk, post))


def _of(desk: Desk, post: Post) -> Iterator[TextSpan]:
    spoken = _SpanLanguages(desk, post)
    for variant in post.variants:
        if variant.text:
            yield TextSpan(post.path, post.text, variant.text, variant.line, lang=spoken.of(variant.names or spoken.left))
    for keys, kind, text in _values(post):
        place = post.place(*keys)
        names = (str(keys[1]),) if keys[0] == "for" else spoken.rest(keys[-1])
        yield TextSpan(post.path, post.text, text, place.line, place.column, kind, keys, spoken.of(names))


def _values(post: Post) -> Iterator[tuple[tuple[Key, ...], Kind, str]]:
    """The words of the front matter, with the keys they stand under."""
    front = post.front
    singles: list[tuple[tuple[Key, ...], Kind, object]] = [
        (("title",), "title", front.title),
        (("first_comment",), "comment", front.first_comment),
        (("sensitive",), "warning", front.sensitive),
        (("link",), "link", front.link),
        *((("tags", number), "tag", tag) for number, tag in enumerate(front.tags)),
        *((("media", number, "alt"), "alt", medium.alt) for number, medium in enumerate(front.media)),
        *((("poll", "options", number), "option", answer) for number, answer in enumerate(front.poll.options if front.poll else ())),
    ]
    for name, own in front.for_.items():
        at = ("for", name)
        singles += [((*at, "title"), "title", own.title), ((*at, "first_comment"), "comment", own.first_comment)]
        singles += [((*at, "link"), "link", own.link)]
        singles += [((*at, "tags", number), "tag", tag) for number, tag in enumerate(own.tags or ())]
        singles += [((*at, "media", number, "alt"), "alt", medium.alt) for number, medium in enumerate(own.media or ())]
    for keys, kind, text in singles:
        if isinstance(text, str) and text:
            # One text where a list may stand has no number.
            yield keys if keys in post.places or keys[:-1] not in post.places or kind != "tag" else keys[:-1], kind, text


class _SpanLanguages:
    """Which language the words of a post are in: its own, else that of the channels they are for, else the brand's."""

    def __init__(self, desk: Desk, post: Post) -> None:
        self._desk = desk
        self._post = post
        self._channels = desks.channel_names(desk, post) if post.front.lang is None else ()

    @property
    def left(self) -> tuple[str, ...]:
        """The channels that say the common words."""
        written = self._post.variants
        if len(written) < 2:
            return self._channels
        known = self._desk.channels.channels
        return tuple(name for name in self._channels if not self._chosen(name, known[name].network).names)

    def _chosen(self, name: str, network: str) -> Variant:
        return variants.choose_variant(
            self._post.variants, name, (*self._desk.groups_of(name), *self._desk.channels.channels[name].was), network
        )

    def rest(self, key: Key) -> tuple[str, ...]:
        """The channels that say what is written for all: those that have no other title, comment … of their own."""
        overrides: Mapping[str, object] = self._post.front.for_
        apart = {name for name, own in overrides.items() if isinstance(key, str) and getattr(own, key, None) is not None}
        return tuple(name for name in self._channels if name not in apart) or self._channels

    def of(self, names: Iterable[str]) -> str:
        """The language of what these channels, groups or networks say: the brand's own where one of them speaks it."""
        if self._post.front.lang:
            return self._post.front.lang
        brand, known = self._desk.brand.lang, self._desk.channels.channels
        found = [known[name].lang or brand for name in self._desk.expand(names)]
        if not found:
            folded = {name.casefold() for name in names}
            found = [channel.lang or brand for channel in known.values() if channel.network.rpartition(".")[2].casefold() in folded]
        return brand if brand in found or not found else found[0]
