"""Likeness: when two texts are the same words, or one is the other a little edited; and what went out, to compare with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Generic, TypeVar

Saying = TypeVar("Saying")

WINDOW = timedelta(days=30)
"""The same words do not go out twice on a channel within this time, unless a repeat says so."""
LIKE = 0.85
"""From here on two texts are taken for one that was edited, between 0 and 1."""
_RUN = 4
_SHARED = 0.2


def is_similar(one: str, other: str) -> bool:
    """Whether one text is the other, or that text a little edited. Few words are alike only when they are the same."""
    if one == other:
        return bool(one.strip())
    shorter, longer = sorted((len(one), len(other)))
    if shorter < 20 or shorter < LIKE / (2 - LIKE) * longer:
        return False
    import difflib

    matcher = difflib.SequenceMatcher(None, one[:4000], other[:4000], autojunk=False)
    return matcher.quick_ratio() >= LIKE and matcher.ratio() >= LIKE


def shingles(text: str) -> frozenset[int]:
    """Every four words of a text that stand together. Texts that are alike share many."""
    words = text.casefold().split()
    if len(words) < _RUN:
        return frozenset((hash(tuple(words)),)) if words else frozenset()
    return frozenset(map(hash, zip(words, words[1:], words[2:], words[3:], strict=False)))


class SimilarityIndex(Generic[Saying]):
    """What was said, by which what is like it is found without comparing it with all."""

    def __init__(self) -> None:
        self._said: list[tuple[Saying, int]] = []
        """Each with how many runs it has."""
        self._first: dict[int, int] = {}
        """By run: the number of the first that holds it."""
        self._more: dict[int, list[int]] = {}
        """And of the others; few runs have any."""

    def add(self, saying: Saying, its: frozenset[int]) -> None:
        """Add a saying and the runs of its text."""
        number = len(self._said)
        self._said.append((saying, len(its)))
        held = self._first.keys() & its
        self._first.update(dict.fromkeys(its - held, number))
        for run in held:
            self._more.setdefault(run, []).append(number)

    def near(self, its: frozenset[int]) -> Iterator[Saying]:
        """What shares enough of these runs to be worth comparing, those that share most first."""
        # Nearly all texts share nothing, which the two sets tell at once.
        held = self._first.keys() & its
        shared = Counter(map(self._first.__getitem__, held))
        for run in held & self._more.keys():
            shared.update(self._more[run])
        for number, count in shared.most_common():
            saying, size = self._said[number]
            if count >= _SHARED * min(len(its), size):
                yield saying
