"""A newsletter: one mail to one address of a list, by SMTP. The list's own server keeps the subscribers and sends to each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words, split_key
from marronnier.networks.kit.facts import FORMATS, Facts, Has, Lacks, Tried, Unlimited
from marronnier.networks.kit.look import Look, Profile
from marronnier.networks.kit.seam import Account, AccountStatus, Locked, PartContent, Refused, SendRequest
from marronnier.networks.newsletter.route import MailRoute, content_id, server
from marronnier.text.direction import is_right_to_left
from marronnier.text.graphemes import count_graphemes
from marronnier.text.plain_text import to_plain_text
from marronnier.text.urls import is_web_url
from marronnier.text.utm import contains_link

if TYPE_CHECKING:
    from marronnier.web import Web

_MAIL, _MULTIPART, _LANGUAGE = (f"https://www.rfc-editor.org/rfc/rfc{number}" for number in (5322, 2046, 3282))
_SEEN = "2026-11-27"
_KEPT = N_("a mail that was sent is in the mailboxes of its readers")
_ONE = Has(_MAIL, _SEEN, N_("as a mail"), mark="unverified")

NAME = N_("Newsletter")
COMPOSER = 1
FACTS = Facts(
    text=Unlimited(N_("a mail has no greatest length; the server of the list sets one for the whole mail, pictures included")),
    media=Unlimited(N_("a mail has no greatest number of pictures; the server of the list limits the size of the whole mail")),
    alt=Unlimited(N_("a mail sets no limit")),
    thread=Lacks(N_("a mail has no maximum length: a break between parts becomes a horizontal line")),
    poll=Lacks(N_("nobody votes in a mail: the options are shown as a list")),
    video=Lacks(N_("mail programs play no videos: write a link to it")),
    formats={**dict.fromkeys(FORMATS, Lacks(N_("a mail has one format"))), "post": _ONE, "article": _ONE},
    abilities={
        "card": Has(_MAIL, _SEEN, N_("as a link below the words"), mark="unverified"),
        "mentions": Lacks(N_("a mail goes to its list only: names are words")),
        "markup": Has(_MULTIPART, _SEEN, N_("as HTML, with the same words as plain text"), mark="unverified"),
        "first_comment": Lacks(N_("a mail has no comments")),
        "warning": Lacks(N_("a mail shows all of its words at once: the warning opens them")),
        "language": Has(_LANGUAGE, _SEEN, mark="unverified"),
        "visibility": Lacks(N_("whoever is on the list reads it, and its archive may be open to everyone")),
        "edit": Lacks(_KEPT),
        "delete": Lacks(_KEPT),
        "schedule": Lacks(N_("a mail server sends at once")),
        "counters": Lacks(N_("this newsletter does not watch its readers: no tracking picture, no counted link")),
    },
    needs={"title": N_("the title is the subject of the mail")},
)
TRIED = Tried("server", "2026-11-28", "aiosmtpd 1.4.6, Mailman 3.3.10")
LOOK = Look("mail")
WORDS: Mapping[str, str] = {"post": N_("mail")}
SECRETS: tuple[str, ...] = ("user", "password")
OPTIONAL_SECRETS: tuple[str, ...] = ("approved",)
"""The moderator's password of a list, which releases the mail at once: Mailman reads it in the header Approved, and takes it out.

Mailman's source, rules/approved.py and handlers/cleanse.py, seen 2026-11-27. A password in the text would stay there on some lists.
"""
IDEMPOTENT = False
"""No mail server promises to drop a second mail with the same Message-ID."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ENCODED = re.compile(r"=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=")
"""What mail programs decode wherever it stands in a subject: https://www.rfc-editor.org/rfc/rfc2047, section 2."""
_IMAGE = re.compile(r'<img src="[^"]*"( alt="[^"]*")?[^>]*>')


def compose(publication: Publication) -> Payload:
    """One mail: subject, plain text and HTML with the same words, keywords, and the pictures by digest."""
    words = publication.words
    text = _plain_text(words)
    subject = _one_line(words.title) or _one_line(text.partition("\n")[0])
    pictures = words.all_media
    wire = {
        "subject": subject,
        "language": words.lang,
        "text": text,
        "html": _document(words, subject),
        "keywords": [word for tag in words.tags if (word := _one_line(tag).replace(",", " "))],
        "images": [{"sha256": picture.sha256, "alt": picture.alt} for picture in pictures],
        "visibility": "" if words.visibility in ("", "public") else words.visibility,
    }
    part = Part(text, count_graphemes(text), {name: value for name, value in wire.items() if value}, pictures)
    return Payload(words.network, COMPOSER, (part,))


def measure(publication: Publication) -> tuple[Part, ...]:
    """The one part with text and count, without HTML."""
    text = _plain_text(publication.words)
    return (Part(text, count_graphemes(text)),)


