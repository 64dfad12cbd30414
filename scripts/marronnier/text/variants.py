"""Variants: the sections of a post for some of its channels, each below a heading `## @name`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from marronnier.model.post import Variant
from marronnier.text.code_fences import classify_lines, trim_blank_lines

_NAME = r"@[\w][\w.-]*"
_HEADING = re.compile(
    rf" {{0,3}}##[ \t]+(?P<names>{_NAME}(?:(?:[ \t]*[,;&+/][ \t]*|[ \t]+(?:(?:et|and|en|و)[ \t]+)?){_NAME})*)[ \t]*(?:#+[ \t]*)?$"
)
_JOINING = ("et", "and", "en", "و", "")


def variant_names(line: str) -> tuple[str, ...]:
    """The names in a heading of a variant, as written: `## @bluesky, @mastodon`. Empty for any other line."""
    if "@" not in line:
        return ()
    heading = _HEADING.match(line)
    return tuple(name[1:] for name in re.findall(_NAME, heading["names"])) if heading else ()


def near_variant_names(line: str) -> tuple[str, ...]:
    """The names in a line that only looks like such a heading: `### @bluesky`, `##@bluesky :`, or with a no-break space after `##`."""
    typed = line.strip().replace("\uff20", "@")
    if "@" not in typed or not typed.startswith(("#", "**", "__")) or variant_names(line):
        return ()
    words = re.split(r"[\s,;&+/]+", re.sub(r"@\s+", "@", typed.strip("#*_: \t\u00a0\u202f")))
    names = [word for word in words if word not in _JOINING]
    return tuple(name[1:] for name in names) if all(re.fullmatch(_NAME, name) for name in names) else ()


def split_variants(body: str, first_line: int) -> tuple[Variant, ...]:
    """The common text first (perhaps empty), then each section in order, all without blank lines around them.

    `first_line` is the line of the file on which `body` begins, from 1. A heading in fenced code begins no section.
    """
    if "## " not in body and "##\t" not in body:
        return (_build_variant((), body.split("\n"), first_line),)
    sections = []
    names: tuple[str, ...] = ()
    lines: list[str] = []
    start = first_line
    for number, line, is_text in classify_lines(body):
        heading = variant_names(line) if is_text else ()
        if heading:
            sections.append(_build_variant(names, lines, start))
            names, lines, start = heading, [], first_line + number + 1
        else:
            lines.append(line)
    sections.append(_build_variant(names, lines, start))
    return tuple(sections)


def choose_variant(variants: Sequence[Variant], channel_name: str, groups: Collection[str], network: str) -> Variant:
    """The variant for a channel: the section for the channel, else for one of its groups, else for its network, else the common text.

    Of two sections for the same name the first one counts. Capitals do not matter.
    A network given by a dotted path also matches the last part of that path.
    """
    accepted_names = (
        {channel_name.casefold()},
        {group.casefold() for group in groups},
        {network.casefold(), network.rpartition(".")[2].casefold()},
    )
    for accepted in accepted_names:
        for variant in variants:
            if any(name.casefold() in accepted for name in variant.names):
                return variant
    return next((variant for variant in variants if not variant.names), Variant((), "", 1))


def _build_variant(names: tuple[str, ...], lines: list[str], line: int) -> Variant:
    text, skipped = trim_blank_lines(lines)
    return Variant(names, text, line + skipped)
