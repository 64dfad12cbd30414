"""Whether an account is ready to speak: its token, what the token may do, and the limits of its server. Only ever reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.fediverse.client import FediverseClient, host, name
from marronnier.networks.kit.fediverse.toot_length import LINK
from marronnier.networks.kit.seam import Account, AccountStatus, Locked

_NEEDED: Mapping[str, frozenset[str]] = {
    "read": frozenset({"read"}),
    "write:statuses": frozenset({"write", "write:statuses"}),
    "write:media": frozenset({"write", "write:media"}),
}
"""What we ask for, and what includes it. https://docs.joinmastodon.org/api/oauth-scopes/, seen 2026-11-25"""
_BELIEVED = range(1, 1_000_001)
_LIMITS = {
    "text": ("statuses", "max_characters"),
    "media": ("statuses", "max_media_attachments"),
    "alt": ("media_attachments", "description_limit"),
}
"""Where a server says its limits. https://docs.joinmastodon.org/entities/Instance/#configuration, seen 2026-11-22"""


def check_account(account: Account, server: FediverseClient) -> AccountStatus:
    """What the server tells. Raises Locked, Wait or Unknown."""
    answer = server.ask("GET", "/api/v1/accounts/verify_credentials", posts=False, everywhere=True)
    with outcomes.failures(posts=False):
        me = _mapping(answer.json())
    username = outcomes.redacted(me.get("username"), account.secrets.values())
    configuration = _configuration(server)
    wanted = name(account.channel)
    return AccountStatus(
        whose=f"@{username}@{host(account.channel)}" if username else "",
        named=bool(username) and username.casefold() == wanted.casefold(),
        lacks=_lacks(server),
        limits=dict(_limits(configuration)),
        at=outcomes.server_date(answer),
        remarks=tuple(_remarks(configuration)),
    )


def _configuration(server: FediverseClient) -> Mapping[str, Any]:
    """What an instance says of itself; servers without the newer page have the older one."""
    for path in ("/api/v2/instance", "/api/v1/instance"):
        answer = server.answer("GET", path, posts=False)
        if answer.status == 404:
            continue
        outcomes.raise_for_answer(answer, None, posts=False, said=server.why(answer))
        with outcomes.failures(posts=False):
            told = _mapping(answer.json())
        return _mapping(told.get("configuration")) or {"statuses": {"max_characters": told.get("max_toot_chars")}}
    return {}


def _limits(configuration: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for limit, (part, key) in _LIMITS.items():
        value = _mapping(configuration.get(part)).get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value in _BELIEVED:
            yield limit, value


def _lacks(server: FediverseClient) -> tuple[str, ...]:
    """What the token may not do, where the server says what it may."""
    answer = server.answer("GET", "/api/v1/apps/verify_credentials", posts=False)
    if answer.status == 401:
        raise Locked(_("the server does not accept this token: {why}", why=server.why(answer)))
    if answer.status != 200:
        return ()
    with outcomes.failures(posts=False):
        told = _mapping(answer.json())
    given = told.get("scopes", told.get("scope"))
    scopes = set(given.split() if isinstance(given, str) else given if isinstance(given, list) else ())
    if not scopes:
        return ()
    return tuple(needed for needed, enough in _NEEDED.items() if scopes.isdisjoint(enough))


def _remarks(configuration: Mapping[str, Any]) -> Iterator[str]:
    link = _mapping(configuration.get("statuses")).get("characters_reserved_per_url")
    if isinstance(link, int) and link != LINK:
        yield _("a link counts as {there} characters on the server, and as {here} in `marronnier check`", there=link, here=LINK)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
