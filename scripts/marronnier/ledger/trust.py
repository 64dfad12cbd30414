"""Trust in a ledger's head, verified at every `open`: its identity, its first commit, its signatures, and that it was not rewound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marronnier.git import GitError, Repo
from marronnier.ledger import publisher_key
from marronnier.ledger.carried_records import carries, continues, missing_records
from marronnier.ledger.checkpoints import sorted_checkpoints
from marronnier.ledger.damage import Damage, Damaged
from marronnier.ledger.identity import IDENTITY_FILE, Identity, identity_mismatch
from marronnier.ledger.push import BRANCH, SEEN
from marronnier.messages import Trouble, _, ngettext


def verified_identity(repo: Repo, head: str, first: str, default: str | None) -> tuple[Identity, bytes]:
    """The ledger's identity, and the bytes of `ledger.json`.

    Raises Damaged when the branch is not the ledger that brand.yml names, or is another repository's; Trouble for a shallow clone.
    """
    for damage in root_damages(repo, head, first):
        raise Damaged(damage)
    data, data_at_head = repo.read(f"{first}:{IDENTITY_FILE}"), repo.read(f"{head}:{IDENTITY_FILE}")
    try:
        identity = Identity.parse(data or b"")
    except ValueError as error:
        raise Damaged(changed_identity_damage(first)) from error
    if data_at_head != data or data is None:
        raise Damaged(changed_identity_damage(head))
    mismatch = identity_mismatch(repo, identity, f"{first}:{IDENTITY_FILE}", default)
    if mismatch is not None:
        raise Damaged(mismatch)
    return identity, data


def changed_identity_damage(where: str) -> Damage:
    """Damage: `ledger.json` is not what the first commit holds."""
    return Damage(
        "changed-identity",
        f"{where}:{IDENTITY_FILE}",
        _("ledger.json is missing or was changed: it is written once and never again."),
        _("Find out who changed the branch `ledger`; whoever looks after it must restore the last commit that verifies."),
    )


def root_damages(repo: Repo, head: str, first: str) -> Iterable[Damage]:
    """Damage when the head descends from another first commit than the one named in `brand/brand.yml`.

    Raises Trouble for a shallow clone, which cannot tell.
    """
    roots = repo.text("rev-list", "--max-parents=0", "--end-of-options", head).split()
    if roots == [first]:
        return
    if repo.is_shallow():
        raise Trouble(
            _("This clone is shallow: its history is incomplete."),
            _("Run `git fetch --unshallow`, or set `fetch-depth: 0` where the workflow checks out."),
        )
    if len(roots) == 1 and continues(repo, head, first):
        yield signed_elsewhere_damage(head)
        return
    yield Damage(
        "orphan",
        head,
        _("The branch `ledger` does not begin with the commit that brand/brand.yml names ({first}).", first=first[:12]),
        _("Somebody replaced it. `git log refs/marronnier/seen` may still have the right one; whoever looks after origin must restore it."),
    )


def rewind_since_last_seen(repo: Repo, head: str, here: Mapping[str, str], fetched: Mapping[str, str]) -> Damage | None:
    """Damage when the head lacks commits that are known: of the last head that this clone verified, or of a checkpoint.

    `here` are the references of this clone, `fetched` those that origin has now. A checkpoint that this clone knew already was in a head
    that it verified, so that only the newest of them is compared, and all that are new here.
    """
    new = {name: oid for name, oid in fetched.items() if here.get(name) != oid}
    marks = dict([*([(SEEN, here[SEEN])] if SEEN in here else []), *sorted_checkpoints(here)[-1:], *sorted_checkpoints(new)])
    if _are_ancestors(repo, marks.values(), head):
        return None
    for name, oid in marks.items():
        if damage := rewind_damage(repo, head, oid, name):
            return damage
    return None


def _are_ancestors(repo: Repo, commits: Iterable[str], head: str) -> bool:
    """Whether the head descends from all of these commits. False when one of them is not in this clone."""
    lines = "".join(f"{oid}\n" for oid in {*commits} - {head})
    try:
        return not lines or repo.text("rev-list", "--max-count=1", "--stdin", stdin=f"{lines}^{head}\n".encode()) == ""
    except GitError:
        return False


def rewind_damage(repo: Repo, head: str, mark: str, name: str) -> Damage | None:
    """Damage when the head does not descend from `mark`, an earlier head; `name` is the reference that remembers it."""
    if head == mark or repo.is_ancestor(mark, head) or carries(repo, head, mark):
        return None
    if lacking := _lacking_records(repo, head, mark):
        return _uncarried_damage(head, name, lacking)
    missing = repo.try_text("rev-list", "--count", "--end-of-options", mark, f"^{head}")
    if missing is None:
        message = _("The branch `ledger` was set back: {name} has {mark}, which is no longer in it.", name=name, mark=mark[:12])
    else:
        message = ngettext(
            "The branch `ledger` was set back: {count} commit that {name} has is no longer in it.",
            "The branch `ledger` was set back: {count} commits that {name} has are no longer in it.",
            int(missing),
            name=name,
        )
    return Damage("rewound", head, message, _rewind_advice(repo, head, mark, name))


def _rewind_advice(repo: Repo, head: str, mark: str, name: str) -> str:
    """What to do about a rewind. No command in it can take anything away: each one is refused unless it only adds commits."""
    if repo.commit_id(mark) is None:
        return _(
            "Find out who rewrote the branch. Run `git fetch origin tag {name}`, then `marronnier ledger verify` again: it says how to put it back.",
            name=name,
        )
    if not repo.is_ancestor(head, mark):
        return _(
            "Find out who rewrote the branch. Others have written to it since, so nothing goes out until whoever looks after origin has decided which commits are true: {mark} is in this clone.",
            mark=mark[:12],
        )
    if repo.has_remote():
        return _("Find out who rewrote the branch, then put it back: `git push origin {mark}:refs/heads/ledger`.", mark=mark[:12])
    return _("Find out who rewrote the branch, then put it back: `git fetch . {mark}:refs/heads/ledger`.", mark=name)


def missing_branch_damage(repo: Repo, first: str, seen: str | None, astray: str) -> Damage:
    """Damage: `brand/brand.yml` names a ledger, and there is no branch `ledger`. `astray` says why this clone does not see where it is."""
    return Damage(
        "gone",
        BRANCH.removeprefix("refs/heads/"),
        _("brand/brand.yml names a ledger ({first}), and the branch `ledger` is not there.", first=first[:12]),
        f"{astray[:1].upper()}{astray[1:]}." if astray else _missing_branch_advice(repo, seen),
    )


def _missing_branch_advice(repo: Repo, seen: str | None) -> str:
    """What to do about a branch `ledger` that is not where it should be: at origin, or here where there is none."""
    if repo.has_remote():
        return (
            _("This clone still has its last commit: `git push origin {seen}:refs/heads/ledger` puts it back.", seen=SEEN)
            if seen
            else _("Fetch it (`git fetch origin ledger`), or ask for it where the brand is published: without it nothing goes out.")
        )
    if seen:
        return _("This clone still has its last commit: `git branch ledger {seen}` puts it back.", seen=SEEN)
    return _("Ask for it where the brand is published, and set that as origin (`git remote add origin URL`): without it nothing goes out.")


def _lacking_records(repo: Repo, head: str, mark: str) -> tuple[str, ...]:
    """The publications of which the unsigned ledger at `mark` has records that the signed one, which continues it, lacks."""
    try:
        roots = repo.text("rev-list", "--max-parents=0", "--end-of-options", mark).split()
        return missing_records(repo, head, mark) if len(roots) == 1 and continues(repo, head, roots[0]) else ()
    except (GitError, ValueError):
        return ()


def _uncarried_damage(head: str, name: str, lacking: tuple[str, ...]) -> Damage:
    """Damage: the unsigned ledger of this clone went on after it was continued with signatures elsewhere."""
    return Damage(
        "rewound",
        head,
        ngettext(
            "The ledger was signed in another clone, and {name} of this one has records of {count} publication that the signed ledger does not have: {keys}.",
            "The ledger was signed in another clone, and {name} of this one has records of {count} publications that the signed ledger does not have: {keys}.",
            len(lacking),
            name=name,
            keys=", ".join(lacking),
        ),
        _(
            "Nothing goes out from this clone. Look at what happened to each, settle it in a fresh clone (`marronnier settle KEY --was-sent URL`), and publish from there."
        ),
    )


def shared_unsigned_damage(repo: Repo, head: str | None, first: str | None) -> Damage:
    """Damage: the ledger is unsigned, and origin is on another machine, where nothing of it can be believed. `head` is origin's."""
    if head is not None and first is not None and continues(repo, head, first):
        return signed_elsewhere_damage(head)
    return Damage(
        "unsigned-commit",
        head or BRANCH.removeprefix("refs/heads/"),
        _("The ledger is not signed, and origin is shared: anyone who can push could forge it."),
        unsigned_ledger_advice(),
    )


