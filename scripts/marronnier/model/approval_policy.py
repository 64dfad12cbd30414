"""Who must approve what: `brand/approvals.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from marronnier.model.fields import WrittenModel, field
from marronnier.model.scalars import Names, Slug


class Approver(WrittenModel):
    """A person who may approve."""

    name: str = ""
    """What people call them."""
    github: int | None = None
    """Their numeric account id; logins can change hands, ids cannot."""
    emails: Names = ()
    """Addresses of their commits: an approver never approves their own words."""


class Requirement(WrittenModel):
    """A stricter quorum for some publications."""

    channels: Names = ()
    """Channels or groups it is for."""
    campaigns: Names = ()
    """Campaigns it is for."""
    tags: Names = ()
    """Tags it is for."""
    quorum: int = field(default=1, least=0, most=20)
    """How many people must approve."""
    by: Names = ()
    """People or teams whose approval counts; all approvers, when empty."""


class Policy(WrittenModel):
    """Who must approve what."""

    quorum: int = field(default=1, least=0, most=20)
    """How many people must approve; 0 means that merging is approving."""
    approvers: Mapping[Slug, Approver] = {}
    """Everyone who may approve, under the name that signs (`brand/allowed_signers`)."""
    teams: Mapping[Slug, Names] = {}
    """Several approvers under one name."""
    requirements: tuple[Requirement, ...] = ()
    """Stricter quorums; the strictest that fits counts."""
    moves: Literal["never", "same-day", "same-week"] = "same-day"
    """Which moves of an approved post keep its approval."""
    co_authors: Literal["refuse", "allow-if-another-committed"] = "refuse"
    """Whether a co-author may approve when another person committed."""
    unsigned: bool = False
    """True: approvals by plain Git count without a signature, and every status says so."""
