"""What a run did, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from marronnier.model.plan import PlanLine

Act = Literal["sealed", "unsealed", "sent", "waiting", "refused", "unknown", "cleared", "missed", "held", "left"]

NEEDS_PERSON: frozenset[Act] = frozenset({"refused", "unknown", "missed", "held"})
"""Acts after which somebody must look."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to one publication."""

    key: str
    act: Act
    reason: str = ""
    """Why, in a sentence for people."""
    url: str = ""
    """Where it can be read, once sent."""

    def as_json(self) -> Mapping[str, str]:
        """For `--format json`."""
        return {"key": self.key, "act": self.act, "said": self.reason, "url": self.url}


@dataclass(frozen=True, slots=True)
class RunReport:
    """All the steps of one run."""

    steps: tuple[Step, ...]
    stopped: str = ""
    """Why the run stopped before sending anything: a freeze, the brakes, settings that cannot be read, a shallow clone."""
    waiting: tuple[PlanLine, ...] = ()
    """What should have gone out by now and waits for a person since before this run."""

    @property
    def needs_person(self) -> bool:
        """Whether somebody must look."""
        return bool(self.stopped) or any(step.act in NEEDS_PERSON for step in self.steps)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a run would do."""

    lines: tuple[PlanLine, ...]
    """What would be sent."""
    held: Mapping[str, str]
    """What a rule holds back, by key, with its finding."""
    stopped: str = ""
    """Why nothing at all would be sent."""