def unsigned_ledger_advice() -> str:
    """What to do with an unsigned ledger whose repository has an origin on another machine."""
    return _(
        "Run `marronnier ledger init` with the publisher's key in {variable}: a signed ledger carries on all that is recorded, and nothing goes out twice. "
        "Or publish from this machine alone, as before: `git remote remove origin`.",
        variable=publisher_key.VARIABLE,
    )


def signed_elsewhere_damage(head: str) -> Damage:
    """Damage: brand.yml still names the unsigned ledger, and a signed one carries on its records."""
    return Damage(
        "signed-elsewhere",
        head,
        _("The unsigned ledger that brand/brand.yml names was signed: the ledger at {head} carries on its records.", head=head[:12]),
        _(
            "Update your branch (`git pull`): brand/brand.yml names the signed ledger there. If `marronnier ledger init` has just changed that file here, commit it; if it was interrupted, run it again."
        ),
    )


def another_key_began(repo: Repo, first: str) -> bool:
    """Whether the publisher's key is here, and the ledger with this first commit was begun by another one."""
    if not (publisher_key.has_key() and publisher_key.has_keygen()):
        return False
    return not signs_head(repo, first, f"{publisher_key.PRINCIPAL} {publisher_key.public_key()}\n")


def another_key_damage(first: str) -> Damage:
    """Damage: another key than the one that is here began the ledger that claims to continue this clone's unsigned one."""
    return Damage(
        "foreign-signature",
        first,
        _(
            "The signed ledger that claims to continue the one of this clone ({first}) was begun by another key than yours.",
            first=first[:12],
        ),
        _(
            "Nothing was changed. See who gave that key to `publisher`: `git log -p brand/allowed_signers`. If nobody of you did, whoever looks after origin takes it and that ledger out. If it is right, look at what it says went out, then leave the unsigned one aside: `git branch -m ledger unsigned-ledger` and `git update-ref -d refs/marronnier/seen`."
        ),
    )


