"""The article that a post becomes: HTML with its pictures by the names of their files, and the plain text that people read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import quote, unquote

from marronnier.model.publication import Picture, Words
from marronnier.text.html import render_html, sanitize_html
from marronnier.text.plain_text import to_plain_text
from marronnier.text.urls import is_web_url
from marronnier.text.utm import contains_link

_IMAGE = re.compile(r'<img src="(?P<src>[^"]*)"(?P<rest>[^>]*)>')
_FILE = re.compile(r'<(?P<element>img|video|track) src="(?P<src>[^"]*)"(?P<rest>[^>]*)>')
_LINK = re.compile(r'<a href="(?P<name>[^"/]+\.pdf)"', re.IGNORECASE)
"""A document by the name of its file."""
_DOCUMENT = re.compile(r'<a href="[^"]+\.pdf"', re.IGNORECASE)
_ALT = re.compile(r"<img [^>]*>")


def plain_text(words: Words) -> str:
    """The warning, the words, the options of a poll, and the link unless the words hold it."""
    options = "\n".join(f"• {option}" for option in words.poll)
    return "\n\n".join(filter(None, (_warning(words), to_plain_text(words.text), options, _link(words))))


def article_html(words: Words) -> str:
    """The article. The first picture of `media:` stands above it, as the site shows it; a video that is named first begins it; the others end it.

    A document is a link to its file: https://developer.wordpress.org/block-editor/reference-guides/core-blocks/#file, seen 2026-11-28, shows one too.
    """
    blocks = [_with_files(render_html(words.text), words.inline_media)]
    if words.media and words.media[0].is_video:
        blocks.insert(0, _figure(words.media[0]))
    if warning := _warning(words):
        blocks.insert(0, f"<p>{escape(warning, quote=False)}</p>")
    above = featured(words)
    blocks += [_figure(medium) for number, medium in enumerate(words.media) if medium != above and not (number == 0 and medium.is_video)]
    if words.poll:
        blocks.append(_options(words))
    if link := _link(words):
        blocks.append(sanitize_html(f'<p><a href="{escape(link)}">{escape(link)}</a></p>'))
    return "\n".join(filter(None, blocks))


def featured(words: Words) -> Picture | None:
    """The article's own picture, which its site shows where it likes."""
    return next((medium for medium in words.media if not (medium.is_video or medium.is_document)), None)


def file_name(path: str) -> str:
    """The name by which the article has a file."""
    return posixpath.basename(path)


def with_addresses(html: str, addresses: Mapping[str, tuple[str, str]]) -> str:
    """The article with the address of each file in place of its name, and the id of each picture."""

    def replace(file: re.Match[str]) -> str:
        known = addresses.get(unquote(unescape(file["src"])).rpartition("/")[2])
        if not known:
            return file[0]
        # The class lets the site choose among the sizes that it made of the picture.
        sizes = f' class="wp-image-{known[0]}"' if file["element"] == "img" else ""
        return f'<{file["element"]} src="{escape(known[1])}"{file["rest"]}{sizes}>'

    def link(document: re.Match[str]) -> str:
        known = addresses.get(unquote(unescape(document["name"])))
        return f'<a href="{escape(known[1])}"' if known else document[0]

    return _LINK.sub(link, _FILE.sub(replace, html))


def without_shortcodes(html: str) -> str:
    """The same HTML in which a site finds no shortcode: it would put what its extensions make in place of words like `[gallery]`, in code too.

    https://developer.wordpress.org/apis/shortcode/, seen 2026-11-28
    """
    return html.replace("[", "&#91;")


def same_html(one: str, other: str) -> bool:
    """Whether two texts are the same HTML, however each is written."""
    return _canonical(one) == _canonical(other) and _sources(one) == _sources(other)


def same_words(one: str, other: str) -> bool:
    """Whether two texts are the same HTML, whatever the addresses of their pictures and documents."""
    return _canonical(_without_addresses(one)) == _canonical(_without_addresses(other))


def _without_addresses(html: str) -> str:
    return _DOCUMENT.sub('<a href="https://example.org/document.pdf"', _ALT.sub(_alt, html))


def _alt(image: re.Match[str]) -> str:
    found = re.search(r'alt="([^"]*)"', image[0])
    return found[1] if found else ""


def _figure(medium: Picture) -> str:
    if medium.is_document:
        return f"<p>{_link_to(medium)}</p>"
    shown = _video(medium) if medium.is_video else f'<img src="{file_name(medium.path)}" alt="{escape(medium.alt)}">'
    return f"<figure>{shown}</figure>"


def _link_to(document: Picture) -> str:
    name = file_name(document.path)
    return f'<a href="{escape(quote(name))}">{escape(document.alt or name, quote=False)}</a> (PDF)'


def _video(video: Picture) -> str:
    """A video with its captions: https://developer.wordpress.org/block-editor/reference-guides/core-blocks/#video, seen 2026-11-28."""
    tracks = "".join(
        f'<track src="{file_name(one.path)}" kind="captions" srclang="{escape(one.lang)}" label="{escape(one.lang)}">'
        for one in video.captions
    )
    label = f' aria-label="{escape(video.alt)}"' if video.alt else ""
    return f'<video src="{file_name(video.path)}" controls{label}>{tracks}</video>'


def _with_files(html: str, media: tuple[Picture, ...]) -> str:
    """The words with each video or document that stands in them as one: Markdown makes a picture of it."""
    files = {file_name(one.path): _link_to(one) if one.is_document else _video(one) for one in media if one.is_video or one.is_document}
    if not files:
        return html
    return _IMAGE.sub(lambda image: files.get(unquote(unescape(image["src"])).rpartition("/")[2], image[0]), html)


def _canonical(html: str) -> str:
    return re.sub(r"\s+", " ", sanitize_html(html)).strip()


def _sources(html: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'<(?:img|video|track) [^>]*?src="([^"]*)"', html)]


def _warning(words: Words) -> str:
    return "" if not words.warning else "⚠️" if words.warning == "true" else f"⚠️ {words.warning}"


def _link(words: Words) -> str:
    return words.link if is_web_url(words.link) and not contains_link(to_plain_text(words.text), words.link) else ""


def _options(words: Words) -> str:
    return sanitize_html("<ul>\n" + "".join(f"<li>{escape(option)}</li>\n" for option in words.poll) + "</ul>")
