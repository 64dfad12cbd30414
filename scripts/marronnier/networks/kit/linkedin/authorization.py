"""Consent on LinkedIn's page, and renewal where LinkedIn lets an application renew.

https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow and
https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens, seen 2026-11-28.
"""

from __future__ import annotations

from marronnier.model.brand import Channel
from marronnier.networks.kit import oauth
from marronnier.networks.kit.credentials import ConsentRequest, IssuedSecrets
from marronnier.networks.kit.linkedin.urns import is_page
from marronnier.networks.kit.seam import Account
from marronnier.web import Web

_SERVER = "https://www.linkedin.com"
_SCOPES = {True: "w_organization_social r_organization_social rw_organization_admin", False: "openid profile w_member_social"}
"""Of a page's token and of a member's, as the network's page names them."""


def consent_address(request: ConsentRequest, channel: Channel) -> str:
    """The address of LinkedIn's page."""
    return oauth.with_query(
        f"{oauth.server_of(channel, _SERVER)}/oauth/v2/authorization", response_type="code", client_id=request.client.id,
        redirect_uri=request.redirect, state=request.state, scope=_SCOPES[is_page(channel.account)],
    )  # fmt: skip


def redeem(code: str, request: ConsentRequest, account: Account, web: Web) -> IssuedSecrets:
    """The token for a code; the application's id and secret beside it, which tell its end and renew it. Raises Locked, Wait."""
    client = {"client_id": request.client.id, "client_secret": request.client.secret}
    form = {"grant_type": "authorization_code", "code": code, **client, "redirect_uri": request.redirect}
    issued = _ask(form, account, web, oauth.secrets_of(request, code))
    return IssuedSecrets({**issued.values, **client}, issued.expires)


def refresh(account: Account, web: Web) -> IssuedSecrets:
    """Another token of sixty days. The refresh token itself ends a year after the consent, whatever is done with it. Raises Locked, Wait."""
    names = ("refresh_token", "client_id", "client_secret")
    form = {"grant_type": "refresh_token", **{name: account.secrets[name] for name in names}}
    return _ask(form, account, web, tuple(account.secrets.values()))


def _ask(form: dict[str, str], account: Account, web: Web, secrets: tuple[str, ...]) -> IssuedSecrets:
    told = oauth.ask(web, "POST", f"{oauth.server_of(account.channel, _SERVER)}/oauth/v2/accessToken", secrets, form=form)
    return oauth.issued(told, "refresh_token")
