"""Similarity: equal and edited texts are similar, and the index misses no similar text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text.similarity import SimilarityIndex, is_similar, reads_alike, shingles

SENTENCE = "Samedi, on fête ce qu'on a sous les pieds : une cuillère de terre, et tout ce qui y vit"
WORD = st.text("abcdefgéèàôœij", min_size=2, max_size=9)


@pytest.mark.parametrize(
    ("one", "other", "so"),
    [
        (SENTENCE, SENTENCE, True),
        (SENTENCE, SENTENCE.replace("cuillère", "cuillerée"), True),
        (SENTENCE, SENTENCE.replace("Samedi", "Dimanche"), True),
        (SENTENCE, SENTENCE[: len(SENTENCE) // 2], False),
        ("Venez.", "Venez.", True),
        ("Venez.", "Venez !", False),
        ("", "", False),
        ("  ", "  ", False),
    ],
)
def test_similar_texts(one: str, other: str, so: bool) -> None:
    assert is_similar(one, other) is so
    assert is_similar(other, one) is so


@pytest.mark.parametrize(
    ("one", "other", "so"),
    [
        ("Ouvert\u202f?", "Ouvert ?", True),
        ("Ouvert\u00a0:\r\nici", " Ouvert :\nici\n", True),
        ("\u00e9t\u00e9", "e\u0301te\u0301", True),
        ("Ouvert ?", "Ouvert?", False),
        ("Ouvert", "ouvert", False),
        ("", " ", True),
    ],
)
def test_texts_that_servers_write_in_their_own_way(one: str, other: str, so: bool) -> None:
    assert reads_alike(one, other) is reads_alike(other, one) is so


@given(st.lists(WORD, min_size=30, max_size=120), st.data())
def test_an_edited_copy_is_found_among_other_texts(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    spot = data.draw(st.integers(0, len(words) - 4))
    edited = " ".join([*words[:spot], data.draw(WORD), *words[spot + data.draw(st.integers(0, 3)) :]])
    index: SimilarityIndex[str] = SimilarityIndex()
    index.add(text, shingles(text))
    index.add(SENTENCE, shingles(SENTENCE))
    assert text in index.find_candidates(shingles(edited))


def test_a_line_that_many_texts_share_hides_no_copy() -> None:
    closing = "Plus d'informations et inscription sur notre site, à bientôt au jardin"
    index: SimilarityIndex[str] = SimilarityIndex()
    texts = [f"{subject} {SENTENCE[:40]} {subject}. {closing}" for subject in ("La soupe", "Le compost", "La serre")]
    for text in texts:
        index.add(text, shingles(text))
    assert next(iter(index.find_candidates(shingles(texts[0])))) == texts[0]


def test_an_empty_text_is_similar_to_none() -> None:
    index: SimilarityIndex[str] = SimilarityIndex()
    index.add("", shingles(""))
    assert list(index.find_candidates(shingles(""))) == []
