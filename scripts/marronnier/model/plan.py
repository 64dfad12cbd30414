"""The plan: every publication in time order, with its state and the reason for it; and what proposals would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
ShownWord = Literal["draft", "in review", "ready", "sent", "needs you", "past", "retracted"]
"""The word that people read: their state, and two of the finer ones."""

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
    "retracted": "needs you",
    "edited": "needs you",
    "unknown": "needs you",
    "refused": "needs you",
    "missed": "needs you",
}
"""The state that people see (five) for each state of the tool (fourteen)."""


def shown_word(state: State, history: History | None) -> ShownWord:
    """The word for a publication: the state as people see it, but for what never goes out any more, which is no draft to its readers."""
    if state != "past":
        return SHOWN_STATES[state]
    return "retracted" if history is not None and history.retraction is not None else "past"


@dataclass(frozen=True)
class Digests:
    """The two digests that an approval binds."""

    words: str
    """SHA-256 of the words and the network's COMPOSER number."""
    when: str
    """SHA-256 of the instant; of the written slot, `next` or repeat rule where the tool chooses the instant."""

    @classmethod
    def computed_when_read(cls, words: Callable[[], str], when: Callable[[], str]) -> Digests:
        """Digests of which each is computed when it is first read."""
        made = cls.__new__(cls)
        vars(made).update(_words=words, _when=when)
        return made

    def __getattr__(self, name: str) -> str:
        if name not in ("words", "when") or f"_{name}" not in vars(self):
            raise AttributeError(name)
        digest: str = vars(self).pop(f"_{name}")()
        vars(self)[name] = digest
        return digest


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether a publication is approved as it is now, and by whom."""

    granted: bool
    by: tuple[str, ...] = ()
    why: str = ""
    """Why it is not approved, or by which policy it is, in a sentence for people."""
    unsigned: bool = False
    """Whether an approval that counts has no signature."""
    at: datetime | None = None
    """When the last approval that counts was given, as its commit says: shown to people, never trusted."""
    needs_approver: bool = False
    """Nobody can approve it: all who may have written it."""
    waits_for_policy: bool = False
    """Its channel is locked until a change of the policy is approved."""
    unread: bool = False
    """Reviews of it could not be read: it may be approved."""
    held_by: tuple[str, ...] = ()
    """Who requested changes to exactly these words, and stands by it: ids of `brand/approvals.yml`. Enough others approved them."""
    lapsed: bool = False
    """Its time passed so long ago that no approval is looked for."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One publication in the plan, with its state and the reason for it."""

    publication: Publication
    instant: Instant
    state: State
    why: str
    """The reason for the state, in a sentence for people."""
    next: str
    """The next step for a person, as a command or an action; empty when there is none."""
    digests: Digests
    proposal: str = ""
    """The branch or pull request that proposes it; empty for the default branch."""
    history: History | None = None
    retried: bool = False
    """Held by credentials that were refused, and tried again by each run."""
    delayed: bool = False
    """Ready, and late: a run tried to send it and could not, and a later one tries again; the reason says why."""
    unread: bool = False
    """Held because its reviews could not be read: it may be approved, and each run asks again."""

    @property
    def shown_state(self) -> ShownState:
        """The state as people see it."""
        return SHOWN_STATES[self.state]

    @property
    def shown_word(self) -> ShownWord:
        """The word for it that people read."""
        return shown_word(self.state, self.history)

    @property
    def key(self) -> str:
        """The publication's key."""
        return self.publication.key


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """What a proposal changes for one publication."""

    kind: Literal["added", "changed", "removed", "asked"]
    """`asked`: nothing changes; the branch only asks for a new approval."""
    publication: Publication
    """As proposed; for a removed one, as on the default branch."""
    instant: Instant
    digests: Digests
    before: Digests | None = None
    """The digests where the branch left the default branch."""
    approval: Approval | None = None
    """The approval given on the branch; it counts once the branch is merged."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one branch, one pull request or the working directory would change."""

    name: str
    head: str
    """The id of its commit; empty for the working directory."""
    in_review: bool
    changes: tuple[ProposedChange, ...]
    reference: str = ""
    """The pull request that proposes it, as people write it: `#12`; empty where there is none."""
    url: str = ""
    """Where people read the pull request."""
    labels: tuple[str, ...] = ()
    """The pull request's labels."""
    reviewers: tuple[str, ...] = ()
    """Who was asked to review it, by names for people."""

    @property
    def label(self) -> str:
        """What people know it by: its branch, with its pull request before it."""
        return f"{self.reference} {self.name}" if self.reference and self.reference != self.name else self.name

    @property
    def committed(self) -> bool:
        """Whether it is a commit, not only files of the working directory."""
        return bool(self.head)


@dataclass(frozen=True, slots=True)
class Plan:
    """All publications, past and future, in time order."""

    now: datetime
    lines: tuple[PlanLine, ...]
    """Lines without an instant come last."""
    warnings: tuple[str, ...] = ()
    """Sentences about the whole plan: a fixed clock, a freeze, an unsigned policy, no ledger yet."""
    refusals: Mapping[str, str] = field(default_factory=dict)
    """By key: why an approved publication must not be sent (the same words were sent already, its identity changed)."""
    at_once: int = 20
    """The limit `brakes.at_once` of `brand/brand.yml`."""

    @property
    def braked(self) -> bool:
        """Whether more publications are due at once than `brakes.at_once` allows: a run stops and asks."""
        return len(self.due()) > self.at_once

    def due(self) -> tuple[PlanLine, ...]:
        """The lines that a run would send, or try to send, now."""
        return tuple(line for line in self.lines if line.state == "due" or line.retried)
