"""Invisible characters are found, except where scripts and emoji need them; removing them once is enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text import invisible_characters

GOOD = [
    "Bonjour\u202f! «\u00a0Venez\u00a0» : 10\u00a0%",
    "👩\u200d🌾 👨\u200d👩\u200d👧\u200d👦 ❤\ufe0f 1\ufe0f\u20e3 👩🏽\u200d⚕\ufe0f 🏳\ufe0f\u200d🌈 ©\ufe0f 0\ufe0f",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f Alba",
    "می\u200cخواهم ه\u200d",
    "क्\u200dष র\u200d্য",
    "ជា\u200bភាសា ไทย\u200bไทย",
    "ᠭᠠ\u180eᠠ ᠠ\u180b",
    "葛\U000e0100城 ∩\ufe00",
    "قال\u200f: \u061cنعم \u200eabc",
    "تابعوا \u2068@jardin\u2069 و\u2066abc\u2069",
    "עברית \u2067אב\u2069",
]
BAD = [
    "a\u200bb", "a\u00adb", "\ufeffa", "a\u2060b", "a\u200db", "a\u200cb", "👩\u200d", "a\ufe0f", "❤\ufe0f\ufe0f", "😀\U000e0101", "a\U000e0061b",
    "🏴\U000e0067\U000e0062", "\ue000", "\U000f0000", "a\u034fb", "\u3164", "a\u2028b", "ab\u0085c", "\ufff9", "می\u200c\u200cخ", "\u115f",
]  # fmt: skip
TURNED = ["a\u202eb", "a\u202ab\u202c", "a\u2066b\u2069", "ع\u2066b", "ع b\u2069", "ع\u2068a\nb\u2069", "ع \u2067abc\u2069"]


@pytest.mark.parametrize("text", GOOD)
def test_characters_that_scripts_and_emoji_need_are_allowed(text: str) -> None:
    assert invisible_characters.find_invisible(text) == []
    assert invisible_characters.find_bidi_controls(text) == []


@pytest.mark.parametrize("text", BAD)
def test_c08_invisible_characters_are_found(text: str) -> None:
    found = invisible_characters.find_invisible(text)[0]
    assert text[found.start : found.end] == found.character * (found.end - found.start)
    assert found.name.startswith(f"U+{ord(found.character):04X}")


@pytest.mark.parametrize("text", TURNED)
def test_c08_bidi_controls_are_found(text: str) -> None:
    assert invisible_characters.find_bidi_controls(text)


def test_a_repeated_character_is_one_finding() -> None:
    (found,) = invisible_characters.find_invisible("a\u200b\u200b\u200bb")
    assert (found.start, found.end) == (1, 4)


TEXT = st.text(
    st.sampled_from(
        "aé 1\n❤👩🌾مخعא\u00a0\u202f\u200b\u200c\u200d\u200e\u00ad\ufe0f\ufeff\u202e\u2066\u2067\u2069\u2028\ue000\U000e0067\U000e007f🏴"
    ),
    max_size=24,
)


@given(TEXT | st.text(max_size=30))
def test_removal_keeps_all_visible_characters_and_leaves_none_to_remove(text: str) -> None:
    for look in (invisible_characters.find_invisible, invisible_characters.find_bidi_controls):
        mended = text
        for _turn in range(30):
            found = [one for one in look(mended) if one.is_removable]
            if not found:
                break
            for one in reversed(found):
                assert mended[one.start : one.end] == one.character * (one.end - one.start)
                mended = mended[: one.start] + mended[one.end :]
        assert not [one for one in look(mended) if one.is_removable]
        assert "".join(filter(str.isalnum, mended)) == "".join(filter(str.isalnum, text))


@given(st.text(st.characters(codec="ascii") | st.sampled_from("éèçàœ’«»…–\u00a0\u202f€€")))
def test_plain_european_text_has_no_invisible_characters(text: str) -> None:
    assert invisible_characters.find_invisible(text) == []
    assert invisible_characters.find_bidi_controls(text) == []


def test_html_entities_are_decoded() -> None:
    assert [said for _start, _end, said in invisible_characters.html_entities("a &#8238; &zwj; &nosuch; & &amp;")] == [
        "\u202e",
        "\u200d",
        "&",
    ]
