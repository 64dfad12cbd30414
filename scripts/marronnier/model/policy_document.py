"""The policy document: all that decides who must approve what and where each channel speaks, as the ledger keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from marronnier.model.approval_policy import Policy
from marronnier.model.publication import json_digest
from marronnier.model.where import Where


@dataclass(frozen=True)
class PolicyDocument:
    """The approval policy, the keys of its people and of the publisher, and where each channel speaks."""

    policy: Policy
    """Groups of channels and teams are resolved in its requirements; it has no teams of its own."""
    keys: Mapping[str, frozenset[str]]
    """By person, and for the publisher: each key as a line of `brand/allowed_signers` without the name before it and the comment behind."""
    places: Mapping[str, Where]
    """By the channel's name."""
    former_names: Mapping[str, tuple[str, ...]]
    """By the channel's name, those it had before (`was`)."""
    has_clock: bool = False
    """Whether the brand lives at an instant of its own (`clock` in brand/brand.yml), whatever the time is."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what it says. Comments, the order of lines and names for people change nothing."""
        policy = self.policy
        return json_digest(
            {
                "quorum": policy.quorum,
                "approvers": {
                    person: {"github": approver.github, "emails": sorted({email.casefold() for email in approver.emails})}
                    for person, approver in policy.approvers.items()
                },
                "requirements": sorted(
                    [
                        sorted(each.channels),
                        sorted(each.campaigns),
                        sorted(each.tags),
                        each.quorum,
                        sorted(each.by),
                        # What is not written is not named, so that policies of before keep their digest.
                        *(["sensitive"] if each.sensitive else []),
                        *([" ".join(("after", *sorted(each.after)))] if each.after else []),
                    ]
                    for each in policy.requirements
                ),
                "moves": policy.moves,
                "co_authors": policy.co_authors,
                "unsigned": policy.unsigned,
                "keys": {person: sorted(keys) for person, keys in self.keys.items()},
                "places": {name: dict(where.as_json()) for name, where in self.places.items()},
                **({"clock": True} if self.has_clock else {}),
            }
        )

    @cached_property
    def signers(self) -> bytes:
        """The keys as an allowed_signers file."""
        return "".join(f"{person} {key}\n" for person, keys in sorted(self.keys.items()) for key in sorted(keys)).encode()

    def place_of(self, channel_name: str, former_names: tuple[str, ...]) -> Where | None:
        """Where a channel speaks, by its name or one it had before; None for a channel that is not in here."""
        return next((self.places[name] for name in (channel_name, *former_names) if name in self.places), None)


@dataclass(frozen=True, slots=True)
class AdoptedPolicy:
    """A policy that came into force, as the ledger recorded it."""

    number: int
    """The number of its event, from 0: an approval of the next one names it."""
    document: PolicyDocument
    commit: str
    """The commit of the default branch that had it."""
    at: datetime
    """When it was recorded."""
    by: tuple[str, ...] = ()
    """Ids of those who approved it; empty where nobody had to."""
    is_reset: bool = False
    """The publisher put it in force without an approval: `marronnier policy reset`."""
