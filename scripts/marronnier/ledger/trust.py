"""Whether a ledger's head may be believed: what `open` asks every time, before a line is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marronnier.git import Repo
from marronnier.ledger import publisher_key
from marronnier.ledger.damage import Damage, Damaged
from marronnier.ledger.identity import IDENTITY_FILE, Identity, identity_mismatch
from marronnier.ledger.push import BRANCH, SEEN, sorted_checkpoints
from marronnier.messages import Trouble, _, ngettext


def verified_identity(repo: Repo, head: str, first: str, default: str | None) -> tuple[Identity, bytes]:
    """The ledger's identity and the bytes that hold it. Raises Damaged when this ledger is not the one named, or not for this repository."""
    for damage in root_damages(repo, head, first):
        raise Damaged(damage)
    data, now = repo.read(f"{first}:{IDENTITY_FILE}"), repo.read(f"{head}:{IDENTITY_FILE}")
    try:
        found = Identity.parse(data or b"")
    except ValueError as error:
        raise Damaged(changed_identity_damage(first)) from error
    if now != data or data is None:
        raise Damaged(changed_identity_damage(head))
    wrong = identity_mismatch(repo, found, f"{first}:{IDENTITY_FILE}", default)
    if wrong is not None:
        raise Damaged(wrong)
    return found, data


def changed_identity_damage(where: str) -> Damage:
    """`ledger.json` is not what the first commit holds."""
    return Damage(
        "changed-identity",
        f"{where}:{IDENTITY_FILE}",
        _("ledger.json is missing or was changed: it is written once and never again."),
        _("Find out who changed the branch `ledger`, and put it back to a commit that verifies."),
    )


def root_damages(repo: Repo, head: str, first: str) -> Iterable[Damage]:
    """Whether the head stands on the commit named in `brand/brand.yml`, and on nothing else."""
    roots = repo.text("rev-list", "--max-parents=0", "--end-of-options", head).split()
    if roots == [first]:
        return
    if repo.is_shallow():
        raise Trouble(
            _("This clone is shallow: its history is cut."),
            _("Run `git fetch --unshallow`, or set `fetch-depth: 0` where the workflow checks out."),
        )
    yield Damage(
        "orphan",
        head,
        _("The branch `ledger` does not begin with the commit that brand/brand.yml names ({first}).", first=first[:12]),
        _("Somebody replaced it. Put the right branch back; `git log refs/marronnier/seen` may still have it."),
    )


def rewind_since_last_seen(repo: Repo, head: str, found: Mapping[str, str]) -> Damage | None:
    """Whether the head lost what this clone remembers best: the last head it believed, and the newest checkpoint."""
    marks = [(SEEN, found[SEEN])] if SEEN in found else []
    for name, oid in (*marks, *sorted_checkpoints(found)[-1:]):
        if damage := rewind_damage(repo, head, oid, name):
            return damage
    return None


def rewind_damage(repo: Repo, head: str, mark: str, name: str) -> Damage | None:
    """Whether the head no longer stands on a commit that was its head before; `name` is where that commit is remembered."""
    if head == mark or repo.is_ancestor(mark, head):
        return None
    missing = repo.try_text("rev-list", "--count", "--end-of-options", mark, f"^{head}")
    if missing is None:
        message = _("The branch `ledger` was rewound: {name} remembers {mark}, which is not in it.", name=name, mark=mark[:12])
    else:
        message = ngettext(
            "The branch `ledger` was rewound: {count} commit that {name} remembers is no longer in it.",
            "The branch `ledger` was rewound: {count} commits that {name} remembers are no longer in it.",
            int(missing),
            name=name,
        )
    return Damage(
        "rewound",
        head,
        message,
        _(
            "Find out who rewrote the branch, then put it back: `git push --force origin {mark}:refs/heads/ledger`, or locally `git branch -f ledger {mark}`.",
            mark=mark[:12],
        ),
    )


def missing_branch_damage(first: str, seen: str | None) -> Damage:
    """The ledger named in `brand/brand.yml` is not there."""
    return Damage(
        "gone",
        BRANCH.removeprefix("refs/heads/"),
        _("brand/brand.yml names a ledger ({first}), and the branch `ledger` is not there.", first=first[:12]),
        _("This clone still knows its last head: `git push origin {seen}:refs/heads/ledger` puts it back.", seen=SEEN)
        if seen
        else _("Fetch it (`git fetch origin ledger`), or ask for it where the brand is published: without it nothing goes out."),
    )


def unnamed_branch_damage(head: str) -> Damage:
    """There is a branch `ledger` that no brand file names."""
    return Damage(
        "unnamed",
        head,
        _("There is a branch `ledger`, and brand/brand.yml does not name its first commit."),
        _("If you have just run `marronnier ledger init`, commit brand/brand.yml. Else update your branch: the ledger may be newer."),
    )


def allowed_signers(repo: Repo, default: str | None) -> bytes:
    """Whom the default branch lets sign: never the working directory's copy."""
    return (repo.read(f"{default}:{publisher_key.ALLOWED_SIGNERS}") if default else None) or b""


def signature_damages(repo: Repo, revisions: Iterable[str], signers: bytes) -> Iterable[Damage]:
    """The commits among these that the publisher did not sign. Raises Trouble when no signature can be checked here."""
    checked = False
    for oid, verdict in publisher_key.verify_commits(repo, revisions, signers):
        if verdict == "G":
            continue
        if not checked and not publisher_key.has_keygen():
            raise publisher_key.missing_keygen()
        checked = True
        yield _signature_damage(oid, verdict)


def _signature_damage(oid: str, verdict: str) -> Damage:
    next = _(
        "Find out who wrote it; put the branch `ledger` back to a commit that verifies: `marronnier ledger verify` lists all that do not."
    )
    if verdict == "N":
        return Damage("unsigned-commit", oid, _("Commit {commit} of the ledger is not signed.", commit=oid[:12]), next)
    if verdict == "E":
        # OpenSSH 8.7 is broken for this, 8.8 is not: git's RelNotes/2.34.0.txt, seen 2026-11-22.
        return Damage(
            "unverifiable",
            oid,
            _("The signature of commit {commit} of the ledger cannot be checked here.", commit=oid[:12]),
            _(
                "It needs the ssh-keygen of a recent OpenSSH, and not of 8.7, which is broken; an OpenPGP signature is never the publisher's."
            ),
        )
    if verdict == "B":
        return Damage("bad-signature", oid, _("Commit {commit} of the ledger was changed after it was signed.", commit=oid[:12]), next)
    return Damage(
        "foreign-signature",
        oid,
        _("Commit {commit} of the ledger is signed by a key that brand/allowed_signers does not give to `publisher`.", commit=oid[:12]),
        next,
    )
