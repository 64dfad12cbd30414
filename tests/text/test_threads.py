"""Texts are split into messages of a thread."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from marronnier.text.graphemes import byte_length, count_graphemes, split_graphemes
from marronnier.text.sentence_breaks import is_unbreakable
from marronnier.text.threads import break_text, split_parts
from text.markdown_texts import markdown, prose

POST = """Bonjour !

On ouvre le jardin dimanche avec M. Dupont, p. ex. pour planter. Apportez une bêche, etc. On apporte les arbres ! 🌳 Venez « les amis ! » et restez.

Voir le programme (https://example.org/un/assez/long/chemin?x=1) et @jardin@example.social. #FêteDeQuartier"""


@pytest.mark.parametrize(
    ("written", "messages"),
    [
        ("Un\n\n---\n\nDeux\n\n-----\n\nTrois", ("Un", "Deux", "Trois")),
        ("---\n\nUn\n\n---", ("Un",)),
        ("Titre\n---\n\nUn", ("Titre\n---\n\nUn",)),
        ("Un\n\n---\nDeux", ("Un\n\n---\nDeux",)),
        ("Un\n\n```\n\n---\n\n```\n\n---\n\nDeux", ("Un\n\n```\n\n---\n\n```", "Deux")),
        ("Un\n\n - - -\n\nDeux", ("Un\n\n - - -\n\nDeux",)),
        ("- Un\n\n  ---\n\n  Deux", ("- Un\n\n  ---\n\n  Deux",)),
        ("", ("",)),
        ("---", ("",)),
    ],
)
def test_a_separator_between_blank_lines_begins_the_next_message(written: str, messages: tuple[str, ...]) -> None:
    assert split_parts(written) == messages


@given(markdown)
def test_separators_lose_no_text(text: str) -> None:
    kept = [line for part in split_parts(text) for line in part.split("\n") if line.strip()]
    all_lines = [line for line in text.split("\n") if line.strip()]
    assert [line for line in kept if not line.startswith("---")] == [line for line in all_lines if not line.startswith("---")]


def test_messages_end_with_sentences() -> None:
    assert break_text(POST, 140, count_graphemes) == (
        "Bonjour !\n\nOn ouvre le jardin dimanche avec M. Dupont, p. ex. pour planter. Apportez une bêche, etc. On apporte les arbres ! 🌳",
        "Venez « les amis ! » et restez.\n\nVoir le programme (https://example.org/un/assez/long/chemin?x=1) et @jardin@example.social. #FêteDeQuartier",
    )
    assert break_text(POST, 135, count_graphemes)[2:] == ("#FêteDeQuartier",)


def test_a_paragraph_that_fills_a_third_is_kept_whole() -> None:
    text = "Un deux trois quatre cinq six sept.\n\nHuit neuf dix. Onze douze treize. Quatorze quinze."
    assert break_text(text, 60, count_graphemes) == (
        "Un deux trois quatre cinq six sept.",
        "Huit neuf dix. Onze douze treize. Quatorze quinze.",
    )
    assert (
        break_text(f"Oui.\n\n{text[:35]} {text[37:]}", 60, count_graphemes)[0]
        == "Oui.\n\nUn deux trois quatre cinq six sept. Huit neuf dix."
    )


@pytest.mark.parametrize(
    ("text", "limit", "first"),
    [
        ("Met dhr. Janssen planten we bomen. Kom ook, bv. zondag.", 45, "Met dhr. Janssen planten we bomen."),
        ("We plant at 10 a.m. on Sunday with Dr. Green. Do come.", 48, "We plant at 10 a.m. on Sunday with Dr. Green."),
        ("هل تأتون الأحد؟ نزرع الأشجار معًا في الحديقة.", 30, "هل تأتون الأحد؟"),
        ("On ouvre à 10 h… et vous ? Dites-le.", 30, "On ouvre à 10 h… et vous ?"),
        ("Il a dit « venez ! » Nous venons tous.", 30, "Il a dit « venez ! »"),
        ("Rendez-vous chez M. Dupont", 19, "Rendez-vous chez"),
        ("Cela coûte 10\u00a0€ ici", 13, "Cela coûte"),
        ("- un\n- deux\n- trois", 12, "- un\n- deux"),
    ],
)
def test_ends_of_sentences_are_recognised(text: str, limit: int, first: str) -> None:
    assert break_text(text, limit, count_graphemes)[0] == first


def test_links_mentions_and_numbers_are_not_split() -> None:
    text = "Un https://example.org/a/very/long/address?with=parameters @jardin@example.social #FêteDeQuartier Donaudampfschifffahrt"
    said = break_text(text, 14, count_graphemes)
    assert said[:4] == ("Un", "https://example.org/a/very/long/address?with=parameters", "@jardin@example.social", "#FêteDeQuartier")
    assert "".join(said[4:]) == "Donaudampfschifffahrt"
    assert len(said) == 6


def test_joined_emoji_are_not_split() -> None:
    assert break_text("👨‍👩‍👧‍👦" * 5, 2, count_graphemes) == ("👨‍👩‍👧‍👦" * 2, "👨‍👩‍👧‍👦" * 2, "👨‍👩‍👧‍👦")


def weighted(text: str) -> int:
    """The length on networks that count every URL as 23."""
    return count_graphemes(re.sub(r"https?://\S+", "x" * 23, text))


@settings(max_examples=200)
@given(st.one_of(prose(), st.text(max_size=200)), st.integers(1, 120), st.sampled_from((count_graphemes, byte_length, weighted)))
@example("a (https://x.org/aaaaaaaaaa) b", 12, count_graphemes)
def test_broken_text_fits_and_keeps_all_words_in_order(text: str, limit: int, count: object) -> None:
    assert callable(count)
    assume(not re.search("[\ud800-\udfff]", text))
    said = break_text(text, limit, count)
    blank = re.compile(r"\s")
    assert blank.sub("", "".join(said)) == blank.sub("", text)
    for piece in said:
        alone = len(split_graphemes(piece)) <= 1 or (is_unbreakable(piece) and len(re.split(r"[ \n\t]", piece)) == 1)
        assert count(piece) <= limit or alone
    # No message begins or ends inside a grapheme of the text.
    if not re.search(r"\s[\u0300-\u036f\u200d\ufe0f\U0001f3fb-\U0001f3ff]", text):
        assert sum(len(split_graphemes(blank.sub("", piece))) for piece in said) == len(
            split_graphemes(blank.sub("", text))
        ) or blank.search(text)


@given(prose(), st.integers(60, 120))
def test_words_that_fit_are_not_split(text: str, limit: int) -> None:
    words = re.split(r"[ \t\n\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+", text)
    assume(all(count_graphemes(word) <= limit for word in words))
    joined = " ".join(break_text(text, limit, count_graphemes))
    assert re.split(r"[ \t\n\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+", joined.strip(" ")) == [
        word for word in words if word
    ] or not text.strip(" \n\t")
