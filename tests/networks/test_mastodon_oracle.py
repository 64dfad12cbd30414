"""Our count of links beside `twitter-text-parser`, whose rules Mastodon's extractor is made of: on texts in four languages.

Mastodon's own differences, which the test undoes: a link needs its scheme; a path goes on through any script and ends with any sign that
is no punctuation (`=` counts as one); a query may hold any script, and no-break spaces, where we end it. Beyond those, they differ only in which domains exist: ours is the newer list.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marronnier.networks.kit.fediverse.toot_length import link_spans, toot_length
from marronnier.text.graphemes import count_graphemes
from twitter_rules import twitter_text

WORDS = {
    "fr": ("Dimanche", "on", "ouvre", "le", "jardin", "de", "l’été", "«\u00a0fête\u00a0»", "!", "e\u0301te\u0301", "n°3", "à"),
    "nl": ("Zondag", "openen", "wij", "de", "tuin", "van", "’s", "avonds", "IJzer", "één", "coördinatie", "…"),
    "en": ("On", "Sunday", "we", "open", "the", "garden’s", "gate", "—", "rock", "&", "roll", "café"),
    "ar": ("يوم", "الأحد", "نفتح", "الحديقة،", "مَدرسة", "الحي؟", "\u200fمع", "١٢", "لا", "\u2067نعم\u2069"),
}
LINKS = (
    "https://example.org", "http://example.org/", "HTTPS://Example.ORG/Jardin", "https://example.org/agenda/2026/?quartier=nord&x=%20#samedi",
    "https://example.org/a_(b)", "https://example.org/a_(b_(c))", "https://example.org:8080/x", "https://example.org/x_",
    "https://www.bruxelles.be", "https://exämple.org/", "https://xn--exmple-cua.org/a", "https://127.0.0.1:8000/x", "https://localhost/x",
    "https://jardin.example/x", "https://example.org/@jardin", "https://example.org#ici", "https://example.org?q=a", "http://a.be,b", "https://",
    "ftp://example.org/x", "www.example.org", "example.org", "https://example.org/a..", "https://example.org/a?", "https://example.org//a",
)  # fmt: skip
ENDS = ("", ".", ",", "!", ")", "»", "’", "…", "»,", "؟", "،", ":", "*", "_")
OPENS = ("", "(", "«", "“", "’", "*", "é", "a", "@", "#", "$", "،", "\u2066")
SPACES = (" ", "\n", "\n\n", "\u00a0", "\u202f")
OTHER_SCRIPTS = ("https://example.org/été", "https://example.org/حديقة", "https://example.org/日本?q=日本", "https://example.org/жук…")


@pytest.fixture(scope="module")
def oracle() -> Any:
    return twitter_text().extract_urls


@st.composite
def texts(draw: st.DrawFn, links: tuple[str, ...] = LINKS) -> str:
    words = st.sampled_from(WORDS[draw(st.sampled_from(sorted(WORDS)))])
    linked = st.builds(
        lambda link, end, opens: f"{opens}{link}{end}", st.sampled_from(links), st.sampled_from(ENDS), st.sampled_from(OPENS)
    )
    return "".join(piece + draw(st.sampled_from(SPACES)) for piece in draw(st.lists(words | linked, max_size=10)))


def theirs(oracle: Any, text: str) -> list[str]:
    """The links with a scheme that `twitter-text-parser` finds."""
    found: list[str] = oracle(text, False)
    return found


def ours(text: str) -> list[str]:
    return [text[start:end] for start, end in link_spans(text)]


@given(text=texts())
@example(text="a https://example.org/x. (https://example.org/a_(b)) https://example.org/x_")
def test_our_links_are_theirs(oracle: Any, text: str) -> None:
    # In `twitter-text-parser`, a path ends before letters of other scripts and typographic characters; in Mastodon it goes on.
    bounded = re.sub(r"(?<=[^\s])[’…»«“،؟](?=\s|$|[,.])", " ", text)
    assert ours(bounded) == theirs(oracle, bounded)


@given(text=texts(OTHER_SCRIPTS))
def test_only_mastodon_goes_on_through_other_scripts(oracle: Any, text: str) -> None:
    mine, other = ours(text), theirs(oracle, text)
    assert len(mine) == len(other)
    assert all(longer.startswith(shorter) for longer, shorter in zip(mine, other, strict=True))


@given(text=texts(LINKS + OTHER_SCRIPTS))
def test_the_count_is_that_of_the_links(text: str) -> None:
    """Links counted as 23, the rest as it is: the sum is what `count` says where nobody is mentioned."""
    text = text.replace("@", "")
    found = link_spans(text)
    struck = "".join("\0" * 23 if any(start == at for start, _end in found) else sign for at, sign in enumerate(text)
                     if not any(start < at < end for start, end in found))  # fmt: skip
    assert toot_length(text) == count_graphemes(struck)


def test_what_only_mastodon_does(oracle: Any) -> None:
    assert (ours("https://example.org/x="), theirs(oracle, "https://example.org/x=")) == (
        ["https://example.org/x"],
        ["https://example.org/x="],
    )
    assert ours("https://example.org/?q=a\u00a0b c") == ["https://example.org/?q=a"], "where Mastodon would go on, and so count fewer"


def test_a_scheme_is_needed(oracle: Any) -> None:
    assert oracle("www.example.org example.org", True) == ["www.example.org", "example.org"]
    assert ours("www.example.org example.org") == theirs(oracle, "www.example.org example.org") == []
