"""Check of an account by reading alone: whose token it is, what it allows, and when it ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marronnier.messages import _
from marronnier.networks.kit import oauth, outcomes
from marronnier.networks.kit.linkedin import urns
from marronnier.networks.kit.linkedin.client import LinkedinClient, as_mapping
from marronnier.networks.kit.linkedin.linkedin_facts import TOKEN_DAYS
from marronnier.networks.kit.seam import Account, AccountStatus, Locked

_ROLES = ("ADMINISTRATOR", "CONTENT_ADMIN", "DIRECT_SPONSORED_CONTENT_POSTER")
"""Roles of a page whose members may post as it. https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api, seen 2026-11-27"""
_SCOPES = {True: ("w_organization_social", "r_organization_social"), False: ("w_member_social",)}
"""What publishing needs of a page's token and of a member's: a page's posts are looked up. https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api, seen 2026-11-27"""
_INTROSPECTION = "https://www.linkedin.com/oauth/v2/introspectToken"
"""https://learn.microsoft.com/linkedin/shared/authentication/token-introspection, seen 2026-11-28"""


class _Untold(Exception):
    """The token may not ask whose it is."""


def identify_account(client: LinkedinClient) -> AccountStatus:
    """The account that the token belongs to; the channel's where the token may not ask. Raises Locked, Wait.

    Each post names its author, and LinkedIn refuses one that the token's member may not speak for: no post can be another account's.
    """
    try:
        return _identify(client)
    except _Untold:
        return AccountStatus(client.author, is_channel_account=True)


def _identify(client: LinkedinClient) -> AccountStatus:
    return _identify_page(client) if client.is_page else _identify_member(client)


def check_account(account: Account, client: LinkedinClient) -> AccountStatus:
    """The account's status, and when its token ends. Raises Locked, Wait."""
    try:
        status = _identify(client)
    except _Untold:
        scopes = "rw_organization_admin" if client.is_page else "openid profile"
        text = _("LinkedIn does not say whose this token is: give it {scopes} too. Posts are sent all the same, and LinkedIn refuses those of another account", scopes=scopes)  # fmt: skip
        raise Locked(text) from None
    token = _introspect(account, client)
    return status._replace(
        missing_scopes=_missing_scopes(client, token),
        remarks=(*status.remarks, *_token_remarks(token)),
        expires=oauth.instant(token.get("expires_at")) if token is not None else None,
    )


def _identify_page(client: LinkedinClient) -> AccountStatus:
    """Whether the token's member may post as the page. `organizationAcls`: the vendor's page as others quote it, seen 2026-11-27"""
    others: list[str] = []
    answer = None
    for role in _ROLES:
        path = f"/rest/organizationAcls?q=roleAssignee&role={role}&state=APPROVED"
        answer = client.request_unchecked("GET", path, publishes=False)
        if answer.status == 403 and client.is_own(answer):
            raise _Untold
        client.raise_for(answer, publishes=False)
        listed = client.read_object(answer).get("elements")
        pages = [as_mapping(one).get("organization") for one in listed] if isinstance(listed, list) else []
        if client.author in pages:
            return AccountStatus(client.author, is_channel_account=True, server_time=outcomes.server_date(answer))
        others += [page for page in pages if isinstance(page, str) and urns.ACCOUNT.fullmatch(page)]
    server_time = outcomes.server_date(answer) if answer is not None else None
    return AccountStatus(", ".join(dict.fromkeys(others)), is_channel_account=False, server_time=server_time)


def _identify_member(client: LinkedinClient) -> AccountStatus:
    """The member whose token it is. `userinfo` needs the scopes openid and profile: two independent implementations, seen 2026-11-27"""
    answer = client.request_unchecked("GET", "/v2/userinfo", publishes=False)
    if answer.status == 403 and client.is_own(answer):
        raise _Untold
    client.raise_for(answer, publishes=False)
    urn = f"urn:li:person:{client.read_object(answer).get('sub')}"
    known = urn if urns.ACCOUNT.fullmatch(urn) else ""
    return AccountStatus(known, is_channel_account=known == client.author, server_time=outcomes.server_date(answer))


def _introspect(account: Account, client: LinkedinClient) -> Mapping[str, Any] | None:
    """What LinkedIn says of the token; None where the channel does not name the application's id and secret. Raises Locked, Wait."""
    id, secret = account.secrets.get("client_id"), account.secrets.get("client_secret")
    if not id or not secret:
        return None
    url = f"{client.base}/oauth/v2/introspectToken" if client.is_local else _INTROSPECTION
    answer = client.post_form(url, {"client_id": id, "client_secret": secret, "token": client.token})
    if answer.status in (400, 401):
        raise Locked(_("LinkedIn does not accept this client_id and client_secret, or they are not those of the token's application"))
    client.raise_for(answer, publishes=False)
    return client.read_object(answer)


def _missing_scopes(client: LinkedinClient, token: Mapping[str, Any] | None) -> tuple[str, ...]:
    granted = str((token or {}).get("scope") or "").replace(",", " ").split()
    return tuple(scope for scope in _SCOPES[client.is_page] if scope not in granted) if granted else ()


def _token_remarks(token: Mapping[str, Any] | None) -> Iterator[str]:
    if token is None:
        yield _(
            "a token ends after {days} days, and only LinkedIn knows when: write client_id and client_secret under env: in brand/channels.yml to be told",
            days=TOKEN_DAYS,
        )
