"""Links, mentions and hashtags of a plain text are found at their positions."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

from marronnier.text.entities import Entity, find_hashtags, find_links, find_mentions
from text.markdown_texts import markdown, prose


def texts(marks: list[Entity]) -> list[str]:
    return [mark.text for mark in marks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Voir https://example.org.", ["https://example.org"]),
        ("Voir https://example.org/a?b=c#d !", ["https://example.org/a?b=c#d"]),
        ("(https://example.org/a_(b))", ["https://example.org/a_(b)"]),
        ("« https://example.org/é »", ["https://example.org/é"]),
        ("«https://example.org»", ["https://example.org"]),
        ('"https://example.org", dit-il', ["https://example.org"]),
        ("l’adresse : HTTPS://EXAMPLE.ORG…", ["HTTPS://EXAMPLE.ORG"]),
        (
            "زوروا https://example.org/حديقة، ثم \u2066http://127.0.0.1:8000/\u2069؟",
            ["https://example.org/حديقة", "http://127.0.0.1:8000/"],
        ),
        ("http://a.example http://b.example", ["http://a.example", "http://b.example"]),
        ("https://", []),
        ("https:///a", []),
        ("ftp://example.org xhttps://example.org www.example.org example.org", []),
        ("javascript://example.org", []),
    ],
)
def test_links(text: str, expected: list[str]) -> None:
    assert texts(find_links(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Merci @jardin.example.org !", ["@jardin.example.org"]),
        ("Merci @jardin@example.social.", ["@jardin@example.social"]),
        ("(@jardin) @_marie_, @a-b.bsky.social…", ["@jardin", "@_marie_", "@a-b.bsky.social"]),
        ("شكرا @jardin.bsky.social، وشكرا", ["@jardin.bsky.social"]),
        ("contact@example.org @ @@ @élan @jardiné @a.éb https://example.social/@jardin #@a", []),
        ("", []),
    ],
)
def test_mentions(text: str, expected: list[str]) -> None:
    assert texts(find_mentions(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On ouvre.\n\n#Jardin #FêteDeQuartier", ["#Jardin", "#FêteDeQuartier"]),
        ("(#jardin), #été2026. #2026ete", ["#jardin", "#été2026", "#2026ete"]),
        (
            "#habitant·es #حديقة_الحي #مَدرسة #e\u0301te\u0301 ＃jardin",
            ["#habitant·es", "#حديقة_الحي", "#مَدرسة", "#e\u0301te\u0301", "＃jardin"],
        ),
        ("https://example.org/#jardin a#b ##c &#39; #1 #2026 # #! n°#3", []),
    ],
)
def test_hashtags(text: str, expected: list[str]) -> None:
    assert texts(find_hashtags(text)) == expected


@given(prose() | markdown)
def test_entities_are_where_they_say_and_never_overlap(text: str) -> None:
    found = [*find_links(text), *find_mentions(text), *find_hashtags(text)]
    for mark in found:
        assert text[mark.start : mark.end] == mark.text and mark.start < mark.end
        assert not any(letter.isspace() for letter in mark.text)
    found.sort(key=lambda mark: mark.start)
    assert all(before.end <= after.start for before, after in pairwise(found))


@given(prose())
def test_an_entity_alone_is_found_again(text: str) -> None:
    for find in (find_links, find_mentions, find_hashtags):
        for mark in find(text):
            assert find(mark.text) == [Entity(0, len(mark.text), mark.text)]
            assert find(f"« {mark.text} », (dit-on)") == [Entity(2, 2 + len(mark.text), mark.text)]
