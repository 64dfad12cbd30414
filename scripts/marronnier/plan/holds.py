"""Who holds back what is planned, for people."""

from __future__ import annotations

from marronnier.messages import _
from marronnier.model.approval_policy import Policy
from marronnier.model.history import Event
from marronnier.text.markdown_code import code_span


def hold_text(hold: Event, policy: Policy) -> str:
    """Who holds something back: by the name that the policy has for them, else as their forge called them then, else by their number."""
    return _("{who} put it on hold", who=_name(str(hold.data.get("who", "")), hold.data.get("account"), policy))


def _name(who: str, account: object, policy: Policy) -> str:
    """Somebody's name. What a terminal records is an id of the policy; what a comment records is one too, or a login, with the account's number."""
    if account is None:
        return policy.approvers[who].name or who if who in policy.approvers else who or "?"
    for person, each in policy.approvers.items():
        if each.github == account:
            return each.name or person
    return code_span(who) or _("account {number}", number=account)
