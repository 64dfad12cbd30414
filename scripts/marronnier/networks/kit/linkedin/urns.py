"""URNs of LinkedIn: of accounts, posts and what was uploaded; and the addresses at which people read posts. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.networks.kit.seam import Refused

ACCOUNT = re.compile(r"urn:li:(?P<kind>organization|person):[A-Za-z0-9_-]{1,100}")
POST = re.compile(r"urn:li:(?:share|ugcPost|activity):[0-9]{1,40}")
CREATED = re.compile(r"urn:li:(?:share|ugcPost):[0-9]{1,40}")
"""What the API answers for a new post. An activity is a post too, by an id that only its address has."""
UPLOAD = re.compile(r"urn:li:(?:image|video|document):[A-Za-z0-9_-]{1,200}")
_COPIED = re.compile(r"/posts/[^/]*[-_](?P<kind>share|ugcPost|activity)-(?P<number>[0-9]{1,40})(?:-[A-Za-z0-9_-]*)?")
"""The path of an address that somebody copied from a post's menu."""
_COMMENT = "#comment-"


API_HOST = "api.linkedin.com"


def host(channel: Channel) -> str:
    """The API's host; `host:` of channels.yml names another for a rehearsal."""
    return (channel.host or API_HOST).partition(":")[0]


def is_page(account: str) -> bool:
    """Whether an account of channels.yml is a page's."""
    return account.strip().startswith("urn:li:organization:")


def quoted(urn: str) -> str:
    """The URN as it stands in a path or a query. https://learn.microsoft.com/linkedin/shared/api-guide/concepts/protocol-version, seen 2026-11-27"""
    return quote(urn, safe="")


def post_address(urn: str) -> str:
    """Where people read a post. https://github.com/gitroomhq/postiz-app and https://github.com/brightbeanxyz/brightbean-studio build it so, seen 2026-11-27"""
    return f"https://www.linkedin.com/feed/update/{urn}/"


def comment_id(post: str, comment: str) -> str:
    """The id of a comment in our ledger: that of its post, and its own."""
    return f"{post}{_COMMENT}{comment}"


def is_comment(id: str) -> bool:
    """Whether an id of our ledger is a comment's."""
    return _COMMENT in id


def delivered_post(id: str, channel: Channel) -> str:
    """The URN of a post that was sent, also that of a comment; a person who settled it gave its address. Raises Refused for another address."""
    return read_post_address(id, channel) if "://" in id else id.partition("#")[0]


def read_post_address(address: str, channel: Channel) -> str:
    """The URN of the post at an address. It does not tell whose post that is. Raises Refused for what is no address of a post."""
    from marronnier.networks.kit import outcomes
    from marronnier.web import InvalidAnswer

    try:
        parts = urlsplit(outcomes.check_url(address))
    except InvalidAnswer:
        raise Refused(_("{url} is not the address of a post", url=address)) from None
    place = (parts.hostname or "").casefold()
    path = unquote(parts.path)
    if place == "linkedin.com" or place.endswith(".linkedin.com"):
        if path.startswith("/feed/update/") and (urn := path.removeprefix("/feed/update/").strip("/")) and POST.fullmatch(urn):
            return urn
        if copied := _COPIED.fullmatch(path.rstrip("/")):
            return f"urn:li:{copied['kind']}:{copied['number']}"
    raise Refused(_("{url} is not the address of a post", url=address))
