"""A post as messages of Discord: words with its own markup, of which nothing that people typed becomes a mark or a call by accident."""

from __future__ import annotations

import math
import re
from typing import Any

from marronnier.messages import _
from marronnier.model.publication import Part, Payload, Picture, Publication, Words
from marronnier.networks.kit.chat.marked_parts import MarkedPart, last_number, marked_parts, poll_question, poll_refusal
from marronnier.networks.kit.chat.marked_text import MarkedText, Span
from marronnier.networks.kit.chat.uploads import is_file
from marronnier.networks.kit.discord.discord_facts import FACTS, MAX_LARGE_FILES, MAX_TEXT, POLL
from marronnier.networks.kit.documents import document_refusal
from marronnier.networks.kit.seam import PartContent, Refused
from marronnier.text import entities

_MARKS = re.compile(r"[\\*_~`|\[\]<]")
"""Signs that mean something to Discord wherever they stand. https://discord.com/developers/docs/reference#message-formatting, seen 2026-11-27"""
_LINE_MARKS = re.compile(r"^((?:> )*)(?=#{1,3} |-# |- |\+ |>>> )", re.MULTILINE)
"""A line of a quotation keeps its `> `, which Discord shows as one."""
_BLOCK = re.compile("(\x0e[^\x0f]*\x0f)")
"""Code of several lines, between control characters that no text holds here. A backslash in it would be shown."""
_USER = re.compile(r"@(\d{15,21})")
_SIMPLE = {"bold": "**", "italic": "*", "struck": "~~"}


def compose(publication: Publication, composer: int) -> Payload:
    """Words with their marks; pictures with the first message; a poll with the last.

    The language stays here, for the site: Discord has no place for it. The names of pictures are only known when they are sent.
    """
    words = publication.words
    parts = _compose_parts(words)
    last = last_number(words, parts)
    return Payload(
        words.network, composer, tuple(_part(words, part, asks=bool(words.poll) and number == last) for number, part in enumerate(parts))
    )


def refusal_reason(words: Words) -> str:
    """Why Discord does not take a poll, a document or so many videos."""
    if why := document_refusal(words):
        return why
    parts = _compose_parts(words)
    if any(sum(map(is_file, part.media)) > MAX_LARGE_FILES for part in parts):
        return _("a message on Discord takes at most {most} videos", most=MAX_LARGE_FILES)
    if not words.poll:
        return ""
    question = poll_question(words, parts[last_number(words, parts)].words)
    return poll_refusal(words, question, POLL, len)


def is_mention(handle: str) -> bool:
    """Whether a handle is a person's number: `@80351110224678912`."""
    return _USER.fullmatch(handle) is not None


def part_content(part: Part) -> PartContent:
    """The message under neutral names. A warning is a line of its words."""
    from marronnier.text.html import render_html

    wire = part.wire
    answers = wire.get("poll", {}).get("answers", ())
    return PartContent(
        audience=str(wire.get("visibility", "public")),
        lang=str(wire.get("lang", "")),
        poll=tuple(str(answer["poll_media"]["text"]) for answer in answers),
        marked=render_html(str(wire.get("content", ""))),
        pictures=part.media,
    )


def raise_if_refused(part: Part) -> None:
    """Raises Refused for a part that Discord surely refuses, before any request."""
    if part.wire.get("visibility") in ("followers", "direct"):
        raise Refused(_("{network} cannot keep a post for followers: who reads it is set there", network="Discord"))
    if len(part.media) > (most := FACTS.media.value):  # type: ignore[union-attr]
        raise Refused(_("{network} takes {most} pictures, and this post has {count}", network="Discord", most=most, count=len(part.media)))
    if not part.text.strip() and not part.media:
        raise Refused(_("this post is empty"))


def _compose_parts(words: Words) -> list[MarkedPart]:
    return marked_parts(words, lambda _pictures: MAX_TEXT, lambda text: len(_content(text, words.mentions)), votes=True)


def _part(words: Words, part: MarkedPart, *, asks: bool) -> Part:
    content = _content(part.words, words.mentions)
    users = [user for user in dict.fromkeys(_USER.findall(part.words.text)) if f"@{user}" in _named(words.mentions)]
    allowed: dict[str, Any] = {"parse": []}
    wire: dict[str, Any] = {"allowed_mentions": allowed | ({"users": users} if users else {})}
    if words.lang:
        wire["lang"] = words.lang
    if words.visibility not in ("", "public"):
        wire["visibility"] = words.visibility
    if part.media:
        wire["attachments"] = [_attachment(words, number, picture) for number, picture in enumerate(part.media)]
    question = poll_question(words, part.words) if asks else ""
    if asks:
        wire["poll"] = {
            "question": {"text": question},
            "answers": [{"poll_media": {"text": option}} for option in words.poll],
            "duration": max(math.ceil(words.poll_minutes / 60), 1),
            "allow_multiselect": words.poll_multiple,
        }
    if not (asks and part.words.text == question):
        wire["content"] = content
    return Part(part.words.text, len(content), wire, part.media)


def _attachment(words: Words, number: int, picture: Picture) -> dict[str, Any]:
    attachment: dict[str, Any] = {"id": number, "description": picture.alt, "sha256": picture.sha256}
    return attachment | ({"spoiler": True} if words.warning else {})


def _named(mentions: tuple[str, ...]) -> frozenset[str]:
    return frozenset(f"@{name.removeprefix('@')}" for name in mentions)


def _content(text: MarkedText, mentions: tuple[str, ...]) -> str:
    """The text in Discord's markup."""
    if not text.spans and not _MARKS.search(text.text) and not _LINE_MARKS.search(text.text) and "@" not in text.text:
        return text.text
    named = _named(mentions)

    def write(words: str, is_code: bool) -> str:
        if is_code:
            return words
        pieces, at = [], 0
        for link in entities.find_links(words):
            pieces += [_escaped(words[at : link.start], named), link.text]
            at = link.end
        return "".join([*pieces, _escaped(words[at:], named)])

    written = text.written(write, lambda span: _marks(text.text, span))
    pieces = enumerate(_BLOCK.split(written))
    return "".join(piece[1:-1] if number % 2 else _LINE_MARKS.sub(r"\1\\", piece) for number, piece in pieces)


def _escaped(words: str, named: frozenset[str]) -> str:
    escaped = _MARKS.sub(r"\\\g<0>", words)
    return _USER.sub(lambda match: f"<@{match[1]}>" if match[0] in named else match[0], escaped)


def _marks(text: str, span: Span) -> tuple[str, str]:
    """What stands before and after a span."""
    if span.kind in _SIMPLE:
        return _SIMPLE[span.kind], _SIMPLE[span.kind]
    words = text[span.start : span.end]
    if span.kind == "link":
        return "[", f"]({span.url.replace('(', '%28').replace(')', '%29')})"
    longest = max((len(run) for run in re.findall("`+", words)), default=0)
    if span.kind == "block":
        ticks = "`" * max(longest + 1, 3)
        return f"\x0e{ticks}\n", f"\n{ticks}\x0f"
    ticks = "`" * (longest + 1)
    space = " " if words[0] == "`" or words[-1] == "`" else ""
    return ticks + space, space + ticks
