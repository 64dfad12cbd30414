"""The signed ledger that continues an unsigned one: it begins anew, and its second commit carries every record on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from marronnier.git import GitError, Repo, origin
from marronnier.ledger import brand_file, carried_records, checkpoints, policy_events, publisher_key, push, trust, verification
from marronnier.ledger.commit import make_commit
from marronnier.ledger.creation import require_default_commit, require_key, require_trusted_key, require_valid_signature
from marronnier.ledger.damage import Contended, Damaged
from marronnier.ledger.events import POLICY, append_lines, history_path, key_from_path, parse_history, payload_path, sha256
from marronnier.ledger.identity import (
    IDENTITY_FILE,
    ContinuedLedger,
    Identity,
    chain_start,
    foreign_repository_damage,
    identity_mismatch,
    read_identity,
    repository_id,
)
from marronnier.ledger.store import is_shared
from marronnier.messages import Trouble, _
from marronnier.model.brand import Brand

_FIRST = re.compile(rb"^ +first: *[\"']?([0-9a-f]{40,64})\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SignedContinuation:
    """What became of an unsigned ledger."""

    first: str
    """The first commit of the signed ledger."""
    publications: int
    """How many publications have records in it."""
    kept: str
    """The reference under which the unsigned ledger is kept in this clone; empty where it was kept before."""


def can_continue_signed(repo: Repo, brand: Brand, wanted: bool | None) -> bool:
    """Whether the brand has an unsigned ledger that is to be signed here and now; `wanted` as for `will_be_unsigned`."""
    if brand.ledger.first is None or not brand.ledger.unsigned or wanted is True:
        return False
    if repo.has_remote() and is_shared(repo):
        return True
    return wanted is False or (not repo.has_remote() and publisher_key.has_key() and publisher_key.has_keygen())


def continue_signed(repo: Repo, root: Path, brand: Brand, now: datetime, *, repository: str = "") -> SignedContinuation:
    """Begin a signed ledger with all the records of the unsigned one that `brand/brand.yml` names, and name it there instead.

    Interrupted at any moment, this leaves either ledger whole, and goes on where it stopped when it is called again. `repository` as for `init`.
    Raises Trouble where the key is missing or not trusted, or origin has another ledger or does not answer, Damaged where the unsigned one is.
    """
    old = brand.ledger.first
    if old is None or not brand.ledger.unsigned:
        raise ValueError("the brand names no unsigned ledger")
    repo.require()
    default = require_default_commit(repo)
    require_key()
    require_trusted_key(repo, default)
    at_origin = _head_at_origin(repo, old)
    here = push.ledger_references(repo)
    if repo.has_remote() and at_origin is None:
        _require_all_records(here)
        _require_named_at_origin(repo, old)
    head = next((oid for oid in (at_origin, here.get(push.BRANCH)) if oid is not None and carried_records.continues(repo, oid, old)), None)
    if head is None:
        last = _intact_head(repo, old, here)
        head = _make(repo, old, last, default, now, repository)
    require_valid_signature(repo, head, default)
    _require_own(repo, head, default, repository)
    kept = _move_references(repo, head, here)
    if repo.has_remote() and at_origin is None:
        _push(repo, head, old, now)
    first = repo.text("rev-list", "--max-parents=0", "--end-of-options", head)
    brand_file.write_first_commit(root / "brand" / "brand.yml", first, unsigned=False)
    return SignedContinuation(first, sum(1 for _blob in carried_records.history_blobs(repo, head)), kept)


def _head_at_origin(repo: Repo, old: str) -> str | None:
    """The signed ledger at origin that continues this one; None where origin has no ledger. Raises Trouble for any other, or without an answer."""
    if not repo.has_remote():
        return None
    try:
        fetched = push.fetch(repo)
    except GitError as error:
        raise Trouble(push.unreachable_reason(error), _("Nothing was changed. Run this again when origin answers.")) from None
    head = fetched.get(push.TRACKED)
    if head is not None and repo.is_ancestor(old, head):
        if is_shared(repo) and any(repo.is_ancestor(head, oid) for oid in _own_heads(push.ledger_references(repo))):
            raise Trouble(
                _("A copy of the unsigned ledger is at origin too, where nobody believes it."),
                _("Nothing was changed, and all of the copy is in this clone. Run `git push origin --delete ledger`, then run this again."),
            )
        raise Trouble(
            _("The unsigned ledger is at origin too, so that other clones may write to it."),
            _("Nothing was changed. Name the origin that others will share first: `git remote set-url origin URL`."),
        )
    if head is not None and not carried_records.continues(repo, head, old):
        raise Trouble(
            _("Origin has a ledger already ({head}), and it does not continue the unsigned one of this clone.", head=head[:12]),
            _(
                "Nothing was changed. Update your branch (`git pull`): brand/brand.yml may name that ledger already. Two ledgers are never made one."
            ),
        )
    tags = sorted(name.removeprefix(push.FETCHED) for name in fetched if name.startswith(push.FETCHED))
    if head is None and tags:
        names = " ".join(f"ledger-checkpoint/{tag}" for tag in tags)
        raise Trouble(
            _("Origin has no branch `ledger`, and tags of one: {names}.", names=names),
            _(
                "If a ledger was removed there, have it restored. If they are of this clone's ledger, pushed by `git push --tags`, run `git push origin --delete {names}`, then run this again.",
                names=names,
            ),
        )
    return head


def _own_heads(here: Mapping[str, str]) -> list[str]:
    """The heads of the ledger that this clone wrote or verified."""
    return [here[name] for name in (push.BRANCH, push.SEEN) if name in here]


def _require_all_records(here: Mapping[str, str]) -> None:
    """Raises Trouble where the ledger was at another origin than the present one, which has none: other clones may have sent since."""
    was_at_origin = any(name == push.AT_ORIGIN or name.startswith(push.FETCHED) for name in here)
    if was_at_origin and push.ALONE not in here:
        raise Trouble(
            _("The ledger was at another origin, so that other clones may have recorded there what this one does not know."),
            _(
                "Nothing was changed. Stop what publishes from them, set that origin again (`git remote set-url origin URL`) and run `marronnier ledger verify`, so that all is here. Then set the new one; if nothing is sent from anywhere else from now on, run `git update-ref {alone} HEAD`, and this again.",
                alone=push.ALONE,
            ),
        )


def _require_named_at_origin(repo: Repo, old: str) -> None:
    """Raises Trouble where origin's default branch names another ledger by now, which is not at origin: what went out since is in that one."""
    branch = repo.default_branch()
    try:
        origin.fetch(repo, f"refs/heads/{branch}")
    except GitError as error:
        raise Trouble(push.unreachable_reason(error), _("Nothing was changed. Run this again when origin answers.")) from None
    commit = repo.origin_commit(branch)
    named = _FIRST.search(repo.read(f"{commit}:brand/brand.yml") or b"") if commit is not None else None
    if named is not None and named[1].decode() != old:
        raise Trouble(
            _(
                "brand/brand.yml on {branch} of origin names another ledger ({first}), and that is not at origin.",
                branch=branch,
                first=named[1].decode()[:12],
            ),
            _(
                "Nothing was changed. Have that ledger restored from a clone that has it, and update your branch (`git pull`): what went out since stands only there."
            ),
        )


