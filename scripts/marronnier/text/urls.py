"""Addresses: where links lead, as Markdown and HTML write them, and what of an address decides where that is."""

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
_MARKUP = re.compile(r"[*_`~\\<>]|!\[[^\]]*\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Where one link leads."""

    start: int
    """Where it begins in the text."""
    address: str
    """As a browser takes it: without escapes, and without the blanks that hide its scheme."""
    label: str = ""
    """The words that show instead, without their marks; empty where the address itself shows."""

    @property
    def scheme(self) -> str:
        """`https`, in small letters; empty when it has none."""
        match = _SCHEME.match(self.address)
        return match[1].lower() if match else ""

    @property
    def authority(self) -> str:
        """What stands between `//` and the path: the host, perhaps with a name before it and a port after."""
        return authority(self.address)


def find_link_targets(markdown: str) -> list[LinkTarget]:
    """Every address of a text, in order: those of links, of images, of HTML, and those that stand bare."""
    without_code = masks.mask(markdown, masks.code_spans(markdown))
    targets: list[LinkTarget] = []
    seen: list[tuple[int, int]] = []
    for pattern in (_INLINE_LINK, _LINK_DEFINITION, _AUTOLINK, _HTML_ATTRIBUTE):
        for match in pattern.finditer(without_code):
            label = match["label"] if "label" in pattern.groupindex else ""
            targets.append(LinkTarget(match.start("to"), browser_form(match["to"]), _MARKUP.sub("", _unescape_html(label)).strip()))
            seen.append((max(0, match.start("to") - 2), match.end("to") + 1))
            if pattern is _INLINE_LINK and "](" in label:
                # A picture that is a link: its own address stands in the label.
                targets += [LinkTarget(match.start("label") + inner.start, inner.address) for inner in find_link_targets(label)]
                seen.append(match.span("label"))
    rest = masks.mask(markdown, seen, " ")
    targets += [LinkTarget(mark.start, browser_form(mark.text + _hidden_rest(rest, mark.end))) for mark in entities.find_links(rest)]
    targets += [LinkTarget(match.start(), browser_form(match[0])) for match in _BARE_SCHEME.finditer(masks.mask(without_code, seen, " "))]
    return sorted(targets, key=lambda match: match.start)


def _unescape_html(text: str) -> str:
    if "&" not in text:
        return text
    import html

    return html.unescape(text)


def _hidden_rest(text: str, end: int) -> str:
    """What goes on after a mark that turns the direction of writing, in the middle of an address."""
    match = _TURNED.match(text, end)
    return match[0] if match else ""


def browser_form(address: str) -> str:
    """An address as a browser takes it."""
    bare = address.strip("<>\"' \t\n")
    return _IGNORED.sub("", _unescape_html(_ESCAPED.sub(r"\1", bare)))


def authority(address: str) -> str:
    """What stands between `//` and the path; browsers take `\\` for `/`."""
    match = re.match(r"(?:[a-z][a-z0-9+.-]*:)?[/\\]{2,}([^/?#\\]*)", address, re.IGNORECASE)
    return match[1] if match else ""


def host_from_authority(authority: str) -> str:
    """The host alone: without the name before it and the port after, in small letters, as browsers read odd letters and dots."""
    host = authority.rpartition("@")[2]
    host = host.partition("]")[0] + "]" if host.startswith("[") else re.sub(r":\d*$", "", host)
    if host.isascii() and "%" not in host:
        return host.lower().rstrip(".")
    from urllib.parse import unquote

    return unicodedata.normalize("NFKC", unquote(host)).casefold().replace("。", ".").rstrip(".")


def is_loopback(host: str) -> bool:
    """Whether it is this very machine, written as people write it."""
    return (
        host in ("localhost", "[::1]") or host.endswith(".localhost") or re.fullmatch(r"127\.\d{1,3}\.\d{1,3}\.\d{1,3}", host) is not None
    )


def is_ip_address(host: str) -> bool:
    """Whether it is the number of a machine instead of a name: `192.0.2.1`, `[2001:db8::1]`, and the forms that hide it.

    What ends in a number is one: https://url.spec.whatwg.org/#ends-in-a-number-checker, seen 2026-11-22.
    """
    last = host.rpartition(".")[2]
    return host.startswith("[") or last.isdecimal() or re.fullmatch(r"0x[0-9a-f]*", last) is not None
