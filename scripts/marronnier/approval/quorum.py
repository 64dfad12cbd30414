"""Who must approve a publication: the strictest requirement of a policy that fits it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from marronnier.model.approval_policy import Policy, Requirement
from marronnier.model.publication import Publication


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many must approve, and whose voice counts."""

    quorum: int
    voices: tuple[str, ...]
    """Ids of `brand/approvals.yml`, in its order."""


def quorums_of(policy: Policy, publication: Publication, expand: Callable[[Iterable[str]], tuple[str, ...]]) -> tuple[Quorum, ...]:
    """Every need that must be met, all of them: the policy's own, and each requirement that fits.

    A requirement with a smaller quorum than the policy's never loosens it: the strictest that fits counts.
    """
    fitting = [requirement for requirement in policy.requirements if _fits(requirement, publication, expand)]
    everyone = tuple(policy.approvers)
    needs = [Quorum(policy.quorum, everyone)]
    needs += [Quorum(requirement.quorum, _voices(policy, requirement.by) if requirement.by else everyone) for requirement in fitting]
    met_by_others = {need for need in needs if any(_covers(other, need) for other in needs if other != need)}
    return tuple(dict.fromkeys(need for need in needs if need not in met_by_others))


def strictest_quorum(policy: Policy, publication: Publication, expand: Callable[[Iterable[str]], tuple[str, ...]]) -> Quorum:
    """The greatest of its needs, for saying in one sentence who must approve."""
    return max(quorums_of(policy, publication, expand), key=lambda need: (need.quorum, -len(need.voices)))


def _covers(other: Quorum, need: Quorum) -> bool:
    """Whether whoever meets the other has met this one too."""
    return other.quorum >= need.quorum and (need.quorum == 0 or set(other.voices) <= set(need.voices))


def _voices(policy: Policy, names: Iterable[str]) -> tuple[str, ...]:
    """People of these names: ids as they are, teams opened (a team may name a team), unknown ones dropped."""
    found: dict[str, None] = {}
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
            found[name] = None
    return tuple(found)


def _fits(requirement: Requirement, publication: Publication, expand: Callable[[Iterable[str]], tuple[str, ...]]) -> bool:
    """Each kind that is written must fit: channels and campaigns and tags."""
    front = publication.post.front
    names = {publication.channel_name, *publication.channel.was}
    channels = not requirement.channels or bool(names & {*requirement.channels, *expand(requirement.channels)})
    campaigns = not requirement.campaigns or front.campaign in requirement.campaigns
    wanted = {tag.casefold().lstrip("#") for tag in requirement.tags}
    tags = not wanted or bool(wanted & {tag.casefold().lstrip("#") for tag in (*front.tags, *publication.words.tags)})
    return channels and campaigns and tags
