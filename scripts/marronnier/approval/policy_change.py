"""Changes of the policy: which of them only ask for more, what is in force until the others are approved, and who must approve them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from marronnier.approval.quorum import Quorum, members
from marronnier.messages import _, ngettext
from marronnier.model.approval_policy import Approver, Policy, Requirement
from marronnier.model.policy_document import PolicyDocument
from marronnier.model.where import Where

ExpandNames = Callable[[Iterable[str]], tuple[str, ...]]
"""Names of channels and groups to names of channels."""

_MOVES = ("never", "same-day", "same-week")
_NOBODY = ("",)
"""No approver and no team has this name. An empty list would mean everyone."""


def resolved(policy: Policy, expand: ExpandNames) -> Policy:
    """The policy with the teams and the groups of channels in its requirements replaced by what they stand for."""
    requirements = tuple(
        requirement.replace(
            channels=expand(requirement.channels) or requirement.channels,
            by=(members(policy, requirement.by) or _NOBODY) if requirement.by else (),
            after=(members(policy, requirement.after) or _NOBODY) if requirement.after else (),
        )
        for requirement in policy.requirements
    )
    return policy.replace(requirements=requirements, teams={})


def asks_only_for_more(old: PolicyDocument, new: PolicyDocument) -> bool:
    """Whether whatever the new policy lets go out, the old one did too: such a change needs nobody's approval."""
    return not any(_loosened(old, new))


def differences(old: PolicyDocument, new: PolicyDocument) -> tuple[str, ...]:
    """What the new policy changes, one sentence each: first what asks for less, or for something else."""
    return (*_loosened(old, new), *_tightened(old, new))


def _loosened(old: PolicyDocument, new: PolicyDocument) -> Iterator[str]:
    before, after = old.policy, new.policy
    if after.quorum < before.quorum:
        yield _("`quorum` goes from {before} to {after}", before=before.quorum, after=after.quorum)
    yield from _changed_people(old, new)
    for requirement in before.requirements:
        if not any(_asks_as_much(other, requirement) for other in after.requirements):
            yield _("the requirement for {what} is weaker, or gone", what=_subject(requirement))
    yield from _loosened_votes(before, after)
    yield from _changed_places(old, new)
    if new.has_clock and not old.has_clock:
        yield _("the brand has a clock of its own (`clock` in brand/brand.yml)")


def _loosened_votes(before: Policy, after: Policy) -> Iterator[str]:
    """What makes each vote, for whatever publication, easier to give or to keep."""
    if _MOVES.index(after.moves) > _MOVES.index(before.moves):
        yield _("`moves` goes from {before} to {after}", before=before.moves, after=after.moves)
    if after.co_authors not in (before.co_authors, "refuse"):
        yield _("co-authors may approve")
    if after.unsigned and not before.unsigned:
        yield _("approvals count without a signature")


def _changed_people(old: PolicyDocument, new: PolicyDocument) -> Iterator[str]:
    before, after = old.policy.approvers, new.policy.approvers
    is_unsigned = old.policy.unsigned or new.policy.unsigned
    for person in sorted({*before, *after}):
        if person not in after:
            yield _("{who} may no longer approve", who=person)
        elif person not in before:
            number = after[person].github
            yield _("{who} may approve, with account {number}", who=person, number=number) if number else _("{who} may approve", who=person)
        elif not _is_same_person(before[person], after[person], is_unsigned=is_unsigned):
            yield from _changed_identity(person, before[person], after[person])
    for person in sorted({*old.keys, *new.keys}):
        both = person == "publisher" or (person in before and person in after)
        if both and old.keys.get(person, frozenset()) != new.keys.get(person, frozenset()):
            yield _("{who} has other keys in brand/allowed_signers", who=person)


def _changed_identity(person: str, before: Approver, after: Approver) -> Iterator[str]:
    """Whose reviews and commits are taken for somebody's from now on: by number and address, so that a reader can look them up."""
    if before.github != after.github:
        now, then = (str(each.github) if each.github is not None else "–" for each in (after, before))
        yield _("{who} approves with account {now} instead of {then}", who=person, now=now, then=then)
    if _addresses(before) != _addresses(after):
        now, then = (", ".join(sorted(_addresses(each))) or "–" for each in (after, before))
        yield _("{who} has other addresses: {now} instead of {then}", who=person, now=now, then=then)


def _is_same_person(before: Approver, after: Approver, *, is_unsigned: bool) -> bool:
    """One address more recognises more of somebody's own words. Without signatures, it would also let somebody else pass as them."""
    old, new = _addresses(before), _addresses(after)
    return before.github == after.github and (old == new if is_unsigned else old <= new)


def _addresses(approver: Approver) -> frozenset[str]:
    return frozenset(email.casefold() for email in approver.emails)


def _changed_places(old: PolicyDocument, new: PolicyDocument) -> Iterator[str]:
    for name in locked_channels(old, new.places, new.former_names):
        if old.place_of(name, new.former_names.get(name, ())) is None:
            yield _("the channel {channel} is new", channel=name)
        else:
            yield _("{channel} speaks elsewhere, or with other secrets", channel=name)


