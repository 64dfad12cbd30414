"""Consent in a browser (OAuth 2.0, RFC 6749): addresses, the answer that comes back, and what a code is redeemed for. Networks share it."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.credentials import ConsentRequest, IssuedSecrets
from marronnier.networks.kit.seam import Locked, Refused
from marronnier.text.urls import is_loopback
from marronnier.web import Answer, InvalidAnswer, Web

_LONGEST_LIFE = 20 * 366 * 86400


class OtherRequest(Exception):
    """An answer that belongs to another request, or to none: its state differs. Nobody acts on it."""


def server_of(channel: Channel, server: str) -> str:
    """The network's own server; for a rehearsal the one on this machine that `host:` names, and never another."""
    host = (channel.host or "").partition(":")[0]
    return f"http://{channel.host}" if host and is_loopback(host) else server


def with_query(address: str, **query: str) -> str:
    """An address with a query."""
    return f"{address}?{urlencode(query)}"


def read_redirect(address: str, request: ConsentRequest) -> str:
    """The code in the address at which a person came back, or in its query alone.

    Raises OtherRequest for a wrong state, Refused where the person or the network said no.
    """
    query = urlsplit(address.strip()).query if "?" in address else address.strip()
    told = dict(parse_qsl(query, keep_blank_values=True))
    if not hmac.compare_digest(told.get("state", "").encode(), request.state.encode()):
        raise OtherRequest(_("this answer belongs to another request: its `state` differs"))
    code = told.get("code", "")
    if "error" in told or not code:
        said = outcomes.redact(told.get("error_description") or told.get("error") or "", secrets_of(request, code))
        raise Refused(_("consent was not given: {why}", why=said) if said else _("consent was not given"))
    return code


def secrets_of(request: ConsentRequest, *more: str) -> tuple[str, ...]:
    """What must not be shown of a request."""
    return tuple(filter(None, (request.client.secret, request.verifier, *more)))


class AuthorizationAnswer(NamedTuple):
    """What an authorization server answered."""

    body: Mapping[str, Any]
    at: datetime | None
    """The server's clock."""


def ask(web: Web, method: str, url: str, secrets: Iterable[str], *, form: Mapping[str, str] | None = None) -> AuthorizationAnswer:
    """The JSON object that an authorization server answers. A `no` of it is about credentials: Locked. Raises Locked, Wait.

    https://www.rfc-editor.org/rfc/rfc6749#section-5.2, seen 2026-11-28: 400 or 401 with `error` and `error_description`.
    """
    answer = outcomes.request(web, method, url, publishes=False, **({"form": form} if form is not None else {}))
    if 400 <= answer.status < 500 and answer.status not in (408, 429):
        said = _reason(answer, secrets)
        raise Locked(
            _("the server answered {status}: {said}", status=answer.status, said=said)
            if said
            else _("the server answered {status}", status=answer.status)
        )
    outcomes.raise_for_answer(answer, None, publishes=False)
    with outcomes.web_errors_as_outcomes(publishes=False):
        body = answer.json()
        if not isinstance(body, dict):
            raise InvalidAnswer(_("the server gave an answer without {keys}", keys="{…}"))
    return AuthorizationAnswer(body, outcomes.server_date(answer))


def issued(told: AuthorizationAnswer, *more: str) -> IssuedSecrets:
    """The secrets of an answer: `access_token` as `token`, and those of `more` that it has. Raises Wait where it has none."""
    with outcomes.web_errors_as_outcomes(publishes=False):
        token = told.body.get("access_token")
        if not _is_secret(token):
            raise InvalidAnswer(_("the server gave an answer without {keys}", keys="access_token"))
    values = {"token": str(token), **{name: str(told.body[name]) for name in more if _is_secret(told.body.get(name))}}
    return IssuedSecrets(values, expiry(told.body.get("expires_in"), told.at))


def expiry(seconds: object, now: datetime | None = None) -> datetime | None:
    """When something ends that lives so many more seconds; None for what is no such number."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds < _LONGEST_LIFE:
        return None
    return (now or datetime.now(UTC)).replace(microsecond=0) + timedelta(seconds=seconds)


def instant(epoch: object) -> datetime | None:
    """The instant of seconds since 1970; None for what is no such number."""
    if not isinstance(epoch, int) or isinstance(epoch, bool) or not 0 < epoch < 10**11:
        return None
    return datetime.fromtimestamp(epoch, UTC)


def _is_secret(value: object) -> bool:
    """Whether a value can be a secret: one line of printable characters, which a header or a file takes."""
    return isinstance(value, str) and 0 < len(value) <= 10_000 and value.isascii() and value.isprintable() and " " not in value


def _reason(answer: Answer, secrets: Iterable[str]) -> str:
    try:
        body = answer.json()
    except InvalidAnswer:
        return ""
    told = body if isinstance(body, dict) else {}
    error = told.get("error")
    if isinstance(error, dict):
        return outcomes.redact(error.get("message"), secrets)
    return outcomes.redact(told.get("error_description") or told.get("error_message") or error or "", secrets)
