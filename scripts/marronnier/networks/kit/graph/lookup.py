"""Look-up of a part among an account's own posts: presence by what readers see, absence by a list back to the first attempt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from marronnier.messages import _
from marronnier.model.publication import Delivery
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.graph.client import GraphClient, identifier, node, rows
from marronnier.networks.kit.seam import SendRequest, Unknown
from marronnier.text.similarity import reads_alike

CLOCK_SLACK = timedelta(hours=1)
"""A post may carry a time this much before its first attempt: clocks differ."""
MAX_PAGES = 10
PAGE_SIZE = "50"

Row = Mapping[str, Any]


def find_row(
    listed: Iterator[Row], sending: SendRequest, is_same: Callable[[Row], bool], *, kind: str = "", is_out: bool = False
) -> Row | None:
    """The one row that is this part; None when there is none. `kind`: the `media_type` it has there; `is_out`: it is known that one of them is.

    Raises Unknown when several could be, when the only one has other media, and for a part without words, which anybody's picture resembles.
    """
    alike = [row for row in listed if not _is_taken(sending, row) and is_same(row)]
    same = [row for row in alike if not kind or row.get("media_type") in (None, kind)]
    if alike and not same and not is_out:
        raise Unknown(_("a post with the same words and other media could be this one: {url}", url=_address(alike[0])))
    if same and not is_out and not sending.part.text.strip():
        raise Unknown(_("a post without words there could be this one: {url}", url=_address(same[0])))
    if len(same) > 1:
        raise Unknown(_("{count} posts there could be this one, such as {url}", count=len(same), url=_address(same[0])))
    return same[0] if same else None


def since_first_try(client: GraphClient, path: str, fields: str, sending: SendRequest | None) -> Iterator[Row]:
    """The rows of a list, newest first, back to the first attempt; all of them without one. Raises Locked, Wait, and Unknown where they are too many."""
    after: dict[str, str] = {}
    for _page in range(MAX_PAGES):
        body = client.get(path, fields=fields, limit=PAGE_SIZE, **after)
        page = rows(body)
        earliest = _earliest(client, sending) if sending is not None else None
        times = [row_time(row) for row in page]
        yield from (row for row, at in zip(page, times, strict=True) if earliest is None or at is None or at >= earliest)
        known = [at for at in times if at is not None]
        cursor = _next_cursor(body)
        if not page or not cursor or (earliest is not None and known and max(known) < earliest):
            return
        after = {"after": cursor}
    raise Unknown(_("too many posts were sent since that attempt to look at all of them"))


def row_time(row: Row) -> datetime | None:
    """When a row was published: `timestamp` on Instagram and Threads, `created_time` on Facebook."""
    return outcomes.parse_date(row.get("timestamp") or row.get("created_time"))


def row_delivery(row: Row, url: object = None) -> Delivery:
    """The id and address of a row. Raises Wait where either is malformed."""
    with outcomes.web_errors_as_outcomes(publishes=False):
        return Delivery(identifier(row, publishes=False), outcomes.check_url(url or row.get("permalink")))


def is_there(client: GraphClient, id: str, path: str) -> bool | None:
    """Whether an object is there; None where it cannot be told: the server says the same of what is gone and of what this token may not see.

    Gone is what it does not know while it lists the account's posts. Raises Locked or Wait.
    """
    if client.get_if_there(node(id), fields="id") is not None:
        return True
    rows(client.get(path, fields="id", limit="1"))
    return False


def same_text(one: object, other: str) -> bool:
    """Whether a server's text reads as the other."""
    return isinstance(one, str) and reads_alike(one, other)


def _is_taken(sending: SendRequest, row: Row) -> bool:
    """Whether the ledger knows a row as another publication's, or as an earlier part of this one."""
    names = {str(row[name]) for name in ("id", "permalink", "permalink_url") if row.get(name)}
    earlier = {delivery.id for delivery in sending.previous}
    return any(name in earlier or name in sending.taken for name in names)


def _address(row: Row) -> str:
    return str(row.get("permalink") or row.get("permalink_url") or "?")


def _next_cursor(body: Row) -> str:
    """The cursor of the page that follows, under paging.cursors.after while paging.next names one; empty at the end."""
    paging = body.get("paging")
    cursors = paging.get("cursors") if isinstance(paging, dict) and paging.get("next") else None
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) else ""


def _earliest(client: GraphClient, sending: SendRequest) -> datetime | None:
    """The earliest instant at which the part can have been sent, by the server's clock: this machine's may be a brand's."""
    since = sending.since_first_try
    return None if since is None or client.server_now is None else client.server_now - since - CLOCK_SLACK
