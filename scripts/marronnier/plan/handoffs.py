"""Publications that a person posts by hand: their status, and what that person needs."""

from __future__ import annotations

from collections.abc import Callable

from marronnier import messages, networks
from marronnier.approval.names import people
from marronnier.messages import _
from marronnier.model.history import Event
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Payload, Publication
from marronnier.networks.kit.seam import Handoff, HandsOver
from marronnier.plan.sent_states import PlanStatus
from marronnier.proofs.situation import Situation


def handed_over(publication: Publication, debt: Event, situation: Situation) -> PlanStatus | None:
    """The status of what was handed to a person and not settled yet; None on a network where none posts by hand."""
    if _network(publication) is None:
        return None
    when = messages.format_instant(situation.local(debt.at))
    owner = str(debt.data.get("to") or publication.post.front.owner or "")
    who = people(situation.policy, [owner]) if owner else _("a person")
    why = _("it was handed over to {who} {when}, who publishes it by hand and has not said yet where it stands", who=who, when=when)
    next = _(
        "publish it on the network, then run `marronnier settle {key} --was-sent URL` with its address there; `--never` leaves it",
        key=publication.key,
    )
    return PlanStatus("unknown", why, next)


def handoff_of(line: PlanLine, read_payload: Callable[[str], bytes | None]) -> Handoff | None:
    """What a person needs who posts a publication by hand; None for one that is not theirs to post now."""
    if line.state != "unknown" or line.proposal or line.history is None or line.history.seal is None:
        return None
    network = _network(line.publication)
    data = read_payload(line.history.seal.payload)
    if network is None or data is None:
        return None
    return network.handoff(Payload.from_bytes(data), line.publication.channel)


def _network(publication: Publication) -> HandsOver | None:
    """The network of a publication where somebody posts by hand; None for any other."""
    try:
        network = networks.get(publication.channel.network)
    except networks.UnknownNetwork:
        return None
    return network if isinstance(network, HandsOver) else None
