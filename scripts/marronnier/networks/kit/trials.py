"""The trials of a brand's channels: what each step is called, and whether it was the network itself that was tried."""

from __future__ import annotations

from collections.abc import Mapping

from marronnier.messages import N_
from marronnier.model.trial import StepName, Trial
from marronnier.text.urls import is_loopback

STEPS: Mapping[StepName, str] = {
    "account": N_("whose account it is"),
    "post": N_("send a post"),
    "find": N_("find it, and compare what it shows"),
    "there": N_("ask whether it is there"),
    "edit": N_("correct it"),
    "counters": N_("read its counters"),
    "delete": N_("delete it"),
    "gone": N_("see that it is gone"),
}
"""The steps of a trial in order, as people call them."""


def is_live(trial: Trial) -> bool:
    """Whether a trial sent a post to the network itself, and not to a server on this computer."""
    return trial.steps.get("post") == "held" and not is_loopback(trial.host)