def refusal_reason(words: Words) -> str:
    """Why the title is no subject: readers would see other words."""
    return _subject_refusal(words.title)


def part_content(part: Part) -> PartContent:
    """The mail under neutral names."""
    wire = part.wire
    body = re.search(r"<body>\n(.*)\n</body>", str(wire.get("html", "")), re.DOTALL)
    html = body[1] if body else ""
    for picture in part.media:
        html = html.replace(f"cid:{content_id(picture.sha256)}", quote(picture.path.rpartition("/")[2]))
    return PartContent(
        audience=str(wire.get("visibility") or "public"),
        lang=str(wire.get("language", "")),
        title=str(wire.get("subject", "")),
        html=html,
        tags=tuple(map(str, wire.get("keywords", ()))),
        pictures=part.media,
    )


def profile(channel: Channel) -> Profile:
    """The sender, and the list; as it is written where it is no such route."""
    try:
        route = MailRoute.of(channel)
    except Locked:
        return Profile(handle=channel.account)
    return Profile(route.name, route.sender, route.list)


def host(channel: Channel) -> str:
    """The mail server, without its port."""
    return server(channel)[0] if channel.host else ""


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Hand the mail to the server. That it took it does not tell whether the list's moderator holds it."""
    from marronnier.networks.newsletter import handing_over, message

    part = sending.part
    if not (part.text.strip() or part.media):
        raise Refused(_("this post is empty"))
    if part.wire.get("visibility") in ("followers", "direct"):
        raise Refused(_("whoever is on the list reads it, and its archive may be open to everyone"))
    if why := _subject_refusal(str(part.wire.get("subject", ""))):
        raise Refused(why)
    route = MailRoute.of(account.channel)
    id = message.message_id(sending, route)
    content = message.as_bytes(sending, route, id, account.secrets.get("approved", ""))
    handing_over.hand_over(content, route, account, web, sending.now)
    post_id, _channel, _day = split_key(sending.key)
    return Delivery(id, f"/posts/{post_id}/")


def examine(account: Account, web: Web) -> AccountStatus:
    """Whether the server takes the login, over TLS, and how large a mail may be. Nothing is sent."""
    from marronnier.networks.newsletter.handing_over import check_login

    return check_login(account, web)


def _one_line(text: str) -> str:
    """A text without line breaks and control characters: a header has one line."""
    return _CONTROL.sub(" ", text).strip()


def _subject_refusal(subject: str) -> str:
    found = _ENCODED.search(subject)
    return (
        _("a mail program would show other words in place of “{words}” in the title: write it in another way", words=found[0])
        if found
        else ""
    )


def _opening(words: Words) -> str:
    """What readers must know first."""
    return f"⚠️ {words.warning}" if words.warning not in ("", "true") else ""


def _needs_link(words: Words) -> bool:
    return is_web_url(words.link) and not contains_link(to_plain_text(words.text), words.link)


def _plain_text(words: Words) -> str:
    options = "\n".join(f"• {option}" for option in words.poll)
    link = words.link if _needs_link(words) else ""
    return "\n\n".join(filter(None, (_opening(words), to_plain_text(words.text), options, link)))


def _document(words: Words, subject: str) -> str:
    """The whole HTML document, in its language and direction. Its pictures are parts of the same mail."""
    from html import escape

    direction = "rtl" if is_right_to_left(words.lang) else "ltr"
    head = f'<head><meta charset="utf-8"><title>{escape(subject)}</title></head>'
    body = "\n".join(_blocks(words))
    return f'<!DOCTYPE html>\n<html lang="{escape(words.lang)}" dir="{direction}">\n{head}\n<body>\n{body}\n</body>\n</html>'


def _blocks(words: Words) -> Iterator[str]:
    from html import escape

    from marronnier.text.html import render_html

    if opening := _opening(words):
        yield f"<p><strong>{escape(opening)}</strong></p>"
    inline = iter(words.inline_media)

    def place(tag: re.Match[str]) -> str:
        picture = next(inline, None)
        return _image(picture) if picture is not None else ""

    yield _IMAGE.sub(place, render_html(words.text))
    standing = {picture.path for picture in words.inline_media}
    for picture in words.media:
        if picture.path not in standing:
            yield f"<p>{_image(picture)}</p>"
    if words.poll:
        yield f"<ul>{''.join(f'<li>{escape(option)}</li>' for option in words.poll)}</ul>"
    if _needs_link(words):
        yield f'<p><a href="{escape(words.link)}">{escape(words.link)}</a></p>'


def _image(picture: Picture) -> str:
    from html import escape

    return f'<img src="cid:{content_id(picture.sha256)}" alt="{escape(picture.alt)}" style="max-width:100%;height:auto">'
