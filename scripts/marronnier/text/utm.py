"""UTM parameters of links, by which web statistics tell where visitors came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote_plus

from marronnier.text.urls import is_web_url

_UTM_PARAMETERS = frozenset({"source", "medium", "campaign", "term", "content", "id"})
"""The six UTM parameters, which the team writes without `utm_` (https://support.google.com/analytics/answer/10917952, seen 2026-11-22)."""
_ENDS = ".,;:!?)»”’\"'\u00a0\u202f"


def add_utm(url: str, parameters: Mapping[str, str]) -> str:
    """The URL with these parameters added: `source` becomes `utm_source`, a name that is not one of UTM stays as written.

    No other byte of the URL changes: parameters that it already has are kept, the fragment stays last, names in any script stay
    readable. A URL that is not of the web is returned unchanged.
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


def strip_utm(url: str) -> str:
    """The URL without its UTM parameters, for comparing URLs."""
    before, hash_, fragment = url.partition("#")
    base, _mark, query = before.partition("?")
    query_without_utm = "&".join(pair for pair in query.split("&") if pair and not pair.startswith("utm_"))
    return f"{base}{'?' if query_without_utm else ''}{query_without_utm}{hash_}{fragment}"


def contains_link(text: str, url: str) -> bool:
    """Whether the text contains that URL, with or without UTM parameters."""
    wanted = {url, strip_utm(url)}
    urls = re.findall(r"https?://\S+", text)
    return any(not wanted.isdisjoint((address, strip_utm(address), strip_utm(address.rstrip(_ENDS)))) for address in urls)
