"""Files downloaded from the web. Each redirect is checked like the first address."""

from __future__ import annotations

from urllib.parse import urljoin

from marronnier import web
from marronnier.messages import _
from marronnier.web import Web

MAX_REDIRECTS = 5
"""The most requests for one file."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Unavailable(Exception):
    """The file cannot be downloaded; the message says why, in a sentence for people."""


def fetch(address: str, web_client: Web, accept: str, most: int) -> bytes:
    """The bytes at an address, at most so many. Raises Unavailable."""
    for _request in range(MAX_REDIRECTS):
        try:
            answer = web_client.request("GET", address, headers={"Accept": accept}, most=most)
        except (web.NotSent, web.AnswerLost) as why:
            raise Unavailable(str(why)) from why
        if answer.status in _REDIRECTS and answer.headers.get("location"):
            address = urljoin(address, answer.headers["location"])
            continue
        if answer.status != 200:
            raise Unavailable(_("the server answered {status}", status=answer.status))
        return answer.body
    raise Unavailable(_("too many redirects"))
