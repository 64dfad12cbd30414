"""A text that is longer than the network accepts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from marronnier.checks import length_limits
from marronnier.checks.length_limits import Limit
from marronnier.checks.levels import level_for_post
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.post import Variant
from marronnier.model.publication import Publication
from marronnier.text import graphemes

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every part and alternative text of every unsent publication, as the network counts; a notice in an idea."""
    known_short: dict[tuple[str, Limit | None, int | None], bool] = {}
    for line in view.lines.unsent:
        if not _certainly_fits(view, line, known_short):
            publication = view.lines.publication(line)
            yield from _part_findings(view, publication)
            yield from _alt_findings(view, publication)


def _certainly_fits(view: View, line: TimetableLine, known_short: dict[tuple[str, Limit | None, int | None], bool]) -> bool:
    """Whether nothing of a publication can be too long, decided without composing it; `known_short` keeps the answer by post and limits."""
    limit, alt = view.lengths.text_limit(line.channel_name), view.lengths.alt_limit(line.channel_name)
    key = (line.post.path, limit, alt)
    if key not in known_short:
        is_short = limit is None or length_limits.post_certainly_fits(line.post, limit, view.lengths.max_added_length)
        known_short[key] = is_short and (alt is None or len(line.post.text) <= alt)
    return known_short[key]


def _part_findings(view: View, publication: Publication) -> Iterator[Finding]:
    limit = view.lengths.text_limit(publication.channel_name)
    if limit is None or length_limits.certainly_fits(publication.words, limit):
        return
    parts = view.lengths.parts(publication)
    for number, part in enumerate(parts):
        if part.count > limit.value:
            # A content warning counts too, and stands before the text.
            beside = max(part.count - limit.count(part.text), 0) if limit.count else 0
            text_limit = replace(limit, value=max(limit.value - beside, 0)) if beside else limit
            start, most = length_limits.excess_start(part.text, text_limit), limit.value
            message = _count_message(publication.channel_name, part.count, most, number + 1, len(parts))
        elif limit.size is not None and (size := graphemes.byte_length(part.text)) > limit.size:
            start, most = length_limits.bytes_prefix_length(part.text, limit.size), limit.size
            message = _size_message(publication.channel_name, size, most, number + 1, len(parts))
        else:
            continue
        place = _excess_place(publication, view.texts.variant(publication.post, publication.channel_name), part.text, start)
        expected = _("at most {limit}; the excess begins at “{words}”", limit=most, words=length_limits.excerpt(part.text, start))
        next = _next_step(publication, limit)
        yield Finding("over-length", level_for_post(publication.post, LEVEL), place, message, expected, next)


def _count_message(channel: str, count: int, limit: int, part: int, parts: int) -> str:
    values = {"channel": channel, "count": count, "more": count - limit}
    if parts > 1:
        return _("`{channel}` counts {count} characters in part {part} of {parts}, {more} too many", part=part, parts=parts, **values)
    return _("`{channel}` counts {count} characters, {more} too many", **values)


def _size_message(channel: str, size: int, limit: int, part: int, parts: int) -> str:
    values = {"channel": channel, "size": size, "more": size - limit}
    if parts > 1:
        return _(
            "`{channel}` counts {size} bytes in part {part} of {parts}, {more} too many: emoji take many", part=part, parts=parts, **values
        )
    return _("`{channel}` counts {size} bytes, {more} too many: emoji take many", **values)


def _next_step(publication: Publication, limit: Limit) -> str:
    if limit.threads and publication.words.thread != "auto":
        return _("shorten the words, write shorter ones under `## @{channel}`, or add `thread: auto`", channel=publication.channel_name)
    return _("shorten the words, or write shorter ones under `## @{channel}`", channel=publication.channel_name)


def _excess_place(publication: Publication, variant: Variant, text: str, start: int) -> Place:
    """Where the excess begins in the file: its first words are searched in the Markdown. Not found, it is the start of the variant."""
    post, source = publication.post, variant.text
    excess = text[start:].strip().split("\n", 1)[0]
    # Markdown is seldom shorter than its text: the excess is not much nearer to the beginning there.
    for size in (40, 20, 10):
        for search_from in (max(0, start - 80), 0):
            at = source.find(excess[:size].strip(), search_from) if excess else -1
            if at >= 0:
                return Place(post.path, variant.line + source.count("\n", 0, at), at - source.rfind("\n", 0, at))
    key = "tags" if excess.startswith("#") else "link" if excess and excess[:10] in publication.words.link else ""
    return post.place(key) if (key,) in post.places else Place(post.path, variant.line)


def _alt_findings(view: View, publication: Publication) -> Iterator[Finding]:
    limit = view.lengths.alt_limit(publication.channel_name)
    words = publication.words
    if limit is None or all(len(picture.alt) <= limit for picture in (*words.media, *words.inline_media)):
        return
    keys = view.media.keys_of(publication)
    listed = [(picture.alt, publication.post.place(*keys, number, "alt")) for number, picture in enumerate(words.media)]
    variant = view.texts.variant(publication.post, publication.channel_name)
    end = variant.line + variant.text.count("\n")
    pictures = view.media.inline_pictures(publication.post)
    in_text = [(picture.alt, place) for place, picture in pictures if variant.line <= place.line <= end and not picture.is_remote]
    for alt, place in (*listed, *in_text):
        count = graphemes.count_graphemes(alt)
        if count > limit:
            message = _(
                "`{channel}` counts {count} characters in this alternative text, {more} too many",
                channel=publication.channel_name,
                count=count,
                more=count - limit,
            )
            expected = _("at most {limit}; the excess begins at “{words}”", limit=limit, words=length_limits.excerpt(alt, limit))
            next = _("describe only what matters, and move the rest into the words of the post")
            yield Finding("over-length", level_for_post(publication.post, LEVEL), place, message, expected, next)
