"""The policy in force: recorded by the publisher when it may change, put in force without an approval by a reset, and trusted by its signature."""

from __future__ import annotations

from datetime import datetime

from marronnier.git import Repo
from marronnier.ledger import (
    KEY_VARIABLE,
    Cause,
    EventDraft,
    Ledger,
    has_key,
    is_signed_by_publisher,
    own_public_key,
    policy_draft,
    signs_head,
)
from marronnier.messages import Trouble, _
from marronnier.model.policy_document import PolicyDocument
from marronnier.proofs.policy_reader import PUBLISHER, policy_blob
from marronnier.proofs.situation_loader import CommittedSituation, load_situation
from marronnier.publish.default_branch import read_origin


def record_policy(situation: CommittedSituation, ledger: Ledger, now: datetime) -> tuple[tuple[str, ...], Ledger]:
    """Record the policy of the default branch where it may come into force; what was done, in sentences for people, and the ledger after it."""
    standing = situation.standing
    if not standing.is_unrecorded:
        return (), ledger
    cause: Cause = "first"
    if standing.last is not None:
        cause = "asks-more" if standing.approval is None else "approved" if standing.approval.by else "merged"
    by = standing.approval.by if standing.approval is not None else ()
    number = len(standing.adopted)

    def decide(newest: Ledger) -> list[EventDraft]:
        # Another run that recorded one meanwhile has judged anew; so does the next run.
        return [_draft(situation, newest, cause, by)] if len(newest.policies.events) == number else []

    after = ledger.append(decide, now)
    if len(after.policies.events) != number + 1:
        return (), after
    told = {
        "first": _("the policy of {branch} is in force: it is the first that the ledger records", branch=situation.branch),
        "asks-more": _("the policy of {branch} is in force: it asks for nothing less than before", branch=situation.branch),
        "approved": _("the policy of {branch} is in force: approved by {people}", branch=situation.branch, people=", ".join(by)),
        "merged": _("the policy of {branch} is in force: merging counted as approval", branch=situation.branch),
        "reset": "",
    }
    return (told[cause],), after


def reset_policy(repo: Repo, now: datetime) -> Ledger:
    """Put the policy of the default branch in force without an approval. Raises Trouble where it is in force, or cannot be recorded."""
    if why := read_origin(repo).stopped:
        raise Trouble(why, _("Nothing was changed. Run this again when origin answers."))
    situation = load_situation(repo, now, proposals=False)
    ledger = situation.ledger
    if not ledger.exists:
        raise Trouble(_("This brand has no ledger yet."), _("Run `marronnier ledger init`."))
    if ledger.stale:
        raise Trouble(ledger.stale, _("Nothing was changed. Run this again when origin answers."))
    if situation.desk.settings_errors:
        raise Trouble(
            _("A policy that cannot be read is not put in force: {why}", why=situation.desk.settings_errors[0].as_text(_("; "))),
            _("Correct the file first: `marronnier check` shows where."),
        )
    if situation.standing.last is not None and not situation.standing.changes:
        raise Trouble(_("The policy of {branch} is in force already", branch=situation.branch), _("Nothing needs to be done."))
    if not ledger.unsigned and not _is_publishers(own_public_key(), situation.standing.proposed):
        raise Trouble(
            _(
                "brand/allowed_signers on {branch} does not give the key in {variable} to `publisher`",
                branch=situation.branch,
                variable=KEY_VARIABLE,
            ),
            _("Add the line of its public key there first, and push it: the ledger would be damaged otherwise."),
        )
    number = len(situation.standing.adopted)

    def decide(newest: Ledger) -> list[EventDraft]:
        if len(newest.policies.events) != number:
            raise Trouble(_("Another run recorded a policy at the same moment."), _("Look at `marronnier policy`, then decide again."))
        return [_draft(situation, newest, "reset", ())]

    return ledger.append(decide, now)


def _draft(situation: CommittedSituation, ledger: Ledger, cause: Cause, by: tuple[str, ...]) -> EventDraft:
    blob = policy_blob(ledger.repo, situation.commit, situation.desk)
    return policy_draft(
        ledger.start,
        len(ledger.policies.events),
        blob,
        cause,
        digest=situation.standing.proposed.digest,
        commit=situation.commit,
        by=by,
        signed=not ledger.unsigned,
    )


def distrust_reason(situation: CommittedSituation) -> str:
    """Why this run must not work with the ledger's policies; empty when each was put in force by a publisher who could.

    Whoever may push could give themselves the publisher's name in `brand/allowed_signers`, and write the policy they like:
    only a key of the policy before it, or the one that this run itself holds, puts a policy in force.
    """
    ledger = situation.ledger
    if ledger.unsigned or not ledger.exists:
        return ""
    own = own_public_key() if has_key() else ""
    own_line = f"{PUBLISHER} {own}\n" if own else ""
    keys = ""
    for event, each in zip(ledger.policies.events, situation.standing.adopted, strict=True):
        theirs = "".join(f"{PUBLISHER} {key}\n" for key in sorted(each.document.keys.get(PUBLISHER, ())))
        if not is_signed_by_publisher(event, ledger.start, theirs if event.seq == 0 else keys + (own_line if each.is_reset else "")):
            return _(
                "policy {number} of the ledger is not signed by the publisher's key that was in force: nothing goes out",
                number=event.seq + 1,
            )
        keys = theirs
    if not keys:
        return ""
    if not signs_head(ledger.repo, ledger.head or "", keys + own_line):
        return _("the ledger's last commit is not signed by the publisher's key that is in force: nothing goes out")
    if own and not _is_publishers(own, situation.standing.document):
        return _(
            "the publisher's key of this run is not in force: have the change of brand/allowed_signers approved with `marronnier approve --policy`, or run `marronnier policy reset`"
        )
    return ""


def _is_publishers(public_key: str, document: PolicyDocument) -> bool:
    """Whether a public key is one of the publisher's by this policy."""
    return any(public_key in key for key in document.keys.get(PUBLISHER, ()))
