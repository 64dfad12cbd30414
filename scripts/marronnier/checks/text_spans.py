"""The texts of a post that people will read, each with its place in the file, exact to the character."""

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
from marronnier.model.post import ForChannel, FrontMatter, Post
from marronnier.text import urls
from marronnier.text.link_targets import LinkTarget, find_link_targets

if TYPE_CHECKING:
    from marronnier.desk import Desk

Kind = Literal["title", "words", "alt", "option", "comment", "warning", "tag", "link", "file"]
"""What a span is: a post's title, the words for some channels, an alternative text, an answer of a poll, a first comment,
a content warning, a hashtag, a link; or a whole file as it was typed."""

MAX_FINDINGS = 500
"""The most findings that one rule makes in one span; once these are corrected, the next check finds the others."""
_MAX_LINE = 20_000
"""In longer lines, in characters, nothing is corrected: no person can review the change."""

Key = str | int
Edit = tuple[int, int, str]
"""Start and end in a span, and the replacement."""


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Words that people wrote, and their place in the file."""

    path: str
    source: str
    """The whole file as typed, newlines as `\\n`."""
    text: str
    """The words as they are published, in NFC; of a `file`, all that was typed."""
    line: int
    """The line of the file where they begin, from 1."""
    column: int = 1
    kind: Kind = "words"
    keys: tuple[Key, ...] = ()
    """Their keys in the front matter; empty for the body."""
    lang: str = ""
    """The language they are written in."""

    def place(self, index: int) -> Place:
        """The place of the character at that index of `text`."""
        line, column, _width = self._source_position(index)
        return Place(self.path, line, column)

    def is_literal(self, index: int) -> bool:
        """Whether the character at that index of `text` is in the file as such, not as an escape."""
        line, column, width = self._source_position(index)
        return width == 1 and _lines(self.source)[line - 1][column - 1 : column] == self.text[index]

    def fix(self, edits: Iterable[Edit]) -> Fix | None:
        """The change of one line that makes these edits; None where they touch several lines, or the outcome is not certain."""
        replaced: list[tuple[int, int, str]] = []
        number = 0
        for start, end, replacement in edits:
            first = self._source_position(start)
            if len(_lines(self.source)[first[0] - 1]) > _MAX_LINE:
                return None
            last = self._source_position(end - 1) if end > start else (first[0], first[1], 0)
            if first[0] != last[0] or (number and first[0] != number) or "\n" in replacement:
                return None
            number = first[0]
            replaced.append((first[1] - 1, last[1] - 1 + last[2], replacement))
        if not replaced:
            return None
        before = line = _lines(self.source)[number - 1]
        for begins, ends, replacement in sorted(replaced, reverse=True):
            line = line[:begins] + replacement + line[ends:]
        return Fix(number, before, line, tuple(sorted(replaced))) if line != before and self._parses_as_meant(number, line, edits) else None

    def _parses_as_meant(self, number: int, line: str, edits: Iterable[Edit]) -> bool:
        """Whether the file with that line parses to the edited words and is otherwise unchanged: YAML reads some characters otherwise."""
        if not self.keys:
            return True
        from marronnier.files import document

        words = self.text
        for start, end, replacement in sorted(edits, reverse=True):
            words = words[:start] + replacement + words[end:]
        lines = [*_lines(self.source)]
        lines[number - 1] = line
        before = document.parse_markdown(self.path, self.source.encode())
        after = document.parse_markdown(self.path, "\n".join(lines).encode())
        if not before.is_complete or not after.is_complete or len(before.findings) != len(after.findings) or before.body != after.body:
            return False
        return after.data == _with_value(before.data, self.keys, words)

    def _source_position(self, index: int) -> tuple[int, int, int]:
        """Line and column of a character in the file, and how many characters write it there."""
        if self.keys:
            return _value_positions(self.source, self.line, self.column, self.text)[min(index, len(self.text))]
        starts = _line_starts(self.text)
        number = bisect_right(starts, index) - 1
        typed, composed = _lines(self.source)[self.line + number - 1], _lines(self.text)[number]
        first = index - starts[number]
        if _is_same(typed, composed):
            return self.line + number, first + 1, 1
        # The file has combining accents, `text` composed ones.
        start = _typed_length(typed, first)
        return self.line + number, start + 1, _typed_length(typed, first + 1) - start


def _typed_length(typed: str, length: int) -> int:
    """How many characters of a typed line make that many composed ones."""
    end = min(length, len(typed))
    while end < len(typed) and len(unicodedata.normalize("NFC", typed[: end + 1])) <= length:
        end += 1
    return end


@lru_cache(maxsize=64)
def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


@lru_cache(maxsize=1024)
def _is_same(typed: str, composed: str) -> bool:
    # Called for each finding of a line, which may be long.
    return typed == composed


@lru_cache(maxsize=64)
def _line_starts(text: str) -> tuple[int, ...]:
    """The index at which each line of a text begins."""
    return tuple(accumulate((len(line) + 1 for line in _lines(text)[:-1]), initial=0))


@lru_cache(maxsize=64)
def _value_positions(source: str, line: int, column: int, value: str) -> tuple[tuple[int, int, int], ...]:
    """Line, column and width in the file of each character of a front matter value: in quotes, escaped, or on a line below its key.

    The end of the value follows as one more position.
    """
    lines = _lines(source)
    number, at = line - 1, column - 1
    opening = lines[number][at : at + 1] if number < len(lines) else ""
    quote = opening if opening in ("'", '"') and not lines[number].startswith(value, at) else ""
    at += len(quote)
    places: list[tuple[int, int, int]] = []
    for character in value:
        position = _next_position(lines, number, at, character, quote)
        if position is None:
            # YAML read the value otherwise than it is typed: the last certain position stands for the rest.
            places += [places[-1] if places else (line, column, 1)] * (len(value) - len(places))
            break
        number, at = position[0], position[1] + position[2]
        places.append((number + 1, position[1] + 1, position[2]))
    return (*places, (number + 1, at + 1, 0))


def _next_position(lines: Sequence[str], number: int, at: int, character: str, quote: str) -> tuple[int, int, int] | None:
    """The next position of a character: line and column from 0, and its width; None when it does not follow soon."""
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


def _with_value(data: object, keys: tuple[Key, ...], value: str) -> object:
    """The data with that value under those keys."""
    if not keys:
        return value
    key = keys[0]
    if isinstance(data, dict) and key in data:
        return {**data, key: _with_value(data[key], keys[1:], value)}
    if isinstance(data, list) and isinstance(key, int) and key < len(data):
        return [*data[:key], _with_value(data[key], keys[1:], value), *data[key + 1 :]]
    return data


def link_targets(span: TextSpan) -> list[LinkTarget]:
    """The addresses that a span links to, as a browser reads them. Hashtags have none."""
    if span.kind == "link":
        return [LinkTarget(0, urls.browser_form(span.text))]
    return find_link_targets(span.text)[:MAX_FINDINGS] if span.kind != "tag" else []


def whole_file(post: Post) -> TextSpan:
    """A post's file as typed."""
    return TextSpan(post.path, post.text, post.text, 1, kind="file")


