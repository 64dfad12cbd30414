"""What somebody hears who asks for an approval, or gives one, where the policy names nobody who may approve."""

from __future__ import annotations

from marronnier.messages import Trouble, _
from marronnier.model.approval_policy import Policy


def nobody_approves_error(policy: Policy) -> Trouble:
    """The error where the policy names nobody, with what can be done about it."""
    return Trouble(_("Nobody may approve here yet"), _advice(policy))


def _advice(policy: Policy) -> str:
    if policy.quorum == 0 and not policy.requirements:
        return _(
            "With `quorum: 0` merging counts as approval: `marronnier status` says what comes next. To have posts approved, name people under `approvers:` in brand/approvals.yml, add their keys to brand/allowed_signers, and write `quorum: 1`, all in one commit."
        )
    return _(
        "Name people under `approvers:` in brand/approvals.yml, add their keys to brand/allowed_signers, and commit; `marronnier policy` then says what is still needed."
    )
