"""URLs: the targets of links in Markdown and HTML, their authority and their host."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from marronnier.text import entities, masks

_INLINE_LINK = re.compile(
    r"(?<!\\)\[(?P<label>(?:[^\[\]\\]|\\.|\[[^\[\]]*\](?:\([^()\s]*\))?)*)\]\(\s*(?P<to><[^<>\n]*>|(?:[^\s()]|\([^\s()]*\))*)"
)
_LINK_DEFINITION = re.compile(r"^ {0,3}\[(?P<label>[^\]\n]+)\]:[ \t]*\n?[ \t]*(?P<to><[^<>\n]*>|\S+)", re.MULTILINE)
_AUTOLINK = re.compile(r"<(?P<to>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>")
_HTML_ATTRIBUTE = re.compile(
    r"<[A-Za-z][^<>]*?\b(?:href|src|action|formaction)\s*=\s*(?P<to>\"[^\"]*\"|'[^']*'|[^\s<>\"']+)[^<>]*>(?P<label>[^<]*)", re.IGNORECASE
)
_BARE_SCHEME = re.compile(
    r"(?<![\w/])(?:javascript:(?=\w)|vbscript:(?=\w)|data:(?=\w+/\w+[;,])|file:(?=/)|ftp:(?=//))[^\s<>\"«»]+", re.IGNORECASE
)
_TURNED = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+(?=[\\w.-])[^\\s<>()]+")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_IGNORED = re.compile("[\\x00-\\x20\\x7f]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_WEB_URL = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_MARKUP = re.compile(r"[*_`~\\<>]|!\[[^\]]*\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """The target of one link."""

    start: int
    """The index in the text at which the target begins."""
    address: str
    """The URL as a browser interprets it: without escapes, and without the blanks that hide its scheme."""
    label: str = ""
    """The text of the link without markup; empty when the URL itself is shown."""

    @property
    def scheme(self) -> str:
        """The scheme in lower case, like `https`; empty when there is none."""
        match = _SCHEME.match(self.address)
        return match[1].lower() if match else ""

    @property
    def authority(self) -> str:
        """The part between `//` and the path: the host, perhaps with user information before it and a port after it."""
        return authority(self.address)


def find_link_targets(markdown: str) -> list[LinkTarget]:
    """The targets of all links of a Markdown text, in order: of links, images and HTML attributes, and bare URLs."""
    without_code = masks.mask(markdown, masks.code_spans(markdown))
    targets: list[LinkTarget] = []
    seen: list[tuple[int, int]] = []
    for pattern in (_INLINE_LINK, _LINK_DEFINITION, _AUTOLINK, _HTML_ATTRIBUTE):
        for match in pattern.finditer(without_code):
            label = match["label"] if "label" in pattern.groupindex else ""
            targets.append(LinkTarget(match.start("to"), browser_form(match["to"]), _MARKUP.sub("", _unescape_html(label)).strip()))
            seen.append((max(0, match.start("to") - 2), match.end("to") + 1))
            if pattern is _INLINE_LINK and "](" in label:
                # An image as the label of a link has a target of its own.
                targets += [LinkTarget(match.start("label") + inner.start, inner.address) for inner in find_link_targets(label)]
                seen.append(match.span("label"))
    rest = masks.mask(markdown, seen, " ")
    targets += [LinkTarget(link.start, browser_form(link.text + _hidden_rest(rest, link.end))) for link in entities.find_links(rest)]
    targets += [LinkTarget(match.start(), browser_form(match[0])) for match in _BARE_SCHEME.finditer(masks.mask(without_code, seen, " "))]
    return sorted(targets, key=lambda target: target.start)


def _unescape_html(text: str) -> str:
    if "&" not in text:
        return text
    import html

    return html.unescape(text)


def _hidden_rest(text: str, end: int) -> str:
    """The rest of a URL after a control character for the direction of writing in its middle."""
    match = _TURNED.match(text, end)
    return match[0] if match else ""


def browser_form(address: str) -> str:
    """The URL as a browser interprets it: without escapes, entities, control characters and blanks."""
    bare = address.strip("<>\"' \t\n")
    return _IGNORED.sub("", _unescape_html(_ESCAPED.sub(r"\1", bare)))


def is_web_url(url: str) -> bool:
    """Whether the URL has the scheme `http` or `https` and a host."""
    return _WEB_URL.match(url) is not None


def authority(address: str) -> str:
    """The part between `//` and the path; browsers treat `\\` as `/`. Empty when there is none."""
    match = re.match(r"(?:[a-z][a-z0-9+.-]*:)?[/\\]{2,}([^/?#\\]*)", address, re.IGNORECASE)
    return match[1] if match else ""


def host_from_authority(authority: str) -> str:
    """The host of an authority: without user information and port, in lower case, normalised as browsers do."""
    host = authority.rpartition("@")[2]
    host = host.partition("]")[0] + "]" if host.startswith("[") else re.sub(r":\d*$", "", host)
    if host.isascii() and "%" not in host:
        return host.lower().rstrip(".")
    from urllib.parse import unquote

    return unicodedata.normalize("NFKC", unquote(host)).casefold().replace("。", ".").rstrip(".")


def is_loopback(host: str) -> bool:
    """Whether the host is this computer: `localhost`, `127.0.0.1`, `[::1]` and the like."""
    return (
        host in ("localhost", "[::1]") or host.endswith(".localhost") or re.fullmatch(r"127\.\d{1,3}\.\d{1,3}\.\d{1,3}", host) is not None
    )


def is_ip_address(host: str) -> bool:
    """Whether the host is an IP address instead of a name: `192.0.2.1`, `[2001:db8::1]`, and obscure forms of these.

    A host that ends in a number is one: https://url.spec.whatwg.org/#ends-in-a-number-checker, seen 2026-11-22.
    """
    last = host.rpartition(".")[2]
    return host.startswith("[") or last.isdecimal() or re.fullmatch(r"0x[0-9a-f]*", last) is not None
