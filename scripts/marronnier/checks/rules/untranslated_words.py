"""A title or words of one language that go to a channel of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.post import Post
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "warning"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every post for channels of several languages that does not say its own with `lang`. An idea may still be in one."""
    languages = {name: _base(channel.lang or view.desk.brand.lang) for name, channel in view.desk.channels.channels.items()}
    if len(set(languages.values())) < 2:
        return
    for post in view.lines.pending_posts:
        if post.front.lang is not None or is_idea(post):
            continue
        lines = [line for line in view.lines.of_post(post) if not view.lines.is_sent(line.key)]
        if len({languages[line.channel_name] for line in lines}) < 2:
            continue
        seen: set[tuple[Place, str]] = set()
        for line in lines:
            for place, message, next in _faults(view, line, lines, languages):
                if (place, message) not in seen:
                    seen.add((place, message))
                    expected = _("a title and words in the language of the channel")
                    yield Finding("untranslated-words", LEVEL, place, message, expected, next)


def _faults(view: View, line: TimetableLine, lines: Sequence[TimetableLine], languages: dict[str, str]) -> Iterator[tuple[Place, str, str]]:
    """Place, message and next step for what a publication shares with one in the brand's language."""
    post, channel, lang = line.post, line.channel_name, languages[line.channel_name]
    brand_lang = _base(view.desk.brand.lang)
    others = [other for other in lines if languages[other.channel_name] == brand_lang]
    if lang == brand_lang or not others:
        return
    variant = view.texts.variant(post, channel)
    names = {"channel": channel, "lang": lang}
    if variant.text and any(view.texts.variant(post, other.channel_name) is variant for other in others):
        message = _(
            "`{channel}` is in another language, `{lang}`, and gets the same words as `{other}`", other=others[0].channel_name, **names
        )
        yield (
            Place(post.path, variant.line),
            message,
            _("write its words under `## @{channel}`, or the language of the post: `lang: …`", channel=channel),
        )
    elif variant.text:
        if post.front.title and _is_shown(view, line, "title") and _own_place(view, post, channel, "title") is None:
            message = _(
                "`{channel}` is in another language, `{lang}`, and gets the same title as `{other}`", other=others[0].channel_name, **names
            )
            yield post.place("title"), message, _("write one for it: `for: {{{channel}: {{title: …}}}}`", channel=channel)
        for key in _other_words(post):
            if _own_place(view, post, channel, key) is None and _is_shown(view, line, key):
                message = _(
                    "`{channel}` is in another language, `{lang}`, and gets the same `{key}` as `{other}`",
                    key=key,
                    other=others[0].channel_name,
                    **names,
                )
                next = (
                    _("write one for it: `for: {{{channel}: {{first_comment: …}}}}`", channel=channel)
                    if key == "first_comment"
                    else _("write a post of its own for `{channel}`, in its language", channel=channel)
                )
                yield post.place(key), message, next


def _other_words(post: Post) -> Iterator[str]:
    """The keys beside the title whose words people read."""
    front = post.front
    if front.first_comment:
        yield "first_comment"
    if front.poll and any(front.poll.options):
        yield "poll"
    if isinstance(front.sensitive, str) and front.sensitive:
        yield "sensitive"


_WITHOUT: Mapping[str, Mapping[str, Any]] = {
    "title": {"title": ""},
    "first_comment": {"first_comment": ""},
    "poll": {"poll": ()},
    # What is sensitive may be hidden without showing a word.
    "sensitive": {"warning": "true"},
}
"""By key: what a publication has in place of those words when they are taken out."""


def _is_shown(view: View, line: TimetableLine, key: str) -> bool:
    """Whether readers of a channel see the words under a key: whether something else would be sent without them."""
    network = view.channels.networks[view.desk.channels.channels[line.channel_name].network]
    if network is None:
        return False
    publication = view.lines.publication(line)
    without = replace(publication, words=replace(publication.words, **_WITHOUT[key]))
    return network.compose(without).as_bytes() != network.compose(publication).as_bytes()


def _own_place(view: View, post: Post, channel: str, key: str) -> Place | None:
    """Where words of its own are written for a channel under that key."""
    for name in view.desk.override_names(channel):
        own = post.front.for_.get(name)
        if own is not None and getattr(own, key, None) is not None:
            return post.place("for", name, key)
    return None


def _base(lang: str) -> str:
    return lang.partition("-")[0]
