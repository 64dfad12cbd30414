"""Link targets: where the links of a Markdown text lead, in Markdown and HTML syntax."""

from __future__ import annotations

import re
from dataclasses import dataclass

from marronnier.text import entities, masks
from marronnier.text.urls import authority, browser_form, unescape_html

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
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
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
            targets.append(LinkTarget(match.start("to"), browser_form(match["to"]), _MARKUP.sub("", unescape_html(label)).strip()))
            seen.append((max(0, match.start("to") - 2), match.end("to") + 1))
            if pattern is _INLINE_LINK and "](" in label:
                # An image as the label of a link has a target of its own.
                targets += [LinkTarget(match.start("label") + inner.start, inner.address) for inner in find_link_targets(label)]
                seen.append(match.span("label"))
    rest = masks.mask(markdown, seen, " ")
    targets += [LinkTarget(link.start, browser_form(link.text + _hidden_rest(rest, link.end))) for link in entities.find_links(rest)]
    targets += [LinkTarget(match.start(), browser_form(match[0])) for match in _BARE_SCHEME.finditer(masks.mask(without_code, seen, " "))]
    return sorted(targets, key=lambda target: target.start)


def _hidden_rest(text: str, end: int) -> str:
    """The rest of a URL after a control character for the direction of writing in its middle."""
    match = _TURNED.match(text, end)
    return match[0] if match else ""
