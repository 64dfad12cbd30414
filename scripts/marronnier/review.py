"""Acts of approving by plain Git: the commits that ask for an approval, and those that give one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from marronnier import approval, networks, plan
from marronnier.approval import Claim
from marronnier.forge.approval_signatures import keys_of, verify_signatures
from marronnier.forge.commit_log import NamedDigests
from marronnier.forge.plain_git import blob, default_branch
from marronnier.git import GitError, Repo
from marronnier.messages import Trouble, _, ngettext
from marronnier.model.instant import Instant
from marronnier.model.plan import Digests
from marronnier.model.policy import Policy
from marronnier.model.publication import Payload, Publication, key_of
from marronnier.plan import Assembled
from marronnier.plan.assembling import keys_named
from marronnier.proofs.evidence import SIGNERS


@dataclass(frozen=True, slots=True)
class Subject:
    """A publication about to be asked for or approved, as it is committed."""

    publication: Publication
    instant: Instant
    digests: Digests
    repeats: bool = False
    """It stands for all occurrences of a repeat."""

    @property
    def named(self) -> NamedDigests:
        """What the commit will name."""
        publication = self.publication
        key = key_of(publication.post.id, publication.channel_name) if self.repeats else publication.key
        return NamedDigests(key, self.digests.words, self.digests.when)

    def payload(self) -> Payload | None:
        """Exactly what would be sent; None when nobody knows the network."""
        try:
            return networks.get(self.publication.channel.network).compose(self.publication)
        except networks.UnknownNetwork:
            return None


@dataclass(frozen=True, slots=True)
class PendingApproval:
    """An approval about to be given: what, by whom, with which key."""

    subjects: tuple[Subject, ...]
    already: tuple[str, ...]
    """Keys that were named too, and need no approval."""
    who: str
    name: str
    key: str
    """The signing key, as git takes it; empty when it will be unsigned."""
    head: str
    """The commit it will stand on."""
    default: str
    """The commit whose policy and keys will judge it, as things stand."""


def prepare_approval(
    repo: Repo, now: datetime, names: Sequence[str], *, who: str | None, key: Path | None, all_in_review: bool = False
) -> PendingApproval:
    """Everything an approval needs, checked. Raises Trouble for what would make it void: nothing is written yet."""
    repo.require_branch()
    repo.require_identity()
    default = default_branch(repo)
    here = plan.assemble(repo, now, rev="HEAD", proposals=False, fetch=False)
    rules = here.witness.rules_at(default.commit)
    person = _person(repo, rules.policy, who)
    wanted = [*names, *(_asked(here, default.commit) if all_in_review else ())]
    if all_in_review and not wanted:
        raise Trouble(_("Nothing on this branch is asked to be approved"), _("Name what you approve: `marronnier approve KEY`."), status=2)
    subjects = _subjects(here, wanted)
    _require_committed(repo, subjects)
    left, already = _unapproved(repo, here, subjects, person, default.commit)
    if not left:
        raise Trouble(_("{keys} is approved already as it stands", keys=", ".join(already)), _("Nothing needs to be done."))
    signing = _signing_key(repo, key, rules.policy)
    if signing and not keys_of(blob(repo, default.commit, SIGNERS) or b"", person):
        raise Trouble(
            _("brand/allowed_signers has no key of {who} on {branch}", who=person, branch=default.branch),
            _('Add the line `{who} namespaces="git" ssh-ed25519 …` with the public key, and have that merged first.', who=person),
        )
    name = rules.policy.approvers[person].name or person
    return PendingApproval(tuple(left), already, person, name, signing, here.commit, default.commit)


def approve(repo: Repo, approving: PendingApproval) -> str:
    """Write the approval: an empty commit on the branch at hand, its signature checked first. The commit's id. Raises Trouble."""
    lines = [f"Approved-by: {approving.who}", *(f"Approved-content: {subject.named}" for subject in approving.subjects)]
    subject = _heading(
        _("Approve {key}"),
        ngettext("Approve {count} publication", "Approve {count} publications", len(approving.subjects)),
        approving.subjects,
    )
    commit = _empty_commit(repo, approving.head, subject, lines, approving.key)
    if approving.key:
        signers = blob(repo, approving.default, SIGNERS) or b""
        if verify_signatures(repo, [commit], approving.who, signers).get(commit) != "good":
            raise Trouble(
                _("The signature is not by the key of {who} in brand/allowed_signers: nothing was approved", who=approving.who),
                _("Sign with that key: `--key FILE`, or `git config user.signingkey FILE`."),
            )
    _advance(repo, "HEAD", commit, approving.head, "approve")
    return commit


