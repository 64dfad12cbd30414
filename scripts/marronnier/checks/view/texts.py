"""The words of posts for the rules: variants, spans, mentions, and the texts of whole files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from marronnier import desk as desks
from marronnier.checks import text_spans
from marronnier.checks.text_spans import TextSpan
from marronnier.files.utf8 import MAX_BYTES
from marronnier.model.finding import Place
from marronnier.model.post import Post, Variant

if TYPE_CHECKING:
    from marronnier.desk import Desk

_TEXT_ENDINGS = (".md", ".markdown", ".yml", ".yaml", ".toml", ".json", ".txt", ".csv", "/allowed_signers")
"""How the names of the files end that people write."""


@dataclass
class PostTexts:
    """The texts of a desk. Spans are made once a post."""

    desk: Desk
    posts: tuple[Post, ...]
    _spans: dict[str, tuple[TextSpan, ...]] = field(default_factory=dict)

    def variant(self, post: Post, channel_name: str) -> Variant:
        """The words of a post for a channel."""
        return post.variants[0] if len(post.variants) == 1 else desks.variant_of(self.desk, post, channel_name)

    def spans(self, post: Post) -> tuple[TextSpan, ...]:
        """All texts of a post that people will read, each with its place. Not cheap: search `post.text` first."""
        if post.path not in self._spans:
            self._spans[post.path] = text_spans.spans_of(self.desk, post)
        return self._spans[post.path]

    def mentions(self, post: Post) -> Iterator[tuple[Place, str]]:
        """Every `@name` in the words and first comments of a post, with its place."""
        if "@" not in post.text:
            return
        from marronnier.text.handles import find_handles

        for variant in post.variants:
            for mention in find_handles(variant.text):
                above = variant.text.count("\n", 0, mention.start)
                yield Place(post.path, variant.line + above, mention.start - variant.text.rfind("\n", 0, mention.start)), mention.name
        own = ((("for", name, "first_comment"), override.first_comment) for name, override in post.front.for_.items())
        for keys, comment in ((("first_comment",), post.front.first_comment), *own):
            for mention in find_handles(comment or ""):
                yield post.place(*keys), mention.name

    def all_files(self) -> Iterator[tuple[str, str]]:
        """Path and text of every file that people write: posts, and the other texts in the team's folders, the faulty ones too."""
        yield from ((post.path, post.text) for post in self.posts)
        yield from self.other_files

    @cached_property
    def other_files(self) -> tuple[tuple[str, str], ...]:
        """Path and text of every text file in the team's folders that is no post, the faulty ones too."""
        tree, read = self.desk.tree, {post.path for post in self.posts} | {sketch.path for sketch in self.desk.over.values()}
        paths = tree.paths() if self.desk.only is None else (*tree.paths(("brand", "calendar")), self.desk.only)
        wanted = [path for path in paths if path not in read and path.lower().endswith(_TEXT_ENDINGS)]
        return tuple((path, _decode(tree.read(path))) for path in wanted if tree.exists(path) and tree.size(path) <= MAX_BYTES)


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
