"""Length limits, and where the excess of a text begins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.checks import length_limits
from marronnier.checks.length_limits import Limit
from marronnier.model.brand import Channel, Limits
from marronnier.model.publication import Words
from marronnier.networks import mastodon
from marronnier.networks.kit.fediverse.toot_length import channel_counting, toot_length
from marronnier.text import graphemes, length_units, plain_text
from networks import posts

TEXT = st.text(max_size=80) | st.lists(st.sampled_from(["é", "e\u0301", "👩‍🔬", "🇧🇪", "a", " ", "\n", "क्षि", "ﷺ"]), max_size=40).map(
    "".join
)
MARKS = [
    "# Un",
    "**mot**",
    "[lien](https://example.org)",
    "<https://example.org>",
    "- a\n- b",
    "1. a\n1. b",
    "> cité",
    "`code`",
    "\n\n",
    "***",
    "&amp;",
    "![x](y)",
    "| a |\n|---|\n| b |",
    "- [ ] a",
    "[a][1]",
    "a  \nb",
    "https://example.org",
]
MARKDOWN = st.lists(st.sampled_from(MARKS) | st.text(max_size=12), max_size=12).map("\n".join)


@given(TEXT, st.integers(1, 60), st.sampled_from(["graphemes", "codepoints", "bytes", "utf16", "escaped"]))
def test_the_text_before_the_excess_fits_and_one_more_character_does_not(text: str, most: int, unit: str) -> None:
    count = length_units.UNITS[unit].count
    if count(text) <= most:
        return
    at = length_limits.excess_start(text, Limit(most, unit))
    assert 0 <= at < len(text)
    if unit == "graphemes":
        whole = graphemes.split_graphemes(text)
        assert text[:at] == "".join(whole[:most])
    else:
        assert count(text[:at]) <= most < count(text[: at + 1])


@given(TEXT, st.integers(1, 60))
def test_a_network_may_have_its_own_count(text: str, most: int) -> None:
    def count(words: str) -> int:
        return sum(1 if character.isascii() else 2 for character in words)

    if count(text) <= most:
        return
    at = length_limits.excess_start(text, Limit(most, "weighted characters", count))
    assert count(text[:at]) <= most < count(text[: at + 1])


@given(MARKDOWN, st.lists(st.text("abc", min_size=1, max_size=5), max_size=3))
def test_what_certainly_fits_does(markdown: str, tags: list[str]) -> None:
    words = Words("feed", "", "", markdown, "fr", "post", tags=tuple(tags))
    shown = plain_text.to_plain_text(markdown)
    for unit, count in ((name, unit.count) for name, unit in length_units.UNITS.items()):
        for most in (1, 20, 100, 400, 2000):
            if length_limits.certainly_fits(words, Limit(most, unit)):
                assert count(shown) <= most


def test_an_unknown_unit_is_always_composed() -> None:
    assert not length_limits.certainly_fits(Words("x", "", "", "a", "fr", "post"), Limit(280, "weighted characters"))


def test_the_first_words_of_the_excess_are_one_short_line() -> None:
    assert length_limits.excerpt(" des arbres\net des  bêches pour tout le monde, et encore") == "des arbres et des bêches pour tout le…"
    assert length_limits.excerpt("") == ""


def test_the_excess_is_quoted_from_the_beginning_of_its_word() -> None:
    assert length_limits.excerpt("On fermera la serre à cinq heures", 16) == "serre à cinq heures"
    assert length_limits.excerpt("motsansfin" * 9, 50) == ("motsansfin" * 4) + "…"


@given(TEXT, st.integers(1, 60))
def test_the_bytes_before_the_excess_fit_and_one_more_character_does_not(text: str, size: int) -> None:
    at = length_limits.bytes_prefix_length(text, size)
    assert graphemes.byte_length(text[:at]) <= size
    assert at == len(text) or graphemes.byte_length(text[: at + 1]) > size


@given(MARKDOWN, st.sampled_from(["", "http://a", "https://example.org/jardin?utm_source=a"]))
def test_what_certainly_fits_does_where_each_link_counts_the_same(markdown: str, link: str) -> None:
    publication = posts.publication("mastodon", markdown, link=link)
    counted = max(part.count for part in mastodon.measure(publication))
    for most in (counted - 1, counted, 500):
        for limit in (Limit(most, "graphemes", toot_length), Limit(most, "graphemes")):
            if length_limits.certainly_fits(publication.words, limit):
                assert counted <= most


@pytest.mark.parametrize(("links", "link"), [(22, None), (13, "40"), (30, "full")])
def test_many_short_links_are_too_long_together(links: int, link: str | None) -> None:
    """Each counts more than its ten letters: no fast path may let them pass."""
    publication = posts.publication("mastodon", "http://a.be " * links, link_length=link or "")
    limit = length_limits.text_limit_of(mastodon, Channel(network="mastodon", limits=Limits(link=link)))
    assert limit is not None
    counted = mastodon.measure(publication)[0].count
    assert counted <= limit.value or not length_limits.certainly_fits(publication.words, limit)
    assert counted > limit.value or link == "full"


@pytest.mark.parametrize(("unit", "link"), [(None, None), ("codepoints", None), (None, "30"), ("codepoints", "full")])
@pytest.mark.parametrize("address", ["https://example.org/" + "un-long-chemin/" * 12, "https://a.fr/b"])
def test_the_excess_begins_where_the_network_counts_it(address: str, unit: str | None, link: str | None) -> None:
    """A link counts 23 on Mastodon, however long it is: the excess is neither before nor after the first word that is too many."""
    limit = length_limits.text_limit_of(mastodon, Channel(network="mastodon", limits=Limits(unit=unit, link=link)))
    assert limit is not None
    counts = channel_counting(unit or "", link or "")
    text = f"Voici {address} " + "mot " * 500
    at = length_limits.excess_start(text, limit)
    assert counts.length(text[:at]) <= 500 < counts.length(text[: at + 1])
