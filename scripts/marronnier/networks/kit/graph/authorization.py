"""Consent, exchange and renewal of the tokens of Meta's networks: a code becomes a token of an hour, that one of sixty days, and that another such.

Meta's pages have tokens and an application's secret in the query of addresses: the vendor's one documented form. They travel over TLS, and no error
or log of ours holds an address.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.networks.kit import oauth
from marronnier.networks.kit.credentials import ConsentRequest, IssuedSecrets
from marronnier.networks.kit.graph.client import VERSION
from marronnier.networks.kit.seam import Account, Locked
from marronnier.web import Web


class TokenService(NamedTuple):
    """Where one network gives tokens."""

    consent_server: str
    """The server with the page."""
    code_server: str
    """The server that takes codes."""
    server: str
    """The server that takes tokens."""
    grants: str
    """What its kinds of grants begin with: `ig`, `th`."""
    scopes: tuple[str, ...]


INSTAGRAM = TokenService(
    "https://api.instagram.com", "https://api.instagram.com", "https://graph.instagram.com", "ig",
    ("instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_comments", "instagram_business_manage_insights"),
)  # fmt: skip
"""https://developers.facebook.com/documentation/instagram-platform/reference/oauth-authorize, .../reference/access_token and
.../reference/refresh_access_token, seen 2026-11-28"""
THREADS = TokenService(
    "https://threads.com", "https://graph.threads.net", "https://graph.threads.net", "th",
    ("threads_basic", "threads_content_publish", "threads_read_replies", "threads_manage_insights", "threads_delete"),
)  # fmt: skip
"""https://developers.facebook.com/documentation/threads/get-started/get-access-tokens-and-permissions and
https://developers.facebook.com/docs/threads/get-started/long-lived-tokens/, seen 2026-11-28"""
FACEBOOK_SCOPES = (
    "pages_show_list",
    "pages_manage_posts",
    "pages_read_engagement",
    "pages_manage_engagement",
    "read_insights",
    "publish_video",
)
"""Those of the network's page, and the one that lists Pages. https://developers.facebook.com/docs/pages-api/posts, seen 2026-11-27; `pages_show_list` is not verified."""
_FACEBOOK = "https://www.facebook.com"
_GRAPH = "https://graph.facebook.com"


def consent_address(service: TokenService, request: ConsentRequest, channel: Channel) -> str:
    """The address of a network's page."""
    return _with_request(f"{oauth.server_of(channel, service.consent_server)}/oauth/authorize", request, service.scopes)


def redeem(service: TokenService, code: str, request: ConsentRequest, account: Account, web: Web) -> IssuedSecrets:
    """A token of sixty days for a code. Raises Locked, Wait."""
    form = {
        "client_id": request.client.id, "client_secret": request.client.secret, "grant_type": "authorization_code",
        "redirect_uri": request.redirect, "code": code,
    }  # fmt: skip
    secrets = oauth.secrets_of(request, code)
    told = oauth.ask(web, "POST", f"{oauth.server_of(account.channel, service.code_server)}/oauth/access_token", secrets, form=form)
    # Instagram's guide shows the token in a list under `data`, its reference and Threads' show it bare.
    listed: Any = told.body.get("data")
    bare = told._replace(body=listed[0]) if isinstance(listed, list) and listed and isinstance(listed[0], dict) else told
    short = oauth.issued(bare).values["token"]
    query = {"grant_type": f"{service.grants}_exchange_token", "client_secret": request.client.secret, "access_token": short}
    address = oauth.with_query(f"{oauth.server_of(account.channel, service.server)}/access_token", **query)
    return oauth.issued(oauth.ask(web, "GET", address, (*secrets, short)))


def refresh(service: TokenService, account: Account, web: Web) -> IssuedSecrets:
    """Another token of sixty days, from 24 hours after the last one was given until that one ends. Raises Locked, Wait."""
    query = {"grant_type": f"{service.grants}_refresh_token", "access_token": account.secrets["token"]}
    address = oauth.with_query(f"{oauth.server_of(account.channel, service.server)}/refresh_access_token", **query)
    return oauth.issued(oauth.ask(web, "GET", address, account.secrets.values()))


def page_consent_address(request: ConsentRequest, channel: Channel) -> str:
    """The address of Facebook's page. https://developers.facebook.com/docs/facebook-login/manually-build-a-login-flow, seen 2026-11-28"""
    return _with_request(f"{oauth.server_of(channel, _FACEBOOK)}/{VERSION}/dialog/oauth", request, FACEBOOK_SCOPES)


def redeem_page(code: str, request: ConsentRequest, account: Account, web: Web) -> IssuedSecrets:
    """The token of the channel's Page: a code becomes a person's token, that a longer one, and that lists the tokens of the Pages.

    https://developers.facebook.com/docs/facebook-login/manually-build-a-login-flow and .../guides/access-tokens/get-long-lived, seen 2026-11-28;
    that a Page's token taken with a long one has no end is not verified. Raises Locked, Wait.
    """
    base = f"{oauth.server_of(account.channel, _GRAPH)}/{VERSION}"
    client = {"client_id": request.client.id, "client_secret": request.client.secret}
    secrets = oauth.secrets_of(request, code)
    address = oauth.with_query(f"{base}/oauth/access_token", **client, redirect_uri=request.redirect, code=code)
    short = oauth.issued(oauth.ask(web, "GET", address, secrets)).values["token"]
    address = oauth.with_query(f"{base}/oauth/access_token", grant_type="fb_exchange_token", **client, fb_exchange_token=short)
    long = oauth.issued(oauth.ask(web, "GET", address, (*secrets, short))).values["token"]
    # In the query, as the vendor's page has it: here no account has a client of its own yet.
    address = oauth.with_query(f"{base}/me/accounts", fields="id,name,username,access_token", limit="100", access_token=long)
    told = oauth.ask(web, "GET", address, (*secrets, short, long))
    pages = [page for page in told.body.get("data") or () if isinstance(page, dict)]
    wanted = account.channel.account.removeprefix("@").casefold()
    page = next((one for one in pages if wanted in {str(one.get(key)).casefold() for key in ("id", "username") if one.get(key)}), None)
    if page is None:
        names = ", ".join(str(one.get("username") or one.get("id")) for one in pages[:10]) or "–"
        text = _(
            "whoever consented may not speak for {account}; the Pages that they gave: {names}", account=account.channel.account, names=names
        )
        raise Locked(text)
    return oauth.issued(told._replace(body=page))


def _with_request(address: str, request: ConsentRequest, scopes: tuple[str, ...]) -> str:
    return oauth.with_query(
        address,
        client_id=request.client.id,
        redirect_uri=request.redirect,
        response_type="code",
        scope=",".join(scopes),
        state=request.state,
    )
