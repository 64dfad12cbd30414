"""How publications stand with their approvals, on the default branch and on each proposal that changes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from marronnier.approval.approvers import ApprovalStanding, standing_of
from marronnier.forge import Branch, DefaultBranch, ForgeTrouble
from marronnier.messages import _
from marronnier.model.plan import Approval, ProposedChange
from marronnier.proofs.situation_loader import CommittedSituation


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """One publication at one place."""

    key: str
    place: str
    """The name of the branch, the default one or that of a proposal."""
    is_proposed: bool
    standing: ApprovalStanding | None
    """None where it needs nobody: it is out, or only an idea."""
    is_out: bool = False
    refused_reviews: tuple[str, ...] = ()
    """Why reviews that people gave there do not count, each as a sentence."""


def standing_on_branch(change: ProposedChange, branch: Branch, situation: CommittedSituation) -> ApprovalStanding | None:
    """Who must approve what a proposal changes; None where nobody is asked: it is removed, or an idea."""
    if change.kind == "removed" or change.instant.basis == "idea":
        return None
    evidence = situation.evidence.evidence_on(branch, change.publication, change.digests, situation.histories, situation.standing)
    return standing_of(change.publication, change.digests, change.approval or Approval(False), evidence)


def proposed_branch(situation: CommittedSituation, name: str, commit: str) -> tuple[Branch | None, str]:
    """What a commit proposes, with its reviews; and why those cannot be read, where they cannot."""
    forge, accounts = situation.evidence.forge, [each.github for each in situation.policy.approvers.values() if each.github is not None]
    default = DefaultBranch(situation.branch, situation.commit, situation.notices)
    try:
        return forge.branch_at(default, name, commit, accounts), situation.evidence.reviews.problem() if accounts else ""
    except ForgeTrouble as error:
        # Nothing is approved by what cannot be read.
        return forge.branch_at(default, name, commit), _("reviews cannot be read now: {why}", why=error.message)


def key_standings(situation: CommittedSituation, keys: Sequence[str]) -> Iterator[KeyStanding]:
    """Of each of these keys: how it stands on the default branch, then on the proposals that change it."""
    branches = _proposing_branches(situation, keys)
    evidence = situation.evidence.evidence(situation.timetable.publications, situation.histories, situation.standing)
    for key in keys:
        publication = situation.timetable.publications.get(key)
        if publication is not None:
            history = situation.histories.get(key)
            is_out = history is not None and history.receipt is not None
            judged = situation.approvals.get(key)
            standing = standing_of(publication, situation.digests[key], judged, evidence) if judged is not None and not is_out else None
            yield KeyStanding(key, situation.branch, False, standing, is_out)
        for branch, change in branches:
            if change.publication.key == key:
                refused = branch.pull_request.refused if branch.pull_request is not None else ()
                yield KeyStanding(key, branch.name, True, standing_on_branch(change, branch, situation), refused_reviews=refused)


def _proposing_branches(situation: CommittedSituation, keys: Sequence[str]) -> list[tuple[Branch, ProposedChange]]:
    """The proposals that change one of these publications, with the change."""
    found = []
    for proposal in situation.proposals:
        changes = [change for change in proposal.changes if change.publication.key in keys]
        branch = proposed_branch(situation, proposal.name, proposal.head)[0] if changes and proposal.committed else None
        found += [(branch, change) for change in changes if branch is not None]
    return found
