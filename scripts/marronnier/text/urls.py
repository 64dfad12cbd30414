"""URLs: their form in browsers, their authority and their host."""

from __future__ import annotations

import re
import unicodedata

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_IGNORED = re.compile("[\\x00-\\x20\\x7f]")
_WEB_URL = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)


def unescape_html(text: str) -> str:
    """The text with HTML entities decoded."""
    if "&" not in text:
        return text
    import html

    return html.unescape(text)


def browser_form(address: str) -> str:
    """The URL as a browser interprets it: without escapes, entities, control characters and blanks."""
    bare = address.strip("<>\"' \t\n")
    return _IGNORED.sub("", unescape_html(_ESCAPED.sub(r"\1", bare)))


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
