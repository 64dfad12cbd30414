"""The brand's own feed: pages, Atom and JSON Feed of its site. It needs no account and no secret, and sends nothing to another host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Publication, Words, split_key
from marronnier.networks.kit.facts import FORMATS, Facts, Has, Lacks, OneOf, Tried, Unlimited, VideoLimits
from marronnier.networks.kit.seam import Account, LinkCard, PartContent, Refused, SendRequest
from marronnier.text.graphemes import count_graphemes
from marronnier.text.plain_text import to_plain_text
from marronnier.text.urls import is_web_url
from marronnier.text.utm import contains_link

_JSON_FEED = "https://www.jsonfeed.org/version/1.1/"

NAME = N_("Feed")
COMPOSER = 2
_FORMATS = "https://developer.mozilla.org/docs/Web/Media/Guides/Formats/Video_codecs"
"""What browsers play: the site shows the file itself."""
FACTS = Facts(
    text=Unlimited(N_("our own site sets no limit; where a channel sets one, it counts visible characters of the plain text")),
    media=Unlimited(N_("our own site sets no limit")),
    alt=Unlimited(N_("our own site sets no limit")),
    thread=Lacks(N_("a page has no maximum length: a break between parts becomes a horizontal line")),
    poll=Lacks(N_("a feed has no polls: the options are shown as a list")),
    video=VideoLimits(
        containers=OneOf(("mp4", "webm"), _FORMATS, seen="2026-11-28", mark="second-hand"),
        codecs=OneOf(("h264", "vp8", "vp9", "av1"), _FORMATS, seen="2026-11-28", mark="second-hand"),
        captions=Lacks(N_("a feed has no place for them")),
        alone=False,
    ),
    formats=dict.fromkeys(FORMATS, Has(_JSON_FEED, "2026-11-22", N_("as a page of the site"))),
    abilities={
        "card": Has(_JSON_FEED, "2026-11-22", N_("as a link below the words")),
        "mentions": Lacks(N_("a feed has no accounts to mention: names are words")),
        "markup": Has(_JSON_FEED, "2026-11-22"),
        "first_comment": Lacks(N_("a page of the site has no comments")),
        "warning": Has(_JSON_FEED, "2026-11-22"),
        "language": Has(_JSON_FEED, "2026-11-22"),
        "visibility": Lacks(N_("a feed is open to everyone")),
        "edit": Lacks(N_("the site shows what was approved: write what is to be corrected as another post")),
        "delete": Lacks(N_("feed readers keep what they have read, and the ledger keeps what was published")),
        "schedule": Lacks(N_("nothing is sent: the site is built once the hour has come")),
        "counters": Lacks(N_("a feed does not know who reads it: see the statistics of the site")),
    },
)
TRIED = Tried("live", "2026-11-22", N_("our own site"))
WORDS: Mapping[str, str] = {"post": N_("post")}
SECRETS: tuple[str, ...] = ()
IDEMPOTENT = True
MEDIA = ("image", "SVG", "video", "audio")


def compose(publication: Publication) -> Payload:
    """One part: title, HTML, text, language, link, tags and images under the names of JSON Feed, without empty fields.

    https://www.jsonfeed.org/version/1.1/, seen 2026-11-22. Each image is `{name, sha256, alt}`; the site gives it a URL.
    """
    from marronnier.text.html import render_html, sanitize_html

    words = publication.words
    text = _plain_text(publication)
    blocks = [render_html(words.text)]
    if words.poll:
        blocks.append(sanitize_html(_option_list(words.poll)))
    if _needs_link(words):
        blocks.append(sanitize_html(_link_paragraph(words.link)))
    html = "\n".join(filter(None, blocks))
    media = words.all_media
    wire = {
        "title": words.title,
        "content_html": html,
        "content_text": text,
        "language": words.lang,
        "summary": words.warning if words.warning != "true" else "",
        "sensitive": bool(words.warning),
        "external_url": words.link if is_web_url(words.link) else "",
        "tags": list(words.tags),
        "images": [{"name": image.path.rpartition("/")[2], "sha256": image.sha256, "alt": image.alt} for image in media],
        "visibility": "" if words.visibility in ("", "public") else words.visibility,
    }
    part = Part(text, count_graphemes(text), {name: value for name, value in wire.items() if value}, media)
    return Payload("feed", COMPOSER, (part,))


def measure(publication: Publication) -> tuple[Part, ...]:
    """The one part with text and count, without HTML."""
    text = _plain_text(publication)
    return (Part(text, count_graphemes(text)),)


def part_content(part: Part) -> PartContent:
    """The article under neutral names."""
    wire = part.wire
    return PartContent(
        audience=str(wire.get("visibility") or "public"),
        lang=str(wire.get("language", "")),
        title=str(wire.get("title", "")),
        html=str(wire.get("content_html", "")),
        warning=str(wire.get("summary", "")),
        card=LinkCard(str(wire["external_url"])) if wire.get("external_url") else None,
        tags=tuple(map(str, wire.get("tags", ()))),
        pictures=part.media,
    )


def host(channel: Channel) -> str:
    """Empty: `send` talks to no host."""
    return ""


def send(sending: SendRequest, account: Account, web: Any) -> Delivery:
    """No input and no output: the ledger's record is the publication, and the next build of the site shows it.

    Raises Refused for the audiences `followers` and `direct`, because a site is open to everyone, and for a post without content.
    """
    if not (sending.part.text.strip() or sending.part.media):
        raise Refused(_("this post is empty"))
    if sending.part.wire.get("visibility") in ("followers", "direct"):
        raise Refused(_("a feed is open to everyone; it cannot keep a post for followers"))
    post_id, _channel, _day = split_key(sending.key)
    return Delivery(sending.key, f"/posts/{post_id}/")


def _plain_text(publication: Publication) -> str:
    """The plain text, the options of a poll, and the link unless the text holds it: many feed readers do not show the link field."""
    words = publication.words
    options = "\n".join(f"• {option}" for option in words.poll)
    link = words.link if _needs_link(words) else ""
    return "\n\n".join(filter(None, (to_plain_text(words.text), options, link)))


def _needs_link(words: Words) -> bool:
    return is_web_url(words.link) and not contains_link(to_plain_text(words.text), words.link)


def _option_list(options: Iterable[str]) -> str:
    from html import escape

    return f"<ul>\n{''.join(f'<li>{escape(option)}</li>' + chr(10) for option in options)}</ul>"


def _link_paragraph(address: str) -> str:
    from html import escape

    return f'<p><a href="{escape(address)}">{escape(address)}</a></p>'
