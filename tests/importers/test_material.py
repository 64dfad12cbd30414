"""Import from the blog of Material for MkDocs: posts at any depth, their dates, their pictures; what only that site understands is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from importers.test_real_sites import read, said, written
from marronnier.messages import Trouble

POST = "---\ndate: {date}\nauthors: [inès]\ncategories: [Jardin]\n---\n\n# On ouvre\n\nVenez. ![Un banc](../../assets/banc.png)\n\n<!-- more -->\n\nSuite.\n"
FILES = {
    "mkdocs.yml": "site_name: x\nplugins:\n  - blog:\n      blog_dir: news # ours\nmarkdown_extensions:\n  - pymdownx.emoji:\n      emoji_index: !!python/name:material.extensions.emoji.twemoji\n",
    "docs/news/posts/2026/ouvre.md": POST.format(date="2026-10-05").replace("../../assets", "../../../assets"),
    "docs/news/posts/hiver.md": POST.format(date="\n  created: 2027-01-05 10:00\n  updated: 2027-01-06\n  relu: 2027-01-07"),
    "docs/news/posts/serre/index.md": "---\ndate: 2026-10-06T12:00:00\ndraft: true\n---\n\n![La serre](serre.png)\n\n!!! note\n    Une serre. :material-leaf:\n",
    "docs/news/posts/serre/serre.png": "(a picture)",
    "docs/news/posts/sans-date.md": "# Sans date\n\nVoir [la page](../index.md), [ici](#sans-date) et [là](https://a.example).\n",
    "docs/assets/banc.png": "(a picture)",
    "docs/index.md": "# Accueil\n",
    "docs/news/index.md": "# Blog\n",
    "overrides/main.html": "<html>",
}


def test_a_blog(tmp_path: Path) -> None:
    bundle = read("material", FILES, tmp_path)
    after = written(bundle, tmp_path)
    assert [finding for finding in after.findings if finding.level == "error"] == []
    assert {post.id: str(post.front.date) for post in after.posts.values()} == {
        "ouvre": "2026-10-05",
        "hiver": "2027-01-05 10:00",
        "serre": "2026-10-06T12:00:00",
        "sans-date": "when-approved",
    }
    assert {post.id: bool(post.past) for post in bundle.posts} == {"ouvre": True, "hiver": False, "serre": False, "sans-date": True}
    assert "![Un banc](assets/banc.png)" in after.posts["ouvre"].text and after.posts["ouvre"].front.media[0].alt == "Un banc"
    assert after.posts["ouvre"].title == "On ouvre" and after.posts["ouvre"].front.owner == "inès"
    assert after.posts["serre"].path.endswith("/serre/index.md") and (tmp_path / "house/content/posts/2026/10/serre/serre.png").exists()
    for line in (
        "docs/news/posts/serre/index.md: it contains markup that only material understands",
        "docs/news/posts/sans-date.md: 1 link leads to a page of that site, and nowhere from here: ../index.md",
        "overrides/: 1 file not imported",
        "docs/index.md: not imported",
        "docs/news/index.md: not imported",
    ):
        assert line in said(bundle)
    assert "mkdocs.yml" not in said(bundle) and "hiver.md" not in said(bundle)


def test_other_folders(tmp_path: Path) -> None:
    read(
        "material",
        {"mkdocs.yml": "docs_dir: src\nplugins: [blog]\n", "src/blog/posts/a.md": POST.format(date="2026-10-05")},
        tmp_path / "a",
    )
    read(
        "material",
        {"mkdocs.yml": "plugins:\n  - blog:\n      blog_dir: .\n", "docs/posts/a.md": POST.format(date="2026-10-05")},
        tmp_path / "b",
    )
    both = "plugins:\n  - blog:\n      blog_dir: un\n  - blog:\n      blog_dir: deux\n"
    post = POST.format(date="2026-10-05")
    assert len(read("material", {"mkdocs.yml": both, "docs/un/posts/a.md": post, "docs/deux/posts/a.md": post}, tmp_path / "c").posts) == 2
    with pytest.raises(Trouble, match="not the folder of a Material blog"):
        read("material", {"docs/a.md": post}, tmp_path / "d")
