"""Moves: which change of the date alone keeps an approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from marronnier.approval.digest import moved_when_digest
from marronnier.approval.evidence import Evidence, Version
from marronnier.model.claim import Claim
from marronnier.model.instant import Instant
from marronnier.model.plan import Digests
from marronnier.model.publication import Publication

SMALL = timedelta(hours=1)
"""A move of less than this keeps an approval in either direction, unless the policy says `never`."""


def keeps_approval(
    claim: Claim, publication: Publication, digests: Digests, instant: Instant, versions: Sequence[Version], evidence: Evidence
) -> bool:
    """Whether a claim on the same words at another written date still holds. Nothing but the date may have changed.

    The span is measured from the approved instant, however often the post moved since,
    by the policy in force; where the move came before the ledger recorded any, by the one just before it as well.
    """
    if instant.at is None or instant.basis != "written":
        return False
    approved_at = next((version.at for version in versions if version.digests == claim.digests), None)
    arrived = next((version.arrived for version in reversed(versions) if version.digests == digests), None)
    if approved_at is None:
        return False
    if has_other_conditions(claim, publication, versions, evidence.zone):
        return False
    former = evidence.former_policy(arrived) if arrived is not None else None
    policies = (evidence.policy, *((former,) if former is not None else ()))
    return all(is_within(policy.moves, approved_at, instant.at, evidence.zone) for policy in policies)


def has_other_conditions(claim: Claim, publication: Publication, versions: Sequence[Version], zone: str) -> bool:
    """Whether a claim on a written date named other conditions than the post has now: another grace, another post that it requires."""
    approved_at = next((version.at for version in versions if version.digests == claim.digests), None)
    return approved_at is not None and moved_when_digest(publication, approved_at, zone) != claim.digests.when


def is_within(moves: Literal["never", "same-day", "same-week"], approved: datetime, moved: datetime, zone: str) -> bool:
    """Whether a move stays in its span: later on the same day of the brand or by less than an hour, or anywhere in the same week.

    An earlier hour may break an embargo, so it is not taken for a small change.
    """
    first, second = (at.astimezone(ZoneInfo(zone)).date() for at in (approved, moved))
    if moves == "same-day":
        return (first == second and moved >= approved) or abs(moved - approved) < SMALL
    if moves == "same-week":
        return first.isocalendar()[:2] == second.isocalendar()[:2]
    return False
