"""What an answer means for a post: out, or one of the four ways it is not, named by what must happen next.

    answer = outcomes.ask(web, "POST", url, headers=…, json=…, posts=True)    # Wait where nothing left, Unknown where it may have arrived
    outcomes.settle(answer, sending.now, posts=True, said=…)                  # raises unless the server agreed
    post_id = outcomes.identifier(answer.json()["id"])

`posts` is whether the request itself may put a post out: then whatever is not a plain no is Unknown.
A look or an upload that fails leaves nothing behind that a reader sees: then it is Wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from marronnier.messages import _
from marronnier.networks.kit.seam import Locked, Refused, Unknown, Wait
from marronnier.web import Answer, AnswerLost, InvalidAnswer, NotSent, Web

UNSAID = timedelta(seconds=60)
"""How long to wait where a server does not say."""
LONGEST = timedelta(hours=24)
"""The longest wait that is believed."""
MOST_QUOTED = 200
"""Characters of a server's own words."""

_RESETS = ("retry-after", "x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")
_SAME = 8
"""So many characters of a secret in a row, and a text is taken to hold it."""


def request(web: Web, method: str, url: str, *, posts: bool, **request: Any) -> Answer:
    """One answer, whatever it says. Raises Wait when nothing was sent, Unknown when a post may have gone out."""
    with failures(posts=posts):
        return web.request(method, url, **request)


@contextmanager
def failures(*, posts: bool) -> Iterator[None]:
    """Names what the door to the net raises, and answers that cannot be read."""
    try:
        yield
    except NotSent as told:
        outcome: Wait | Unknown = Wait(str(told))
    except (AnswerLost, InvalidAnswer) as told:
        outcome = Unknown(str(told)) if posts else Wait(str(told))
    else:
        return
    raise outcome


def raise_for_answer(answer: Answer, now: datetime | None, *, posts: bool, said: str = "") -> None:
    """Nothing where the server agreed (2xx). Else raises Refused, Locked, Wait or Unknown; `said` is what it gave as a reason.

    A 5xx is never a no: some servers say so after they took a post in. What a network says in its own way, it reads before this.
    """
    status = answer.status
    if 200 <= status < 300:
        return
    why = _("the server answered {status}: {said}", status=status, said=said) if said else _("the server answered {status}", status=status)
    if status == 429:
        raise Wait(why, retry_at(answer.headers, now) if now else None)
    if status in (401, 403):
        raise Locked(why)
    if status in (301, 307, 308):
        raise Locked(
            _("the server sends us elsewhere ({status}); name the place where the account is now in brand/channels.yml", status=status)
        )
    if status == 408 or status >= 500 or status < 400:
        raise (Unknown if posts else Wait)(why)
    raise Refused(why)


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """When to try again: Retry-After or a reset header in any of their forms, by the server's own clock; bounded on both sides.

    Seconds or an HTTP-date (RFC 9110, 10.2.3); ISO 8601 (Mastodon's X-RateLimit-Reset); seconds since 1970 (Bluesky, X).
    """
    there = parse_http_date(headers.get("date", "")) or now
    for name in _RESETS:
        wait = _wait(headers.get(name, ""), there)
        if wait is not None:
            return now + min(wait, LONGEST) if wait > timedelta() else now + UNSAID
    return now + UNSAID


def _wait(text: str, there: datetime) -> timedelta | None:
    """How long from the server's `there`; None when the text says nothing."""
    text = text.strip()
    if re.fullmatch(r"[+-]?\d{1,12}(\.\d{0,9})?", text):
        seconds = float(text)
        since_1970 = seconds > 1_000_000_000
        return timedelta(seconds=min(seconds - there.timestamp() if since_1970 else seconds, LONGEST.total_seconds() + 1))
    if re.fullmatch(r"\+?\d{13,400}", text):
        return LONGEST
    at = parse_http_date(text)
    return at - there if at else None


def parse_http_date(text: object) -> datetime | None:
    """An HTTP-date or ISO 8601, aware; None when it is neither."""
    from email.utils import parsedate_to_datetime

    if not isinstance(text, str):
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def server_date(answer: Answer) -> datetime | None:
    """The server's own clock, by its Date; None when it gives none."""
    return parse_http_date(answer.headers.get("date", ""))


def redacted(text: object, secrets: Iterable[str]) -> str:
    """A server's own words for people: one line, bounded, without control characters; nothing when they hold a secret in any dress."""
    said = re.sub(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", " ", text if isinstance(text, str) else "")
    if any(_holds(said, secret) for secret in secrets):
        return _("(its words are left out: they hold a secret)")
    said = " ".join(said.split())
    return said if len(said) <= MOST_QUOTED else f"{said[: MOST_QUOTED - 1]}…"


def _holds(text: str, secret: str) -> bool:
    """Whether a text holds a piece of a secret: as it is, in another case, URL-encoded, JSON-escaped, in hexadecimal, in base64, or cut up by spaces."""
    bare = re.sub(r"\s", "", text).casefold()
    return any(piece in bare for dress in _dresses(secret) for piece in _pieces(dress))


def _dresses(secret: str) -> Iterator[str]:
    import base64
    import json
    from urllib.parse import quote

    raw = secret.encode()
    yield from (secret, secret[::-1], quote(secret, safe=""), json.dumps(secret)[1:-1], raw.hex())
    for shift in range(3):
        # A base64 text depends on where in three bytes it begins; its first and last letters hold what stands around.
        dressed = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")[2 if shift else 0 :]
        yield from (dressed, dressed.replace("+", "-").replace("/", "_"))


def _pieces(dress: str) -> Iterator[str]:
    dress = "".join(dress.split()).casefold()
    size = min(_SAME, len(dress))
    return (dress[start : start + size] for start in range(len(dress) - size + 1)) if size >= 4 else iter(())


_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,199}")


def valid_identifier(value: object, shape: re.Pattern[str] = _NAME) -> str:
    """A network's own name for something, of that shape. Raises InvalidAnswer: it will stand in the ledger and in addresses."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not shape.fullmatch(text):
        raise InvalidAnswer(_("the server gave a name that is none"))
    return text


def valid_url(value: object) -> str:
    """An address people can open: http or https, a host, nothing hidden in it. Raises InvalidAnswer."""
    from urllib.parse import urlsplit

    if not isinstance(value, str) or len(value) > 2000 or re.search(r"[\x00-\x20\x7f-\xa0\"<>\\^`{|}\u200b-\u200f\u2028-\u202e]", value):
        raise InvalidAnswer(_("the server gave an address that is none"))
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and (parts.port or 1) > 0
    except ValueError:
        fine = False
    if not fine:
        raise InvalidAnswer(_("the server gave an address that is none"))
    return value
