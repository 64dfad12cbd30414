"""Posts: creating one, its first comment, correcting and deleting one, asking for one. Fields: …/shares/posts-api and …/shares/comments-api of
https://learn.microsoft.com/linkedin/marketing/community-management, seen 2026-11-27."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from marronnier.messages import _
from marronnier.model.publication import Delivery
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.linkedin import little_text, urns
from marronnier.networks.kit.linkedin.client import LinkedinClient
from marronnier.networks.kit.linkedin.lookup import find_post
from marronnier.networks.kit.seam import Locked, Refused, SendRequest, Unknown, Wait
from marronnier.text.similarity import reads_alike
from marronnier.web import Answer


def create_post(wire: Mapping[str, Any], sending: SendRequest, client: LinkedinClient) -> Delivery:
    """Publish a post: 201 without a body, its URN in a header. Raises Refused, Locked, Wait, Unknown."""
    answer = client.request_unchecked("POST", "/rest/posts", publishes=True, json={"author": client.author, **wire})
    if answer.status == 422 and "DUPLICATE_POST" in client.codes(answer):
        raise _duplicate_outcome(answer, sending, client)
    client.raise_for(answer, publishes=True)
    with outcomes.web_errors_as_outcomes(publishes=True):
        urn = outcomes.check_identifier(unquote(answer.headers.get("x-restli-id", "")), urns.CREATED)
    return Delivery(urn, urns.post_address(urn))


def _duplicate_outcome(answer: Answer, sending: SendRequest, client: LinkedinClient) -> Exception:
    """What a duplicate means: nothing went out now, and perhaps an earlier attempt did.

    LinkedIn names a URN, which may be that of a post that is deleted, or of none: it proves nothing.
    """
    found = urns.CREATED.search(client.reason(answer))
    address = urns.post_address(found[0]) if found else "?"
    look = Unknown(_("LinkedIn says that it has this post already: {url}; look whether it is there", url=address))
    if not client.is_page:
        return look
    try:
        there = find_post(sending, client)
    except (Unknown, Wait, Locked):
        return look
    # The look-up that settles it knows which posts are those of other publications.
    return look if there is not None else Refused(_("LinkedIn takes these words for a duplicate of {url}: change them", url=address))


def create_comment(text: str, sending: SendRequest, client: LinkedinClient) -> Delivery:
    """Comment on the post before it. Raises Refused, Locked, Wait, Unknown.

    A 403 of an application that may post and not comment is no fault of the post: the answer then says that there is no comment.
    """
    post = urns.delivered_post(sending.previous[-1].id, client.channel)
    address = urns.post_address(post)
    wire = {"actor": client.author, "object": post, "message": {"text": text}}
    answer = client.request_unchecked("POST", _comments(post), publishes=True, json=wire)
    if answer.status == 403:
        why = client.reason(answer) or "403"
        return Delivery(urns.comment_id(post, "none"), address, note=_("without its first comment: LinkedIn does not let this application comment ({said})", said=why))  # fmt: skip
    client.raise_for(answer, publishes=True)
    told = unquote(answer.headers.get("x-restli-id", "")) or client.read_object(answer, publishes=True).get("id")
    with outcomes.web_errors_as_outcomes(publishes=True):
        return Delivery(urns.comment_id(post, outcomes.check_identifier(told)), address)


def edit_words(commentary: str, post: str, client: LinkedinClient) -> None:
    """Give a post other words, and read them back: LinkedIn was seen to agree and change nothing. Raises Refused, Locked, Wait, Unknown."""
    path = f"/rest/posts/{urns.quoted(post)}"
    client.request("POST", path, publishes=True, act="PARTIAL_UPDATE", json={"patch": {"$set": {"commentary": commentary}}})
    try:
        answer = client.request_unchecked("GET", path, publishes=False)
        if answer.status == 403 and not client.is_page:
            return
        client.raise_for(answer, publishes=False)
        there = str(client.read_object(answer).get("commentary") or "")
    except (Refused, Locked, Wait) as error:
        raise Unknown(str(error)) from error
    if not reads_alike(little_text.to_plain(there), little_text.to_plain(commentary)):
        raise Unknown(_("LinkedIn agreed, and still shows the old words: {url}", url=urns.post_address(post)))


def delete_post(post: str, client: LinkedinClient) -> None:
    """Delete a post, and its comments with it; one that is gone stays gone. Raises Refused, Locked, Wait, Unknown."""
    answer = client.request_unchecked("DELETE", f"/rest/posts/{urns.quoted(post)}", publishes=True, act="DELETE")
    if answer.status in (404, 410) and client.is_own(answer):
        return
    client.raise_for(answer, publishes=True)


def is_there(delivery: Delivery, client: LinkedinClient) -> bool | None:
    """Whether a post is there; None where the account may not ask. One that LinkedIn rejected after it took it is not. Raises Wait, Locked."""
    if urns.is_comment(delivery.id):
        return None
    try:
        post = urns.delivered_post(delivery.id, client.channel)
    except Refused:
        return None
    if not urns.CREATED.fullmatch(post):
        # An activity's id is not that of its post, by which the API is asked.
        return None
    answer = client.request_unchecked("GET", f"/rest/posts/{urns.quoted(post)}", publishes=False, within=10.0)
    if answer.status in (404, 410) and client.is_own(answer):
        return False
    if answer.status == 403 and not client.is_page:
        return None
    try:
        client.raise_for(answer, publishes=False)
    except Refused as refused:
        raise Wait(str(refused)) from refused
    told = client.read_object(answer)
    if told.get("id") != post:
        raise Wait(_("the server did not give the post that it was asked for"))
    return told.get("lifecycleState") != "PUBLISH_FAILED"


def _comments(post: str) -> str:
    return f"/rest/socialActions/{urns.quoted(post)}/comments"
