"""Outcomes of requests: a server's answer becomes success, or one of Refused, Locked, Wait and Unknown.

    answer = outcomes.request(web, "POST", url, publishes=True, headers=…, json=…)    # Wait when nothing left, Unknown when it may have arrived
    outcomes.raise_for_answer(answer, sending.now, publishes=True, reason=…)          # raises unless the server agreed
    post_id = outcomes.check_identifier(answer.json()["id"])

`publishes` tells whether the request itself can put a post out: then everything but a definite refusal is Unknown.
A failed look-up or upload leaves nothing that a reader sees: it is Wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from marronnier.messages import _
from marronnier.networks.kit.seam import CounterName, Locked, Refused, Unknown, Wait, WrongAddress
from marronnier.text.secrets import quoted_from_server
from marronnier.web import AddressNotAllowed, Answer, AnswerLost, InvalidAnswer, NotSent, Web

DEFAULT_WAIT = timedelta(seconds=60)
"""The wait when a server names none."""
LONGEST_WAIT = timedelta(hours=24)
"""Longer waits are cut to this one."""
MAX_QUOTED = 200
"""The most characters that are quoted from a server."""

_RETRY_HEADERS = ("retry-after", "x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")


def request(web: Web, method: str, url: str, *, publishes: bool, **options: Any) -> Answer:
    """The answer, of any status. Raises Wait when nothing was sent, Unknown when a post may have gone out."""
    with web_errors_as_outcomes(publishes=publishes):
        return web.request(method, url, **options)


@contextmanager
def web_errors_as_outcomes(*, publishes: bool) -> Iterator[None]:
    """Raises Wait or Unknown in place of the errors of `marronnier.web`: not sent, lost, or answered with something unreadable."""
    try:
        yield
    except AddressNotAllowed as error:
        outcome: Wait | Unknown = WrongAddress(str(error))
    except NotSent as error:
        outcome = Wait(str(error))
    except (AnswerLost, InvalidAnswer) as error:
        outcome = Unknown(str(error)) if publishes else Wait(str(error))
    else:
        return
    raise outcome


def raise_for_answer(answer: Answer, now: datetime | None, *, publishes: bool, reason: str = "") -> None:
    """Raises Refused, Locked, Wait or Unknown unless the status is 2xx; `reason` is the server's own explanation.

    A 5xx is never a no: some servers say so after they took a post in.
    Refusals that a network words in its own way are read by that network before it calls this function.
    """
    status = answer.status
    if 200 <= status < 300:
        return
    message = (
        _("the server answered {status}: {said}", status=status, said=reason)
        if reason
        else _("the server answered {status}", status=status)
    )
    if status == 429:
        raise Wait(message, retry_at(answer.headers, now) if now else None)
    if status in (401, 403):
        raise Locked(message)
    if status in (301, 307, 308):
        raise Locked(_("the server redirects elsewhere ({status}); write the account's new server in brand/channels.yml", status=status))
    if status == 408 or status >= 500 or status < 400:
        raise (Unknown if publishes else Wait)(message)
    raise Refused(message)


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """When to try again, from Retry-After or a rate limit's reset header: `now` and the wait by the server's clock, at most LONGEST_WAIT.

    Seconds or an HTTP-date (RFC 9110, 10.2.3); ISO 8601 (Mastodon's X-RateLimit-Reset); seconds since 1970 (Bluesky, X).
    """
    server_now = parse_date(headers.get("date", "")) or now
    for name in _RETRY_HEADERS:
        wait = _parse_wait(headers.get(name, ""), server_now)
        if wait is not None:
            return now + min(wait, LONGEST_WAIT) if wait > timedelta() else now + DEFAULT_WAIT
    return now + DEFAULT_WAIT


def _parse_wait(text: str, server_now: datetime) -> timedelta | None:
    """The wait that a header asks for; None when the text is neither a number nor a date."""
    text = text.strip()
    if re.fullmatch(r"[+-]?\d{1,12}(\.\d{0,9})?", text):
        seconds = float(text)
        since_1970 = seconds > 1_000_000_000
        return timedelta(seconds=min(seconds - server_now.timestamp() if since_1970 else seconds, LONGEST_WAIT.total_seconds() + 1))
    if re.fullmatch(r"\+?\d{13,400}", text):
        return LONGEST_WAIT
    at = parse_date(text)
    return at - server_now if at else None


def parse_date(text: object) -> datetime | None:
    """The aware instant of an HTTP-date or of ISO 8601, UTC when it names no zone; None when the text is neither."""
    from email.utils import parsedate_to_datetime

    if not isinstance(text, str):
        return None
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = parse(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None


def server_date(answer: Answer) -> datetime | None:
    """The server's clock, from the header Date; None without one."""
    return parse_date(answer.headers.get("date", ""))


def redact(text: object, secrets: Iterable[str]) -> str:
    """A server's message on one line of at most MAX_QUOTED characters, without control characters; a notice in its place when it holds a secret."""
    return quoted_from_server(text, secrets, MAX_QUOTED)


_IDENTIFIER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,199}")


def check_identifier(value: object, shape: re.Pattern[str] = _IDENTIFIER) -> str:
    """The identifier that a server gave, as text. Raises InvalidAnswer when it has another shape: identifiers enter the ledger and URLs."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not shape.fullmatch(text):
        raise InvalidAnswer(_("the server gave an invalid identifier"))
    return text


def check_url(value: object) -> str:
    """The URL that a server gave. Raises InvalidAnswer unless it has http or https, a host, no credentials and no invisible characters."""
    from urllib.parse import urlsplit

    if (
        not isinstance(value, str)
        or len(value) > 2000
        or re.search(r"[\x00-\x20\x7f-\xa0\xad\"<>\\^`{|}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", value)
    ):
        raise InvalidAnswer(_("the server gave an invalid address"))
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        raise InvalidAnswer(_("the server gave an invalid address"))
    return value


def counters(told: Mapping[str, Any], names: Mapping[str, CounterName]) -> Mapping[CounterName, int]:
    """The counters that a server told, under neutral names; what is absent or no number is not there."""
    return {
        name: value
        for field, name in names.items()
        if isinstance(value := told.get(field), int) and not isinstance(value, bool) and value >= 0
    }
