"""Words that are longer than the network takes."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks import limits
from marronnier.checks.levels import level_in
from marronnier.checks.limits import Limit
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.post import Variant
from marronnier.model.publication import Publication
from marronnier.text import graphemes

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every part of every publication not out yet, and every alternative text, as the network counts; in an idea it is only a notice."""
    told: set[tuple[str, str]] = set()
    short: dict[tuple[str, Limit | None, int | None], bool] = {}
    for line in view.lines.all:
        if view.lengths.text_limit(line.channel_name) is None and view.lengths.alt_limit(line.channel_name) is None:
            continue
        # The occurrences of a repeat say the same words: one of each channel is enough.
        if view.lines.is_sent(line.key) or (line.occurrence is not None and (line.post.id, line.channel_name) in told):
            continue
        told.add((line.post.id, line.channel_name))
        if _is_short(view, line, short):
            continue
        publication = view.lines.publication(line)
        yield from _parts(view, publication)
        yield from _alts(view, publication)


def _is_short(view: View, line: TimetableLine, known: dict[tuple[str, Limit | None, int | None], bool]) -> bool:
    """Whether nothing of it can be too long, told without its words; `known`: what was found for other channels with the same limits."""
    limit, alt = view.lengths.text_limit(line.channel_name), view.lengths.alt_limit(line.channel_name)
    asked = (line.post.path, limit, alt)
    if asked not in known:
        short = limit is None or limits.post_certainly_fits(line.post, limit, view.lengths.added)
        known[asked] = short and (alt is None or len(line.post.text) <= alt)
    return known[asked]


def _parts(view: View, publication: Publication) -> Iterator[Finding]:
    limit = view.lengths.text_limit(publication.channel_name)
    if limit is None or limits.certainly_fits(publication.words, limit):
        return
    parts = view.lengths.parts(publication)
    for number, part in enumerate(parts):
        if part.count > limit.value:
            begins, most = limits.excess_start(part.text, limit), limit.value
            said = _said(publication.channel_name, part.count, most, number + 1, len(parts))
        elif limit.size is not None and (size := graphemes.byte_length(part.text)) > limit.size:
            begins, most = limits.bytes_prefix_length(part.text, limit.size), limit.size
            said = _weighed(publication.channel_name, size, most, number + 1, len(parts))
        else:
            continue
        yield Finding(
            "over-length",
            level_in(publication.post, LEVEL),
            _place(publication, view.texts.variant(publication.post, publication.channel_name), part.text, begins),
            said,
            _("at most {limit}; the excess begins at “{words}”", limit=most, words=limits.excerpt(part.text, begins)),
            _next(publication, limit),
        )


def _said(channel: str, count: int, limit: int, part: int, parts: int) -> str:
    values = {"channel": channel, "count": count, "more": count - limit}
    if parts > 1:
        return _("`{channel}` counts {count} characters in part {part} of {parts}, {more} too many", part=part, parts=parts, **values)
    return _("`{channel}` counts {count} characters, {more} too many", **values)


def _weighed(channel: str, size: int, limit: int, part: int, parts: int) -> str:
    values = {"channel": channel, "size": size, "more": size - limit}
    if parts > 1:
        return _(
            "`{channel}` counts {size} bytes in part {part} of {parts}, {more} too many: emoji take many", part=part, parts=parts, **values
        )
    return _("`{channel}` counts {size} bytes, {more} too many: emoji take many", **values)


def _next(publication: Publication, limit: Limit) -> str:
    if limit.threads and publication.words.thread != "auto":
        return _("shorten the words, write shorter ones under `## @{channel}`, or add `thread: auto`", channel=publication.channel_name)
    return _("shorten the words, or write shorter ones under `## @{channel}`", channel=publication.channel_name)


def _place(publication: Publication, variant: Variant, text: str, begins: int) -> Place:
    """Where in the file the excess begins: its first words, looked for in the Markdown they come from; else where those words begin."""
    post, source = publication.post, variant.text
    tail = text[begins:].strip().split("\n", 1)[0]
    # Markdown is seldom shorter than its text: what stands before cannot be much nearer to the beginning.
    for size in (40, 20, 10):
        for start in (max(0, begins - 80), 0):
            at = source.find(tail[:size].strip(), start) if tail else -1
            if at >= 0:
                return Place(post.path, variant.line + source.count("\n", 0, at), at - source.rfind("\n", 0, at))
    appended = "tags" if tail.startswith("#") else "link" if tail and tail[:10] in publication.words.link else ""
    return post.place(appended) if (appended,) in post.places else Place(post.path, variant.line)


def _alts(view: View, publication: Publication) -> Iterator[Finding]:
    limit = view.lengths.alt_limit(publication.channel_name)
    if limit is None or all(len(picture.alt) <= limit for picture in publication.words.media):
        return
    keys = view.media.keys_of(publication)
    for number, picture in enumerate(publication.words.media):
        count = graphemes.count_graphemes(picture.alt)
        if count > limit:
            yield Finding(
                "over-length",
                level_in(publication.post, LEVEL),
                publication.post.place(*keys, number, "alt"),
                _(
                    "`{channel}` counts {count} characters in this alternative text, {more} too many",
                    channel=publication.channel_name,
                    count=count,
                    more=count - limit,
                ),
                _("at most {limit}; the excess begins at “{words}”", limit=limit, words=limits.excerpt(picture.alt, limit)),
                _("say what matters of the picture, and leave the rest to the words of the post"),
            )