def spans_of(desk: Desk, post: Post) -> tuple[TextSpan, ...]:
    """Every text of a post that people will read: titles, words, alternative texts, answers, comments, warnings, hashtags and links."""
    spans = []
    languages = _SpanLanguages(desk, post)
    for variant in post.variants:
        if variant.text:
            lang = languages.language_of(variant.names or languages.common_channels)
            spans.append(TextSpan(post.path, post.text, variant.text, variant.line, lang=lang))
    for keys, kind, text in front_matter_texts(post):
        place = post.place(*keys)
        names = (str(keys[1]),) if keys[0] == "for" else languages.channels_without_own(keys[-1])
        spans.append(TextSpan(post.path, post.text, text, place.line, place.column, kind, keys, languages.language_of(names)))
    return tuple(spans)


def front_matter_texts(post: Post) -> Iterator[tuple[tuple[Key, ...], Kind, str]]:
    """The texts of the front matter, with the keys they are written under."""
    front = post.front
    options = front.poll.options if front.poll else ()
    texts: list[tuple[tuple[Key, ...], Kind, object]] = [(("sensitive",), "warning", front.sensitive)]
    texts += [(("poll", "options", number), "option", option) for number, option in enumerate(options)]
    sources: list[tuple[tuple[Key, ...], FrontMatter | ForChannel]] = [((), front)]
    sources += [(("for", name), override) for name, override in front.for_.items()]
    for at, source in sources:
        texts += [((*at, "title"), "title", source.title), ((*at, "first_comment"), "comment", source.first_comment)]
        texts += [((*at, "link"), "link", source.link)]
        texts += [((*at, "tags", number), "tag", tag) for number, tag in enumerate(source.tags or ())]
        texts += [((*at, "media", number, "alt"), "alt", medium.alt) for number, medium in enumerate(source.media or ())]
    for keys, kind, text in texts:
        if isinstance(text, str) and text:
            # A single hashtag may be written without a list: then its keys have no number.
            yield keys if keys in post.places or keys[:-1] not in post.places or kind != "tag" else keys[:-1], kind, text


class _SpanLanguages:
    """The language of each text of a post: the post's own, else that of the channels the text is for, else the brand's."""

    def __init__(self, desk: Desk, post: Post) -> None:
        self._desk = desk
        self._post = post
        self._channels = desks.channel_names(desk, post) if post.front.lang is None else ()

    @property
    def common_channels(self) -> tuple[str, ...]:
        """The channels without words of their own."""
        if len(self._post.variants) < 2:
            return self._channels
        return tuple(name for name in self._channels if not desks.variant_of(self._desk, self._post, name).names)

    def channels_without_own(self, key: Key) -> tuple[str, ...]:
        """The channels that do not override a key of the front matter; all, when each does."""
        overrides: Mapping[str, object] = self._post.front.for_
        overriding = {name for name, override in overrides.items() if isinstance(key, str) and getattr(override, key, None) is not None}
        return tuple(name for name in self._channels if name not in overriding) or self._channels

    def language_of(self, names: Iterable[str]) -> str:
        """The language of these channels, groups or networks: the brand's, if one of them has it."""
        if self._post.front.lang:
            return self._post.front.lang
        brand, channels = self._desk.brand.lang, self._desk.channels.channels
        langs = [channels[name].lang or brand for name in self._desk.expand(names)]
        if not langs:
            folded = {name.casefold() for name in names}
            langs = [channel.lang or brand for channel in channels.values() if channel.network.rpartition(".")[2].casefold() in folded]
        return brand if brand in langs or not langs else langs[0]
