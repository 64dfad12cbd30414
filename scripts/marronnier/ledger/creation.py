"""Creation of a ledger: the first commit of the branch `ledger`, named in `brand/brand.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from marronnier.git import GitError, Repo
from marronnier.ledger import brand_file, publisher_key, push, trust
from marronnier.ledger.commit import make_commit
from marronnier.ledger.damage import Contended, Damaged
from marronnier.ledger.events import POLICY, append_lines, history_path, payload_path, sha256
from marronnier.ledger.identity import IDENTITY_FILE, Identity, chain_start, repository_id
from marronnier.ledger.policy_events import policy_draft
from marronnier.ledger.references import astray_reason
from marronnier.ledger.store import is_shared
from marronnier.messages import Trouble, _
from marronnier.model.brand import Brand


@dataclass(frozen=True, slots=True)
class FirstPolicy:
    """The policy that a ledger begins with."""

    blob: bytes
    digest: str
    commit: str


def init(
    repo: Repo,
    root: Path,
    brand: Brand,
    now: datetime,
    *,
    unsigned: bool | None = None,
    policy: FirstPolicy | None = None,
    repository: str = "",
) -> str:
    """Create the branch `ledger`, name its first commit in `brand/brand.yml`, and return that commit's id.

    `unsigned` None: signed when the publisher's key is given; unsigned when it is not and the repository is not shared.
    `policy` is in force from the beginning; without one, the first run records it.
    `repository` is its id on the forge, as `Identity` has it; empty where the forge does not tell.
    An interrupted `init` is continued where it stopped.
    Raises Trouble when a ledger exists already, nothing is committed, the key is missing or not trusted, or origin does not answer.
    """
    repo.require()
    _require_no_ledger(repo, brand)
    default = require_default_commit(repo)
    signed = not will_be_unsigned(repo, brand, unsigned)
    if signed:
        require_trusted_key(repo, default)
    head = _unnamed_first_commit(repo)
    if head is None:
        identity = Identity.create(repository or repository_id(repo, default), now)
        files = {IDENTITY_FILE: identity.as_bytes(), **_policy_files(policy, chain_start(identity.as_bytes()), now, signed=signed)}
        head = make_commit(repo, None, files, "Begin the ledger", now, signed=signed)
        if signed:
            require_valid_signature(repo, head, default)
        if push.update_head(repo, head, None, remote=repo.has_remote()) != "landed" and _unnamed_first_commit(repo) != head:
            raise Contended(_("Somebody else created a ledger at the same moment."), _("Fetch, and look at brand/brand.yml again."))
    elif signed:
        require_valid_signature(repo, head, default)
    brand_file.write_first_commit(root / "brand" / "brand.yml", head, unsigned=not signed)
    return head


def _policy_files(policy: FirstPolicy | None, start: str, now: datetime, *, signed: bool) -> Mapping[str, bytes]:
    """The files that record the first policy, by path."""
    if policy is None:
        return {}
    draft = policy_draft(start, 0, policy.blob, "first", digest=policy.digest, commit=policy.commit, signed=signed)
    return {history_path(POLICY): append_lines([draft], b"", start, now), payload_path(sha256(policy.blob)): policy.blob}


def _require_no_ledger(repo: Repo, brand: Brand) -> None:
    if brand.ledger.unsigned and repo.has_remote() and is_shared(repo):
        raise Damaged(trust.shared_unsigned_damage(repo, None, brand.ledger.first))
    if brand.ledger.first is not None:
        raise Trouble(
            _("This brand already has a ledger: brand/brand.yml names {first}.", first=brand.ledger.first[:12]),
            _("Run `marronnier ledger verify` to see whether it is intact."),
        )


def will_be_unsigned(repo: Repo, brand: Brand, wanted: bool | None) -> bool:
    """Whether a ledger created here and now is unsigned; `wanted` is the person's choice, None for no choice.

    Raises Trouble when there is a ledger already, a signature is needed and cannot be made, or an unsigned ledger is not allowed here.
    """
    _require_no_ledger(repo, brand)
    shared = repo.has_remote() and is_shared(repo)
    can_sign = publisher_key.has_key() and publisher_key.has_keygen()
    if wanted is False or (wanted is None and (can_sign or shared)):
        require_key()
        return False
    if shared:
        raise Trouble(
            _("This repository has an origin that others share: its ledger must be signed."),
            _("Run `marronnier ledger init` without --unsigned, with the publisher's key in {variable}.", variable=publisher_key.VARIABLE),
        )
    return True


def require_default_commit(repo: Repo) -> str:
    """The default branch's commit. Raises Trouble where there is none, or this clone does not see where its ledger is."""
    if why := astray_reason(repo):
        raise Trouble(f"{why[:1].upper()}{why[1:]}.", _("Nothing was created."))
    default = repo.default_commit()
    if default is None:
        raise Trouble(_("Nothing is committed here yet."), _("Commit the brand first (`git add -A && git commit`), then run this again."))
    return default


def require_key() -> None:
    """Raises Trouble where the publisher's key is not here, or cannot be used."""
    if not publisher_key.has_keygen():
        raise publisher_key.missing_keygen_error()
    if not publisher_key.has_key():
        raise Trouble(
            _("The ledger of a shared repository is signed, and there is no key in {variable}.", variable=publisher_key.VARIABLE),
            _(
                'Create one with `ssh-keygen -t ed25519 -N "" -f publisher_key` outside the repository, set {variable} to its path, and run this again.',
                variable=publisher_key.VARIABLE,
            ),
        )


def require_trusted_key(repo: Repo, default: str) -> None:
    """Raises Trouble when `brand/allowed_signers` on the default branch does not give the publisher's key to `publisher`."""
    public = publisher_key.public_key()
    signers = publisher_key.publisher_lines(trust.allowed_signers(repo, default)).decode()
    if public.split()[1] not in signers.split():
        raise Trouble(
            _(
                "{file} on {branch} does not give the publisher's key to `publisher`.",
                file=publisher_key.ALLOWED_SIGNERS,
                branch=repo.default_branch(),
            ),
            _("Add this line to it, commit it there, and run this again: {line}", line=f'publisher namespaces="git" {public}'),
        )


def require_valid_signature(repo: Repo, head: str, default: str) -> None:
    """Raises Trouble when the publisher's signature on the first commit does not verify."""
    for damage in trust.signature_damages(repo, ("--no-walk", head), trust.allowed_signers(repo, default)):
        raise Trouble(damage.message, damage.next)


def _unnamed_first_commit(repo: Repo) -> str | None:
    """The first commit of an interrupted `init`, not yet named in brand.yml; None when there is no branch `ledger`.

    Raises Trouble when the branch holds anything else, or origin does not answer.
    """
    if repo.has_remote():
        try:
            head = push.fetch(repo).get(push.TRACKED)
        except GitError as error:
            raise Trouble(push.unreachable_reason(error), _("Nothing was created. Run this again when origin answers.")) from None
    else:
        head = repo.commit_id(push.BRANCH)
    if head is None:
        return None
    if (
        repo.text("rev-list", "--count", "--end-of-options", head) == "1"
        and repo.try_text("cat-file", "-e", f"{head}:{IDENTITY_FILE}") is not None
    ):
        return head
    damage = trust.unnamed_branch_damage(head)
    raise Trouble(
        damage.message, _("Update your branch: somebody may have created the ledger already. Otherwise remove the branch `ledger` first.")
    )
