"""The approval policy, `brand/approvals.yml`: who must approve what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from marronnier.model.fields import WrittenModel, field
from marronnier.model.scalars import Names, Slug


class Approver(WrittenModel):
    """A person who may approve publications."""

    name: str = ""
    """The person's name for people."""
    github: int | None = None
    """The numeric id of their GitHub account: a login can pass to another person, an id cannot."""
    emails: Names = ()
    """The e-mail addresses in their commits, by which their own changes are recognised: nobody approves their own words."""

    def has_address(self, address: str) -> bool:
        """Whether a folded address is theirs: one that is written here, or the one that GitHub gives their account in place of their own."""
        is_given = address.endswith("@users.noreply.github.com") and address.partition("+")[0] == str(self.github)
        return is_given or address in {email.casefold() for email in self.emails}


class Requirement(WrittenModel):
    """A stricter quorum for some publications."""

    channels: Names = ()
    """Channels or groups that this quorum is for."""
    campaigns: Names = ()
    """Campaigns that this quorum is for."""
    tags: Names = ()
    """Tags that this quorum is for."""
    sensitive: bool = False
    """`true`: this quorum is for posts that are marked `sensitive`."""
    quorum: int = field(default=1, minimum=0, maximum=20)
    """How many people must approve, from 0 to 20."""
    by: Names = ()
    """Approvers or teams whose approval counts; all approvers when absent."""
    after: Names = ()
    """Approvers or teams of whom somebody must have approved before: `{by: [legal], after: [press]}`."""


class Policy(WrittenModel):
    """`brand/approvals.yml`: who must approve what before it is sent."""

    quorum: int = field(default=1, minimum=0, maximum=20)
    """How many people must approve, from 0 to 20. With 0, merging counts as approval."""
    approvers: Mapping[Slug, Approver] = {}
    """Everyone who may approve, each under the name that stands in `brand/allowed_signers`."""
    teams: Mapping[Slug, Names] = {}
    """Teams: several approvers under one name: `{press: [ines, tom]}`."""
    requirements: tuple[Requirement, ...] = ()
    """Stricter quorums for some publications. Where several match, the strictest counts."""
    moves: Literal["never", "same-day", "same-week"] = "same-day"
    """How far an approved post may be moved without a new approval: `never`, later on the `same-day` (or by less than an hour), or within the `same-week`."""
    co_authors: Literal["refuse", "allow-if-another-committed"] = "refuse"
    """Whether a co-author of a change may approve it when another person committed it."""
    unsigned: bool = False
    """`true`: approvals by plain Git count without a signature, and every status says so."""
