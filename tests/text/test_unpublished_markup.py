"""Markup that no reader gets is found with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text.plain_text import to_plain_text
from marronnier.text.unpublished_markup import find_unpublished_markup


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("Un <iframe src='https://example.org'></iframe> mot", [("element", "iframe", 0, 4)]),
        ("Un\n\n<video controls>\n<source src='a.mp4'>\n</video>", [("element", "video", 2, 1)]),
        ("<div>Un</div> <b>deux</b> <!-- <svg> -->", []),
        ("`<iframe>`\n\n```\n<iframe>\n```", []),
        ('<a href="https://example.org/a">Ici</a>', [("html-link", "https://example.org/a", 0, 1)]),
        ("<a id=x href=plan.html>Ici</a>", [("local-link", "plan.html", 0, 1)]),
        ("Le [plan](../plan.md) et [moi](mailto:a@example.org), [bas](#bas), <https://example.org>", [("local-link", "../plan.md", 0, 10)]),
        ("Le [plan][p].\n\n[p]: plan.md", [("local-link", "plan.md", 2, 6)]),
        ("Le [plan][p].\n\n[P]: https://example.org", []),
        ("Voir [plan].\n\n[Plan]: https://example.org", []),
        ("Un\n\n[Rappel]: dimanche", [("definition", "[Rappel]: dimanche", 2, 1)]),
        ("Un\n[Rappel]: dimanche", []),
        ("[Rappel]: dimanche à dix heures", []),
        ("```\n[Rappel]: dimanche\n```", []),
        ("<div>\n![Un banc](a.png)\n</div>", [("in-html", "![Un banc](a.png)", 1, 1)]),
        ("<div>\n\n![Un banc](a.png)\n</div>", []),
        ("Un <votre nom> et </nom>", [("tag", "<votre nom>", 0, 4), ("tag", "</nom>", 0, 19)]),
        ("Un <nom>mot</nom> <o-p>a</o-p>", [("tag", "<nom>", 0, 4)]),
        ("Un\n\n<!-- note\nmot", [("comment", "<!--", 2, 1)]),
        ("[ici](https://example.org 'là')", [("title", "là", 0, 28)]),
        ("| a |\n|---|\n| b | c |", [("cell", "c", 2, 7)]),
        ("Un\n![a](b c.png)", [("as-typed", "![a](b c.png)", 1, 1)]),
        ("", []),
    ],
)
def test_what_is_lost_is_found_with_its_place(markdown: str, found: list[tuple[str, str, int, int]]) -> None:
    assert [(one.kind, one.value, one.line, one.column) for one in find_unpublished_markup(markdown)] == found


@given(st.lists(st.sampled_from(["[", "]", ": ", "mot", "\n", "\n\n", "(a)", "`"]), max_size=10).map("".join))
def test_each_word_is_shown_or_found(text: str) -> None:
    markdown = f"avant\n\n{text}\n\naprès"
    shown = to_plain_text(markdown)
    if shown.count("mot") < markdown.count("mot"):
        assert find_unpublished_markup(markdown) or "(a)" in text


@given(st.text("<>/aifrme =\"'[]():\n`!-#", max_size=60))
def test_every_place_is_inside_the_text(markdown: str) -> None:
    lines = markdown.split("\n")
    for one in find_unpublished_markup(markdown):
        assert 0 <= one.line < len(lines)
        assert 1 <= one.column <= len(lines[one.line]) + 1
