"""A link that is not safe to follow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marronnier.checks.levels import level_for_post
from marronnier.checks.text_spans import link_targets
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.text import urls
from marronnier.text.link_targets import LinkTarget

LEVEL: Level = "error"
ALLOWABLE = False
ENDS_WITH_SENDING = True

_COLON = re.compile(r":[^\s]")
_SCHEME_ENDS = ("http", "script", "data", "file", "ftp", "blob", "about", "filesystem", "view-source")
_DANGEROUS = frozenset({"javascript", "vbscript", "data", "file", "blob", "about", "filesystem", "view-source"})


def check(view: View) -> Iterator[Finding]:
    """Every address in every post; a notice in an idea."""
    named: set[str] = set()
    for post in view.posts:
        if not view.is_known_clean("insecure-link", post, lambda text: _may_be_wrong(text, named)):
            for span in view.texts.spans(post):
                for target in link_targets(span):
                    if fault := _fault(target):
                        level, message, expected, next = fault
                        yield Finding("insecure-link", level_for_post(post, level), span.place(target.start), message, expected, next)


def _may_be_wrong(text: str, named: set[str]) -> bool:
    """A quick test of the whole file. `named`: authorities already known to be names."""
    if "&" in text and ("](" in text or "<" in text):
        return True
    for colon in _COLON.finditer(text):
        at = colon.start()
        if text[at + 1] == "\\":
            return True
        if text[at + 1 : at + 3] == "//" and text[at - 5 : at].lower() == "https":
            authority = urls.authority(text[at - 5 : at + 260])
            if authority not in named:
                if urls.is_ip_address(urls.host_from_authority(authority)):
                    return True
                named.add(authority)
        elif text[max(0, at - 12) : at].rstrip("\\").lower().endswith(_SCHEME_ENDS):
            return True
    return "](\\" in text or "](/" in text


def _fault(target: LinkTarget) -> tuple[Level, str, str, str] | None:
    """Level, message, expectation and next step for an address that is not safe."""
    host = urls.host_from_authority(target.authority)
    if target.scheme in _DANGEROUS:
        message = _("a link begins with `{scheme}:`, which runs or opens something instead of leading to a page", scheme=target.scheme)
        return LEVEL, message, _("an address that begins with https://"), _("write the address of a page, or remove the link")
    if not host or urls.is_loopback(host):
        return None
    if urls.is_ip_address(host):
        message = _("a link leads to the IP address `{host}`, so nobody sees whose site it is", host=host)
        return LEVEL, message, _("an address with a domain name, like https://example.org/"), _("write the domain name of the site")
    if target.scheme in ("http", "ftp"):
        message = _(
            "the link to `{host}` begins with `{scheme}://`: others on the network can read and change the page",
            host=host,
            scheme=target.scheme,
        )
        next = _("write https:// if the site supports it, and check that the page opens")
        return "warning", message, _("an address that begins with https://"), next
    return None
