"""A line `---` that was meant to separate two parts of a thread and does not."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.levels import level_for_post
from marronnier.checks.rules.front_matter_in_words import KEYS
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.post import Post, Variant

LEVEL: Level = "warning"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """The words of every post that is not sent yet, for channels that have threads; a notice in an idea."""
    for post in view.lines.pending_posts:
        if not any("---" in variant.text for variant in post.variants):
            continue
        from marronnier.text.part_marks import find_front_matter, find_unseparated_parts

        for variant in post.variants:
            marks = find_unseparated_parts(variant.text)
            if not marks or not _has_thread(view, post, variant):
                continue
            blocks = find_front_matter(variant.text, KEYS)
            for mark in marks:
                if any(mark.line in block for block in blocks):
                    continue
                message = (
                    _("this `---` separates no parts: it makes a heading of the line above")
                    if mark.makes_heading
                    else _("this `---` separates no parts: it is published as it stands")
                )
                expected = _("a blank line above it and below")
                next = _("add them, or write why it stays: `allow: {joined-parts: the reason}`")
                if mark.is_indented:
                    expected = _("no space before it, and a blank line above it and below")
                    next = _("write it so, or write why it stays: `allow: {joined-parts: the reason}`")
                place = Place(post.path, variant.line + mark.line)
                yield Finding("joined-parts", level_for_post(post, LEVEL), place, message, expected, next)


def _has_thread(view: View, post: Post, variant: Variant) -> bool:
    """Whether one of the channels that get these words has threads."""
    for line in view.lines.of_post(post):
        network = view.channels.networks[view.desk.channels.channels[line.channel_name].network]
        if network is not None and network.FACTS.has_threads and view.texts.variant(post, line.channel_name) is variant:
            return True
    return False
