"""Policies that came into force, as events of the ledger: each is signed by the publisher, and says why it could."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from marronnier.git import GitError, NotInstalled
from marronnier.git.allowed_signers import for_namespace, keys_of
from marronnier.git.ssh_keygen import is_signed_text, sign_text
from marronnier.ledger import publisher_key
from marronnier.ledger.damage import Damage, Damaged, missing_policy_damage
from marronnier.ledger.events import POLICY, EventDraft, history_path, sha256
from marronnier.messages import _
from marronnier.model.history import Event, History
from marronnier.model.publication import canonical_json

NAMESPACE = "policy@marronnier"
"""What ssh-keygen binds the signature to: one made for a commit is none of a policy."""

Cause = Literal["first", "asks-more", "approved", "merged", "reset"]
"""Why a policy could come into force: the ledger had none, it only asks for more, it was approved, merging was approving, or a reset."""


def policy_draft(
    start: str, number: int, blob: bytes, cause: Cause, *, digest: str, commit: str, by: Sequence[str] = (), signed: bool
) -> EventDraft:
    """The event that puts a policy in force. `start` is the hash that every chain of the ledger begins with, `number` the event's.

    Raises Trouble when it must be signed and there is no usable key.
    """
    payload = sha256(blob)
    data: dict[str, object] = {"payload": payload, "digest": digest, "commit": commit, "by": list(by), "cause": cause}
    if signed:
        data["signature"] = _sign(signed_bytes(start, number, payload, cause))
    return EventDraft(POLICY, "policy", data, blob)


def signed_policies(policies: History, start: str, read_payload: Callable[[str], bytes | None], publisher: bytes) -> Iterator[EventDraft]:
    """The policies of an unsigned ledger as events of the signed one that continues it, each in force for the same reason and by the same people.

    `publisher` are the lines of the publisher's keys, which each policy gets in place of its own: the ledger is signed by them from its beginning.
    Raises Damaged where the unsigned ledger lost what one of them was, Trouble when there is no usable key.
    """
    for event in policies.events:
        try:
            fields = json.loads(read_payload(str(event.data.get("payload", ""))) or b"")
            others = _lines_of_others(str(fields["allowed_signers"]))
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(missing_policy_damage(event.seq)) from error
        blob = canonical_json({**fields, "allowed_signers": others + publisher.decode()})
        payload, cause = sha256(blob), str(event.data.get("cause"))
        signature = _sign(signed_bytes(start, event.seq, payload, cause))
        yield EventDraft(POLICY, "policy", {**event.data, "payload": payload, "signature": signature}, blob)


def _lines_of_others(allowed_signers: str) -> str:
    """An allowed_signers file without the lines that are the publisher's alone."""
    lines = allowed_signers.splitlines(keepends=True)
    return "".join(
        f"{line.rstrip()}\n" for line in lines if line.split()[:1] not in ([publisher_key.PRINCIPAL], [f'"{publisher_key.PRINCIPAL}"'])
    )


def signed_bytes(start: str, number: int, payload: str, cause: str) -> bytes:
    """Exactly what is signed: a fixed first line, then which ledger's policy it is, which of them, what it says and why it could."""
    return f"marronnier policy 1\nledger {start}\nnumber {number}\npolicy {payload}\ncause {cause}\n".encode()


def is_signed_by_publisher(event: Event, start: str, keys: str) -> bool:
    """Whether a policy's event is signed by one of these lines of an allowed_signers file, all the publisher's. Raises NotInstalled."""
    text = signed_bytes(start, event.seq, str(event.data.get("payload")), str(event.data.get("cause")))
    lines = for_namespace(keys.splitlines(), NAMESPACE)
    signature = str(event.data.get("signature", ""))
    return bool(lines and signature) and is_signed_text(text, signature, publisher_key.PRINCIPAL, lines, NAMESPACE)


def signature_damages(policies: History, start: str, read_payload: Callable[[str], bytes | None]) -> Iterator[Damage]:
    """Damage for each policy that no key of the one before it signed; a reset may bring its own, and is shown as one.

    Raises Trouble when no signature can be checked here.
    """
    keys = ""
    for event in policies.events:
        own = _publisher_keys(read_payload(str(event.data.get("payload", ""))))
        try:
            is_good = is_signed_by_publisher(
                event, start, own if event.seq == 0 else keys + (own if event.data.get("cause") == "reset" else "")
            )
        except NotInstalled as error:
            raise publisher_key.missing_keygen_error() from error
        if not is_good:
            yield Damage(
                "foreign-signature",
                f"{history_path(POLICY)}:{event.seq + 1}",
                _("Policy {number} is not signed by a publisher's key of the policy before it.", number=event.seq + 1),
                _(
                    "Find out who wrote it; nothing goes out by it. Whoever looks after the branch `ledger` must restore the commit before it."
                ),
            )
        keys = own


def _publisher_keys(blob: bytes | None) -> str:
    """The publisher's keys by a policy as the ledger keeps it; empty for what is none."""
    try:
        return keys_of(str(json.loads(blob or b"{}")["allowed_signers"]).encode(), publisher_key.PRINCIPAL)
    except (ValueError, KeyError, TypeError):
        return ""


def _sign(text: bytes) -> str:
    with publisher_key.private_key_file() as key:
        try:
            return sign_text(text, key, NAMESPACE, "ssh-keygen")
        except NotInstalled as error:
            raise publisher_key.missing_keygen_error() from error
        except GitError:
            # Not chained: ssh-keygen's message names the path of the key.
            raise publisher_key.unusable_key_error() from None
