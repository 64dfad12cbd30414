"""Names of people in sentences, as `brand/approvals.yml` gives them."""

from __future__ import annotations

from collections.abc import Iterable

from marronnier.approval.quorum import Quorum
from marronnier.messages import _, join_names, ngettext
from marronnier.model.approval_policy import Policy


def people(policy: Policy, ids: Iterable[str], *, last: str = "") -> str:
    """Names of people in one list, the last one joined by `or` unless another sentence is given."""
    names = [(policy.approvers[who].name or who) if who in policy.approvers else who for who in ids]
    if len(names) < 2:
        return "".join(names)
    return (last or _("{names} or {last}")).format(names=join_names(names[:-1]), last=names[-1])


def people_needed(quorum: Quorum, names: str) -> str:
    """How many of these people must approve, where more than one must."""
    if quorum.needed <= 1:
        return names
    return ngettext("{count} of {people}", "{count} of {people}", quorum.needed, people=names)
