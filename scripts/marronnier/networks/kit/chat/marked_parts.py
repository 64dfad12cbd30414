"""The messages of a post on a network of chats: its words with their marks, and the pictures of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from marronnier.messages import _
from marronnier.model.publication import Picture, Words
from marronnier.networks.kit.chat.marked_text import MarkedText, marked_text
from marronnier.networks.kit.written_parts import WrittenPart, written_parts
from marronnier.text import entities, hashtags, threads, urls, utm

_TRIES = 40


class MarkedPart(NamedTuple):
    """One message."""

    words: MarkedText
    media: tuple[Picture, ...] = ()


class PollLimits(NamedTuple):
    """What a network takes of a poll."""

    options: int
    question: int
    """Characters of the question."""
    option: int
    """Characters of an option."""
    minutes: tuple[int, int]
    """The shortest and the longest."""


def marked_parts(
    words: Words, limit: Callable[[bool], int], count: Callable[[MarkedText], int], *, votes: bool = False, threaded: bool = True
) -> list[MarkedPart]:
    """The messages: mentions, link and hashtags end the last one, and a first comment follows.

    `limit` is that of a message, given whether it has pictures; `votes` tells that the network has polls of its own: else the options are lines.
    Without `threaded` all is one message, the first comment too.
    """
    whole = WrittenPart("\n\n".join(filter(None, (words.text, words.first_comment))), words.all_media)
    written = written_parts(words) if threaded else [whole]
    texts = [marked_text(part.markdown) for part in written]
    texts[-1] = _closed(words, texts, votes)
    if words.warning not in ("", "true"):
        texts[0] = texts[0].after(f"⚠️ {words.warning}\n\n" if texts[0].text else f"⚠️ {words.warning}")
    parts = []
    for text, part in zip(texts, written, strict=True):
        most = min(words.limit or limit(False), limit(bool(part.media)))
        pieces = _broken(text, most, count) if words.thread == "auto" and threaded else [text]
        parts += [MarkedPart(piece, part.media if number == 0 else ()) for number, piece in enumerate(pieces)]
    return [*parts, MarkedPart(marked_text(words.first_comment))] if words.first_comment and threaded else parts


def last_number(words: Words, parts: Sequence[object]) -> int:
    """The index of the message that ends the post; a first comment follows it."""
    return len(parts) - (2 if words.first_comment else 1)


def _closed(words: Words, texts: Sequence[MarkedText], votes: bool) -> MarkedText:
    """The last text with what ends the post."""
    last = texts[-1]
    options = "" if votes else "\n".join(f"• {option}" for option in words.poll)
    present = {entity.text.casefold() for text in texts for entity in entities.find_mentions(text.text)}
    named = dict.fromkeys(f"@{name.removeprefix('@')}" for name in words.mentions)
    mentions = " ".join(name for name in named if name.casefold() not in present)
    shown = (last.text, *(span.url for span in last.spans))
    is_new = urls.is_web_url(words.link) and not any(utm.contains_link(text, words.link) for text in shown)
    closing = (last.text, options, mentions, words.link if is_new else "")
    return last.continued(hashtags.place_hashtags("\n\n".join(filter(None, closing)), words.tags, "end"))


def _broken(text: MarkedText, limit: int, count: Callable[[MarkedText], int]) -> list[MarkedText]:
    """The pieces of a text, each within the limit as its network counts: signs of marks may count too, so that a piece holds fewer words."""
    room = limit
    for _try in range(_TRIES):
        pieces = list(text.pieces(threads.break_text(text.text, max(room, 1), lambda words: count(MarkedText(words)))))
        excess = max((count(piece) - limit for piece in pieces), default=0)
        if excess <= 0 or room <= 1:
            break
        room -= excess
    return pieces or [text]


def poll_question(words: Words, last: MarkedText) -> str:
    """What a poll asks: the title of the post, or the last line of its words."""
    lines = [line for line in last.text.splitlines() if line.strip()]
    own = [line for line in lines if not line.startswith(("#", "@", "http"))]
    return words.title or (own or lines or [""])[-1]


def poll_refusal(words: Words, question: str, limits: PollLimits, count: Callable[[str], int]) -> str:
    """Why the network does not take the poll of a post; empty when it does."""
    if len(words.poll) > limits.options:
        return _("a poll on this network has at most {most} options, and this one has {count}", most=limits.options, count=len(words.poll))
    if not question or count(question) > limits.question:
        return _("a poll on this network needs a question of at most {most} characters: give the post such a title", most=limits.question)
    if long := next((option for option in words.poll if count(option) > limits.option), None):
        return _(
            "a poll option on this network has at most {most} characters, and “{option}” has {count}",
            most=limits.option,
            option=long,
            count=count(long),
        )
    if not limits.minutes[0] <= words.poll_minutes <= limits.minutes[1]:
        return _(
            "a poll on this network stays open from {least} minutes to {most} days",
            least=limits.minutes[0],
            most=math.floor(limits.minutes[1] / 1440),
        )
    return ""
