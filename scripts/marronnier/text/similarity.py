"""Similarity of texts: whether two say the same in the same words, whether one is an edited copy of another, and an index to find such copies."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Generic, TypeVar

Label = TypeVar("Label")

DUPLICATE_WINDOW = timedelta(days=30)
"""The same text is not sent twice on a channel within this time, unless the post is repeated."""
MIN_SIMILARITY = 0.85
"""The least similarity, from 0 to 1, at which one text counts as an edited copy of another."""
_SHINGLE_WORDS = 4
_MIN_SHARED = 0.2
"""The least share of common shingles, from 0 to 1, at which two texts are compared."""


def reads_alike(one: str, other: str) -> bool:
    """Whether two texts differ at most in what servers write in a way of their own: kinds of blanks, ends of lines, composed letters."""
    return _words_of(one) == _words_of(other)


def _words_of(text: str) -> list[str]:
    # A no-break space is a blank too: Discourse makes a plain one of it.
    return unicodedata.normalize("NFC", text).split()


def is_similar(first: str, second: str) -> bool:
    """Whether one text is an edited copy of the other. Texts of fewer than 20 characters are similar only when they are equal."""
    if first == second:
        return bool(first.strip())
    shorter, longer = sorted((len(first), len(second)))
    if shorter < 20 or shorter < MIN_SIMILARITY / (2 - MIN_SIMILARITY) * longer:
        return False
    import difflib

    matcher = difflib.SequenceMatcher(None, first[:4000], second[:4000], autojunk=False)
    return matcher.quick_ratio() >= MIN_SIMILARITY and matcher.ratio() >= MIN_SIMILARITY


def shingles(text: str) -> frozenset[int]:
    """The hash of each four consecutive words of a text. Similar texts share many."""
    words = text.casefold().split()
    if len(words) < _SHINGLE_WORDS:
        return frozenset((hash(tuple(words)),)) if words else frozenset()
    return frozenset(map(hash, zip(words, words[1:], words[2:], words[3:], strict=False)))


class SimilarityIndex(Generic[Label]):
    """Labelled texts, indexed by shingle, so that a text is compared only with those that may be similar."""

    def __init__(self) -> None:
        self._entries: list[tuple[Label, int]] = []
        """The label of each text and the number of its shingles."""
        self._first_holder: dict[int, int] = {}
        """The index of the first text with a shingle, by shingle."""
        self._further_holders: dict[int, list[int]] = {}
        """The indexes of all other texts with that shingle; few shingles are in more than one text."""

    def add(self, label: Label, text_shingles: frozenset[int]) -> None:
        """Add a text by its label and shingles."""
        number = len(self._entries)
        self._entries.append((label, len(text_shingles)))
        shared = self._first_holder.keys() & text_shingles
        self._first_holder.update(dict.fromkeys(text_shingles - shared, number))
        for shingle in shared:
            self._further_holders.setdefault(shingle, []).append(number)

    def find_candidates(self, text_shingles: frozenset[int]) -> Iterator[Label]:
        """The labels of texts that share enough of these shingles to be compared, those that share most first."""
        # Nearly all texts share no shingle: one intersection of sets decides that.
        known = self._first_holder.keys() & text_shingles
        shared = Counter(map(self._first_holder.__getitem__, known))
        for shingle in known & self._further_holders.keys():
            shared.update(self._further_holders[shingle])
        for number, count in shared.most_common():
            label, size = self._entries[number]
            if count >= _MIN_SHARED * min(len(text_shingles), size):
                yield label
