"""Whether an account is ready to speak: whose its password is, and what it may do. Only ever reads."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from marronnier.messages import _
from marronnier.networks import outcomes
from marronnier.networks.atproto import names
from marronnier.networks.atproto.server import Server
from marronnier.networks.seam import Examined

_NOWHERE = "handle.invalid"
"""The handle of an account whose own does not lead to it any more. https://atproto.com/specs/handle, seen 2026-11-25"""


def examined(server: Server) -> Examined:
    """What the server tells. Raises Locked, Wait or Unknown."""
    token = server.session().token
    told, answer = server.about()
    handle = told["handle"] if names.is_handle(str(told["handle"])) else ""
    wanted = server.handle.casefold()
    return Examined(
        whose=handle or str(told["did"]),
        named=wanted in (handle.casefold(), told["did"]),
        at=outcomes.date(answer),
        remarks=tuple(_remarks(told, _scope(token))),
    )


def _remarks(told: Mapping[str, Any], scope: str) -> Iterator[str]:
    if told["handle"] == _NOWHERE:
        yield _("its handle does not lead to it any more; set it right in the settings of the account")
    if told.get("active") is False:
        yield _("the account is not active: nobody sees its posts")
    if scope == "com.atproto.access":
        yield _("this is the password of the account itself; make an app password, which can be deleted without losing the account")
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
