"""A publication as the network's people will see it: from the sealed payload when there is one, else as it would be composed now."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup, escape

from marronnier import networks
from marronnier.model.publication import Part, Payload, Picture
from marronnier.networks.kit.seam import Fact
from marronnier.pages import gallery
from marronnier.pages.site_view import SitePublication, SiteView, lang_of
from marronnier.text.html import sanitize_html

# An address ends before the punctuation of the sentence around it.
_ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]»…]|(?<![\w/&])[#@][\w.@-]*\w", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b(?P<attributes>[^>]*?)\s*/?>")
_LINK = re.compile(r'\shref="(?!https?:|mailto:|tel:|#)[^"]*"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PreviewMedium:
    """One medium of a preview."""

    picture: Picture
    kind: str
    """`image`, `video`, `audio`, or empty when only its words can be shown."""
    src: str
    """Relative to the page; empty when there is nothing to show."""


@dataclass(frozen=True, slots=True)
class PreviewPart:
    """One part of a preview."""

    html: Markup
    text: str
    count: int
    limit: int | None
    """As the network counts; None where it sets none."""
    shots: tuple[PreviewMedium, ...]
    warning: str = ""
    """What people read before they choose to see the rest."""
    poll: tuple[str, ...] = ()
    """The answers to choose from."""

    @property
    def over(self) -> bool:
        """Longer than the network takes."""
        return self.limit is not None and self.count > self.limit


@dataclass(frozen=True, slots=True)
class Preview:
    """What one publication looks like out there."""

    article: bool
    """True where people read a page, as in a feed; False where they read messages."""
    title: str
    lang: str
    """Of the words; empty when not known."""
    messages: tuple[PreviewPart, ...]
    sealed: bool
    """Whether these are the bytes that were approved."""


def preview(view: SiteView, outing: SitePublication, media: Callable[[Picture], str]) -> Preview | None:
    """The preview of one outing; None when its words are not kept, or its network is not known here.

    `media` gives the address of a medium relative to the page, or nothing.
    """
    payload = view.sealed(outing)
    sealed = payload is not None
    if payload is None and view.internal and outing.line is not None:
        payload = _composed(outing)
    if payload is None:
        return None
    wire = payload.parts[0].wire if payload.parts else {}
    article = "content_html" in wire
    limit = _limit(view, outing)
    return Preview(
        article=article,
        title=str(wire.get("title", "")) if article else "",
        lang=lang_of(payload) or (outing.line.publication.words.lang if outing.line else ""),
        messages=tuple(_message(part, limit, media, article=article) for part in payload.parts),
        sealed=sealed,
    )


def _composed(outing: SitePublication) -> Payload | None:
    assert outing.line is not None
    try:
        return networks.get(outing.network).compose(outing.line.publication)
    except networks.UnknownNetwork:
        return None


def _limit(view: SiteView, outing: SitePublication) -> int | None:
    channel = view.scene.desk.channels.channels.get(outing.channel_name)
    if channel is not None and channel.limits.text is not None:
        return channel.limits.text
    try:
        fact = networks.get(outing.network).FACTS.text
    except networks.UnknownNetwork:
        return None
    return fact.value if isinstance(fact, Fact) else None


def _message(part: Part, limit: int | None, media: Callable[[Picture], str], *, article: bool) -> PreviewPart:
    shots = tuple(PreviewMedium(picture, gallery.media_kind(picture), media(picture)) for picture in part.media)
    html = article_html(str(part.wire.get("content_html", "")), shots) if article else as_read(part.text)
    warning = str(part.wire.get("spoiler_text") or part.wire.get("summary") or "")
    poll = tuple(str(option) for option in (part.wire.get("poll") or {}).get("options", ()))
    return PreviewPart(html, part.text, part.count, limit, shots, warning, poll)


def article_html(markup: str, shots: tuple[PreviewMedium, ...]) -> Markup:
    """The words of a long-form post: sanitised once more, its pictures found among its media, links within the repository unlinked."""
    by_name = {posixpath.basename(shot.picture.path): shot for shot in shots}

    def shown(found: re.Match[str]) -> str:
        attributes: dict[str, str] = dict(re.findall(r'([a-z]+)="([^"]*)"', found["attributes"]))
        shot = by_name.get(posixpath.basename(attributes.get("src", "")))
        if shot is None or not shot.src or shot.kind != "image":
            return attributes.get("alt", "")
        return f'<img src="{escape(shot.src)}" alt="{attributes.get("alt", "")}" loading="lazy">'

    clean = sanitize_html(markup)
    return Markup(_LINK.sub("", _IMAGE.sub(shown, clean)))  # noqa: S704 - sanitised just above


def as_read(text: str) -> Markup:
    """The words of a message, with addresses, hashtags and mentions in the colour of links."""
    said, last = Markup(), 0
    for found in _ADDRESS.finditer(text):
        said += escape(text[last : found.start()])
        word = found[0]
        if word.lower().startswith("http"):
            said += Markup('<a class="mr-link" rel="nofollow noopener" href="{0}">{0}</a>').format(word)
        else:
            said += Markup('<span class="mr-link">{}</span>').format(word)
        last = found.end()
    return said + escape(text[last:])
