"""A page of the site, before a builder puts it into its frame."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from marronnier.model.publication import Picture


@dataclass(frozen=True, slots=True)
class Body:
    """The rendered content of a page."""

    html: str
    """An HTML fragment, safe as it stands; links are relative to the page."""
    words: str = ""
    """Plain text for the search index."""
    pictures: tuple[Picture, ...] = ()
    """The media that the page shows; the emitter writes them."""


@dataclass(frozen=True)
class Page:
    """A page of the site; its body is rendered on demand."""

    path: str
    """The path below the language's root, with `/` at its end; empty for the first page."""
    title: str
    """Plain text that people wrote: every use escapes it."""
    description: str
    """One sentence for search engines and link previews."""
    inputs: tuple[object, ...]
    """Everything that the body depends on: equal inputs mean an equal body."""
    render: Callable[[], Body]
    """Renders the body; not called for a page whose inputs have not changed."""
    as_markdown: Callable[[], str]
    """Gives the same page as plain Markdown, for another builder."""
    label: str = ""
    """Its name in the menu; empty for a page that a section leads to."""
    section: str | None = None
    """The path of the section it belongs to, which the menu marks; None for a page of no section."""
    is_indexed: bool = True
    """Whether the page is in the search index."""

    @cached_property
    def digest(self) -> str:
        """The digest of the inputs: the emitter skips a page whose digest it knows."""
        return hashlib.sha256(repr((self.path, self.title, self.description, self.inputs)).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def root(self) -> str:
        """The relative path from this page to the language's root: `../../`, or `./`."""
        return "../" * self.path.count("/") or "./"
