"""Handles like `@jardin` are found in Markdown, and not in code, links and addresses."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text import handles
from marronnier.text.plain_text import to_plain_text

NAMES = {"jardin": "@jardin@example.social", "pianos-de-la-rue": "@_pianos_@example.org", "lou": "Lou * Marchal"}


def said(text: str) -> str:
    return handles.replace_handles(text, lambda name: NAMES.get(name.casefold()))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Venez chez @jardin.", "Venez chez @jardin@example.social."),
        ("@jardin ouvre", "@jardin@example.social ouvre"),
        ("@Jardin, @JARDIN… et (@jardin) !", "@jardin@example.social, @jardin@example.social… et (@jardin@example.social) !"),
        ("« @jardin »\u202f: l’équipe d’@jardin, l'@jardin", None),
        ("@jardin's tools, @jardin’s tools", "@jardin@example.social's tools, @jardin@example.social’s tools"),
        ("@jardin-", "@jardin@example.social-"),
        ("@pianos-de-la-rue joue", r"@\_pianos\_@example.org joue"),
        ("**@jardin** et [@jardin](https://example.org/@jardin)", None),
        ("زوروا @jardin، أو @jardin؟", "زوروا @jardin@example.social، أو @jardin@example.social؟"),
        ("الورشة و@jardin", "الورشة و@jardin@example.social"),
        ("## @jardin\n\nMots", "## @jardin@example.social\n\nMots"),
    ],
)
def test_a_handle_is_found(written: str, read: str | None) -> None:
    places = written.replace("](https://example.org/@jardin)", "")
    assert len(list(handles.find_handles(written))) == places.casefold().count("@jardin") + places.count("@pianos")
    if read is not None:
        assert said(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "ines@jardin et ines+plant@jardin.example",
        "@jardin@other.example reste entier, @jardin.x@other.example aussi",
        "`@jardin` et ``a ` @jardin``",
        "```\n@jardin\n```\n",
        "~~~ text\n`\n@jardin\n~~~",
        "![La porte de @jardin](porte.jpg)",
        "[la page](https://example.org/@jardin) <https://example.org/@jardin> https://example.org/@jardin",
        "www.example.org/@jardin",
        r"\@jardin, sans nommer personne",
        "@jardinière, @jardiné, josé@jardin, و_@jardin, كتاب@jardin",
        "@@jardin et .@jardin",
        "@inconnu",
    ],
)
def test_text_that_is_not_a_handle_stays_as_typed(written: str) -> None:
    assert said(written) == written


def test_an_unpaired_backtick_hides_no_handle() -> None:
    assert said("Un ` tout seul.\n\nPuis @jardin et un autre `.") == "Un ` tout seul.\n\nPuis @jardin@example.social et un autre `."


def test_a_replacement_is_escaped_for_markdown() -> None:
    """Markdown syntax in a name is text."""
    for name, account in NAMES.items():
        assert to_plain_text(said(f"Avec @{name}, *samedi*.")) == f"Avec {account}, samedi."


@given(st.text(st.sampled_from("@`~ab.-_é \n[]()<>!/:\\و"), max_size=60))
def test_only_handles_change(text: str) -> None:
    found = list(handles.find_handles(text))
    rest, last = [], 0
    for one in found:
        assert text[one.start] == "@" and text[one.start + 1 : one.end] == one.name
        assert last <= one.start < one.end
        rest.append(text[last : one.start])
        last = one.end
    marked = handles.replace_handles(text, lambda _name: "X")
    assert marked == "X".join([*rest, text[last:]])
    assert handles.replace_handles(text, lambda _name: None) == text


@pytest.mark.parametrize("piece", ["@a", "@a@", "![", "](", "<", "`" * 3 + "`` ", "a", "://", "@a.", "\n` @", "~~~\n@"])
def test_a_hostile_text_is_parsed_quickly(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.perf_counter()
    list(handles.find_handles(f"{text}@z"))
    assert time.perf_counter() - began < 2
