"""Moves: which change of the date alone keeps an approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from marronnier.approval.evidence import Evidence, Version
from marronnier.model.claim import Claim
from marronnier.model.instant import Instant
from marronnier.model.plan import Digests


def keeps_approval(claim: Claim, digests: Digests, instant: Instant, versions: Sequence[Version], evidence: Evidence) -> bool:
    """Whether a claim on the same words at another written date still holds.

    The span is measured from the approved instant, however often the post moved since,
    and the policy is the one that stood just before the move arrived.
    """
    if instant.at is None or instant.basis != "written":
        return False
    approved_at = next((version.at for version in versions if version.digests == claim.digests), None)
    arrived = next((version.arrived for version in reversed(versions) if version.digests == digests), None)
    base = evidence.base_of(arrived) if arrived is not None else None
    policy = evidence.policy_at(base) if base is not None else None
    if approved_at is None or policy is None:
        return False
    return is_within(policy.moves, approved_at, instant.at, evidence.zone)


def is_within(moves: Literal["never", "same-day", "same-week"], approved: datetime, moved: datetime, zone: str) -> bool:
    """Whether two instants lie in the same day or week of the brand."""
    first, second = (at.astimezone(ZoneInfo(zone)).date() for at in (approved, moved))
    if moves == "same-day":
        return first == second
    if moves == "same-week":
        return first.isocalendar()[:2] == second.isocalendar()[:2]
    return False
