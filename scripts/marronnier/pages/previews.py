"""Previews of publications as people see them on the network: of the sealed payload if there is one, else composed now."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

from markupsafe import Markup, escape

from marronnier import desk as desks
from marronnier import networks
from marronnier.model.publication import Part, Picture
from marronnier.networks.kit.facts import Fact
from marronnier.networks.kit.look import HasLook, HasProfile, Look, Profile, fold_position
from marronnier.networks.kit.seam import LinkCard, Network, PartContent
from marronnier.pages import site_media
from marronnier.pages.site_view import SitePublication, SiteView
from marronnier.text.first_comment import begins_alike
from marronnier.text.html import sanitize_html
from marronnier.text.urls import is_web_url

# A URL ends before the punctuation of the sentence around it.
_ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]»…]|(?<![\w/&])[#@][\w.@-]*\w", re.IGNORECASE)
_BREAK = re.compile(r"<br ?/?>\n")
_IMAGE = re.compile(r"<img\b(?P<attributes>[^>]*?)\s*/?>")
_LINK = re.compile(r'\shref="(?!https?:|mailto:|tel:|#)[^"]*"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PreviewMedium:
    """A media file of a preview."""

    picture: Picture
    kind: str
    """`image`, `video`, `audio` or `document`; empty when only the alternative text can be shown."""
    url: str
    """Relative to the page; empty when the site does not show the file."""
    is_decoration: bool = False
    """Whether its author wrote that it needs no alternative text: `alt: ""`."""
    in_text: bool = False
    """Whether an article shows it within its text."""
    note: str = ""
    """What people should know of the file: its size, why it is not shown."""
    title: str = ""
    """What readers see on a document in place of its file's name and its alternative text."""


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
    card: LinkCard | None = None
    """The link that is shown as a card."""
    is_folded: bool = False
    """Whether readers see all of its words only after a tap."""
    is_comment: bool = False
    """Whether it is the first comment below the post."""

    @property
    def card_host(self) -> str:
        """The site of the card, as networks show it: without `www.`."""
        return (urlsplit(self.card.url).hostname or "").removeprefix("www.") if self.card else ""

    @property
    def is_too_long(self) -> bool:
        """Whether the part is longer than the network takes."""
        return self.limit is not None and self.count > self.limit


@dataclass(frozen=True, slots=True)
class Preview:
    """The preview of one publication."""

    is_article: bool
    """True on networks where people read a page, as in a feed; False on networks of messages."""
    look: Look
    profile: Profile
    title: str
    lang: str
    """The language of the words; empty when not known."""
    parts: tuple[PreviewPart, ...]
    is_sealed: bool
    """Whether it shows the payload that was approved."""


def make_preview(
    view: SiteView, publication: SitePublication, media: Callable[[Picture], str], note: Callable[[Picture], str] | None = None
) -> Preview | None:
    """The preview of a publication; None when its payload is no longer kept, or its network is not known.

    `media` gives the URL of a media file relative to the page, or an empty text when the site does not show it;
    `note` what people should know of it.
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
    look = network.LOOK if isinstance(network, HasLook) else Look()
    comment = publication.line.publication.words.first_comment if publication.line else ""
    limit = _text_limit(view, publication, network)
    decoration = _decoration_paths(view, publication)
    note = note or (lambda picture: view.locale.pages(view.site_data.media.pages(picture)))
    return Preview(
        is_article=is_article,
        look=look,
        profile=_profile(view, publication, network),
        title=first.title if is_article else "",
        lang=first.lang or (publication.line.publication.words.lang if publication.line else ""),
        parts=tuple(
            _preview_part(
                part,
                content,
                limit,
                _shown(content, media, note, decoration, is_article=is_article),
                look,
                view.locale._("… more"),
                is_article=is_article,
                is_comment=0 < number == len(contents) - 1 and bool(comment) and begins_alike(part.text, comment),
            )
            for number, (part, content) in enumerate(zip(payload.parts, contents, strict=True))
        ),
        is_sealed=is_sealed,
    )


def _network(name: str) -> Network | None:
    """The network of that name; None when it is not known."""
    try:
        return networks.get(name)
    except networks.UnknownNetwork:
        return None


def _profile(view: SiteView, publication: SitePublication, network: Network | None) -> Profile:
    channel = view.site_data.desk.channels.channels.get(publication.channel_name)
    if channel is None:
        return Profile()
    if isinstance(network, HasProfile):
        return network.profile(channel)
    # An account that is the address of a room is no name beside which words would stand there.
    return Profile(handle="" if is_web_url(channel.account) else channel.account)


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


def _shown(
    content: PartContent,
    media: Callable[[Picture], str],
    note: Callable[[Picture], str],
    decoration: Container[str],
    *,
    is_article: bool,
) -> tuple[PreviewMedium, ...]:
    in_text = _pictures_in(content.html) if is_article else frozenset()
    return tuple(
        PreviewMedium(
            picture,
            site_media.media_kind(picture),
            media(picture),
            picture.path in decoration,
            posixpath.basename(picture.path) in in_text,
            note(picture),
            content.document_title if picture.is_document else "",
        )
        for picture in content.pictures
    )


def _preview_part(
    part: Part,
    content: PartContent,
    limit: int | None,
    shown: tuple[PreviewMedium, ...],
    look: Look,
    more: str,
    *,
    is_article: bool,
    is_comment: bool,
) -> PreviewPart:
    html, is_folded = article_html(content.html, shown) if is_article else Markup(""), False
    if not is_article and content.marked:
        html = Markup(_BREAK.sub("<br>", sanitize_html(content.marked)))  # noqa: S704 - sanitised here
    elif not is_article:
        fold = None if is_comment else fold_position(part.text, look)
        html, is_folded = linkify(part.text, fold, more), fold is not None
    return PreviewPart(
        html, part.text, part.count, limit, shown, content.warning, content.poll, content.card, is_folded=is_folded, is_comment=is_comment
    )


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


def linkify(text: str, fold: int | None = None, more: str = "") -> Markup:
    """The text of a message as HTML, with links on URLs, and hashtags and mentions in the colour of links.

    `fold`: where its words are folded; `more` stands there, and all that follows is shown too.
    """
    if fold is not None:
        mark = Markup(' <bdi class="mr-fold">{}</bdi>').format(more)
        return linkify(text[:fold].rstrip()) + mark + Markup('<span class="mr-folded">{}</span>').format(linkify(text[fold:].lstrip()))
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
