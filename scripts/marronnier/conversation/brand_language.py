"""The language of what is said on a forge: the brand's, whatever the job speaks whose log nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from marronnier import desk
from marronnier.desk.commit_tree import CommitTree
from marronnier.git import Repo
from marronnier.messages import in_language


@contextmanager
def in_brand_language(repo: Repo) -> Iterator[None]:
    """Speak the language of the default branch's brand inside a `with`; English where it has no catalogue."""
    commit = repo.default_commit()
    with in_language(desk.load(CommitTree(repo, commit), only="brand/brand.yml").brand.lang if commit else ""):
        yield
