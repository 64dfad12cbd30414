"""The plan: every publication in time order, each with a state and a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from marronnier.model.history import History
from marronnier.model.instant import Instant
from marronnier.model.publication import Publication

State = Literal[
    "idea", "draft", "in-review", "held", "ready", "due", "sending", "sent",
    "edited", "unknown", "refused", "missed", "past", "retracted",
]  # fmt: skip
ShownState = Literal["draft", "in review", "ready", "sent", "needs you"]

SHOWN_STATES: Mapping[str, ShownState] = {
    "idea": "draft",
    "draft": "draft",
    "past": "draft",
    "in-review": "in review",
    "held": "needs you",
    "ready": "ready",
    "due": "ready",
    "sending": "ready",
    "sent": "sent",
    "retracted": "sent",
    "edited": "needs you",
    "unknown": "needs you",
    "refused": "needs you",
    "missed": "needs you",
}
"""The five states people see, behind which the tool tells fourteen apart."""


@dataclass(frozen=True, slots=True)
class Digests:
    """What an approval binds."""

    words: str
    """SHA-256 of the words and the network's COMPOSER number."""
    when: str
    """SHA-256 of the instant, or of what is written where the tool chooses it."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether a publication may go out as it stands."""

    granted: bool
    by: tuple[str, ...] = ()
    why: str = ""
    """Why not, or by which policy, in a sentence for people."""
    unsigned: bool = False
    """Whether a voice that counts carries no signature."""
    at: datetime | None = None
    """When the last voice that counts was given, as its commit says: shown to people, never trusted."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line of the plan."""

    publication: Publication
    instant: Instant
    state: State
    why: str
    """The reason of the state, in a sentence for people."""
    next: str
    """The next step, as a command or an act; empty when there is none."""
    digests: Digests
    proposal: str = ""
    """The branch or pull request that proposes it; empty on the default branch."""
    history: History | None = None

    @property
    def shown_state(self) -> ShownState:
        """The state as people see it."""
        return SHOWN_STATES[self.state]

    @property
    def key(self) -> str:
        """The publication's key."""
        return self.publication.key


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """What a proposal does to one publication."""

    kind: Literal["added", "changed", "removed", "asked"]
    """`asked`: nothing differs; it is only asked to be approved again."""
    publication: Publication
    """As proposed; as it stands, for one that is removed."""
    instant: Instant
    digests: Digests
    before: Digests | None = None
    """As it stood where the branch left the default branch."""
    approval: Approval | None = None
    """What was already approved on the branch; it counts once it is merged."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one branch, one pull request or the working directory would change."""

    name: str
    head: str
    """Its commit; empty for the working directory."""
    in_review: bool
    changes: tuple[ProposedChange, ...]

    @property
    def committed(self) -> bool:
        """Whether it is in Git at all."""
        return bool(self.head)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything ahead and behind, in time order."""

    now: datetime
    lines: tuple[PlanLine, ...]
    """Those without an instant come last."""
    warnings: tuple[str, ...] = ()
    """Sentences that concern the whole: a clock, a freeze, an unsigned policy, no ledger yet."""
    refusals: Mapping[str, str] = field(default_factory=dict)
    """By key: why a publication must not go out although it is approved (the same words went out already, its identity changed)."""
    at_once: int = 20
    """`brand.yml: brakes.at_once`."""

    @property
    def braked(self) -> bool:
        """Whether more is due at once than the brakes let pass: a run stops and asks."""
        return len(self.due()) > self.at_once

    def due(self) -> tuple[PlanLine, ...]:
        """What a run would send now."""
        return tuple(line for line in self.lines if line.state == "due")
