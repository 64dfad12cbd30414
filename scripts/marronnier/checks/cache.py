"""What a check remembers from one run to the next, by the bytes it follows from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marronnier.cache import Cache
    from marronnier.model.post import Post

_QUIET = "quiet"


class RuleCache:
    """What was worked out before of pictures and words. It forgets everything where there is nothing to keep it in."""

    def __init__(self, opened: Callable[[], Cache | None], *, alone: bool) -> None:
        self._opened = opened
        self.alone = alone
        """Whether one post is judged alone: then opening what is known of all words takes longer than looking at these."""
        self._quiet: dict[str, set[str]] = {}
        self._heard: set[str] = set()

    @cached_property
    def cache(self) -> Cache | None:
        """Where it is kept, opened at the first use."""
        return self._opened()

    def is_known_clean(self, rule: str, post: Post, look: Callable[[str], object]) -> bool:
        """Whether nothing in a post's file can concern a rule, as `look` tells from its text alone: empty or false.

        That is remembered by the file's bytes, so of ten thousand posts only those that changed are looked at again.
        """
        known = self._quiet.get(post.digest)
        if known is None:
            kept = None if self.alone or self.cache is None else self.cache.get(_QUIET, post.digest)
            known = self._quiet[post.digest] = set(kept or ())
        if rule in known:
            return True
        if look(post.text):
            return False
        known.add(rule)
        self._heard.add(post.digest)
        return True

    def save(self) -> None:
        """Keep what was worked out, for the next run; of one post alone, what was seen in its pictures."""
        if "cache" not in self.__dict__ or self.cache is None:
            return
        for digest in () if self.alone else self._heard:
            self.cache.put(_QUIET, digest, tuple(sorted(self._quiet[digest])))
        self.cache.save()
