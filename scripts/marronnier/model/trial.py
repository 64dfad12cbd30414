"""What `marronnier try` found out of each channel: `brand/tried.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from marronnier.model.fields import WrittenModel
from marronnier.model.scalars import Day, Slug

StepName = Literal["account", "post", "find", "there", "edit", "counters", "delete", "gone"]
StepOutcome = Literal["held", "not held", "not supported", "not known"]


class Trial(WrittenModel):
    """The last trial of one channel. `marronnier try` writes it; do not edit it."""

    network: str
    """The network, as `brand/channels.yml` names it."""
    day: Day
    """The day of the trial: `2026-12-05`."""
    version: str
    """The version of Marronnier that tried."""
    host: str = ""
    """The server that was tried: `example.social`. A trial on this computer proves nothing about the network itself."""
    steps: Mapping[StepName, StepOutcome] = {}
    """What was tried, in order, and whether it held: `held`, `not held`, `not supported` or `not known`."""
    left: str = ""
    """Where the test post stands or may stand, when it is not known to be deleted: look there, and delete it by hand."""

    def steps_that(self, outcome: StepOutcome) -> tuple[StepName, ...]:
        """The steps with that outcome, in order."""
        return tuple(name for name, known in self.steps.items() if known == outcome)


class Trials(WrittenModel):
    """`brand/tried.yml`: what `marronnier try` found out. It writes this file; commit it."""

    tried: Mapping[Slug, Trial] = {}
    """The last trial of each channel, under the channel's name."""
