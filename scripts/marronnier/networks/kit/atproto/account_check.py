"""Whether an account is ready to speak: whose its password is, and what it may do. Only ever reads."""

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

_NOWHERE = "handle.invalid"
"""The handle of an account whose own does not lead to it any more. https://atproto.com/specs/handle, seen 2026-11-25"""


def check_account(server: AtprotoClient) -> AccountStatus:
    """What the server tells. Raises Locked, Wait or Unknown."""
    token = server.session().token
    told, answer = server.about()
    handle = told["handle"] if identifiers.is_handle(str(told["handle"])) else ""
    wanted = server.handle.casefold()
    return AccountStatus(
        whose=handle or str(told["did"]),
        named=wanted in (handle.casefold(), told["did"]),
        at=outcomes.server_date(answer),
        remarks=tuple(_remarks(told, _scope(token))),
    )


def _remarks(told: Mapping[str, Any], scope: str) -> Iterator[str]:
    if told["handle"] == _NOWHERE:
        yield _("its handle no longer points to it; correct it in the account's settings")
    if told.get("active") is False:
        yield _("the account is not active: nobody sees its posts")
    if scope == "com.atproto.access":
        yield _("this is the password of the account itself; create an app password, which can be deleted without losing the account")
    if scope == "com.atproto.appPassPrivileged":
        yield _("this app password may read direct messages; one that may not is enough")


def _scope(token: str) -> str:
    """What a session may do, as its token says; empty where it says nothing that we can read.

    https://github.com/bluesky-social/atproto/blob/main/packages/pds/src/auth-scope.ts, seen 2026-11-25.
    """
    body = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except ValueError:
        return ""
    scope = claims.get("scope") if isinstance(claims, dict) else None
    return scope if isinstance(scope, str) else ""
