"""Consent on a server with Mastodon's API: an application is made there, a person consents, and the code becomes a token without an end.

https://docs.joinmastodon.org/methods/apps/#create and https://docs.joinmastodon.org/methods/oauth/, seen 2026-11-28; the proof of RFC 7636 is taken from
Mastodon 4.3 on (https://docs.joinmastodon.org/spec/oauth/), and older servers leave it aside.
"""

from __future__ import annotations

from marronnier.model.brand import Channel
from marronnier.networks.kit import oauth, outcomes
from marronnier.networks.kit.credentials import ConsentRequest, IssuedSecrets, OAuthClient
from marronnier.networks.kit.fediverse.client import host, host_and_port, is_loopback
from marronnier.networks.kit.seam import Account
from marronnier.web import InvalidAnswer, Web

SCOPES = "read write:statuses write:media"


def server(channel: Channel) -> str:
    """The address of the account's server."""
    return f"{'http' if is_loopback(host(channel)) else 'https'}://{host_and_port(channel)}"


def register_client(account: Account, redirect: str, web: Web) -> OAuthClient:
    """Make an application that may only send its people back to this machine. Raises Refused, Locked, Wait."""
    form = {"client_name": "Marronnier", "redirect_uris": redirect, "scopes": SCOPES}
    told = oauth.ask(web, "POST", f"{server(account.channel)}/api/v1/apps", (), form=form)
    with outcomes.web_errors_as_outcomes(publishes=False):
        id, secret = told.body.get("client_id"), told.body.get("client_secret")
        if not isinstance(id, str) or not isinstance(secret, str) or not id or not secret:
            raise InvalidAnswer(_missing())
    return OAuthClient(id, secret)


def consent_address(request: ConsentRequest, channel: Channel) -> str:
    """The address of the server's page."""
    return oauth.with_query(
        f"{server(channel)}/oauth/authorize", response_type="code", client_id=request.client.id, redirect_uri=request.redirect, scope=SCOPES,
        state=request.state, code_challenge=request.challenge, code_challenge_method="S256",
    )  # fmt: skip


def redeem(code: str, request: ConsentRequest, account: Account, web: Web) -> IssuedSecrets:
    """The token for a code. Raises Locked, Wait."""
    form = {
        "grant_type": "authorization_code", "code": code, "client_id": request.client.id, "client_secret": request.client.secret,
        "redirect_uri": request.redirect, "scope": SCOPES, "code_verifier": request.verifier,
    }  # fmt: skip
    return oauth.issued(oauth.ask(web, "POST", f"{server(account.channel)}/oauth/token", oauth.secrets_of(request, code), form=form))


def _missing() -> str:
    from marronnier.messages import _

    return _("the server gave an answer without {keys}", keys="client_id, client_secret")
