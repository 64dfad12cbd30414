"""Errors of the Graph API: each code becomes an outcome named by what must happen next.

https://developers.facebook.com/docs/graph-api/guides/error-handling, seen 2026-11-27; codes that stand only in `_FROM_MEMORY` are not on that page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Locked, Refused, Unknown, Wait
from marronnier.web import Answer, InvalidAnswer

Kind = Literal["refused", "locked", "wait", "unknown", "spent"]
"""What must happen next. `unknown` is for requests that publish, and Wait for all others; `spent`: where it is said twice, the container is of no use and a new one is."""

THROTTLED = timedelta(minutes=15)
"""The wait after a limit for which the server names no time: limits are counted over hours."""
MISSING = (100, 33)
"""An object that is not there, or that this token may not see: the same words for both."""

_CODES: Mapping[int, Kind] = {
    **dict.fromkeys((1, 2), "unknown"),
    **dict.fromkeys((4, 17, 341, 368), "wait"),
    **dict.fromkeys((3, 10, 102, 190, *range(200, 300)), "locked"),
    # The same post was sent a moment ago: it may be this one.
    506: "unknown",
    **dict.fromkeys((100, 1609005), "refused"),
}
_FROM_MEMORY: Mapping[int, Kind] = dict.fromkeys((32, 613, 80001, 80002), "wait")
"""Limits of a Page's and an account's requests. Not verified; 80002 was seen with HTTP 400 by another tool."""


class SpentContainer(Wait):
    """The network does not know what was prepared."""


@dataclass(frozen=True, slots=True)
class GraphError:
    """The `error` of an answer: message, type, code, error_subcode, is_transient, error_user_msg."""

    code: int
    subcode: int
    message: str
    transient: bool
    status: int = 400
    """That of the answer."""

    @property
    def is_missing(self) -> bool:
        """Whether the object is not there, or this token may not see it. A server in trouble does not know."""
        return (self.code, self.subcode) == MISSING and self.status < 500


def read_error(answer: Answer, secrets: Iterable[str]) -> GraphError | None:
    """The error that an answer holds; None where it holds none."""
    try:
        body = answer.json()
    except InvalidAnswer:
        return None
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return None
    said = outcomes.redact(error.get("error_user_msg") or error.get("message"), secrets)
    return GraphError(
        _number(error.get("code")), _number(error.get("error_subcode")), said, error.get("is_transient") is True, answer.status
    )


def raise_for_error(answer: Answer, error: GraphError, own: Mapping[int, Kind], now: datetime | None, *, publishes: bool) -> None:
    """Raises the outcome of an error; `own` are the network's own subcodes. A 5xx is never a no."""
    if answer.status >= 500 or answer.status in (408, 429):
        outcomes.raise_for_answer(answer, now, publishes=publishes, reason=error.message)
    message = _("the server answered {status}: {said}", status=_address(error), said=error.message or "?")
    kind = own.get(error.subcode) or _CODES.get(error.code) or _FROM_MEMORY.get(error.code)
    if kind is None and error.transient:
        kind = "unknown"
    match kind:
        case "refused":
            raise Refused(message)
        case "locked":
            raise Locked(message)
        case "spent":
            raise SpentContainer(message)
        case "wait":
            raise Wait(message, max(outcomes.retry_at(answer.headers, now), now + THROTTLED) if now else None)
        case "unknown":
            raise (Unknown if publishes else Wait)(message)
    outcomes.raise_for_answer(answer, now, publishes=publishes, reason=message)
    raise (Unknown if publishes else Wait)(message)


def _address(error: GraphError) -> str:
    return f"{error.code}/{error.subcode}" if error.subcode else str(error.code)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
