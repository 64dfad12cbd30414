"""Front matter keys of Hugo, Jekyll and Material for MkDocs, so that their posts are read unchanged.

Each list names the page that documents the keys. The lists were written from memory; on 2026-11-22 only the beginnings of stored copies
of these pages were compared, so a key may be missing: `brand.yml: foreign_keys` takes it meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ForeignKeyUse = Literal["owner", "media", "date", "expires", "draft", "tags", "ignored"]
"""The key of ours that a key of another tool fills; `ignored` keys are known and skipped."""

_HUGO = (
    "aliases build cascade categories description expiryDate headless isCJKLanguage keywords kind lastmod layout linkTitle markup menus menu "
    "modified outputs params path publishDate pubdate published resources series sitemap slug summary target translationKey type unpublishdate "
    "url urls weight images videos audio author authors cover featured_image featuredImage thumbnail toc math comments"
)
"""Hugo, https://gohugo.io/content-management/front-matter/; the last line holds keys of common themes and embedded templates."""

_JEKYLL = (
    "layout permalink published category categories last_modified_at excerpt excerpt_separator render_with_liquid author authors image "
    "header comments toc pin math mermaid redirect_from redirect_to sitemap description subtitle feature_image tag classes"
)
"""Jekyll, https://jekyllrb.com/docs/front-matter/; then keys of jekyll-seo-tag, jekyll-redirect-from and common themes."""

_MATERIAL = (
    "authors categories date draft pin links readtime slug description template icon status hide search social subtitle comments image"
)
"""Material for MkDocs and its blog, https://squidfunk.github.io/mkdocs-material/plugins/blog/#metadata."""

_CONVERTED: Mapping[str, ForeignKeyUse] = {
    "author": "owner",
    "authors": "owner",
    "image": "media",
    "images": "media",
    "publishDate": "date",
    "pubdate": "date",
    "expiryDate": "expires",
    "unpublishdate": "expires",
    "published": "draft",
    "tag": "tags",
}

FOREIGN_KEYS: Mapping[str, ForeignKeyUse] = {
    key: _CONVERTED.get(key, "ignored") for key in sorted({*_HUGO.split(), *_JEKYLL.split(), *_MATERIAL.split()} - {"date", "draft"})
}
"""Every key of another tool that is known by name, and how it is used."""

JEKYLL_KEYS = frozenset(
    {"layout", "permalink", "published", "category", "categories", "excerpt", "excerpt_separator", "last_modified_at", "tag"}
)
"""Keys by which a post made for Jekyll is recognised."""
