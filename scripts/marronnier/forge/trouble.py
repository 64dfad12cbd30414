"""Errors of a forge, each of a kind that says what it means for whoever asked."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from marronnier.messages import Trouble

Kind = Literal["unreachable", "lost", "credentials", "forbidden", "missing", "moved", "refused", "busy", "failed", "unreadable"]
"""`unreachable`: nothing was sent; `lost`: it may have arrived; `credentials`: who asks is not known; `forbidden`: they may not; `missing`: there
is no such thing, or they may not see it; `moved`: it is elsewhere now; `refused`: what was asked is wrong; `busy`: too many requests;
`failed`: the forge itself failed; `unreadable`: the answer has another form than it should."""


class ForgeTrouble(Trouble):
    """A forge gave no answer that counts. The message and what to do are for people, and hold no secret."""

    def __init__(self, message: str, next: str = "", *, kind: Kind, retry_at: datetime | None = None) -> None:
        super().__init__(message, next)
        self.kind: Kind = kind
        self.brief = message
        """The message without what the forge itself said: what stands on pages holds no words of others."""
        self.retry_at = retry_at
        """When the forge says that it answers again; None when it does not say."""

    @property
    def may_have_happened(self) -> bool:
        """Whether what was asked may have been done all the same: then only looking tells."""
        return self.kind in ("lost", "failed", "unreadable")

    @property
    def is_of_the_forge(self) -> bool:
        """Whether it concerns everything that is asked of the forge now, not one thing alone."""
        return self.kind in ("unreachable", "lost", "credentials", "busy", "failed")
