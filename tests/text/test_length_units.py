"""The units in which networks count, beside independent implementations: `twitter-text-parser`, and Python's own codecs."""

from __future__ import annotations

import importlib.resources
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marronnier.text import length_units
from twitter_rules import twitter_text

FAMILY = "👨‍👩‍👧‍👦"
EMOJI = (
    "🌳", FAMILY, "👍🏽", "❤️", "❤", "🇧🇪", "1️⃣", "#️⃣", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "☀️", "👩🏾‍🚀", "🏳️‍🌈", "⚽", "™️", "ℹ️", "✈️", "🧑‍🤝‍🧑", "👁️‍🗨️", "🤷🏽‍♀️", "©️",
)  # fmt: skip
WORDS = (
    "Dimanche", "l’été", "e\u0301te\u0301", "«\u00a0fête\u00a0»", "يوم", "الأحد؟", "\u200fمع", "\u2067نعم\u2069", "日本語", "жук", "n°3", "12", "—", "…",
    "€", "↑", "𝒂", "\u200d", "1", "*", "#jardin", "@ami", "a.b", "sept.Il", "1.5",
)  # fmt: skip
LINKS = (
    "https://example.org", "http://example.org/", "HTTPS://Example.ORG/Jardin", "https://example.org/a/?q=nord&x=%20#samedi", "example.org",
    "https://example.org/a_(b)", "https://example.org/a_(b_(c))", "https://example.org:8080/x", "www.example.org", "www.bruxelles.be/x",
    "https://exämple.org/", "https://xn--exmple-cua.org/a", "https://127.0.0.1:8000/x", "https://localhost/x", "bit.ly", "t.co", "https://t.co/abc",
    "https://jardin.example/x", "https://example.org/@jardin", "https://example.org?q=a", "http://a.be,b", "https://", "ftp://example.org/x",
    "https://example.org/été", "https://example.org/жук", "ami@example.org", "https://example.org/a.", "https://example.org/a?",
)  # fmt: skip
ENDS = ("", ".", ",", "!", ")", "»", "’", "…", ":", "*", "日本")
OPENS = ("", "(", "«", "“", "’", "é", "日")


@pytest.fixture(scope="module")
def parse_tweet() -> Any:
    return twitter_text().parse_tweet


pieces = st.sampled_from((*WORDS, *EMOJI)) | st.builds(
    lambda opens, link, end: f"{opens}{link}{end}", st.sampled_from(OPENS), st.sampled_from(LINKS), st.sampled_from(ENDS)
)


@given(
    text=st.lists(st.tuples(pieces, st.sampled_from((" ", "\n", "\u00a0", "\u202f"))), max_size=8).map(
        lambda all: "".join(a + b for a, b in all)
    )
)
@example(text="https://example.org/été. example.org, (www.example.org/a_(b)) e\u0301")
def test_the_weighted_length_is_theirs(parse_tweet: Any, text: str) -> None:
    assert length_units.count("weighted", text) == parse_tweet(text).weightedLength


@given(text=st.text(max_size=40))
def test_the_weighted_length_of_any_text_without_emoji_is_theirs(parse_tweet: Any, text: str) -> None:
    from marronnier.text.weighted_length import emoji_pattern

    plain = emoji_pattern().sub("", text)
    assert length_units.count("weighted", plain) == parse_tweet(plain).weightedLength


def test_each_emoji_of_their_list_counts_two(parse_tweet: Any) -> None:
    listed = importlib.resources.files("twitter_text.regexp").joinpath("emoji-test.txt").read_text(encoding="utf-8")
    lines = [line.partition(";") for line in listed.splitlines() if ";" in line and not line.startswith("#")]
    emoji = ["".join(chr(int(code, 16)) for code in codes.split()) for codes, _sign, kind in lines if "component" not in kind]
    assert len(emoji) > 3800
    assert not [one for one in emoji if length_units.count("weighted", one) != parse_tweet(one).weightedLength]


@pytest.mark.parametrize(
    ("text", "weighted"),
    [
        (FAMILY, 2),
        ("https://example.org/" + "a" * 100, 23),
        ("\u200f\u2067", 4),
        ("é", 1),
        ("e\u0301", 1),
        ("日" * 3, 6),
        ("a\nb", 3),
        ("حديقة", 5),
    ],
)
def test_x_counts_by_weight(text: str, weighted: int) -> None:
    assert length_units.count("weighted", text) == weighted


@given(st.text())
def test_utf16_units_are_those_of_the_codec(text: str) -> None:
    assert length_units.count("utf16", text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize(
    ("unit", "text", "length"),
    [
        ("graphemes", FAMILY, 1), ("codepoints", FAMILY, 7), ("utf16", FAMILY, 11), ("bytes", FAMILY, 25), ("emoji-as-bytes", FAMILY, 25),
        ("emoji-as-bytes", "Un été 🌳", 11), ("emoji-as-bytes", "n° 12", 5), ("escaped", "(a_b) #c", 12), ("escaped", "un été", 6),
    ],
)  # fmt: skip
def test_each_unit_counts_as_its_network_does(unit: str, text: str, length: int) -> None:
    assert length_units.count(unit, text) == length


@given(st.text(st.sampled_from("aé日🌳👍🏽\u200d\ufe0f(#")))
def test_no_code_point_counts_more_than_its_unit_says(text: str) -> None:
    for unit in length_units.UNITS.values():
        assert unit.count(text) <= unit.most * len(text)
