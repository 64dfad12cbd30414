"""Check of an account by reading alone: the account its password belongs to, and what a session may do."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.atproto import identifiers
from marronnier.networks.kit.atproto.client import AtprotoClient
from marronnier.networks.kit.seam import AccountStatus

_INVALID_HANDLE = "handle.invalid"
"""The handle of an account whose handle no longer resolves to it. https://atproto.com/specs/handle, seen 2026-11-25"""


def identify_account(server: AtprotoClient) -> AccountStatus:
    """The account whose session this is: an app password opens no other one. Raises Locked or Wait."""
    began = server.begin_session()
    session, wanted = server.session(), server.handle.casefold()
    belongs = wanted in (session.handle.casefold(), session.did) or session.handle == _INVALID_HANDLE
    return AccountStatus(account=session.handle or session.did, is_channel_account=belongs, server_time=began)


def check_account(server: AtprotoClient) -> AccountStatus:
    """The account's status. Raises Locked, Wait or Unknown."""
    token = server.session().token
    account, answer = server.account_info()
    handle = account["handle"] if identifiers.is_handle(str(account["handle"])) else ""
    wanted = server.handle.casefold()
    return AccountStatus(
        account=handle or str(account["did"]),
        is_channel_account=wanted in (handle.casefold(), account["did"]),
        server_time=outcomes.server_date(answer),
        remarks=tuple(_remarks(account, _token_scope(token))),
    )


def _remarks(account: Mapping[str, Any], scope: str) -> Iterator[str]:
    if account["handle"] == _INVALID_HANDLE:
        yield _("its handle no longer points to it; correct it in the account's settings")
    if account.get("active") is False:
        yield _("the account is not active: nobody sees its posts")
    if scope == "com.atproto.access":
        yield _("this is the password of the account itself; create an app password, which can be deleted without losing the account")
    if scope == "com.atproto.appPassPrivileged":
        yield _("this app password may read direct messages; one that may not is enough")


def _token_scope(token: str) -> str:
    """The scope in a session's token (a JWT); empty when the token cannot be read.

    https://github.com/bluesky-social/atproto/blob/main/packages/pds/src/auth-scope.ts, seen 2026-11-25.
    """
    body = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except ValueError:
        return ""
    scope = claims.get("scope") if isinstance(claims, dict) else None
    return scope if isinstance(scope, str) else ""
