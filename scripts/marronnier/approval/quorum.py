"""Quorums: how many people must approve a publication, and who, by the requirements of a policy that match it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from marronnier.model.approval_policy import Policy, Requirement
from marronnier.model.publication import Publication

ExpandChannels = Callable[[Iterable[str]], tuple[str, ...]]
"""Groups of channels to channel names."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """A number of people who must approve, and whose votes count."""

    needed: int
    """How many of the voters must approve."""
    voters: tuple[str, ...]
    """Ids of `brand/approvals.yml`, in its order."""
    after: tuple[str, ...] = ()
    """Of these people, somebody must have approved before a vote counts; empty where the order is free."""

    def votes(self, order: Iterable[str]) -> frozenset[str]:
        """Whose votes count, of people in the order in which they approved; somebody may have approved more than once."""
        counted: set[str] = set()
        is_open = not self.after
        for who in order:
            if is_open and who in self.voters:
                counted.add(who)
            is_open = is_open or who in self.after
        return frozenset(counted)

    def is_met(self, order: Iterable[str]) -> bool:
        """Whether enough of the people approved, in the order that is asked for."""
        return len(self.votes(order)) >= self.needed


def quorums_of(policy: Policy, publication: Publication, expand: ExpandChannels) -> tuple[Quorum, ...]:
    """Every quorum that must be met, all of them: the policy's own, and each requirement that matches.

    A requirement with a smaller quorum than the policy's never loosens it: the strictest that matches counts.
    """
    matching = [requirement for requirement in policy.requirements if _matches(requirement, publication, expand)]
    everyone = tuple(policy.approvers)
    quorums = [Quorum(policy.quorum, everyone)]
    quorums += [
        Quorum(requirement.quorum, members(policy, requirement.by) if requirement.by else everyone, _before(policy, requirement))
        for requirement in matching
    ]
    implied = {quorum for quorum in quorums if any(_implies(stricter, quorum) for stricter in quorums if stricter != quorum)}
    return tuple(dict.fromkeys(quorum for quorum in quorums if quorum not in implied))


def strictest_quorum(policy: Policy, publication: Publication, expand: ExpandChannels) -> Quorum:
    """The greatest quorum that must be met, for saying in one sentence who must approve."""
    return max(quorums_of(policy, publication, expand), key=lambda quorum: (quorum.needed, -len(quorum.voters)))


def _implies(stricter: Quorum, quorum: Quorum) -> bool:
    """Whether people who meet the first quorum have met the second one too."""
    if quorum.after not in ((), stricter.after):
        return False
    return stricter.needed >= quorum.needed and (quorum.needed == 0 or set(stricter.voters) <= set(quorum.voters))


def _before(policy: Policy, requirement: Requirement) -> tuple[str, ...]:
    """Who must have approved before; a name that nobody has where all of them are gone, for then nobody's vote can count."""
    return (members(policy, requirement.after) or ("",)) if requirement.after else ()


def members(policy: Policy, names: Iterable[str]) -> tuple[str, ...]:
    """The people of these names: ids as they are, teams opened (a team may name a team), unknown names dropped."""
    members: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if name in policy.teams:
            waiting = [*policy.teams[name], *waiting]
        elif name in policy.approvers:
            members[name] = None
    return tuple(members)


def _matches(requirement: Requirement, publication: Publication, expand: ExpandChannels) -> bool:
    """Each kind that is written must match: channels and campaigns and tags and `sensitive`."""
    front = publication.post.front
    names = {publication.channel_name, *publication.channel.was}
    channels = not requirement.channels or bool(names & {*requirement.channels, *expand(requirement.channels)})
    campaigns = not requirement.campaigns or front.campaign in requirement.campaigns
    wanted = {tag.casefold().lstrip("#") for tag in requirement.tags}
    tags = not wanted or bool(wanted & {tag.casefold().lstrip("#") for tag in (*front.tags, *publication.words.tags)})
    sensitive = not requirement.sensitive or bool(front.sensitive) or bool(publication.words.warning)
    return channels and campaigns and tags and sensitive
