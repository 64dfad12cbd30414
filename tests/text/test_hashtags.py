"""Subjects become hashtags and are placed in a text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marronnier.text.hashtags import folded_hashtags, place_hashtags, to_hashtag
from text.markdown_texts import prose


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Jardin", "Jardin"),
        ("jardin", "jardin"),
        ("#Jardin", "Jardin"),
        ("Fête de quartier", "FêteDeQuartier"),
        ("saint-gilles", "SaintGilles"),
        ("vie_locale", "vie_locale"),
        ("حديقة الحي", "حديقة_الحي"),
        ("مَدرسة", "مَدرسة"),
        ("été 2026", "Été2026"),
        ("habitant·es", "habitantes"),
        ("E\u0301te\u0301", "Été"),
        ("IJsselmeer", "IJsselmeer"),
        ("🎉", ""),
        ("", ""),
    ],
)
def test_a_subject_becomes_one_word(name: str, word: str) -> None:
    assert to_hashtag(name) == word
    assert to_hashtag(word) == word


def test_hashtags_are_appended_once() -> None:
    assert place_hashtags("On ouvre.", ["Jardin", "Fête de quartier", "jardin", "🎉"], "end") == "On ouvre.\n\n#Jardin #FêteDeQuartier"
    assert place_hashtags("On ouvre #JARDIN.", ["Jardin"], "end") == "On ouvre #JARDIN."
    assert place_hashtags("On ouvre.\n\n#Quartier", ["Jardin", "Quartier"], "end") == "On ouvre.\n\n#Quartier #Jardin"
    assert place_hashtags("", ["Jardin"], "end") == "#Jardin"
    assert place_hashtags("On ouvre.", [], "end") == "On ouvre."
    assert place_hashtags("On ouvre.", ["Jardin"], "none") == "On ouvre."
    assert place_hashtags("#Fe\u0302te", ["Fête"], "end") == "#Fe\u0302te"


def test_a_fragment_of_a_url_is_not_a_hashtag() -> None:
    assert place_hashtags("https://example.org/#jardin", ["jardin"], "end") == "https://example.org/#jardin\n\n#jardin"


def test_inline_hashtags_mark_the_word_in_the_text() -> None:
    said = "Voir https://example.org/jardin et @jardin@example.social : le Jardin, l'école et le jardinier."
    assert place_hashtags(said, ["jardin", "École", "Lune"], "inline") == said.replace("le Jardin", "le #Jardin") + "\n\n#École #Lune"


@given(prose(), st.lists(st.text(max_size=12), max_size=5), st.sampled_from(("inline", "end")))
@example("jardin /0 ", ["0"], "inline")
def test_every_tag_is_placed_and_placing_twice_changes_nothing(text: str, tags: list[str], style: str) -> None:
    once = place_hashtags(text, tags, style)  # type: ignore[arg-type]
    assert place_hashtags(once, tags, style) == once  # type: ignore[arg-type]
    assert once.replace("#", "").startswith(text.replace("#", "").rstrip(" "))
    assert {word for name in tags if (word := to_hashtag(name)) and word.isascii() and word.isalnum()} <= {
        word for word in map(to_hashtag, tags) if word.casefold() in folded_hashtags(once)
    }
