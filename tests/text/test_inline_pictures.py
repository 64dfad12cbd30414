"""Pictures in a Markdown text are found with their exact position."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text.inline_pictures import find_inline_pictures


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("![a](a.png)", [("a.png", "a", 0, 1)]),
        ('Un\nmot ![Le *jardin*](media/a.png "titre") fin', [("media/a.png", "Le jardin", 1, 5)]),
        ("![](a.png) ![](a.png)", [("a.png", "", 0, 1), ("a.png", "", 0, 12)]),
        ("`![a](a.png)` ![a](b.png)", [("b.png", "a", 0, 15)]),
        ("```\n![a](a.png)\n```\n\n![b](b.png)", [("b.png", "b", 4, 1)]),
        ("> un\n> ![deux\n> lignes](a.png)", [("a.png", "deux lignes", 1, 3)]),
        ("- un\n- ![b](b.png)", [("b.png", "b", 1, 3)]),
        ("| a | b |\n|---|---|\n| x | ![c](c.png) |", [("c.png", "c", 2, 7)]),
        ("[![a](a.png)](https://example.org)", [("a.png", "a", 0, 2)]),
        ("![a][x]\n\n[x]: a.png", [("a.png", "a", 0, 1)]),
        ("![a](<le jardin.png>)", [("le jardin.png", "a", 0, 1)]),
        (r"\![a](a.png)", []),
        ("Attention ![ ce n'est rien", []),
        ("", []),
        ('mot <img alt="Le &amp; jardin" src="a.png"> <IMG src=b.png>', [("a.png", "Le & jardin", 0, 5), ("b.png", "", 0, 45)]),
        ("<p>\n<img src='a.png' alt=\"un > deux\"/>\n</p>", [("a.png", "un > deux", 1, 1)]),
        ('<!-- <img src="a.png"> -->', []),
        ('`<img src="a.png">` <img src="b.png">', [("b.png", "", 0, 21)]),
        ('<img data-src="a.png"> <imgs src="b.png">', []),
        ("![`du` ![code](a.png)](b.png)", [("b.png", "du code", 0, 1)]),
    ],
)
def test_pictures_are_found_with_their_position(markdown: str, found: list[tuple[str, str, int, int]]) -> None:
    assert [(one.src, one.alt, one.line, one.column) for one in find_inline_pictures(markdown)] == found


def test_a_picture_with_a_url_is_remote() -> None:
    found = find_inline_pictures("![a](https://example.org/a.png) ![a](//example.org/a.png) ![a](a.png) ![a](HTTP://x.org/a.png)")
    assert [one.is_remote for one in found] == [True, True, False, True]


@given(
    st.text("![]()ab.`\n> -|\\<", max_size=60)
    | st.lists(st.sampled_from(["<img ", "src=", "alt='a'", "a.png", "<!--", "-->", ">", "\n", "`", "![a](b)"])).map("".join)
)
def test_every_position_is_inside_the_text(markdown: str) -> None:
    lines = markdown.split("\n")
    for one in find_inline_pictures(markdown):
        assert lines[one.line][one.column - 1 :].startswith(("![", "<img"))
