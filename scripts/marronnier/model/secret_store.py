"""Where secrets that a network gave are kept: a file of the server, or what the forge keeps for its jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol


class SecretStore(Protocol):
    """A place for secrets. Each of its errors is a Trouble, which holds none of them."""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        ...

    def try_out(self, variables: Iterable[str]) -> None:
        """Make sure that these can be stored, before a network is asked for what cannot be asked for twice. Raises Trouble."""
        ...

    def store(self, values: Mapping[str, str], expires: Mapping[str, datetime]) -> None:
        """Keep these secrets, by the names of their variables, and when some of them end. It is kept when this returns. Raises Trouble."""
        ...

    def expires(self, variable: str, life: timedelta | None) -> datetime | None:
        """When a secret ends, as far as it is known here; `life` is how long one of its kind lives. Raises Trouble."""
        ...
