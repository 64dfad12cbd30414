"""Who must approve, who may and who did, in sentences for people."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.approval.approvers import ApprovalStanding, QuorumStanding
from marronnier.approval.names import people
from marronnier.messages import _, ngettext


def approval_sentences(standing: ApprovalStanding) -> tuple[str, ...]:
    """How a publication stands with its approvals: what is missing, or who gave it; then who cannot give it."""
    approval = standing.approval
    if approval.granted:
        return (approval.why or _("approved"),)
    if approval.waits_for_policy:
        return (approval.why,)
    if approval.held_by:
        return (approval.why,)
    if standing.merging_counts:
        return (_("merging it approves it (`quorum: 0`)"),)
    return tuple(dict.fromkeys(filter(None, (standing.objection, *_missing(standing)))))


def _missing(standing: ApprovalStanding) -> Iterator[str]:
    for quorum in standing.missing:
        if quorum.approved:
            yield _("approved by {people} so far", people=people(standing.policy, quorum.approved, last=_("{names} and {last}")))
        if quorum.first:
            yield _("{people} must approve it first", people=people(standing.policy, quorum.first))
        yield _still_needed(quorum, standing)
    for quorum in standing.missing:
        yield from (why for _person, why in quorum.barred)


def _still_needed(quorum: QuorumStanding, standing: ApprovalStanding) -> str:
    if not quorum.may:
        return _("nobody may approve it: name more people in brand/approvals.yml")
    names = people(standing.policy, quorum.may)
    if quorum.is_out_of_reach:
        return ngettext(
            "{count} must still approve, and only {people} may: name more people in brand/approvals.yml",
            "{count} must still approve, and only {people} may: name more people in brand/approvals.yml",
            quorum.missing,
            people=names,
        )
    return ngettext("{count} must still approve it: {people}", "{count} must still approve it: {people}", quorum.missing, people=names)
