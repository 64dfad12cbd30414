"""URLs in Markdown are found, and interpreted as browsers do, quickly for any text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text import entities, lookalike_hosts, masks, urls
from marronnier.text.link_targets import find_link_targets

PIECES = st.sampled_from(
    [
        "[",
        "]",
        "(",
        ")",
        "](",
        "!",
        "<",
        ">",
        "`",
        "```\n",
        "\n",
        " ",
        "https://a.example/x",
        "//b",
        "@",
        "\\",
        "&amp;",
        "javascript:",
        "é",
        "<a href=",
        '"',
        ":",
        "#",
    ]
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join))
def test_no_text_makes_link_targets_raise(text: str) -> None:
    found = find_link_targets(text)
    assert found == sorted(found, key=lambda one: one.start)
    for one in found:
        assert 0 <= one.start <= len(text)
        lookalike_hosts.find_lookalike(urls.host_from_authority(one.authority), ("example.org",))
        lookalike_hosts.host_in_label(one.label)
        urls.is_ip_address(urls.host_from_authority(one.authority))
    bare = masks.mask(text, masks.code_spans(text))
    for mark in entities.find_links(bare):
        assert any(one.start <= mark.start and mark.text[:12] in text[one.start :] for one in found)


@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join))
def test_masking_keeps_every_position(text: str) -> None:
    blanked = masks.mask_non_prose(text)
    assert len(blanked) == len(text)
    assert all(now in (then, masks.FILLER) for then, now in zip(text, blanked, strict=True))
    assert blanked.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 4000,
        "[a](" * 2000,
        "![x](y)" * 1500,
        "[![x](" * 1500,
        "`" * 4000,
        "<a href=" * 1500,
        "(" * 4000,
        "[a](((" * 1500,
        "\\[" * 2000,
        "<" * 4000,
        "@a" * 3000,
        "a." * 3000,
        "` `" * 1500,
    ],
)
def test_c12_a_hostile_text_is_read_in_a_moment(text: str) -> None:
    start = time.perf_counter()
    find_link_targets(text)
    masks.mask_non_prose(text)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://Example.ORG./a", "example.org"),
        ("https://a@b@c.example:80", "c.example"),
        ("https:\\\\c.example\\x", "c.example"),
        ("//c.example", "c.example"),
        ("https://[::1]:80/", "[::1]"),
        ("https://１２７。0.0.1", "127.0.0.1"),
        ("mailto:moi@example.org", ""),
        ("chapitre#a", ""),
    ],
)
def test_a_host_is_normalised_as_browsers_do(address: str, host: str) -> None:
    assert urls.host_from_authority(urls.authority(address)) == host


def test_own_hosts_are_never_lookalikes_of_themselves() -> None:
    known = ("jardin.example.org", "example.org")
    for host in ("jardin.example.org", "www.example.org", "a.b.example.org", "example.com", "jardins.example.net"):
        assert lookalike_hosts.find_lookalike(host, known) is None
