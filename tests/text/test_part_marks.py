"""Lines that look as if they separated parts, and front matter within the words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text.part_marks import find_front_matter, find_unseparated_parts
from marronnier.text.plain_text import to_plain_text
from marronnier.text.threads import split_parts

KEYS = ("media", "poll", "date")


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("Un\n\n---\n\nDeux", []),
        ("Un\n---\nDeux", [(1, True)]),
        ("Un\n\n---\nDeux", [(2, False)]),
        ("Un\n---\n\nDeux", [(1, True)]),
        ("---\n\nUn", []),
        ("Un\n\n---", []),
        ("```\nUn\n---\nDeux\n```", []),
        ("| a |\n|---|\n| b |", []),
        ("Un\n----- \nDeux", [(1, True)]),
        ("Un\n\n  ---\n\nDeux", [(2, False)]),
        ("Un\n\n    ---\n\nDeux", []),
    ],
)
def test_a_line_without_blank_lines_around_it_separates_nothing(markdown: str, found: list[tuple[int, bool]]) -> None:
    assert [(mark.line, mark.makes_heading) for mark in find_unseparated_parts(markdown)] == found


@given(st.lists(st.sampled_from(["Un", "---", "", "```", "-----"]), max_size=10).map("\n".join))
def test_each_dashed_line_separates_or_is_found(markdown: str) -> None:
    marks = {mark.line for mark in find_unseparated_parts(markdown)}
    lines = markdown.split("\n")
    kept = "\n".join(line for number, line in enumerate(lines) if number not in marks)
    if "```" not in markdown and not marks:
        assert len(split_parts(markdown)) == 1 or "---" in markdown
        assert all("---" not in to_plain_text(part) for part in split_parts(kept))


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("Un\n\n---\n\n---\nmedia:\n  - file: a.jpg\n---\nDeux", [range(4, 8)]),
        ("Un\n\n---\nmedia: a.jpg\n---\nDeux", [range(2, 5)]),
        ("Un\n---\nAttention : on ferme\n---\nDeux", []),
        ("Un\n---\nmedia: a.jpg\net le reste\n---\nDeux", []),
        ("```\n---\nmedia: a.jpg\n---\n```", []),
        ("---\npoll: [a, b]\n---\nUn\n\n---\ndate: demain\n---\nDeux", [range(3), range(5, 8)]),
    ],
)
def test_front_matter_within_the_words(markdown: str, found: list[range]) -> None:
    assert list(find_front_matter(markdown, KEYS)) == found
