"""A page of the site, before any builder has put it into its frame."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from marronnier.model.publication import Picture


@dataclass(frozen=True, slots=True)
class Body:
    """What a page holds once it is rendered."""

    html: str
    """An HTML fragment, safe as it stands; links are relative to the page."""
    words: str = ""
    """Plain words for the search."""
    pictures: tuple[Picture, ...] = ()
    """The media it shows: the emitter copies them."""


@dataclass(frozen=True)
class Page:
    """One address of the site."""

    path: str
    """Below the language's root, with `/` at its end; empty for the first page."""
    title: str
    """Plain text, of people: every user of it escapes it."""
    description: str
    """One sentence for search engines and previews."""
    inputs: tuple[object, ...]
    """All that the body depends on: equal parts mean an equal body."""
    render: Callable[[], Body]
    """Makes the body; not called for a page that has not changed."""
    as_markdown: Callable[[], str]
    """The same page as plain Markdown, for any other builder."""
    menu: tuple[str, ...] = ()
    """The way to it in the menus, as words: `("Handbook", "Rules", "clash")`; empty when it stands in none."""
    is_wide: bool = True
    """Whether it wants the whole width, without the menu beside it."""
    is_indexed: bool = True
    """Whether the search knows it."""
    is_post: bool = False
    """A post page: written around the shell by the emitter, never by the builder."""

    @cached_property
    def digest(self) -> str:
        """Of the parts: what tells the emitter that nothing changed."""
        return hashlib.sha256(repr((self.path, self.title, self.description, self.inputs)).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def root(self) -> str:
        """The way from this page to the language's root: `../../`, or `./`."""
        return "../" * self.path.count("/") or "./"
