"""A sketch of a post says what parsing says of its id, channels and day, or there is none."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marronnier import desk
from marronnier.desk.post_sketch import PostSketch, sketch_post
from marronnier.model.brand import Brand
from marronnier.model.post import Post

PATH = "content/posts/2026/12/portes.md"
USUAL = b"""---
id: portes
title: "Portes ouvertes : on plante !"
date: 2026-12-05 10:00
channels: [journal, place]
media:
  - {src: banc.jpg, alt: "L'arbre", credit: 'Fonds communal'}
tags: [Jardin, Quartier]
---
On ouvre.
"""

LINES = st.sampled_from(
    [
        *(
            "id: portes",
            "id: other",
            'id: "portes"',
            "id: Portes",
            "id: 12",
            "id : portes",
            " id: portes",
            "id: portes # mine",
            "id: &a portes",
        ),
        *(
            "channels: [journal]",
            "channels: [journal, place]",
            "channels: journal",
            "channels:",
            "  - journal",
            "- journal",
            "channels: []",
        ),
        *(
            "date: 2026-12-05",
            "date: 2026-12-05 10:00",
            "date: 2026-13-05",
            "date: when-approved",
            "date: '2026-12-05'",
            "date: 5 décembre",
        ),
        *(
            "title: Portes",
            'title: "Portes',
            'ouvertes"',
            "title: >",
            "  ouvertes",
            "title: 'Portes",
            "ouvertes'",
            "title: {a: b",
            "c: d}",
            "?",
        ),
        *(
            "media:",
            "  - {src: a.jpg, alt: 'x', ",
            "  - src: b.jpg",
            '    alt: "long',
            '    text"',
            "alt: b}",
            "for: {journal: {slot: next}}",
            "repeat: x",
        ),
        *(
            "# id: other",
            "",
            "---",
            "slug: x",
            "<<: *a",
            "tags: [a, 'b']",
            "tags: [a,",
            "b]",
            "\tid: x",
            "draft: true",
            "slot: next",
            "...",
            "id: o\u2028id: p",
        ),
    ]
)


class OneFile:
    """A tree of one file."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, _path: str) -> bytes:
        return self.data

    def size(self, _path: str) -> int:
        return len(self.data)


def parsed(data: bytes) -> Post | None:
    return desk.read_post(OneFile(data), PATH, Brand(name=""))  # type: ignore[arg-type]


def assert_same(sketch: PostSketch, post: Post) -> None:
    assert (sketch.id, sketch.channels) == (post.id, post.front.channels)
    assert sketch.day == (post.front.date.day if post.front.date else None)
    assert ("repeat" in sketch.keys) == (post.front.repeat is not None)
    assert ("slot" in sketch.keys) == (post.front.slot is not None)
    assert ("draft" in sketch.keys) or not post.front.draft


def test_a_usual_post_has_a_sketch() -> None:
    sketch, post = sketch_post(PATH, USUAL), parsed(USUAL)
    assert sketch is not None
    assert post is not None
    assert_same(sketch, post)


@given(st.lists(LINES, max_size=9))
@example(["id: portes", 'title: "a', "channels: [journal]", 'b"', "channels: [place]"])
@example(["id: portes", "media:", '  - {src: a, alt: "b', "id: other", '"}', "channels: [journal]"])
@example(["id: portes", "channels: [journal]", "date: 2026-12-05", "  10:00"])
def test_a_sketch_says_what_parsing_says(lines: list[str]) -> None:
    data = "\n".join(["---", *lines, "---", "On ouvre.", ""]).encode()
    sketch, post = sketch_post(PATH, data), parsed(data)
    # A post with errors cannot go out, whatever is thought of it.
    if sketch is not None and post is not None:
        assert_same(sketch, post)


@given(st.integers(0, len(USUAL) - 1), st.binary(max_size=2), st.integers(0, 2))
def test_a_damaged_post_has_no_other_sketch(at: int, put: bytes, cut: int) -> None:
    data = USUAL[:at] + put + USUAL[at + cut :]
    sketch, post = sketch_post(PATH, data), parsed(data)
    if sketch is not None and post is not None:
        assert_same(sketch, post)


@pytest.mark.parametrize("path", ["content/ideas/portes.md", "content/posts/2026/index.md", "content/posts/portes.txt"])
def test_only_posts_have_one(path: str) -> None:
    assert (sketch_post(path, USUAL) is None) == (path != "content/ideas/portes.md")
