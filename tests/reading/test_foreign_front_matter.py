"""Front matter of Hugo, Jekyll and Material's blog is converted to our keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from marronnier.model.foreign_keys import FOREIGN_KEYS
from marronnier.model.post import FrontMatter
from reading.repository import front, load, only, post

HUGO = """---
title: "La fête : le programme"
date: 2026-12-05T10:00:00+01:00
lastmod: 2026-12-01
draft: false
author: Amélie
image: fete.jpg
categories: [Vie du quartier]
tags: [jardin, fête]
# weight: 3
slug: la-fete
description: Tout le programme
expiryDate: 2027-01-01
---

Venez.
"""
HUGO_TOML = """+++
title = 'La fête : le programme'
date = 2026-12-05T10:00:00+01:00
draft = true
tags = ["jardin"]
authors = ["Amélie", "Bram"]
weight = 3
[params]
  toc = true
+++

Venez.
"""
JEKYLL = """---
layout: post
title:  "Portes ouvertes"
date:   2026-12-05 10:00:00 +0100
categories: jardin quartier
tags: jardin fete
published: false
image:
  path: /assets/jardin.jpg
  alt: Le jardin
---
Venez.
"""
MATERIAL = """---
date:
  created: 2026-12-05
  updated: 2026-12-06
authors:
  - amelie
  - bram
categories:
  - Jardin
draft: true
# readtime: 15
pin: true
slug: autre
links:
  - plan.md
---

# Portes ouvertes

Venez.

<!-- more -->
"""


def test_hugo_page_bundle(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        {
            "content/posts/la-fete-2026/index.md": HUGO,
            "content/posts/la-fete-2026/fete.jpg": b"x",
            "content/posts/_index.md": "---\ntitle: Blog\n---\n",
        },
    )
    assert found.findings == ()
    made = found.posts["la-fete-2026"]
    assert str(made.front.date) == "2026-12-05T10:00:00+01:00"
    assert made.front.owner == "Amélie"
    assert [medium.src for medium in made.front.media] == ["fete.jpg"]
    assert made.front.tags == ("jardin", "fête")
    assert str(made.front.expires) == "2027-01-01"
    assert {"author", "image", "categories", "slug", "description", "lastmod"} <= set(made.ignored)
    assert made.place("media").line == 7
    assert made.place("owner").line == 6


def test_hugo_toml(tmp_path: Path) -> None:
    made = post(tmp_path, HUGO_TOML).posts["a"]
    assert made.front.title == "La fête : le programme"
    assert made.front.draft is True
    assert made.front.owner == "Amélie, Bram"
    assert str(made.front.date) == "2026-12-05 10:00:00+01:00"
    assert made.place("title").line == 2
    assert made.place("title").column == 9
    assert made.variants[0].text == "Venez."
    assert made.variants[0].line == 12


def test_broken_toml_is_reported(tmp_path: Path) -> None:
    finding = only(post(tmp_path, "+++\ntitle = 'a\ndate = 1\n+++\n"))
    assert finding.rule == "unreadable"
    assert finding.place.line == 2


def test_jekyll(tmp_path: Path) -> None:
    made = post(tmp_path, JEKYLL, "content/posts/2026-12-05-portes.md").posts["2026-12-05-portes"]
    assert str(made.front.date) == "2026-12-05 10:00:00 +0100"
    assert made.front.draft is True
    assert made.front.tags == ("jardin", "fete")
    assert (made.front.media[0].src, made.front.media[0].alt) == ("assets/jardin.jpg", "Le jardin")


def test_jekyll_day_in_the_name_only_where_none_is_written(tmp_path: Path) -> None:
    name = "content/posts/2026-12-05-portes.md"
    assert str(post(tmp_path / "a", "---\nlayout: post\n---\n", name).posts["2026-12-05-portes"].front.date) == "2026-12-05"
    assert (
        str(post(tmp_path / "b", "---\nlayout: post\ndate: 2027-01-02\n---\n", name).posts["2026-12-05-portes"].front.date) == "2027-01-02"
    )
    assert post(tmp_path / "c", "---\ntitle: x\n---\n", name).posts["2026-12-05-portes"].front.date is None


def test_material_blog(tmp_path: Path) -> None:
    made = post(tmp_path, MATERIAL).posts["a"]
    assert str(made.front.date) == "2026-12-05"
    assert made.place("date").line == 3
    assert made.front.owner == "amelie, bram"
    assert made.front.draft is True
    assert "pin" in made.ignored


def test_our_key_wins_over_a_foreign_one(tmp_path: Path) -> None:
    made = front(tmp_path, "owner: nous", "author: eux", "media: [a.jpg]", "image: b.jpg").posts["a"]
    assert made.front.owner == "nous"
    assert made.front.media[0].src == "a.jpg"


def test_a_picture_on_the_web_is_not_sent(tmp_path: Path) -> None:
    assert front(tmp_path, "image: https://example.org/a.jpg").posts["a"].front.media == ()


def test_foreign_keys_of_the_brand(tmp_path: Path) -> None:
    files = {"brand/brand.yml": "name: x\nforeign_keys: [kanban]\n", "content/posts/a.md": "---\nkanban: 3\ncanban: 4\n---\n"}
    finding = only(load(tmp_path, files))
    assert "canban" in finding.message
    assert "foreign_keys" in finding.next


def test_keys_without_a_value_count_as_not_written(tmp_path: Path) -> None:
    made = front(tmp_path, "title:", "tags:", "format:", "author:", "media:", "draft:").posts["a"]
    assert made.front == FrontMatter()


@pytest.mark.parametrize("key", sorted(FOREIGN_KEYS))
def test_no_foreign_key_hides_one_of_ours(key: str) -> None:
    assert key not in FrontMatter.fields