@dataclass(frozen=True, slots=True)
class AskResult:
    """What was asked, and where."""

    subjects: tuple[Subject, ...]
    branch: str
    commit: str
    new: bool
    """The branch was made for it; the one at hand was left alone."""


def ask(repo: Repo, now: datetime, names: Sequence[str]) -> AskResult:
    """Ask for an approval: one empty commit on the branch at hand, or from the default branch on a new branch `ask/<id>`.

    Without names, all that the branch changes is asked for. Raises Trouble.
    """
    branch = repo.require_branch()
    repo.require_identity()
    default = default_branch(repo)
    on_default = branch == default.branch
    here = plan.assemble(repo, now, rev="HEAD", proposals=False, fetch=False)
    wanted = list(names) or ([] if on_default else _changed(repo, now, branch))
    if not wanted:
        raise Trouble(_("There is nothing to ask for"), _("Name what should be approved: `marronnier ask KEY`."), status=2)
    subjects = _subjects(here, wanted)
    _require_committed(repo, subjects)
    lines = [f"Ask: {subject.named}" for subject in subjects]
    heading = _heading(
        _("Ask for approval of {key}"),
        ngettext("Ask for approval of {count} publication", "Ask for approval of {count} publications", len(subjects)),
        subjects,
    )
    commit = _empty_commit(repo, here.commit, heading, lines, "")
    if not on_default:
        _advance(repo, "HEAD", commit, here.commit, "ask")
        return AskResult(tuple(subjects), branch, commit, new=False)
    name = _free_branch(repo, f"ask/{subjects[0].publication.post.id}")
    _advance(repo, f"refs/heads/{name}", commit, "", "ask")
    return AskResult(tuple(subjects), name, commit, new=True)


def _person(repo: Repo, policy: Policy, who: str | None) -> str:
    """The id in approvals.yml of whoever approves: as said, else by their address."""
    known = ", ".join(policy.approvers) or _("nobody yet")
    if who is not None:
        if who not in policy.approvers:
            raise Trouble(_("{who} is not among the approvers of brand/approvals.yml", who=who), _("It knows: {known}.", known=known))
        return who
    address = (repo.try_text("config", "--get", "user.email") or repo.require_identity().rpartition("<")[2].rstrip(">")).casefold()
    author = repo.text("var", "GIT_COMMITTER_IDENT").rsplit(">", 1)[0].rpartition("<")[2].casefold()
    found = [one for one, approver in policy.approvers.items() if {address, author} & {email.casefold() for email in approver.emails}]
    if len(found) != 1:
        raise Trouble(
            _("brand/approvals.yml does not say which approver {address} is", address=author or address),
            _("Say who approves: `--as ID`. It knows: {known}.", known=known),
        )
    return found[0]


def _subjects(here: Assembled, names: Iterable[str]) -> list[Subject]:
    """What people mean by these names, as it is committed. Raises Trouble for what is no publication, or cannot go out."""
    found: dict[str, Subject] = {}
    for name in names:
        keys = keys_named(here, [name]) or _of_repeat(here, name)
        if not keys:
            raise Trouble(
                _("There is no publication {name} in what is committed here", name=name),
                _("Name a post, or a key like portes-ouvertes@journal; commit the post first if it is new."),
                status=2,
            )
        for key in keys:
            publication, instant = here.timetable.publications[key], here.timetable.instants[key]
            if instant.basis == "idea":
                raise Trouble(_("{key} is still an idea", key=key), _("Give it a date and move it to content/posts/."))
            if instant.problem:
                raise Trouble(
                    _("{key} has no instant: {why}", key=key, why=instant.note),
                    _("Run `marronnier check {path}`.", path=publication.post.path),
                )
            repeats = publication.occurrence is not None and name != key
            subject = Subject(publication, instant, approval.digests(publication, instant, here.desk), repeats)
            found.setdefault(subject.named.key, subject)
    return list(found.values())


def _of_repeat(here: Assembled, name: str) -> tuple[str, ...]:
    """The occurrences of a repeat that is named without a day."""
    return tuple(key for key in here.timetable.publications if key.partition("~")[0] == name)


def _asked(here: Assembled, default: str) -> list[str]:
    """Keys that commits of this branch ask for and that still stand as they were asked for."""
    arrived = set(here.witness.repo.text("rev-list", "HEAD", f"^{default}").split())
    found = []
    for oid, commit in here.witness.log.commits.items():
        if oid in arrived:
            found += [named.key for named in commit.asked]
    return list(dict.fromkeys(found))


def _changed(repo: Repo, now: datetime, branch: str) -> list[str]:
    """Keys that this branch adds or changes."""
    made = plan.assemble(repo, now, fetch=False)
    return [
        change.publication.key
        for proposal in made.proposals
        if proposal.name in (branch, f"origin/{branch}")
        for change in proposal.changes
        if change.kind in ("added", "changed") and change.instant.basis != "idea"
    ]


