"""The article that a post becomes: HTML with its pictures by the names of their files, and the plain text that people read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import unquote

from marronnier.model.publication import Words
from marronnier.text.html import render_html, sanitize_html
from marronnier.text.plain_text import to_plain_text
from marronnier.text.urls import is_web_url
from marronnier.text.utm import contains_link

_IMAGE = re.compile(r'<img src="(?P<src>[^"]*)"(?P<rest>[^>]*)>')

_ALT = re.compile(r"<img [^>]*>")


def plain_text(words: Words) -> str:
    """The warning, the words, the options of a poll, and the link unless the words hold it."""
    options = "\n".join(f"• {option}" for option in words.poll)
    return "\n\n".join(filter(None, (_warning(words), to_plain_text(words.text), options, _link(words))))


def article_html(words: Words) -> str:
    """The article. The first picture of `media:` stands above it, as the site shows it; the others end it."""
    blocks = [render_html(words.text)]
    if warning := _warning(words):
        blocks.insert(0, f"<p>{escape(warning, quote=False)}</p>")
    blocks += [f'<figure><img src="{file_name(picture.path)}" alt="{escape(picture.alt)}"></figure>' for picture in words.media[1:]]
    if words.poll:
        blocks.append(_options(words))
    if link := _link(words):
        blocks.append(sanitize_html(f'<p><a href="{escape(link)}">{escape(link)}</a></p>'))
    return "\n".join(filter(None, blocks))


def file_name(path: str) -> str:
    """The name by which the article has a picture."""
    return posixpath.basename(path)


def with_addresses(html: str, addresses: Mapping[str, tuple[str, str]]) -> str:
    """The article with the id and the address of each picture in place of its name."""

    def replace(image: re.Match[str]) -> str:
        known = addresses.get(unquote(unescape(image["src"])).rpartition("/")[2])
        # The class lets the site choose among the sizes that it made of the picture.
        return f'<img src="{escape(known[1])}"{image["rest"]} class="wp-image-{known[0]}">' if known else image[0]

    return _IMAGE.sub(replace, html)


def same_html(one: str, other: str) -> bool:
    """Whether two texts are the same HTML, however each is written."""
    return _canonical(one) == _canonical(other) and _sources(one) == _sources(other)


def same_words(one: str, other: str) -> bool:
    """Whether two texts are the same HTML, whatever the addresses of their pictures."""
    return _canonical(_ALT.sub(_alt, one)) == _canonical(_ALT.sub(_alt, other))


def _alt(image: re.Match[str]) -> str:
    found = re.search(r'alt="([^"]*)"', image[0])
    return found[1] if found else ""


def _canonical(html: str) -> str:
    return re.sub(r"\s+", " ", sanitize_html(html)).strip()


def _sources(html: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'<img [^>]*?src="([^"]*)"', html)]


def _warning(words: Words) -> str:
    return "" if not words.warning else "⚠️" if words.warning == "true" else f"⚠️ {words.warning}"


def _link(words: Words) -> str:
    return words.link if is_web_url(words.link) and not contains_link(to_plain_text(words.text), words.link) else ""


def _options(words: Words) -> str:
    return sanitize_html("<ul>\n" + "".join(f"<li>{escape(option)}</li>\n" for option in words.poll) + "</ul>")
