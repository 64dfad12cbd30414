"""UTM parameters are added to URLs without any other change."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text.urls import is_web_url
from marronnier.text.utm import add_utm, contains_link, strip_utm

UTM = {"source": "mastodon", "medium": "social", "campaign": "portes ouvertes & été"}
ADDED = "utm_source=mastodon&utm_medium=social&utm_campaign=portes%20ouvertes%20%26%20%C3%A9t%C3%A9"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org", f"https://example.org?{ADDED}"),
        ("https://example.org/a?", f"https://example.org/a?{ADDED}"),
        ("https://example.org/a?x=1&y=%20#là", f"https://example.org/a?x=1&y=%20&{ADDED}#là"),
        ("https://exämple.org/é?é=ç", f"https://exämple.org/é?é=ç&{ADDED}"),
        ("https://example.org/#/app?x=1", f"https://example.org/?{ADDED}#/app?x=1"),
        ("HTTPS://example.org/?a&b=", f"HTTPS://example.org/?a&b=&{ADDED}"),
        ("mailto:a@b.org", "mailto:a@b.org"),
        ("/jardin", "/jardin"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("", ""),
    ],
)
def test_parameters_are_added_and_nothing_else_changes(url: str, expected: str) -> None:
    assert add_utm(url, UTM) == expected
    assert add_utm(expected, UTM) == expected


def test_parameters_already_in_the_url_win() -> None:
    assert add_utm("https://example.org/?utm_source=affiche", UTM).startswith("https://example.org/?utm_source=affiche&utm_medium=social&")
    assert add_utm("https://example.org/?utm%5Fsource=x", {"source": "y"}) == "https://example.org/?utm%5Fsource=x"


def test_parameter_names_as_teams_write_them() -> None:
    assert add_utm("https://example.org", {"utm_source": "a", "mtm_kwd": "b", "term": ""}) == "https://example.org?utm_source=a&mtm_kwd=b"


urls = st.builds(
    lambda path, query, fragment: f"https://example.org/{path}" + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else ""),
    st.text(alphabet="aé/%2_-", max_size=8),
    st.text(alphabet="a=1&é;%20+", max_size=12),
    st.text(alphabet="a/?=&é#", max_size=8),
)


@given(urls, st.dictionaries(st.sampled_from(("source", "medium", "campaign", "ref")), st.text(max_size=8)))
def test_adding_parameters_twice_changes_nothing(url: str, parameters: dict[str, str]) -> None:
    once = add_utm(url, parameters)
    assert add_utm(once, parameters) == once
    before, after = urlsplit(url), urlsplit(once)
    assert (after.netloc, after.path, after.fragment) == (before.netloc, before.path, before.fragment)
    assert after.query.startswith(before.query.rstrip("&"))
    present = {name for name, _ in parse_qsl(before.query.replace(";", "&"), keep_blank_values=True)}
    for name, value in parameters.items():
        written = "ref" if name == "ref" else f"utm_{name}"
        if value and written not in present and "\ufffd" not in value:
            assert (written, value) in parse_qsl(after.query, keep_blank_values=True)


def test_a_text_contains_a_link_with_or_without_parameters() -> None:
    assert contains_link("Voir https://example.org/a.", "https://example.org/a?utm_source=x")
    assert contains_link("Voir (https://example.org/a?utm_medium=y)", "https://example.org/a")
    assert not contains_link("Voir https://example.org/ab", "https://example.org/a")
    assert strip_utm("https://example.org/?utm_source=x&a=1#b") == "https://example.org/?a=1#b"


def test_web_urls() -> None:
    assert is_web_url("https://example.org") and is_web_url("http://127.0.0.1:8000/")
    assert not any(map(is_web_url, ("", "https://", "javascript:alert(1)", "//example.org", "data:text/html,x")))