def _require_own(repo: Repo, head: str, default: str, repository: str) -> None:
    """Raises Damaged for a signed ledger that another key began, or of another repository: it may say what nobody did here."""
    first = repo.text("rev-list", "--max-parents=0", "--end-of-options", head)
    if trust.another_key_began(repo, first):
        raise Damaged(trust.another_key_damage(first))
    identity = read_identity(repo, first)
    if identity is None:
        raise Damaged(trust.changed_identity_damage(first))
    where = f"{first}:{IDENTITY_FILE}"
    if {repository.partition(":")[0], identity.repository.partition(":")[0]} == {"github"} and repository != identity.repository:
        raise Damaged(foreign_repository_damage(identity, where))
    if damage := identity_mismatch(repo, identity, where, default):
        raise Damaged(damage)


def _intact_head(repo: Repo, old: str, here: Mapping[str, str]) -> str:
    """The last commit of the unsigned ledger, verified whole. Raises Damaged."""
    known = _own_heads(here)
    head = next((oid for oid in known if all(repo.is_ancestor(other, oid) for other in known)), known[0] if known else None)
    if head is None:
        raise Damaged(trust.missing_branch_damage(repo, old, None, ""))
    damages = [*trust.root_damages(repo, head, old)]
    if not damages:
        damages = [*verification.rewind_damages(repo, head, here, {}), *verification.CommitWalk(repo, head, old, signed=False).damages()]
    if damages:
        raise Trouble(
            damages[0].message,
            _("Nothing was changed: only an intact ledger is signed. {next}", next=damages[0].next),
        )
    return head


