"""Whose hands were on the words: the commits that made a publication what it is since it was last approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from marronnier.approval.evidence import Version
from marronnier.model.plan import Digests

Hands = Mapping[tuple[str, str], frozenset[str]]
"""By words and when digests: the commits that made them so."""


def contributors(versions: Sequence[Version], approved: Callable[[Digests, frozenset[str]], bool]) -> Hands:
    """The commits behind each pair of digests a publication ever had.

    A commit counts when its digests differ from those of all its parents: a merge that only brings a branch in changed nothing,
    one that mixed two texts did. `approved` says whether digests made by these commits were approved: what went before then no longer counts.
    What comes back under the same digests (a revert) keeps the hands it had.
    """
    behind: list[frozenset[str]] = []
    by_digests: dict[tuple[str, str], frozenset[str]] = {}
    settled: set[tuple[str, str]] = set()
    for version in versions:
        before = [position for position in version.parents if versions[position].digests == version.digests]
        if before:
            hands = frozenset().union(*(behind[position] for position in before))
        else:
            hands = frozenset({version.commit}).union(*(behind[position] for position in version.parents))
        if version.digests is not None:
            pair = (version.digests.words, version.digests.when)
            hands |= by_digests.get(pair, frozenset())
            by_digests[pair] = hands
            if pair in settled or (not before and approved(version.digests, hands)):
                settled.add(pair)
                hands = frozenset()
        behind.append(hands)
    return by_digests
