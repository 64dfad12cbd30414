"""The two forms of a message's words: plain, and the HTML that Matrix suggests to its clients.

https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes, seen 2026-11-27
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

from marronnier.text.plain_text import to_plain_text
from marronnier.text.urls import is_web_url

_TAG_NAMES = (
    "del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td caption pre span "
    "details summary"
)
_TAGS = frozenset(_TAG_NAMES.split())
"""The elements that clients are told to show, without `img`: pictures are added with their own addresses."""
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "code": {"class"}}
_SCHEMES = {"http", "https", "mailto"}
_USER_ID = re.compile(r"(?<![\w/@.:=+-])@[A-Za-z0-9._=/+-]+:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?")
"""https://spec.matrix.org/latest/appendices/#user-identifiers, seen 2026-11-28; the server's name without literal IPv6 addresses."""
_MARKUP = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")
_LOOSE = re.compile(r"(<p>)(?:<br>| )+|(?:<br>| )+(</p>)")
_EMPTY = re.compile(r"<p></p>\n?")
_WITHOUT_MENTIONS = frozenset({"a", "code", "pre"})


class FormattedWords(NamedTuple):
    """The words of one message."""

    plain: str
    html: str

    def followed_by(self, text: str) -> FormattedWords:
        """With one more paragraph; the same where it is empty."""
        return self._joined(self, FormattedWords(text, _paragraph(text))) if text else self

    def after(self, text: str) -> FormattedWords:
        """With a paragraph before all others; the same where it is empty."""
        return self._joined(FormattedWords(text, _paragraph(text)), self) if text else self

    @staticmethod
    def _joined(first: FormattedWords, second: FormattedWords) -> FormattedWords:
        return FormattedWords("\n\n".join(filter(None, (first.plain, second.plain))), "\n".join(filter(None, (first.html, second.html))))

    @property
    def formatted_body(self) -> str:
        """The HTML with its mentions; empty where it says no more than the plain words."""
        html = _link_mentions(self.html)
        # One paragraph needs no element of its own: clients are asked to send no HTML that is not needed.
        if html.startswith("<p>") and html.endswith("</p>") and "<p>" not in html[1:]:
            html = html[3:-4]
        return "" if html == escape(self.plain, quote=False) else html


def formatted_words(markdown: str) -> FormattedWords:
    """Both forms of Markdown. Line breaks stay; pictures are left out, because they are sent as media."""
    return FormattedWords(to_plain_text(markdown), _render(markdown))


def plain_words(text: str) -> FormattedWords:
    """Words without markup."""
    return FormattedWords(text, _paragraph(text))


def find_user_ids(text: str) -> Iterator[str]:
    """The Matrix user ids in a text, in order."""
    return (found[0] for found in _USER_ID.finditer(text))


def is_user_id(text: str) -> bool:
    """Whether a text is a Matrix user id: `@jardin:example.org`."""
    return _USER_ID.fullmatch(text) is not None


def mentioned_ids(html: str) -> list[str]:
    """The users whom the HTML of `FormattedWords` mentions, each once: not those in code."""
    return list(dict.fromkeys(user for text, within in _texts(html) if not within for user in find_user_ids(text)))


def permalink(*identifiers: str, via: str = "") -> str:
    """The address of a user, a room or a message: https://spec.matrix.org/latest/appendices/#matrixto-navigation, seen 2026-11-28."""
    path = "/".join(quote(identifier, safe="!") for identifier in identifiers)
    return f"https://matrix.to/#/{path}" + (f"?via={quote(via, safe=':')}" if via else "")


def _paragraph(text: str) -> str:
    if not text:
        return ""
    if is_web_url(text) and not re.search(r"\s", text):
        return f'<p><a href="{escape(text)}">{escape(text, quote=False)}</a></p>'
    inside = escape(text, quote=False).replace("\n", "<br>")
    return f"<p>{inside}</p>"


@lru_cache(maxsize=2048)
def _render(markdown: str) -> str:
    from markdown_it.utils import OptionsDict

    from marronnier.text.markdown_parser import markdown_parser, parse_tokens

    tokens = parse_tokens(markdown, exact=False)
    if tokens is None:
        return _paragraph(markdown.strip("\n"))
    parser = markdown_parser(exact=False)
    # In a message a line break is one, as in its plain form.
    options = OptionsDict({**parser.options, "breaks": True})  # type: ignore[typeddict-item]
    clean = _cleaner().clean(parser.renderer.render(tokens, options, {})).replace("&nbsp;", "\u00a0").replace("<br>\n", "<br>")
    # Where a picture stood, a break or a space is left over.
    return _EMPTY.sub("", _LOOSE.sub(lambda found: found[1] or found[2], clean)).strip("\n")


@cache
def _cleaner() -> Any:
    import nh3

    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags={"script", "style", "template", "title", "textarea", "iframe", "noscript", "object", "svg", "math"},
        attributes={name: set(values) for name, values in _ATTRIBUTES.items()},
        attribute_filter=_filter_attribute,
        url_schemes=_SCHEMES,
        link_rel=None,
        strip_comments=True,
    )


def _filter_attribute(element: str, attribute: str, value: str) -> str | None:
    if (element, attribute) == ("a", "href"):
        # The address may not be relative.
        return value if re.match(r"(?:https?://|mailto:)", value, re.IGNORECASE) else None
    if (element, attribute) == ("code", "class"):
        return value if re.fullmatch(r"language-[a-zA-Z0-9+-]{1,30}", value) else None
    return value if re.fullmatch(r"\d{1,4}", value, re.ASCII) else None


def _link_mentions(html: str) -> str:
    """The HTML with each user id as a link, which clients show as the person's name."""
    linked = (
        text if within else _USER_ID.sub(lambda user: f'<a href="{permalink(user[0])}">{user[0]}</a>', text)
        for text, within in _texts(html)
    )
    return "".join(linked)


def _texts(html: str) -> Iterable[tuple[str, bool]]:
    """The pieces of HTML in order, each with whether a user id in it is no mention: tags, links and code."""
    at, depth = 0, 0
    for tag in _MARKUP.finditer(html):
        yield html[at : tag.start()], depth > 0
        yield tag[0], True
        if tag[2] in _WITHOUT_MENTIONS:
            depth += -1 if tag[1] else 1
        at = tag.end()
    yield html[at:], depth > 0
