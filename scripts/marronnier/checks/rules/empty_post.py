"""A post, or a part of a thread, without words and pictures."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier import desk as desks
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.post import Post, Variant
from marronnier.networks.kit.written_parts import written_parts
from marronnier.text import urls
from marronnier.text.plain_text import to_plain_text
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "error"
ALLOWABLE = False

_MARKS_ONLY = " \t\n\r\v\f\N{NO-BREAK SPACE}-•◦▪>☐☑|"
"""What is left of lists, quotes, tables and lines that separate when nobody wrote a word in them."""


def check(view: View) -> Iterator[Finding]:
    """The words for each channel of every post that is not sent yet. An idea may be empty."""
    for post in view.lines.pending_posts:
        if is_idea(post) or all(map(_surely_has_words, post.variants)):
            continue
        empty: dict[tuple[Place, bool], list[str]] = {}
        for line in view.lines.of_post(post):
            if not view.lines.is_sent(line.key) and (found := _empty_place(view, post, line.channel_name)) is not None:
                channels = empty.setdefault(found, [])
                if line.channel_name not in channels:
                    channels.append(line.channel_name)
        for (place, is_part), channels in empty.items():
            yield _finding(place, channels, is_part=is_part)


def _surely_has_words(variant: Variant) -> bool:
    """Whether a text has one part that begins with a letter or digit: then it is not empty, which is known without its parser."""
    return variant.text[:1].isalnum() and "---" not in variant.text


def _empty_place(view: View, post: Post, channel_name: str) -> tuple[Place, bool] | None:
    """Where the words for a channel are missing, and whether only one part lacks them; None when each has words or pictures."""
    variant = view.texts.variant(post, channel_name)
    if _surely_has_words(variant):
        return None
    words = desks.publication(view.desk, post, channel_name).words
    parts = written_parts(words)
    is_empty = [not part.media and not to_plain_text(part.markdown).strip(_MARKS_ONLY) for part in parts]
    if all(is_empty):
        return None if urls.is_web_url(words.link) else (Place(post.path, variant.line), False)
    if not any(is_empty):
        return None
    source = parts[is_empty.index(True)].markdown
    at = variant.text.find(source)
    return Place(post.path, variant.line + (variant.text.count("\n", 0, at) if at > 0 else 0)), True


def _finding(place: Place, channels: list[str], *, is_part: bool) -> Finding:
    names = ", ".join(f"`{name}`" for name in channels)
    if is_part:
        message = _("this part has neither words nor pictures for {channels}", channels=names)
        return Finding("empty-post", LEVEL, place, message, _("words or a picture in each part"), _("write them, or remove the line `---`"))
    message = _("it has no words for {channels}", channels=names)
    expected = _("the words of the post, below its keys")
    return Finding("empty-post", LEVEL, place, message, expected, _("write them, or move the file to content/ideas/ until you do"))
