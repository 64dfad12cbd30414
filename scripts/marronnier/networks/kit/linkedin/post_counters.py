"""Counters of a post: a page's by its share statistics, a member's metric by metric."""

from __future__ import annotations

from collections.abc import Mapping

from marronnier.networks.kit import outcomes
from marronnier.networks.kit.linkedin import urns
from marronnier.networks.kit.linkedin.client import LinkedinClient, as_mapping
from marronnier.networks.kit.seam import CounterName, Refused, Wait
from marronnier.web import Answer

_PAGE: Mapping[str, CounterName] = {
    "impressionCount": "views",
    "uniqueImpressionsCount": "reach",
    "clickCount": "clicks",
    "likeCount": "likes",
    "commentCount": "replies",
    "shareCount": "reposts",
}
"""https://learn.microsoft.com/linkedin/marketing/community-management/organizations/share-statistics, seen 2026-11-27"""
_MEMBER: Mapping[str, CounterName] = {
    "IMPRESSION": "views",
    "MEMBERS_REACHED": "reach",
    "REACTION": "likes",
    "COMMENT": "replies",
    "RESHARE": "reposts",
}
"""https://learn.microsoft.com/linkedin/marketing/community-management/members/post-statistics, seen 2026-11-27. The form of `entity` is that of two
independent implementations; others write it otherwise."""


def count_post(post: str, client: LinkedinClient) -> Mapping[CounterName, int]:
    """What LinkedIn counts of a post. A post without any activity is not listed: nothing is told of it, not zeros. Raises Locked, Wait."""
    return _count_of_page(post, client) if client.is_page else _count_of_member(post, client)


def _count_of_page(post: str, client: LinkedinClient) -> Mapping[CounterName, int]:
    kind = "ugcPosts" if ":ugcPost:" in post else "shares"
    query = f"q=organizationalEntity&organizationalEntity={urns.quoted(client.author)}&{kind}=List({urns.quoted(post)})"
    elements = _elements(f"/rest/organizationalEntityShareStatistics?{query}", client)
    if not elements:
        return {}
    return outcomes.counters(as_mapping(elements[0].get("totalShareStatistics")), _PAGE)


def _count_of_member(post: str, client: LinkedinClient) -> Mapping[CounterName, int]:
    entity = f"({'ugc' if ':ugcPost:' in post else 'share'}:{urns.quoted(post)})"
    counted: dict[CounterName, int] = {}
    for metric, name in _MEMBER.items():
        elements = _elements(f"/rest/memberCreatorPostAnalytics?q=entity&entity={entity}&queryType={metric}&aggregation=TOTAL", client)
        if elements:
            counted |= outcomes.counters(elements[0], {"count": name})
    return counted


def _elements(path: str, client: LinkedinClient) -> list[Mapping[str, object]]:
    answer = client.request_unchecked("GET", path, publishes=False)
    if _is_unknown_post(answer, client):
        return []
    try:
        client.raise_for(answer, publishes=False)
    except Refused as refused:
        raise Wait(str(refused)) from refused
    listed = client.read_object(answer).get("elements")
    return [as_mapping(one) for one in listed] if isinstance(listed, list) else []


def _is_unknown_post(answer: Answer, client: LinkedinClient) -> bool:
    return answer.status in (404, 410) and client.is_own(answer)
