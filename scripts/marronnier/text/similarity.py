"""Likeness: when two texts are the same words, or one is the other a little edited; and what went out, to compare with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from marronnier.model.publication import Payload, split_key

if TYPE_CHECKING:
    from marronnier.model.history import History

Labelled = TypeVar("Saying")

DUPLICATE_WINDOW = timedelta(days=30)
"""The same words do not go out twice on a channel within this time, unless a repeat says so."""
MIN_SIMILARITY = 0.85
"""From here on two texts are taken for one that was edited, between 0 and 1."""
MOST = 400
"""Vanished keys that are compared, the latest first: a bound, not a rule."""

_SHINGLE_WORDS = 4
_MIN_SHARED = 0.2


def is_similar(first: str, second: str) -> bool:
    """Whether one text is the other, or that text a little edited. Few words are alike only when they are the same."""
    if first == second:
        return bool(first.strip())
    shorter, longer = sorted((len(first), len(second)))
    if shorter < 20 or shorter < MIN_SIMILARITY / (2 - MIN_SIMILARITY) * longer:
        return False
    import difflib

    matcher = difflib.SequenceMatcher(None, first[:4000], second[:4000], autojunk=False)
    return matcher.quick_ratio() >= MIN_SIMILARITY and matcher.ratio() >= MIN_SIMILARITY


def shingles(text: str) -> frozenset[int]:
    """Every four words of a text that stand together. Texts that are alike share many."""
    words = text.casefold().split()
    if len(words) < _SHINGLE_WORDS:
        return frozenset((hash(tuple(words)),)) if words else frozenset()
    return frozenset(map(hash, zip(words, words[1:], words[2:], words[3:], strict=False)))


class SimilarityIndex(Generic[Labelled]):
    """What was said, by which what is like it is found without comparing it with all."""

    def __init__(self) -> None:
        self._entries: list[tuple[Labelled, int]] = []
        """Each with how many runs it has."""
        self._first_holder: dict[int, int] = {}
        """By run: the number of the first that holds it."""
        self._further_holders: dict[int, list[int]] = {}
        """And of the others; few runs have any."""

    def add(self, label: Labelled, text_shingles: frozenset[int]) -> None:
        """Add a saying and the runs of its text."""
        number = len(self._entries)
        self._entries.append((label, len(text_shingles)))
        shared = self._first_holder.keys() & text_shingles
        self._first_holder.update(dict.fromkeys(text_shingles - shared, number))
        for shingle in shared:
            self._further_holders.setdefault(shingle, []).append(number)

    def find_candidates(self, text_shingles: frozenset[int]) -> Iterator[Labelled]:
        """What shares enough of these runs to be worth comparing, those that share most first."""
        # Nearly all texts share nothing, which the two sets tell at once.
        known = self._first_holder.keys() & text_shingles
        shared = Counter(map(self._first_holder.__getitem__, known))
        for shingle in known & self._further_holders.keys():
            shared.update(self._further_holders[shingle])
        for number, count in shared.most_common():
            label, size = self._entries[number]
            if count >= _MIN_SHARED * min(len(text_shingles), size):
                yield label


def vanished_keys(histories: Mapping[str, History], present: Callable[[str], bool]) -> Mapping[str, list[str]]:
    """Keys that went out or may have, and that are not `present` any more, by channel, the latest first."""
    gone = [key for key, history in histories.items() if not present(key) and history.maybe_sent]
    gone.sort(key=lambda key: histories[key].events[-1].at, reverse=True)
    found: dict[str, list[str]] = {}
    for key in gone[:MOST]:
        found.setdefault(split_key(key)[1], []).append(key)
    return found


def sent_text(history: History, payload: Callable[[str], bytes | None]) -> str | None:
    """What a publication said as it went out; None when that was not kept. `payload` gives what was sealed, by its digest."""
    seal = history.seal
    data = payload(seal.payload) if seal is not None else None
    try:
        return text_of(part.text for part in Payload.from_bytes(data).parts) if data is not None else None
    except ValueError:
        return None


def text_of(parts: Iterable[str]) -> str:
    """The texts of parts as one."""
    return "\n".join(parts)
