"""Addresses of toots: which toot of which account a person means who copied it from a browser."""

from __future__ import annotations

from urllib.parse import SplitResult, unquote, urlsplit

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.fediverse.client import account_name, domain, host
from marronnier.networks.kit.seam import Refused
from marronnier.web import InvalidAnswer

_NAMELESS = frozenset({"notice", "objects"})
"""Where Pleroma and Akkoma show a post, without its account's name."""
_VIEWS = frozenset({"web", "deck"})
"""What Mastodon puts before an address when somebody reads it logged in."""


def toot_id(id: str) -> str:
    """The id of an earlier toot; a person who settled it gave its address, which ends with the id."""
    return _last_segment(urlsplit(id)) if "://" in id else id


def own_toot_id(address: str, channel: Channel) -> str:
    """The id of the toot of this account at an address. Raises Refused when it is of another account, or no toot."""
    try:
        parts = urlsplit(outcomes.check_url(address))
        id = outcomes.check_identifier(_last_segment(parts))
    except InvalidAnswer:
        raise Refused(_("{url} is not the address of a post", url=address)) from None
    places = {_ascii(place) for place in (host(channel), domain(channel))}
    if _ascii(parts.hostname or "") not in places:
        raise Refused(
            _("{url} is on {host}, and not on the server of {account}", url=address, host=parts.hostname, account=channel.account)
        )
    segments = [unquote(segment) for segment in parts.path.strip("/").split("/")]
    segments = segments[1:] if segments[0] in _VIEWS else segments
    if len(segments) < 2:
        raise Refused(_("{url} is not the address of a post", url=address))
    name = segments[1] if segments[0] == "users" else segments[0].removeprefix("@")
    user, _at, place = name.partition("@")
    own = user.casefold() == account_name(channel).casefold() and (not place or _ascii(place) in places)
    if not own and segments[0] not in _NAMELESS:
        raise Refused(_("{url} is of the account {name}, and not of {account}", url=address, name=name, account=channel.account))
    return id


def _last_segment(parts: SplitResult) -> str:
    return parts.path.rstrip("/").rpartition("/")[2]


def _ascii(host: str) -> str:
    """A host as it is compared: in lower case, and in Punycode where it can be."""
    try:
        return host.casefold().encode("idna").decode()
    except UnicodeError:
        return host.casefold()
