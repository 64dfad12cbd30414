"""Phrases match the spellings that people use, and nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text import phrases


def found(words: str, text: str, *, compounds: bool = False) -> list[str]:
    sought = phrases.compile_phrase(words, compounds=compounds)
    assert sought is not None
    places = [text[start:end] for start, end in sought.find_spans(text)]
    if places:
        assert sought.may_occur_in(text.lower())
    return places


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("n'hésitez pas", "N’hésitez pas, n'HÉSITEZ\npas, n’hésitez **pas**", ["N’hésitez pas", "n'HÉSITEZ\npas", "n’hésitez **pas"]),
        ("n’hésitez pas", "n'hésitez\u00a0pas", ["n'hésitez\u00a0pas"]),
        ("usagers", "l'usagers, d’usagers, usagersx, xusagers, usagers.", ["usagers", "usagers", "usagers"]),
        ("vous", "rendez-vous, vous, vous-même, Vous !", ["vous", "Vous"]),
        ("e-mail", "E-mail, e‑mail, email", ["E-mail", "e‑mail"]),
        ("aarzel niet", "Aarzel niet!", ["Aarzel niet"]),
        ("'s avonds", "Kom ’s avonds", ["’s avonds"]),
        ("foto's", "foto’s en fotos", ["foto’s"]),
        ("كلمة", "الكلمة وكلمة كلمات كَلِمَة وبالكلمة", ["الكلمة", "وكلمة", "كَلِمَة", "وبالكلمة"]),
        ("أحمد", "احمد", ["احمد"]),
        ("!", "Oui ! Non !!", ["!", "!", "!"]),
        ("C++", "C++ et C", ["C++"]),
        ("straße", "Straße", ["Straße"]),
        ("ÉTÉ", "été", ["été"]),
        ("2026", "2026, 20267", ["2026"]),
        ("a.b", "a.b axb", ["a.b"]),
    ],
)
def test_phrases_match_as_people_write_them(words: str, text: str, expected: list[str]) -> None:
    assert found(words, text) == expected


def test_compounds_match_only_when_asked() -> None:
    assert found("Truffaut", "un-Truffaut Truffaut-Park", compounds=True) == ["Truffaut", "Truffaut"]


@pytest.mark.parametrize("words", ["", "  ", "\u00a0"])
def test_no_words_make_no_phrase(words: str) -> None:
    assert phrases.compile_phrase(words) is None


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12),
    st.sampled_from(["{}", "a {} b", "« {} »", "({}),", "{}\n"]),
)
def test_a_phrase_finds_itself(words: str, around: str) -> None:
    sought = phrases.compile_phrase(words)
    if sought is None:
        return
    text = around.format(unicodedata.normalize("NFC", words.strip()))
    assert found(words, text)
    assert sought.may_occur_in(text.lower())


@pytest.mark.parametrize(
    ("said", "other", "expected"),
    [
        ("Usagers", "lectrices et lecteurs", "Lectrices et lecteurs"),
        ("USAGERS", "lectrices", "LECTRICES"),
        ("usagers", "Lectrices", "Lectrices"),
        ("!", "a", "a"),
        ("A", "b", "B"),
    ],
)
def test_a_replacement_takes_the_capitals(said: str, other: str, expected: str) -> None:
    assert phrases.match_capitals(said, other) == expected


@pytest.mark.parametrize(
    ("before", "replaced", "replacement", "agrees"),
    [
        ("l’", "usager", "lecteur", False),
        ("le ", "workshop", "atelier", False),
        ("du ", "workshop", "atelier", False),
        ("un ", "workshop", "atelier", False),
        ("les ", "usagers", "lecteurs", True),
        ("le ", "workshop", "cours", True),
        ("l’", "usager", "habitant", True),
        ("", "usagers", "lecteurs", True),
    ],
)
def test_a_replacement_that_needs_another_article_is_recognised(before: str, replaced: str, replacement: str, agrees: bool) -> None:
    assert phrases.keeps_agreement(before, replaced, replacement) is agrees