def signed_elsewhere_warning(kept: str) -> str:
    """What happened to the unsigned ledger of this clone, which stays as it is or is kept under that reference."""
    if kept:
        return _(
            "The unsigned ledger of this clone was signed in another one: all its records are in the signed ledger. It is kept as {kept}.",
            kept=kept,
        )
    return _(
        "The unsigned ledger of this clone was signed in another one: all its records are in the signed ledger. This clone follows it once a command runs with the publisher's key."
    )


def unnamed_branch_damage(head: str) -> Damage:
    """Damage: there is a branch `ledger`, and `brand/brand.yml` names none."""
    return Damage(
        "unnamed",
        head,
        _("There is a branch `ledger`, and brand/brand.yml does not name its first commit."),
        _("If you have just run `marronnier ledger init`, commit brand/brand.yml. Else update your branch: the ledger may be newer."),
    )


def allowed_signers(repo: Repo, default: str | None) -> bytes:
    """The bytes of `brand/allowed_signers` on the default branch, never of the working directory's copy."""
    return (repo.read(f"{default}:{publisher_key.ALLOWED_SIGNERS}") if default else None) or b""


def signs_head(repo: Repo, head: str, signers: str) -> bool:
    """Whether a commit is signed by a key that these lines of an allowed_signers file give the publisher."""
    return all(verdict == "G" for _oid, verdict in publisher_key.verify_commits(repo, ("--no-walk", head), signers.encode()))


def signature_damages(repo: Repo, revisions: Iterable[str], signers: bytes) -> Iterable[Damage]:
    """Damage for each of these commits that the publisher did not sign. Raises Trouble when no signature can be checked here."""
    checked = False
    for oid, verdict in publisher_key.verify_commits(repo, revisions, signers):
        if verdict == "G":
            continue
        if not checked and not publisher_key.has_keygen():
            raise publisher_key.missing_keygen_error()
        checked = True
        yield _signature_damage(oid, verdict)


def _signature_damage(oid: str, verdict: str) -> Damage:
    """Damage: a commit whose signature has that verdict of git, other than `G`."""
    next = _(
        "Find out who wrote it; whoever looks after the branch `ledger` must restore the last commit that verifies: `marronnier ledger verify` lists all that do not."
    )
    if verdict == "N":
        return Damage("unsigned-commit", oid, _("Commit {commit} of the ledger is not signed.", commit=oid[:12]), next)
    if verdict == "E":
        # OpenSSH 8.7 cannot verify, 8.8 can: git's RelNotes/2.34.0.txt, seen 2026-11-22.
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
