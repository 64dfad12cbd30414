"""Variants: sections of a post for some channels."""

from __future__ import annotations

import pytest
from hypothesis import given

from marronnier.model.post import Variant
from marronnier.text.variants import choose_variant, near_variant_names, split_variants, variant_names
from text.markdown_texts import markdown

BODY = """On ouvre dimanche.

## Le programme

## @bluesky, @mastodon

Court. 🌳

```
## @linkedin
```

## @courts
Pour tous les courts.
## @linkedin
"""


def test_a_heading_with_names_begins_a_variant() -> None:
    common, short, group, empty = split_variants(BODY, 12)
    assert common == Variant((), "On ouvre dimanche.\n\n## Le programme", 12)
    assert short == Variant(("bluesky", "mastodon"), "Court. 🌳\n\n```\n## @linkedin\n```", 18)
    assert group == Variant(("courts",), "Pour tous les courts.", 25)
    assert empty == Variant(("linkedin",), "", 27)


def test_without_a_section_the_whole_text_is_common() -> None:
    assert split_variants("\n\nBonjour\n\n", 5) == (Variant((), "Bonjour", 7),)
    assert split_variants("", 5) == (Variant((), "", 5),)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("## @bluesky", ("bluesky",)),
        ("##  @bluesky , @x", ("bluesky", "x")),
        ("## @bluesky @x ##", ("bluesky", "x")),
        ("## @bluesky et @mon-compte", ("bluesky", "mon-compte")),
        ("  ## @their_package.network", ("their_package.network",)),
        ("## @jardin vous invite", ()),
        ("### @bluesky", ()),
        ("##@bluesky", ()),
        ("    ## @bluesky", ()),
        ("## jean@bluesky", ()),
    ],
)
def test_headings_that_begin_a_variant(line: str, names: tuple[str, ...]) -> None:
    assert variant_names(line) == names


@pytest.mark.parametrize("fence", ["```", "~~~", "````text", "> ```", "- ```"])
def test_a_heading_in_code_begins_no_variant(fence: str) -> None:
    closing = fence.lstrip("> -").removesuffix("text")
    assert len(split_variants(f"{fence}\n## @bluesky\n{closing}\n", 1)) == 1
    assert len(split_variants(f"{fence}\n## @bluesky\n{closing}\n## @x\n", 1)) == 2


def test_backticks_within_a_line_are_not_a_fence() -> None:
    assert len(split_variants("``` un ```\n## @bluesky\nCourt", 1)) == 2


@pytest.mark.parametrize(
    ("channel", "groups", "network", "expected"),
    [
        ("pouet", ("courts",), "mastodon", "channel"),
        ("autre", ("courts",), "mastodon", "group"),
        ("autre", ("longs",), "mastodon", "network"),
        ("autre", ("longs",), "their_package.mastodon", "network"),
        ("autre", (), "feed", "common"),
    ],
)
def test_the_most_specific_variant_wins(channel: str, groups: tuple[str, ...], network: str, expected: str) -> None:
    variants = split_variants("common\n## @Mastodon\nnetwork\n## @courts\ngroup\n## @pouet\nchannel\n## @courts\nlater", 1)
    assert choose_variant(variants, channel, groups, network).text == expected


@given(markdown)
def test_no_text_is_lost_and_line_numbers_are_right(text: str) -> None:
    lines = text.split("\n")
    kept = []
    for variant in split_variants(text, 1):
        if variant.text:
            said = variant.text.split("\n")
            assert lines[variant.line - 1 : variant.line - 1 + len(said)] == said
            kept += [line for line in said if line.strip()]
    assert kept == [line for line in lines if line.strip() and line not in kept_headings(text)]


def kept_headings(text: str) -> set[str]:
    """The headings that begin a section: the fragments of these texts have such names only in `## @…`."""
    return {line for line in text.split("\n") if variant_names(line)}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("### @journal", ("journal",)),
        ("# @journal", ("journal",)),
        ("##@journal", ("journal",)),
        ("##\u00a0@journal", ("journal",)),
        ("## @journal :", ("journal",)),
        ("## @ journal", ("journal",)),
        ("## \uff20journal", ("journal",)),
        ("    ## @journal", ("journal",)),
        ("**@journal :**", ("journal",)),
        ("### @journal et @krant", ("journal", "krant")),
        ("## @journal", ()),
        ("# @journal vous salue", ()),
        ("Merci @journal", ()),
        ("@journal", ()),
        ("## journal", ()),
    ],
)
def test_a_line_that_looks_like_a_heading_for_channels(line: str, names: tuple[str, ...]) -> None:
    assert near_variant_names(line) == names
