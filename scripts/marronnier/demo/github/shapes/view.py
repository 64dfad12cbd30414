"""Who looks, and under which address: what every shape needs to know."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from marronnier.demo.github.accounts import FakeAccount
from marronnier.demo.github.records import FakeRepository
from marronnier.demo.github.state import FakeState


@dataclass(frozen=True, slots=True)
class FakeView:
    """The state as one reader is shown it."""

    state: FakeState
    base: str
    """The address by which it was asked, so that what it answers leads back there."""
    reader: FakeAccount | None = None

    def repository_url(self, repository: FakeRepository) -> str:
        """Where the API has a repository."""
        return f"{self.base}/repos/{repository.full_name}"

    def page_url(self, repository: FakeRepository) -> str:
        """Where people see a repository."""
        return f"{self.base}/{repository.full_name}"


def instant(at: datetime) -> str:
    """An instant, as GitHub writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def maybe_instant(at: datetime | None) -> str | None:
    """An instant, or null."""
    return None if at is None else instant(at)


def node_id(kind: str, id: int | str) -> str:
    """The name that GraphQL would know it by."""
    return base64.b64encode(f"{kind}:{id}".encode()).decode()
