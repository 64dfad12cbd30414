"""A post as messages of Slack, in its own markup: https://docs.slack.dev/messaging/formatting-message-text, seen 2026-11-27."""

from __future__ import annotations

import re
from typing import Any

from marronnier.messages import _
from marronnier.model.publication import Part, Picture, Words
from marronnier.networks.kit.chat.marked_parts import MarkedPart, marked_parts
from marronnier.networks.kit.chat.marked_text import MarkedText, Span
from marronnier.networks.kit.chat.uploads import is_file
from marronnier.networks.kit.documents import document_refusal
from marronnier.networks.kit.sealed_media import refuse_second_video
from marronnier.networks.kit.seam import PartContent, Refused
from marronnier.networks.kit.slack.slack_facts import FACTS, MAX_SECTION, MAX_TEXT
from marronnier.text import entities

_MEMBER = re.compile(r"@([UW][A-Z0-9]{5,20})(?!\w)")
_SIGNS = {"bold": "*", "italic": "_", "struck": "~", "code": "`", "block": "```"}
_TYPED_MARK = re.compile(r"(?<![\w*_~`])([*_~`])(?=[^\s*_~`])[^\n]*?(?<=[^\s*_~`])\1(?![\w*_~`])")
"""Words between signs that Slack would read as marks. It knows no sign against them (github.com/yhatt/jsx-slack, seen 2026-11-27)."""
_TYPED_BLOCK = re.compile(r"```.+?```", re.DOTALL)


def parts_of(words: Words, *, threaded: bool) -> list[MarkedPart]:
    """The messages of a post."""
    return marked_parts(
        words, lambda pictures: MAX_SECTION if pictures else MAX_TEXT, lambda text: len(markup(text, words.mentions)), threaded=threaded
    )


def part_of(words: Words, part: MarkedPart) -> Part:
    """One message; pictures are blocks below its words, a video or a document a file whose address is only known when it is sent.

    The language stays here, for the site: Slack has no place for it.
    """
    text = markup(part.words, words.mentions)
    wire: dict[str, Any] = {"text": text, "unfurl_links": True}
    if words.lang:
        wire["lang"] = words.lang
    if words.visibility not in ("", "public"):
        wire["visibility"] = words.visibility
    files = [one for one in part.media if is_file(one)]
    if files:
        wire["files"] = [{"sha256": one.sha256, "title": one.alt} for one in files]
    if len(files) < len(part.media):
        section = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}] if text else []
        wire["blocks"] = [*section, *(_image(one) for one in part.media if not is_file(one))]
    return Part(part.words.text, len(text), wire, part.media)


def refusal_reason(words: Words, *, threaded: bool) -> str:
    """Why Slack would not show these words as written, or does not take them above pictures."""
    if threaded and (why := document_refusal(words)):
        return why
    for part in parts_of(words, threaded=threaded):
        length = len(markup(part.words, words.mentions))
        if part.media and length > MAX_SECTION:
            return _(
                "words above pictures have at most {most} characters on Slack, and these have {count}: shorten them, or begin with a part of its own for the pictures",
                most=MAX_SECTION,
                count=length,
            )
        if typed := _typed_mark(part.words):
            return _("Slack would take the signs of “{words}” for a mark, and has no sign against it: write it in another way", words=typed)
    return ""


def is_mention(handle: str) -> bool:
    """Whether a handle is a member's number: `@U012AB3CD`."""
    return _MEMBER.fullmatch(handle) is not None


def part_content(part: Part) -> PartContent:
    """The message under neutral names. A warning and the options of a poll are lines of its words."""
    from marronnier.networks.kit.slack.mrkdwn_html import marked_html

    wire = part.wire
    return PartContent(
        audience=str(wire.get("visibility", "public")),
        lang=str(wire.get("lang", "")),
        marked=marked_html(str(wire.get("text", ""))),
        pictures=part.media,
    )


def raise_if_refused(part: Part) -> None:
    """Raises Refused for a part that Slack surely refuses, before any request."""
    if part.wire.get("visibility") in ("followers", "direct"):
        raise Refused(_("{network} cannot keep a post for followers: who reads it is set there", network="Slack"))
    if len(part.media) > (most := FACTS.media.value):  # type: ignore[union-attr]
        raise Refused(_("{network} takes {most} pictures, and this post has {count}", network="Slack", most=most, count=len(part.media)))
    if not part.text.strip() and not part.media:
        raise Refused(_("this post is empty"))
    refuse_second_video(part.media)


def markup(text: MarkedText, mentions: tuple[str, ...]) -> str:
    """The text in Slack's markup."""
    named = frozenset(f"@{name.removeprefix('@')}" for name in mentions)

    def write(words: str, is_code: bool) -> str:
        if is_code:
            return _escaped(words)
        pieces, at = [], 0
        for link in entities.find_links(words):
            pieces += [_with_members(words[at : link.start], named), f"<{_address(link.text)}>"]
            at = link.end
        return "".join([*pieces, _with_members(words[at:], named)])

    return text.written(write, _marks)


def _image(picture: Picture) -> dict[str, Any]:
    """A block of a picture, whose file is only known when it is sent: https://docs.slack.dev/reference/block-kit/blocks/image-block"""
    return {"type": "image", "sha256": picture.sha256, "alt_text": picture.alt}


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _with_members(words: str, named: frozenset[str]) -> str:
    return _MEMBER.sub(lambda match: f"<@{match[1]}>" if match[0] in named else match[0], _escaped(words))


def _address(url: str) -> str:
    """An address within `<…>`, where a bar would begin its name."""
    return _escaped(url.replace("|", "%7C"))


def _marks(span: Span) -> tuple[str, str]:
    if span.kind == "link":
        return f"<{_address(span.url)}|", ">"
    return _SIGNS[span.kind], _SIGNS[span.kind]


def _typed_mark(text: MarkedText) -> str:
    """The first words that stand between signs as typed; empty where there are none."""
    if not any(sign in text.text for sign in "*_~`"):
        return ""
    code = [span for span in text.spans if span.kind in ("code", "block")]
    for span in code:
        # Code ends at the first sign like the one that began it.
        words = text.text[span.start : span.end]
        if _SIGNS[span.kind] in words or words.endswith("`"):
            return words
    covered = [(span.start, span.end) for span in code]
    covered += [(link.start, link.end) for link in entities.find_links(text.text)]
    for match in (*_TYPED_BLOCK.finditer(text.text), *_TYPED_MARK.finditer(text.text)):
        if not any(start <= match.start() < end for start, end in covered):
            return match[0]
    return ""