def _require_committed(repo: Repo, subjects: Iterable[Subject]) -> None:
    """Raises Trouble when a post, its media or its channels stand otherwise in the working directory than in the last commit."""
    paths = {"brand/channels.yml"}
    for subject in subjects:
        paths |= {subject.publication.post.path, *(picture.path for picture in subject.publication.words.media)}
    said = repo.run("status", "--porcelain=v1", "-z", "--untracked-files=all", "--", *(f":(literal,top){path}" for path in sorted(paths)))
    dirty = [line[3:] for line in said.decode("utf-8", "replace").split("\0") if line]
    if dirty:
        raise Trouble(
            _("{path} has changes that are not committed, and what is approved is what is committed", path=dirty[0]),
            _("Commit them, or take them back with `git restore`."),
        )


def _unapproved(repo: Repo, here: Assembled, subjects: Iterable[Subject], who: str, default: str) -> tuple[list[Subject], tuple[str, ...]]:
    """Those that still need this person, and those that are approved already. Raises Trouble for self-approval."""
    evidence = here.witness.evidence(here.timetable.publications)
    emails = frozenset(_addresses(repo))
    left, already = [], []
    for subject in subjects:
        publication, digests = subject.publication, subject.digests
        approved = here.approvals.get(publication.key)
        if approved is not None and (approved.granted or who in approved.by):
            already.append(publication.key)
            continue
        claim = Claim("", who, publication.key, digests.words, digests.when, here.plan.now, emails)
        if why := approval.self_approval_reason(publication, digests, claim, evidence, default):
            raise Trouble(_("{key}: {why}", key=publication.key, why=why), _("Ask somebody else of brand/approvals.yml."))
        left.append(subject)
    return left, tuple(already)


def _addresses(repo: Repo) -> Iterable[str]:
    """Of the author and the committer that git will write."""
    for variable in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        yield repo.text("var", variable).rsplit(">", 1)[0].rpartition("<")[2].casefold()


def _signing_key(repo: Repo, key: Path | None, policy: Policy) -> str:
    """The key to sign with, as git takes it; empty when the policy lets approvals be unsigned and there is none. Raises Trouble."""
    if key is not None:
        if not key.is_file():
            raise Trouble(_("There is no key {file}", file=key), _("Name the file of your SSH key, like ~/.ssh/id_ed25519."), status=2)
        return str(key.resolve())
    configured = repo.try_text("config", "--get", "user.signingkey") or ""
    kind = repo.try_text("config", "--get", "gpg.format") or "openpgp"
    if configured and kind == "ssh":
        return configured
    if policy.unsigned:
        return ""
    raise Trouble(
        _("An approval must be signed with your SSH key, and git does not know which that is"),
        _("Run `git config gpg.format ssh` and `git config user.signingkey ~/.ssh/id_ed25519.pub`, or add `--key FILE`."),
    )


def _heading(one: str, many: str, subjects: Sequence[Subject]) -> str:
    return one.format(key=subjects[0].named.key) if len(subjects) == 1 else many


def _empty_commit(repo: Repo, head: str, heading: str, trailers: Sequence[str], key: str) -> str:
    """An empty commit upon another, not yet on any branch: what is staged or changed in the working directory cannot get into it."""
    message = "\n".join((heading, "", *trailers, "")).encode()
    config = {"gpg.format": "ssh", "user.signingkey": key} if key else {}
    try:
        made = repo.run("commit-tree", *(("-S",) if key else ()), "-p", head, "-F", "-", f"{head}^{{tree}}", stdin=message, config=config)
    except GitError as error:
        raise Trouble(
            _("git could not make the commit: {said}", said=str(error)), _("Check the key and the identity, then try again.")
        ) from error
    return made.decode().strip()


def _advance(repo: Repo, ref: str, commit: str, before: str, why: str) -> None:
    """Move a branch to the commit, unless it moved meanwhile. Raises Trouble."""
    try:
        repo.run("update-ref", "-m", f"marronnier {why}", ref, commit, before or "0" * len(commit))
    except GitError as error:
        raise Trouble(_("The branch moved meanwhile: {said}", said=str(error)), _("Look at it, then run the command again.")) from error


def _free_branch(repo: Repo, name: str) -> str:
    """The name, or with a number behind it when there is such a branch already. An id may hold what git lets no branch be called."""
    safe = name.rstrip(".").replace("..", ".").removesuffix(".lock")
    for number in range(1, 1000):
        tried = safe if number == 1 else f"{safe}-{number}"
        if repo.commit_id(f"refs/heads/{tried}") is None:
            return tried
    raise Trouble(_("There are too many branches called {name}", name=safe), _("Delete those that are done."))
