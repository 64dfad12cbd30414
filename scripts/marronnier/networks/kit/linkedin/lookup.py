"""Look-up of a post among a page's own, or of a comment below a post: presence by everything that readers see, absence by a complete list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from marronnier.messages import _
from marronnier.model.publication import Delivery
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.linkedin import little_text, urns
from marronnier.networks.kit.linkedin.client import LinkedinClient, as_mapping
from marronnier.networks.kit.seam import SendRequest, Unknown, Wait
from marronnier.text.similarity import reads_alike

CLOCK_SLACK = timedelta(hours=1)
"""A post may carry a time this much before its first attempt or after its last: clocks differ."""
PAGE_SIZE = 50
MAX_PAGES = 10


def find_post(sending: SendRequest, client: LinkedinClient) -> Delivery | None:
    """The delivery of a part; None when it is proved that it is not out.

    Raises Wait when that cannot be told now, Locked, and Unknown when only a person can tell: nobody may list a member's posts.
    """
    if not client.is_page:
        raise Unknown(_("LinkedIn does not show a member's posts to any application: look whether it is there"))
    if sending.previous:
        return _find_comment(sending, client)
    same, less = [], []
    for post in _own_posts(sending, client):
        likeness = _compare(sending.part.wire, post)
        if likeness == "same":
            same.append(str(post["id"]))
        elif likeness == "almost":
            less.append(str(post["id"]))
    if len(same) == 1:
        return Delivery(same[0], urns.post_address(same[0]))
    if same:
        text = _("{count} posts there could be this one, such as {url}", count=len(same), url=urns.post_address(same[0]))
        raise Unknown(text)
    if less:
        raise Unknown(_("a post there is almost this one: {url}", url=urns.post_address(less[0])))
    return None


def _own_posts(sending: SendRequest, client: LinkedinClient) -> Iterator[Mapping[str, Any]]:
    """The page's posts back to the first attempt, those of the ledger left out. https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api#find-posts-by-authors, in two independent implementations, seen 2026-11-27"""
    finder = f"/rest/posts?q=author&author={urns.quoted(client.author)}&sortBy=LAST_MODIFIED"
    for post, server_now in _pages(finder, client, sending, "FINDER"):
        urn = post.get("id")
        if not isinstance(urn, str) or not urns.CREATED.fullmatch(urn) or post.get("author") != client.author:
            raise Wait(_("the server did not give a list of our own posts"))
        if urn in sending.taken or urns.post_address(urn) in sending.taken:
            continue
        if _is_in_time(_instant(post.get("createdAt") or post.get("publishedAt")), sending, server_now):
            yield post


def _pages(path: str, client: LinkedinClient, sending: SendRequest, act: str) -> Iterator[tuple[Mapping[str, Any], datetime | None]]:
    """The elements of a list, the newest first, with the server's clock, to the first page of which all are older than the first attempt. Raises Unknown when it is longer than can be read."""
    for page in range(MAX_PAGES):
        address = f"{path}{'&' if '?' in path else '?'}count={PAGE_SIZE}&start={page * PAGE_SIZE}"
        answer = client.request("GET", address, publishes=False, act=act)
        server_now = outcomes.server_date(answer) or sending.now
        listed = client.read_object(answer).get("elements")
        if not isinstance(listed, list):
            raise Wait(_("the server did not give a list of our own posts"))
        elements = [as_mapping(one) for one in listed]
        yield from ((one, server_now) for one in elements)
        changed = [_instant(one.get("lastModifiedAt")) for one in elements]
        earliest = _earliest(sending, server_now)
        if len(elements) < PAGE_SIZE or (earliest is not None and all(at is not None and at < earliest for at in changed)):
            return
    raise Unknown(_("too many posts were sent since that attempt to look at all of them"))


def _compare(wire: Mapping[str, Any], post: Mapping[str, Any]) -> str:
    """How like a post of the page is to a part: `same`, `almost`, `other`."""
    if not reads_alike(little_text.to_plain(str(post.get("commentary") or "")), little_text.to_plain(str(wire.get("commentary", "")))):
        return "other"
    if post.get("lifecycleState") == "PUBLISH_FAILED":
        return "other"
    return "same" if _outline(wire.get("content")) == _outline(post.get("content")) else "almost"


def _outline(content: object) -> Any:
    """What readers see of a post's content, as far as both a request and an answer have it: its kind, card, poll, and alternative texts."""
    for kind, value in as_mapping(content).items():
        told = as_mapping(value)
        if kind == "article":
            return kind, told.get("source")
        if kind == "poll":
            return kind, told.get("question"), [as_mapping(option).get("text") for option in told.get("options") or ()]
        if kind == "multiImage":
            return kind, [as_mapping(image).get("altText") or "" for image in told.get("images") or ()]
        if kind == "media":
            return kind, told.get("altText") or ""
    return None


def _find_comment(sending: SendRequest, client: LinkedinClient) -> Delivery | None:
    """The comment below the post before it, by its author and its words. That the list gives `id`, `actor` and `message.text`, as they were sent, is unverified."""
    post = urns.delivered_post(sending.previous[-1].id, client.channel)
    text = str(as_mapping(sending.part.wire.get("message")).get("text"))
    for comment, _server_now in _pages(f"/rest/socialActions/{urns.quoted(post)}/comments", client, sending, ""):
        if comment.get("actor") == client.author and reads_alike(str(as_mapping(comment.get("message")).get("text")), text):
            with outcomes.web_errors_as_outcomes(publishes=False):
                return Delivery(urns.comment_id(post, outcomes.check_identifier(comment.get("id"))), urns.post_address(post))
    return None


def _is_in_time(at: datetime | None, sending: SendRequest, server_now: datetime | None) -> bool:
    """Whether a post is neither much older than the first attempt nor much newer than the last: people write there too."""
    if at is None or server_now is None:
        return True
    earliest = _earliest(sending, server_now)
    if earliest is not None and at < earliest:
        return False
    return sending.since_last_try is None or at <= server_now - sending.since_last_try + CLOCK_SLACK


def _earliest(sending: SendRequest, server_now: datetime | None) -> datetime | None:
    since = sending.since_first_try
    if since is None and sending.now is not None and sending.first_sent_at is not None:
        since = sending.now - sending.first_sent_at
    return None if since is None or server_now is None else server_now - since - CLOCK_SLACK


def _instant(milliseconds: object) -> datetime | None:
    """The instant of a number of milliseconds since 1970; None for anything else."""
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool) or not 0 < milliseconds < 10**14:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
