"""Texts are measured in graphemes and bytes."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from marronnier.text.graphemes import byte_length, count_graphemes, split_graphemes
from text.markdown_texts import PIECES

# Each of these is counted wrong somewhere: text, graphemes, UTF-8 bytes.
VECTORS = [
    ("👨‍👩‍👧‍👦", 1, 25),
    ("é", 1, 2),
    ("e\u0301", 1, 3),
    ("日" * 300, 300, 900),
    ("حديقة\u200f @jardin", 14, 21),
    ("\u2066abc\u2069", 5, 9),
    ("🇧🇪🇫🇷", 2, 16),
    ("👋🏽", 1, 8),
    ("a\nb\n\nc", 6, 6),
    ("a\r\nb", 3, 4),
    ("☀\ufe0f", 1, 6),
    ("10\u202f000\u00a0€", 8, 13),
    ("©\ufe0f", 1, 5),
    ("👩\u200d®", 1, 9),
    ("\u06001", 1, 3),
    ("", 0, 0),
]


@pytest.mark.parametrize(("text", "seen", "size"), VECTORS)
def test_d4_vectors(text: str, seen: int, size: int) -> None:
    assert (count_graphemes(text), byte_length(text)) == (seen, size)


def test_d4_composed_and_decomposed_count_alike() -> None:
    text = "Été à la bibliothèque"
    decomposed = unicodedata.normalize("NFD", text)
    assert count_graphemes(text) == count_graphemes(decomposed)
    assert byte_length(text) < byte_length(decomposed)


@settings(max_examples=250)
@given(st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(PIECES), st.characters(max_codepoint=0x3000)), max_size=20).map("".join)))
def test_graphemes_are_those_of_uax_29(text: str) -> None:
    expected = regex.findall(r"\X", text)
    assert count_graphemes(text) == len(expected)
    assert split_graphemes(text) == expected


@given(st.text(alphabet="\u0600\u06dd\u08e2 1aé©®\u200d\ufe0f\u0301👩🇧\r\n\u00adक\u094dष", max_size=12))
def test_graphemes_where_neighbours_join(text: str) -> None:
    assert count_graphemes(text) == len(regex.findall(r"\X", text))


def test_a_lone_surrogate_counts() -> None:
    assert byte_length("a\ud800") == 4
