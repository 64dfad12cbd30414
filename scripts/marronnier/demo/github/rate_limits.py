"""How often each token may ask in an hour. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from marronnier.demo.github.accounts import FakeToken
from marronnier.demo.github.state import FakeRefusal

PERSON, JOB, NOBODY = 5000, 1000, 60
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class _Window:
    """What one token asked in its hour."""

    limit: int
    reset: datetime
    used: int = 0


@dataclass(slots=True)
class FakeRateLimits:
    """The windows of all tokens."""

    windows: dict[str, _Window] = field(default_factory=dict)

    def window(self, token: FakeToken | None, now: datetime) -> _Window:
        """The hour of a token, begun anew when it is over."""
        key = token.value if token else ""
        limit = NOBODY if token is None else JOB if token.is_job else PERSON
        window = self.windows.get(key)
        if window is None or window.reset <= now:
            window = self.windows[key] = _Window(window.limit if window else limit, now + HOUR)
        return window

    def leave(self, token: FakeToken | None, remaining: int, now: datetime) -> None:
        """Leave a token only so many requests."""
        window = self.window(token, now)
        window.used = window.limit - remaining

    def count(self, token: FakeToken | None, now: datetime) -> None:
        """One more request. Raises FakeRefusal when none is left."""
        window = self.window(token, now)
        if window.used >= window.limit:
            whose = f"user ID {token.account.id}" if token else "127.0.0.1"
            raise FakeRefusal(403, f"API rate limit exceeded for {whose}.", page="rest/using-the-rest-api/rate-limits-for-the-rest-api")
        window.used += 1

    def headers(self, token: FakeToken | None, now: datetime) -> dict[str, str]:
        """What every answer says of it."""
        window = self.window(token, now)
        return {
            "X-RateLimit-Limit": str(window.limit),
            "X-RateLimit-Remaining": str(window.limit - window.used),
            "X-RateLimit-Used": str(window.used),
            "X-RateLimit-Reset": str(int(window.reset.timestamp())),
            "X-RateLimit-Resource": "core",
        }

    def shape(self, token: FakeToken | None, now: datetime) -> dict[str, Any]:
        """What `/rate_limit` answers; asking for it counts for nothing."""
        window = self.window(token, now)
        core = {
            "limit": window.limit,
            "used": window.used,
            "remaining": window.limit - window.used,
            "reset": int(window.reset.timestamp()),
        }
        search = {"limit": 30, "used": 0, "remaining": 30, "reset": core["reset"]}
        return {"resources": {"core": core, "search": search}, "rate": core}
