"""Check of an account by reading alone: its token, the scopes of the token, and the limits of its server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.fediverse.client import FediverseClient, account_name, as_mapping, domain
from marronnier.networks.kit.fediverse.server_kinds import Server, ask_server
from marronnier.networks.kit.fediverse.server_rules import server_counting
from marronnier.networks.kit.fediverse.toot_length import LINK_LENGTH, MASTODON_COUNTING
from marronnier.networks.kit.seam import Account, AccountStatus, Locked

_SCOPES: Mapping[str, frozenset[str]] = {
    "read": frozenset({"read"}),
    "write:statuses": frozenset({"write", "write:statuses"}),
    "write:media": frozenset({"write", "write:media"}),
}
"""Each scope that publishing needs, with the scopes that include it. https://docs.joinmastodon.org/api/oauth-scopes/, seen 2026-11-25"""
_PLAUSIBLE_LIMITS = range(1, 1_000_001)
_LIMIT_FIELDS = {
    "text": ("statuses", "max_characters"),
    "media": ("statuses", "max_media_attachments"),
    "alt": ("media_attachments", "description_limit"),
}
"""The limits of `channels.yml` and their fields in an instance's configuration. https://docs.joinmastodon.org/entities/Instance/#configuration, seen 2026-11-22"""


def check_account(account: Account, server: FediverseClient) -> AccountStatus:
    """The account's status. Raises Locked, Wait or Unknown."""
    status = identify_account(account, server)
    asked = ask_server(server)
    return status._replace(
        missing_scopes=_missing_scopes(server),
        limits=dict(_server_limits(asked.configuration)),
        counting=dict(_count_differences(account, asked)),
        remarks=tuple(_remarks(asked)),
    )


def identify_account(account: Account, server: FediverseClient) -> AccountStatus:
    """The account that the token belongs to. Raises Locked or Wait."""
    answer = server.request_unchecked("GET", "/api/v1/accounts/verify_credentials", publishes=False)
    if answer.status in (404, 405, 410):
        raise Locked(server.not_mastodon_message(answer.status))
    if 400 <= answer.status < 500 and answer.status not in (408, 429):
        # Some servers answer 400 to a token that they do not know (Takahē 0.11, tried 2026-11-27).
        raise Locked(server.status_message(answer))
    outcomes.raise_for_answer(answer, None, publishes=False, reason=server.error_reason(answer))
    with outcomes.web_errors_as_outcomes(publishes=False):
        me = as_mapping(answer.json())
    username = outcomes.redact(me.get("username"), account.secrets.values())
    return AccountStatus(
        account=f"@{username}@{domain(account.channel)}" if username else "",
        is_channel_account=bool(username) and username.casefold() == account_name(account.channel).casefold(),
        server_time=outcomes.server_date(answer),
    )


def _server_limits(configuration: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for limit, (part, key) in _LIMIT_FIELDS.items():
        value = as_mapping(configuration.get(part)).get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value in _PLAUSIBLE_LIMITS:
            yield limit, value


def _missing_scopes(server: FediverseClient) -> tuple[str, ...]:
    """The scopes that the token lacks; empty when the server does not tell its scopes."""
    answer = server.request_unchecked("GET", "/api/v1/apps/verify_credentials", publishes=False)
    if answer.status == 401:
        raise Locked(_("the server does not accept this token: {why}", why=server.error_reason(answer)))
    if answer.status != 200:
        return ()
    with outcomes.web_errors_as_outcomes(publishes=False):
        application = as_mapping(answer.json())
    granted = application.get("scopes", application.get("scope"))
    scopes = set(granted.split() if isinstance(granted, str) else granted if isinstance(granted, list) else ())
    if not scopes:
        return ()
    return tuple(needed for needed, sufficient in _SCOPES.items() if scopes.isdisjoint(sufficient))


def _count_differences(account: Account, asked: Server) -> Iterator[tuple[str, tuple[str, str]]]:
    """What the server counts otherwise than `brand/channels.yml` has it, where its kind is known."""
    counting, limits = server_counting(asked), account.channel.limits
    if counting is None:
        return
    there = {"unit": counting.unit, "link": "full" if counting.link is None else str(counting.link)}
    here = {"unit": limits.unit or MASTODON_COUNTING.unit, "link": limits.link or str(LINK_LENGTH)}
    yield from ((name, (here[name], value)) for name, value in there.items() if value != here[name])


def _remarks(asked: Server) -> Iterator[str]:
    if server_counting(asked) is None:
        yield _(
            "how {server} counts is not known here: `marronnier check` counts as Mastodon does, and may find too long what it takes, or the reverse",
            server=asked.kind.name or (f"“{asked.software}”" if asked.software else _("this server")),
        )
