"""Which posts stood in the calendar when the ledger began: their past is older than the record."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from marronnier.git import GitError, Repo
from marronnier.model.post import Post


def posts_at_beginning(repo: Repo, commit: str, first: str | None) -> Callable[[Post], bool]:
    """A function that tells whether a post stood there in the commit that named the ledger's first commit in `brand/brand.yml`.

    Git is asked at the first call only. Where that commit is not in the history of `commit`, every post counts as old.
    """

    @cache
    def paths() -> frozenset[str] | None:
        if not first:
            return None
        # Whoever checks one post that is not late never asks.
        from marronnier.ledger import continued_first

        try:
            # A ledger that was signed later began when the unsigned one did.
            named = continued_first(repo, first) or first
            naming = repo.text("log", "--format=%H", "--reverse", f"-S{named}", commit, "--", "brand/brand.yml").split()
            if not naming:
                return None
            listing = repo.run("ls-tree", "-r", "-z", "--name-only", naming[0], "--", "content")
        except GitError:
            return None
        return frozenset(listing.decode("utf-8", "surrogateescape").split("\0"))

    def existed(post: Post) -> bool:
        known = paths()
        return known is None or post.path in known

    return existed
