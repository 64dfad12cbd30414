"""Reviews: what people said of a pull request on the forge, as data that any forge with reviews can give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from marronnier.model.claim import Contributors, NamedDigests


@dataclass(frozen=True, slots=True)
class Review:
    """What one account said of a pull request last: an approval, or a request for changes."""

    account: int
    """The account's number, which no other ever gets."""
    commit: str
    """The commit whose files it had before it. Of an approval, this clone has it."""
    at: datetime
    """When it was given, as the forge says: shown to people, never trusted."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request to the default branch, with what its reviewers said last, and who had a hand in its commits."""

    reference: str
    """As people write it: `#12`."""
    head: str
    arrived: str | None
    """The commit of the default branch's own line with which it was merged; None while it is open."""
    author: int | None
    """The account that opened it; None for one that is gone."""
    before: str | None = None
    """The commit of the default branch's own line just before it was merged; None while it is open, or where there was none."""
    reviews: tuple[Review, ...] = ()
    """Approvals that count for the forge: of accounts that were asked about, may write, and took nothing back; in the order they were given."""
    change_requests: tuple[Review, ...] = ()
    """Requests for changes that nobody took back, by the accounts that were asked about."""
    refused: tuple[str, ...] = ()
    """Why other approvals do not count, in sentences for people."""
    contributors: Mapping[str, Contributors] = field(default_factory=dict)
    """Its own commits, oldest first, with who made them."""
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The parents of its own commits."""
    written: Mapping[str, datetime] = field(default_factory=dict)
    """When each of its own commits was first written: a rebase keeps it."""
    requested: tuple[tuple[str, NamedDigests], ...] = ()
    """Its commits that ask for publications by name, with what they name."""
    hands: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """By commit: the accounts that wrote, committed or pushed it."""
    unknown_hands: frozenset[str] = frozenset()
    """Commits of which the forge does not tell every hand."""
    unread: str = ""
    """Why its reviews could not be read; empty where they were."""
    is_readable: bool = True
    """Whether its commits could be fetched."""
