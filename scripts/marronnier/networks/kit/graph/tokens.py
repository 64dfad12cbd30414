"""The life of a token: how long each kind lasts, how it is renewed, and what the server says of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from marronnier.messages import N_, _
from marronnier.networks.kit import oauth
from marronnier.networks.kit.facts import Fact
from marronnier.networks.kit.graph.client import GraphClient
from marronnier.networks.kit.seam import Locked, Refused


class TokenRule(NamedTuple):
    """How a kind of token ends and is renewed."""

    life: Fact
    renewal: str
    """How it gets another life, in a few words."""


INSTAGRAM_TOKEN = TokenRule(
    Fact(60, "https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token", "2026-11-27", unit=N_("days")),
    N_("refresh_access_token gives another 60 days, from 24 hours after it was made until it ends"),
)
THREADS_TOKEN = TokenRule(
    Fact(60, "https://developers.facebook.com/docs/threads/get-started/long-lived-tokens", "2026-11-27", unit=N_("days")),
    N_("refresh_access_token gives another 60 days, from 24 hours after it was made until it ends"),
)
PAGE_TOKEN = TokenRule(
    Fact(
        60, "https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived", "2026-11-27", unit=N_("days"),
        mark="unverified",
    ),
    N_("a Page's token has no end when it is taken with a person's long-lived token"),
)  # fmt: skip


def debugged(client: GraphClient) -> Mapping[str, Any]:
    """What the server says of its own token; empty where it does not tell. Raises Wait.

    https://developers.facebook.com/docs/facebook-login/guides/access-tokens/debugging, seen 2026-11-27: the token is a parameter of the
    address, the one place where it cannot stand in a header.
    """
    try:
        data = client.get("/debug_token", input_token=client.account.secrets["token"]).get("data")
    except (Refused, Locked):
        return {}
    return data if isinstance(data, dict) else {}


def missing_scopes(told: Mapping[str, Any], needed: tuple[str, ...]) -> tuple[str, ...]:
    """The permissions that publishing needs and the token lacks; none where the server does not tell."""
    scopes = told.get("scopes")
    return tuple(scope for scope in needed if scope not in scopes) if isinstance(scopes, list) else ()


def token_end(told: Mapping[str, Any]) -> datetime | None:
    """When the token ends; None where the server does not tell, or it has no end."""
    return oauth.instant(told.get("expires_at"))


def token_remarks(told: Mapping[str, Any], rule: TokenRule) -> Iterator[str]:
    """How long a token lives whose end the server does not tell. `expires_at` 0 means never (not verified)."""
    if token_end(told) is not None:
        return
    if told.get("expires_at") == 0:
        yield _("the token has no end")
    else:
        yield _(
            "the server does not say when the token ends; it lives {days} days, and {renewal}",
            days=rule.life.value, renewal=_(rule.renewal),
        )  # fmt: skip
