"""What the errors of the rules make of a plan: a publication whose post has one is not sealed, so it needs somebody before its hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from marronnier.messages import _
from marronnier.model.finding import Finding
from marronnier.model.plan import Plan, PlanLine
from marronnier.model.where import Where


def posts_to_be_sealed(planned: Plan) -> frozenset[str]:
    """The paths of the posts of which something is approved and not sealed as it is now: the rules have a last word about those."""
    return frozenset(line.publication.post.path for line in planned.lines if _awaits_seal(line))


def hold_faulty(planned: Plan, errors: Mapping[str, Finding]) -> Plan:
    """The plan in which what the rules keep from being sealed needs somebody. `errors` are by the path of a post, one for each."""
    if not errors:
        return planned
    lines = tuple(
        replace(line, state="held", why=errors[line.publication.post.path].as_text(_("; ")), next=correction_advice())
        if line.publication.post.path in errors and _awaits_seal(line)
        else line
        for line in planned.lines
    )
    return replace(planned, lines=lines)


def correction_advice() -> str:
    """What to do about a publication that an error of a rule keeps back."""
    return _("correct that and commit it, and the next `marronnier publish` takes it up; until then it stays on hold")


def _awaits_seal(line: PlanLine) -> bool:
    """Whether it would go out, and has no seal with what it is now."""
    if line.proposal or line.state not in ("ready", "due"):
        return False
    seal = line.history.seal if line.history is not None else None
    if seal is None or (seal.words, seal.when) != (line.digests.words, line.digests.when):
        return True
    return seal.where is not None and seal.where != Where.of(line.publication.channel)
