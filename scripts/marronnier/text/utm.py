"""Links: the parameters that let the team see where visitors came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote_plus

_UTM_PARAMETERS = frozenset({"source", "medium", "campaign", "term", "content", "id"})
"""The six UTM parameters, which the team writes without `utm_` (https://support.google.com/analytics/answer/10917952, seen 2026-11-22)."""
_ENDS = ".,;:!?)»”’\"'\u00a0\u202f"
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)


def add_utm(url: str, parameters: Mapping[str, str]) -> str:
    """The link with these parameters added, once: `source` becomes `utm_source`, any other name stays as written.

    Nothing else of the link changes, not a byte: parameters it has already win, the fragment stays last,
    a name in any script stays readable. What is no web address comes back as it was.
    """
    if not is_web_url(url):
        return url
    before, hash_, fragment = url.partition("#")
    base, _mark, query = before.partition("?")
    present = {unquote_plus(pair.partition("=")[0]) for pair in re.split("[&;]", query) if pair}
    added = [
        f"{quote(name, safe='')}={quote(value, safe='', errors='replace')}"
        for short, value in parameters.items()
        if value and (name := f"utm_{short}" if short in _UTM_PARAMETERS else short) not in present
    ]
    if not added:
        return url
    query = "&".join([query.rstrip("&"), *added] if query.strip("&") else added)
    return f"{base}?{query}{hash_}{fragment}"


def is_web_url(url: str) -> bool:
    """Whether it is an address of the web, which a browser opens: `http` or `https`, and a host."""
    return _WEB.match(url) is not None


def strip_utm(url: str) -> str:
    """The link without its UTM parameters: to see whether two links lead to the same place."""
    before, hash_, fragment = url.partition("#")
    base, _mark, query = before.partition("?")
    query_without_utm = "&".join(pair for pair in query.split("&") if pair and not pair.startswith("utm_"))
    return f"{base}{'?' if query_without_utm else ''}{query_without_utm}{hash_}{fragment}"


def contains_link(text: str, url: str) -> bool:
    """Whether a text already shows that link, with or without UTM parameters."""
    wanted = {url, strip_utm(url)}
    urls = re.findall(r"https?://\S+", text)
    return any(not wanted.isdisjoint((address, strip_utm(address), strip_utm(address.rstrip(_ENDS)))) for address in urls)
