"""Addresses of posts: told by the server for an id, and found among the account's own posts for an address that a person gave."""

from __future__ import annotations

from urllib.parse import urlsplit

from marronnier.messages import _
from marronnier.model.publication import Delivery
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.graph.client import GraphClient, node
from marronnier.networks.kit.graph.lookup import since_first_try
from marronnier.networks.kit.seam import Locked, Refused, Wait
from marronnier.web import InvalidAnswer


def short_code(address: str, hosts: tuple[str, ...], kinds: tuple[str, ...]) -> str:
    """The last step of a post's address, which names it: `C0de` of https://www.instagram.com/p/C0de/. Raises Refused for another address."""
    parts = urlsplit(address)
    steps = [step for step in parts.path.split("/") if step]
    if (parts.hostname or "").removeprefix("www.") not in hosts or not any(step in kinds for step in steps[:-1]):
        raise Refused(_("{url} is not the address of a post", url=address))
    return steps[-1]


def permalink(client: GraphClient, id: str, otherwise: str, field: str = "permalink") -> str:
    """The address of a post that is out. Another one where the server does not tell it now: an address is never made of an id."""
    try:
        address = (client.get_if_there(node(id), fields=field) or {}).get(field)
        # Facebook's addresses of videos lack their host.
        return outcomes.check_url(f"https://www.facebook.com{address}" if str(address).startswith("/") else address)
    except (Refused, Locked, Wait, InvalidAnswer):
        return otherwise


def sent_id(delivery: Delivery, code: str, client: GraphClient, *lists: str) -> str:
    """The id of a post that was sent. Where a person gave its address, that of the own post with this short code; empty where no list has it."""
    if not code:
        return delivery.id
    for path in lists:
        for row in since_first_try(client, path, "id,permalink", None):
            if [step for step in urlsplit(str(row.get("permalink"))).path.split("/") if step][-1:] == [code]:
                return str(row.get("id") or "")
    return ""
