"""A link that a browser should not follow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marronnier.checks.text_spans import MOST, TextSpan
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.text import urls
from marronnier.text.link_targets import LinkTarget, find_link_targets
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "error"
ALLOWABLE = False

_COLON = re.compile(r":[^\s]")
_ENDS = ("http", "script", "data", "file", "ftp", "blob", "about", "filesystem", "view-source")
_DANGEROUS = frozenset({"javascript", "vbscript", "data", "file", "blob", "about", "filesystem", "view-source"})


def check(view: View) -> Iterator[Finding]:
    """Every address in every post; in an idea it is only a notice."""
    safe: set[str] = set()
    for post in view.posts:
        if not view.memory.is_known_clean("insecure-link", post, lambda text: _may_be_wrong(text, safe)):
            for passage in view.passages(post):
                for address in _in(passage):
                    yield from _judged(passage, address, "notice" if is_idea(post) else None)


def _may_be_wrong(text: str, safe: set[str]) -> bool:
    """A quick look at the whole file. `safe`: authorities already seen to be names."""
    if "&" in text and ("](" in text or "<" in text):
        return True
    for colon in _COLON.finditer(text):
        at = colon.start()
        if text[at + 1] == "\\":
            return True
        if text[at + 1 : at + 3] == "//" and text[at - 5 : at].lower() == "https":
            found = urls.authority(text[at - 5 : at + 260])
            if found not in safe:
                if urls.is_ip_address(urls.host_from_authority(found)):
                    return True
                safe.add(found)
        elif text[max(0, at - 12) : at].rstrip("\\").lower().endswith(_ENDS):
            return True
    return "](\\" in text or "](/" in text


def _in(passage: TextSpan) -> list[LinkTarget]:
    if passage.kind == "link":
        return [LinkTarget(0, urls.browser_form(passage.text))]
    return find_link_targets(passage.text)[:MOST] if passage.kind != "tag" else []


def _judged(passage: TextSpan, address: LinkTarget, level: Level | None) -> Iterator[Finding]:
    host = urls.host_from_authority(address.authority)
    if address.scheme in _DANGEROUS:
        yield Finding(
            "insecure-link",
            level or LEVEL,
            passage.place(address.start),
            _("a link begins with `{scheme}:`, which runs or opens something instead of leading to a page", scheme=address.scheme),
            _("an address that begins with https://"),
            _("write the address of a page, or take the link out"),
        )
    elif host and urls.is_ip_address(host) and not urls.is_loopback(host):
        yield Finding(
            "insecure-link",
            level or LEVEL,
            passage.place(address.start),
            _("a link leads to the number `{host}` instead of a name, so nobody sees whose it is", host=host),
            _("an address with a name, like https://example.org/"),
            _("write the name of the site"),
        )
    elif address.scheme in ("http", "ftp") and host and not urls.is_loopback(host):
        yield Finding(
            "insecure-link",
            level or "warning",
            passage.place(address.start),
            _(
                "the link to `{host}` begins with `{scheme}://`: anybody on the way can read and change what it shows",
                host=host,
                scheme=address.scheme,
            ),
            _("an address that begins with https://"),
            _("write https:// when the site has it, and look whether the page opens"),
        )