def _make(repo: Repo, old: str, last: str, default: str, now: datetime, repository: str) -> str:
    """Write the signed ledger that continues the unsigned one, as commits that no reference names yet, and return its last."""
    files = carried_records.files_at(repo, last)
    before = read_identity(repo, old)
    if before is None:
        raise Damaged(trust.changed_identity_damage(old))
    continued = ContinuedLedger(old, last, _removed_payloads(repo, last, files))
    identity = Identity.create(repository or repository_id(repo, default), before.began, continued).as_bytes()
    start = chain_start(identity)
    carried: dict[str, bytes | None] = {}
    with repo.open_reader() as reader:
        for path, data in zip(files, reader.read_all(files.values()), strict=True):
            if data is None:
                raise GitError(("cat-file",), 1, f"{path} is not here")
            if path not in (IDENTITY_FILE, history_path(POLICY)):
                carried[path] = data if key_from_path(path) is None else carried_records.chained_from(data, start)
    first = make_commit(repo, None, {IDENTITY_FILE: identity}, "Begin the signed ledger", now, signed=True)
    carried |= _policy_files(repo, last, old, start, default)
    head = make_commit(repo, first, carried, "Carry on the records of the unsigned ledger", now, signed=True)
    if damages := [*verification.CommitWalk(repo, head, first, signed=True).damages()]:
        raise Damaged(damages[0])
    if missing := carried_records.missing_records(repo, head, last):
        raise ValueError(f"records of {missing[0]} were not carried on")
    return head


def _policy_files(repo: Repo, last: str, old: str, start: str, default: str) -> Mapping[str, bytes]:
    """The file of the policies that came into force, each signed now, and their documents, by path."""
    data = repo.read(f"{last}:{history_path(POLICY)}")
    if data is None:
        return {}
    policies = parse_history(POLICY, data, chain_start(repo.read(f"{old}:{IDENTITY_FILE}") or b""))
    publisher = publisher_key.publisher_lines(trust.allowed_signers(repo, default))
    drafts = policy_events.signed_policies(policies, start, lambda digest: repo.read(f"{last}:{payload_path(digest)}"), publisher)
    lines, files = b"", dict[str, bytes]()
    for event, draft in zip(policies.events, drafts, strict=True):
        lines = append_lines([draft], lines, start, event.at)
        files[payload_path(sha256(draft.payload or b""))] = draft.payload or b""
    return {**files, history_path(POLICY): lines}


def _removed_payloads(repo: Repo, last: str, files: Mapping[str, str]) -> tuple[str, ...]:
    """SHA-256 of the payloads that a commit of the unsigned ledger removed for good."""
    removed = repo.text("log", "--format=", "--name-only", "--diff-filter=D", "--no-renames", "--end-of-options", last, "--", "payloads/")
    return tuple(sorted({path.rpartition("/")[2] for path in removed.splitlines() if path and path not in files}))


def _move_references(repo: Repo, head: str, here: Mapping[str, str]) -> str:
    """Let this clone's references follow the signed ledger, and return where the unsigned one is kept. Raises Contended, Damaged."""
    old = here.get(push.BRANCH) or here.get(push.SEEN)
    if old is None or old == head or repo.is_ancestor(old, head):
        return ""
    if damage := trust.rewind_damage(repo, head, old, push.BRANCH):
        raise Damaged(damage)
    try:
        return carried_records.set_aside(repo, head, here)
    except GitError:
        raise Contended(
            _("Another run wrote to the ledger at the same moment."),
            _("Nothing was changed. Wait until it has ended, then run this again."),
        ) from None


def _push(repo: Repo, head: str, old: str, now: datetime) -> None:
    """Make this the ledger of origin, which has none. Raises PushRefused, Contended where another clone was faster."""
    # A fresh clone must find any rewind from here on: all that went out stands in the second commit.
    outcome = push.push(repo, head, None, checkpoints.name_of(head, now))
    if outcome == "landed" or _head_at_origin(repo, old) == head:
        push.record_pushed_head(repo, head, head)
        return
    raise Contended(
        _("Origin did not take the signed ledger: another clone may have made one at the same moment."),
        _("Nothing is lost. Run this again: it takes up what is at origin."),
    )
