"""Previews of publications as people see them on the network: of the sealed payload if there is one, else composed now."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from markupsafe import Markup, escape

from marronnier import desk as desks
from marronnier import networks
from marronnier.model.publication import Part, Picture
from marronnier.networks.kit.facts import Fact
from marronnier.networks.kit.seam import Network, PartContent
from marronnier.pages import site_media
from marronnier.pages.site_view import SitePublication, SiteView
from marronnier.text.html import sanitize_html

# A URL ends before the punctuation of the sentence around it.
_ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]»…]|(?<![\w/&])[#@][\w.@-]*\w", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b(?P<attributes>[^>]*?)\s*/?>")
_LINK = re.compile(r'\shref="(?!https?:|mailto:|tel:|#)[^"]*"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PreviewMedium:
    """A media file of a preview."""

    picture: Picture
    kind: str
    """`image`, `video` or `audio`; empty when only the alternative text can be shown."""
    url: str
    """Relative to the page; empty when the site does not show the file."""
    is_decoration: bool = False
    """Whether its author wrote that it needs no alternative text: `alt: ""`."""
    in_text: bool = False
    """Whether an article shows it within its text."""


@dataclass(frozen=True, slots=True)
class PreviewPart:
    """One part of a preview."""

    html: Markup
    text: str
    count: int
    limit: int | None
    """The most that the network takes, as it counts; None without a limit."""
    media: tuple[PreviewMedium, ...]
    warning: str = ""
    """The content warning."""
    poll: tuple[str, ...] = ()
    """The options of the poll."""

    @property
    def is_too_long(self) -> bool:
        """Whether the part is longer than the network takes."""
        return self.limit is not None and self.count > self.limit


@dataclass(frozen=True, slots=True)
class Preview:
    """The preview of one publication."""

    is_article: bool
    """True on networks where people read a page, as in a feed; False on networks of messages."""
    title: str
    lang: str
    """The language of the words; empty when not known."""
    parts: tuple[PreviewPart, ...]
    is_sealed: bool
    """Whether it shows the payload that was approved."""


def make_preview(view: SiteView, publication: SitePublication, media: Callable[[Picture], str]) -> Preview | None:
    """The preview of a publication; None when its payload is no longer kept, or its network is not known.

    `media` gives the URL of a media file relative to the page, or an empty text when the site does not show it.
    """
    payload = view.sealed_payload(publication)
    is_sealed = payload is not None
    network = _network(publication.network)
    if payload is None and view.internal and publication.line is not None and network is not None:
        payload = network.compose(publication.line.publication)
    if payload is None:
        return None
    contents = networks.contents(payload)
    first = contents[0] if contents else PartContent()
    is_article = bool(first.html)
    limit = _text_limit(view, publication, network)
    decoration = _decoration_paths(view, publication)
    return Preview(
        is_article=is_article,
        title=first.title if is_article else "",
        lang=first.lang or (publication.line.publication.words.lang if publication.line else ""),
        parts=tuple(
            _preview_part(part, content, limit, media, decoration, is_article=is_article)
            for part, content in zip(payload.parts, contents, strict=True)
        ),
        is_sealed=is_sealed,
    )


def _network(name: str) -> Network | None:
    """The network of that name; None when it is not known."""
    try:
        return networks.get(name)
    except networks.UnknownNetwork:
        return None


def _text_limit(view: SiteView, publication: SitePublication, network: Network | None) -> int | None:
    channel = view.site_data.desk.channels.channels.get(publication.channel_name)
    if channel is not None and channel.limits.text is not None:
        return channel.limits.text
    fact = network.FACTS.text if network is not None else None
    return fact.value if isinstance(fact, Fact) else None


def _decoration_paths(view: SiteView, publication: SitePublication) -> frozenset[str]:
    """The media for which `alt: ""` is written. One without any `alt` has no alternative text yet."""
    if publication.line is None:
        return frozenset()
    post, desk = publication.line.publication.post, view.site_data.desk
    lists = (post.front.media, *(own.media or () for own in post.front.for_.values()))
    return frozenset(desks.media_path(desk, post, medium.src) for media in lists for medium in media if medium.alt == "")


def _preview_part(
    part: Part, content: PartContent, limit: int | None, media: Callable[[Picture], str], decoration: Container[str], *, is_article: bool
) -> PreviewPart:
    in_text = _pictures_in(content.html) if is_article else frozenset()
    shown = tuple(
        PreviewMedium(
            picture, site_media.media_kind(picture), media(picture), picture.path in decoration, posixpath.basename(picture.path) in in_text
        )
        for picture in content.pictures
    )
    html = article_html(content.html, shown) if is_article else linkify(part.text)
    return PreviewPart(html, part.text, part.count, limit, shown, content.warning, content.poll)


def article_html(markup: str, media: tuple[PreviewMedium, ...]) -> Markup:
    """The HTML of an article, sanitised again: its pictures replaced by those of `media`, and links within the repository removed."""
    by_name = {posixpath.basename(medium.picture.path): medium for medium in media}

    def replace_image(tag: re.Match[str]) -> str:
        attributes = _attributes(tag)
        medium = by_name.get(_file_name(attributes))
        if medium is None or not medium.url or medium.kind != "image":
            return attributes.get("alt", "")
        return f'<img src="{escape(medium.url)}" alt="{attributes.get("alt", "")}" loading="lazy">'

    clean = sanitize_html(markup)
    return Markup(_LINK.sub("", _IMAGE.sub(replace_image, clean)))  # noqa: S704 - sanitised just above


def _pictures_in(markup: str) -> frozenset[str]:
    """The names of the files that the HTML of an article shows."""
    return frozenset(_file_name(_attributes(tag)) for tag in _IMAGE.finditer(markup))


def _attributes(tag: re.Match[str]) -> dict[str, str]:
    return dict(re.findall(r'([a-z]+)="([^"]*)"', tag["attributes"]))


def _file_name(attributes: Mapping[str, str]) -> str:
    """The name of a picture's file: its address escapes what a name may hold."""
    return posixpath.basename(unquote(unescape(attributes.get("src", ""))))


def linkify(text: str) -> Markup:
    """The text of a message as HTML, with links on URLs, and hashtags and mentions in the colour of links."""
    html, last = Markup(), 0
    for match in _ADDRESS.finditer(text):
        html += escape(text[last : match.start()])
        word = match[0]
        if word.lower().startswith("http"):
            html += Markup('<a class="mr-link" rel="nofollow noopener" href="{0}">{0}</a>').format(word)
        else:
            html += Markup('<span class="mr-link">{}</span>').format(word)
        last = match.end()
    return html + escape(text[last:])
