"""States of what is out, and was deleted or changed since; and the status that every state is part of."""

from __future__ import annotations

from dataclasses import dataclass

from marronnier import networks
from marronnier.messages import _
from marronnier.model.history import Event, History
from marronnier.model.plan import State
from marronnier.model.publication import Publication
from marronnier.networks.kit.seam import Edits


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """A state with its reason and the next step."""

    state: State
    why: str
    next: str = ""
    retried: bool = False
    """Held, and tried again by each run: credentials that were refused."""
    delayed: bool = False
    """Ready, and late: a run tried to send it and could not; the reason says why."""


def retracted(retraction: Event, history: History) -> PlanStatus:
    """The status of what was deleted on the network: nothing is sent again by itself."""
    if history.is_retraction_accepted:
        who = retraction.data.get("who")
        next = _("if it should go out again: `marronnier settle {key} --send-now`", key=history.key)
        if who:
            return PlanStatus("past", _("{who} had it deleted on the network", who=who), next)
        return PlanStatus("past", _("it was deleted on the network, and a person left it so"), next)
    next = _("run `marronnier settle {key} --send-now` to send it again, or `--never` to leave it so", key=history.key)
    if history.receipt is not None:
        return PlanStatus(
            "retracted", _("it was sent, and is not on the network any more: {url}", url=retraction.data.get("url", "")), next
        )
    next = _(
        "delete there what is left of it, then run `marronnier settle {key} --send-now` to send all of it again; or `--never` to leave it so",
        key=history.key,
    )
    why = _(
        "part {part} of this thread was deleted on the network before the rest was sent, and the rest would hang on nothing: {url}",
        part=int(retraction.data.get("part", 0)) + 1,
        url=retraction.data.get("url", ""),
    )
    return PlanStatus("retracted", why, next)


def being_retracted(decision: Event) -> PlanStatus:
    """The status of what somebody decided to delete, where no answer says that all of it is gone."""
    why = _("{who} began to delete it on the network, and it is not known to be gone", who=decision.data.get("who", "?"))
    return PlanStatus("retracted", why, _("run `marronnier retract {key}` again", key=decision.key))


def correction_step(publication: Publication) -> str:
    """What to do about a post whose text changed after it was sent."""
    if isinstance(networks.get(publication.channel.network), Edits):
        return _(
            "restore the text as it was sent, or have the change approved and run `marronnier edit {key}`: it corrects the post on the network",
            key=publication.key,
        )
    return _("restore the text as it was sent, or correct the post by hand on the network: nothing is sent twice")
