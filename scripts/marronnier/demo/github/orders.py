"""Orders: the faults with which the fake GitHub answers the next requests that fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class FakeOrder:
    """One order. It is used up after some requests; orders are taken in the sequence given, the first that fits."""

    what: Literal["fail", "lose", "delay", "cut", "precede"]
    """fail: answer with a status · lose: do it and close the connection · delay: answer late · cut: break off amid the answer · precede: let something
    happen first"""
    method: str = ""
    path: str = ""
    """A regular expression, looked for in the address; empty for any."""
    times: int = 1
    status: int = 502
    message: str = "Server Error"
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False
    """The failure comes after the effect: it was done all the same."""
    seconds: float = 0.0
    act: Callable[[], object] = lambda: None
    """What happens first."""

    def fits(self, method: str, path: str) -> bool:
        """Whether it is for this request."""
        return self.times > 0 and self.method in ("", method) and re.search(self.path, path) is not None


SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@dataclass(slots=True)
class FakeOrders:
    """The orders not yet used up."""

    waiting: list[FakeOrder] = field(default_factory=list)

    def take(self, method: str, path: str) -> FakeOrder | None:
        """The order for a request, used once more."""
        return self._take(method, path, precede=False)

    def precede(self, method: str, path: str) -> None:
        """Let happen what was ordered to happen before a request is read."""
        while (order := self._take(method, path, precede=True)) is not None:
            order.act()

    def _take(self, method: str, path: str, *, precede: bool) -> FakeOrder | None:
        for order in self.waiting:
            if (order.what == "precede") is precede and order.fits(method, path):
                order.times -= 1
                self.waiting = [one for one in self.waiting if one.times > 0]
                return order
        return None