def locked_channels(in_force: PolicyDocument, places: Mapping[str, Where], former_names: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The channels that do not speak where the policy in force has them. A new feed speaks on the brand's own site only."""
    return frozenset(
        name
        for name, where in places.items()
        if in_force.place_of(name, former_names.get(name, ())) != where
        and not (in_force.place_of(name, former_names.get(name, ())) is None and _is_own_site(where))
    )


def _is_own_site(where: Where) -> bool:
    return where.network == "feed" and not where.host and not where.secrets


def _asks_as_much(new: Requirement, old: Requirement) -> bool:
    """Whether whoever meets the first requirement has met the second one too, for each publication that the second one is for."""
    return (
        new.quorum >= old.quorum
        and set(new.by) == set(old.by)
        and (not old.after or set(new.after) == set(old.after))
        and (old.sensitive or not new.sensitive)
        and all(not after or (bool(before) and set(after) >= set(before)) for before, after in _scopes(old, new))
    )


def _scopes(old: Requirement, new: Requirement) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    def tags(requirement: Requirement) -> frozenset[str]:
        return frozenset(tag.casefold().lstrip("#") for tag in requirement.tags)

    return (
        (frozenset(old.channels), frozenset(new.channels)),
        (frozenset(old.campaigns), frozenset(new.campaigns)),
        (tags(old), tags(new)),
    )


def _subject(requirement: Requirement) -> str:
    """What a requirement is for: the names of its channels, campaigns and tags."""
    named = (*requirement.channels, *requirement.campaigns, *requirement.tags, *(("sensitive",) if requirement.sensitive else ()))
    return ", ".join(named) or _("everything")


def _tightened(old: PolicyDocument, new: PolicyDocument) -> Iterator[str]:
    before, after = old.policy, new.policy
    if after.quorum > before.quorum:
        yield _("`quorum` goes from {before} to {after}", before=before.quorum, after=after.quorum)
    for requirement in after.requirements:
        if not any(_asks_as_much(other, requirement) for other in before.requirements):
            yield _("there is a requirement for {what}", what=_subject(requirement))
    if _MOVES.index(after.moves) < _MOVES.index(before.moves):
        yield _("`moves` goes from {before} to {after}", before=before.moves, after=after.moves)
    if after.co_authors != before.co_authors and after.co_authors == "refuse":
        yield _("co-authors may no longer approve")
    if before.unsigned and not after.unsigned:
        yield _("approvals without a signature no longer count")
    for name in sorted(old.places):
        if not any(name in (other, *new.former_names.get(other, ())) for other in new.places):
            yield _("the channel {channel} is gone", channel=name)
    if old.has_clock and not new.has_clock:
        yield _("the brand has no clock of its own any more (`clock` in brand/brand.yml)")


def stricter(old: PolicyDocument, new: PolicyDocument) -> PolicyDocument:
    """What is in force until the new policy is approved: the higher quorum, every requirement of both, the people and keys in both."""
    before, after = old.policy, new.policy
    people = {
        person: approver.replace(emails=tuple(dict.fromkeys((*before.approvers[person].emails, *approver.emails))))
        for person, approver in after.approvers.items()
        if person in before.approvers and before.approvers[person].github == approver.github
    }
    policy = after.replace(
        quorum=max(before.quorum, after.quorum),
        approvers=people,
        requirements=tuple(dict.fromkeys((*before.requirements, *after.requirements))),
        moves=min(before.moves, after.moves, key=_MOVES.index),
        co_authors="refuse" if "refuse" in (before.co_authors, after.co_authors) else after.co_authors,
        unsigned=before.unsigned and after.unsigned,
    )
    keys = {person: old.keys.get(person, frozenset()) & new.keys.get(person, frozenset()) for person in {*old.keys, *new.keys}}
    return PolicyDocument(policy, keys, old.places, new.former_names, old.has_clock and new.has_clock)


def quorums_for_change(old: PolicyDocument, new: PolicyDocument) -> tuple[Quorum, ...]:
    """Who must approve the change from one policy to another, by the first: its own quorum, and each requirement that the change touches."""
    policy, everyone = old.policy, tuple(old.policy.approvers)
    quorums = [Quorum(policy.quorum, everyone)]
    moved = locked_channels(old, new.places, new.former_names)
    touched_people = {person for person in {*old.policy.approvers, *new.policy.approvers} if _has_changed(person, old, new)}
    is_looser_for_all = any(_loosened_votes(policy, new.policy))
    for requirement in policy.requirements:
        voters = tuple(person for person in requirement.by if person in everyone) if requirement.by else everyone
        is_kept = any(_asks_as_much(other, requirement) for other in new.policy.requirements)
        is_for_moved = any(
            not requirement.channels or {name, *new.former_names.get(name, ())} & set(requirement.channels) for name in moved
        )
        if is_looser_for_all or not is_kept or is_for_moved or touched_people & (set(voters) if requirement.by else touched_people):
            quorums.append(Quorum(requirement.quorum, voters))
    return tuple(dict.fromkeys(quorums))


def _has_changed(person: str, old: PolicyDocument, new: PolicyDocument) -> bool:
    before, after = old.policy.approvers.get(person), new.policy.approvers.get(person)
    if before is None or after is None or old.keys.get(person) != new.keys.get(person):
        return True
    return not _is_same_person(before, after, is_unsigned=old.policy.unsigned or new.policy.unsigned)


def change_sentence(changes: Iterable[str]) -> str:
    """The changes in one sentence."""
    told = tuple(changes)
    most = 3
    shown = _("; ").join(told[:most])
    return shown if len(told) <= most else ngettext("{shown}; {count} more", "{shown}; {count} more", len(told) - most, shown=shown)
