"""What a repository needs on its forge before a team can work there: each step with its page, its commands, and whether it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from marronnier.forge.account import ForgeAccount
from marronnier.messages import _

StepState = Literal["done", "missing", "unknown"]
"""`unknown`: it could not be read, so nobody may take it for done."""


@dataclass(frozen=True, slots=True)
class SetupNeeds:
    """What a brand needs of its forge."""

    branch: str
    """The default branch."""
    environments: Mapping[str, Sequence[str]]
    """The names of the secrets of each publishing environment."""
    reviewed: bool
    """Whether somebody else must approve: then a pull request needs a review before it is merged."""
    key_secret: str = ""
    """The secret that holds the publisher's private key."""
    key_file: str = ""
    """Where a maintainer keeps that key, as a shell reads it."""


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One setting of the repository that a maintainer makes once."""

    clicks: tuple[str, ...]
    """What to click, one click each, in the words of the forge's own pages; the first says where."""
    address: str
    """The page on which it is clicked."""
    commands: tuple[str, ...] = ()
    """The same, typed; a command may have several lines."""
    state: StepState = "missing"
    status: str = ""
    """What was found, in a sentence without a capital; empty where nobody looked."""

    @property
    def sentence(self) -> str:
        """All clicks in one sentence."""
        last = self.clicks[-1]
        return _("; ").join(self.clicks) + ("" if last.endswith(".") else ".")


class Setup(Protocol):
    """The settings of one repository on its forge."""

    name: str
    """The forge, as people call it."""
    address: str
    """The repository's page."""

    def steps(self, needs: SetupNeeds) -> Sequence[SetupStep]:
        """Every step, as before anything is done; nothing is asked."""

    def examine(self, needs: SetupNeeds) -> Sequence[SetupStep]:
        """Every step with its state, as far as the token can read it."""

    def account(self) -> ForgeAccount | None:
        """The account that the token belongs to; None where there is no token, or it is no person's."""

    def login(self, number: int) -> str:
        """The login of an account now; empty where it cannot be told."""

    def repository_at(self, url: str) -> str:
        """`owner/name` for the address of any repository on the same forge; empty for every other address."""

    def risks(self) -> Sequence[str]:
        """What stays open where the forge's plan lacks a step, each in a sentence or two."""

    def identity(self) -> str:
        """The shell's assignment that tells the ledger which repository it belongs to: a fork shares the history, and not the number."""

    def is_private(self) -> bool | None:
        """Whether only its team can read the repository; None where it cannot be told."""
