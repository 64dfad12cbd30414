"""The report of a run: what happened to each publication, and why the run stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from marronnier.model.plan import PlanLine
from marronnier.publish.upcoming_instant import Upcoming

Act = Literal["sealed", "unsealed", "sent", "waiting", "refused", "unknown", "cleared", "missed", "held", "left", "retracted"]

NEEDS_PERSON: frozenset[Act] = frozenset({"refused", "unknown", "missed", "held", "retracted"})
"""Acts after which a person must look."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one run did with one publication."""

    key: str
    act: Act
    reason: str = ""
    """Why, in a sentence for people."""
    url: str = ""
    """The address of the post, once sent."""
    handed_to: str | None = None
    """Who publishes it by hand, empty where the post names nobody; None for what a network gets."""

    def as_json(self) -> Mapping[str, str]:
        """For `--format json`."""
        return {"key": self.key, "act": self.act, "said": self.reason, "url": self.url}


@dataclass(frozen=True, slots=True)
class RunReport:
    """The steps of one run, why it stopped, and what waits for a person."""

    steps: tuple[Step, ...]
    stopped: str = ""
    """Why the run stopped before sending anything: a freeze, the brakes, settings that cannot be read, a shallow clone."""
    waiting: tuple[PlanLine, ...] = ()
    """Publications whose instant has passed and that have waited since before this run: for a person, or for an hour that a network named."""
    next_steps: Mapping[str, str] = field(default_factory=dict)
    """What a person can do about the steps that need one, by key."""
    repeats: bool = False
    """Whether one of these is due and would repeat what was sent: the ledger records nothing of it, so each run says so."""
    policies: tuple[str, ...] = ()
    """Which policy this run put in force and why, in sentences for people."""
    upcoming: tuple[Upcoming, ...] = ()
    """What the runs after this one will have to do, in time order."""
    heads: tuple[str, ...] = ()
    """The default branch's name and commit, and the ledger's head as this run left it; empty where it stopped before it read them."""
    superseded: bool = False
    """It was begun early and something changed before its instant: it sent nothing, and all is to be read again."""

    @property
    def needs_person(self) -> bool:
        """Whether a person must look."""
        return bool(self.stopped) or _cannot_wait(self.waiting, self.repeats) or any(step.act in NEEDS_PERSON for step in self.steps)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a run would do now: `publish --dry-run`."""

    lines: tuple[PlanLine, ...]
    """The publications that would be sent."""
    held: Mapping[str, str]
    """The findings that hold publications back, by key."""
    stopped: str = ""
    """Why the run would stop before sending anything."""
    waiting: tuple[PlanLine, ...] = ()
    """Publications whose instant has passed and that wait: for a person, or for an hour that a network named."""
    repeats: bool = False
    """Whether one of these would repeat what was sent."""

    @property
    def needs_person(self) -> bool:
        """Whether a person must look."""
        return bool(self.stopped or self.held) or _cannot_wait(self.waiting, self.repeats)


def _cannot_wait(waiting: tuple[PlanLine, ...], repeats: bool) -> bool:
    """Whether each run says so: what is due and perhaps approved stays behind, and the ledger records nothing of it."""
    return repeats or any(line.unread for line in waiting)
