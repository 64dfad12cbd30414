"""Review: asking that publications be approved, and approving them, on whichever forge the repository has."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from marronnier import approval, networks, plan
from marronnier import forge as forges
from marronnier.approval.policy_standing import PolicyStanding, would_count
from marronnier.forge import ApprovalDraft, DefaultBranch, Submission
from marronnier.git import Repo
from marronnier.messages import Trouble, _, ngettext
from marronnier.model.claim import Claim, NamedDigests, NamedPolicy
from marronnier.model.instant import Instant
from marronnier.model.publication import Payload, Publication, publication_key
from marronnier.proofs import policy_reader
from marronnier.proofs.policy_reader import read_standing
from marronnier.proofs.proposals import went_out_so
from marronnier.proofs.situation_loader import CommittedSituation, load_situation


@dataclass(frozen=True, slots=True)
class Subject:
    """A publication about to be asked for or approved, as it is committed."""

    publication: Publication
    instant: Instant
    named: NamedDigests
    """What the request or the approval will name; an occurrence's `key` lacks its day where all of a repeat is meant."""

    @property
    def repeats(self) -> bool:
        """Whether it stands for all occurrences of a repeat."""
        return self.named.key != self.publication.key

    def payload(self) -> Payload | None:
        """Exactly what would be sent; None when nobody knows the network."""
        try:
            return networks.get(self.publication.channel.network).compose(self.publication)
        except networks.UnknownNetwork:
            return None


@dataclass(frozen=True, slots=True)
class PendingApproval:
    """An approval about to be given: of what, by whom, with which key."""

    subjects: tuple[Subject, ...]
    already_approved: tuple[str, ...]
    """Keys that were named too, and need no approval."""
    name: str
    """Who approves, for people."""
    draft: ApprovalDraft

    @property
    def default(self) -> DefaultBranch:
        """Where the default branch stands."""
        return self.draft.default


@dataclass(frozen=True, slots=True)
class PendingPolicyApproval:
    """An approval of a change of the policy, about to be given."""

    changes: tuple[str, ...]
    """What the policy at the commit at hand has otherwise than the one in force."""
    name: str
    """Who approves, for people."""
    draft: ApprovalDraft


def prepare_policy_approval(repo: Repo, now: datetime, *, who: str | None, key: Path | None) -> PendingPolicyApproval:
    """Everything that an approval of the policy needs, checked. Raises Trouble for what would make it void: nothing is written yet."""
    forge = forges.open(repo)
    repo.require_branch()
    forge.require_identity()
    _require_unchanged(repo, policy_reader.POLICY_FILES)
    situation = load_situation(repo, now, rev="HEAD", proposals=False)
    standing = read_standing(repo, forge, situation.ledger, situation.evidence.log, situation.desk)
    last = standing.last
    if last is None:
        raise Trouble(
            _("The ledger records no policy yet, so there is none to change by an approval"),
            _("Run `marronnier ledger init`, or let the next `marronnier publish` record it."),
        )
    if standing.approval is None or standing.approval.granted:
        raise Trouble(_no_approval_reason(standing), _("Nothing needs to be done."))
    approver = forge.approver(last.document.policy, who)
    name = last.document.policy.approvers[approver].name or approver
    first = situation.desk.brand.ledger.first or ""
    named = NamedPolicy(standing.proposed.digest, last.number)
    evidence = policy_reader.change_evidence(repo, forge, situation.evidence.log, standing, first, situation.evidence.repository)
    if approver in standing.approval.by:
        raise Trouble(_("{who} has approved it already: {why}", who=name, why=standing.approval.why), _("Nothing needs to be done."))
    if not would_count(last, standing.proposed, approver, evidence):
        raise Trouble(
            _("{who} wrote this change of the policy and cannot approve it: {why}", who=name, why=standing.approval.why),
            _("Ask somebody else whom the policy in force names: `marronnier policy` lists them."),
        )
    signing_key = forge.signing_key(approver, last.document, key)
    heading = _("Approve a change of the policy")
    draft = ApprovalDraft((named,), heading, situation.commit, approver, signing_key, last.document.signers, forge.default_branch(), first)
    return PendingPolicyApproval(standing.changes, name, draft)


def _no_approval_reason(standing: PolicyStanding) -> str:
    """Why the policy at hand needs no approval."""
    if standing.approval is not None:
        return _("This change of the policy is approved: the next `marronnier publish` puts it in force")
    if standing.changes:
        return _("This change of the policy only asks for more: it is in force as soon as it is on the default branch, without an approval")
    return _("The policy here is the one in force")


def prepare_approval(
    repo: Repo, now: datetime, names: Sequence[str], *, who: str | None, key: Path | None, all_in_review: bool = False
) -> PendingApproval:
    """Everything an approval needs, checked. Raises Trouble for what would make it void: nothing is written yet."""
    forge = forges.open(repo)
    repo.require_branch()
    forge.require_identity()
    default = forge.default_branch()
    situation = load_situation(repo, now, rev="HEAD", proposals=False, fetch=False)
    standing = situation.standing
    approver = forge.approver(standing.policy, who)
    wanted = [*names, *(forge.requested_keys(situation.evidence.log, default) if all_in_review else ())]
    if all_in_review and not wanted:
        raise Trouble(_("Nothing on this branch is in review"), _("Name what you approve: `marronnier approve KEY`."), status=2)
    subjects = _subjects(situation, wanted)
    _require_committed(repo, subjects)
    needed, already_approved = _unapproved(situation, subjects, approver, forge.addresses())
    if not needed:
        if edited := [key for key in already_approved if _changed_since_sent(situation, key)]:
            raise Trouble(
                _("{keys} was already sent with another text, and nothing is sent twice", keys=", ".join(edited)),
                _("Restore the text as it was sent, or correct the post by hand on the network."),
            )
        raise Trouble(_("{keys} is already approved as it is", keys=", ".join(already_approved)), _("Nothing needs to be done."))
    signing_key = forge.signing_key(approver, standing.document, key)
    name = standing.policy.approvers[approver].name or approver
    heading = _heading(_("Approve {key}"), ngettext("Approve {count} publication", "Approve {count} publications", len(needed)), needed)
    named = tuple(subject.named for subject in needed)
    draft = ApprovalDraft(
        named, heading, situation.commit, approver, signing_key, standing.document.signers, default, situation.desk.brand.ledger.first or ""
    )
    return PendingApproval(needed, already_approved, name, draft)


def approve(repo: Repo, pending: PendingApproval | PendingPolicyApproval) -> Submission:
    """Give the approval. Raises Trouble when it would be void: then nothing is approved."""
    return forges.open(repo).approve(pending.draft)


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What was asked to be approved, and on which branch."""

    subjects: tuple[Subject, ...]
    submission: Submission


def request_approval(repo: Repo, now: datetime, names: Sequence[str]) -> ApprovalRequest:
    """Ask for an approval on the branch at hand, or from the default branch on a new branch `ask/<id>`.

    Without names, all that the branch changes is asked for; on the default branch, all that is still to come and not approved.
    Raises Trouble.
    """
    forge = forges.open(repo)
    branch = repo.require_branch()
    forge.require_identity()
    on_default = branch == forge.default_branch().name
    situation = load_situation(repo, now, rev="HEAD", proposals=False, fetch=False)
    wanted = list(names) or (_unapproved_keys(situation) if on_default else _changed_keys(repo, now, branch))
    if not wanted:
        raise Trouble(_("There is nothing to request approval for"), _("Name what should be approved: `marronnier ask KEY`."), status=2)
    subjects = _not_sent_yet(situation, _subjects(situation, wanted))
    _require_committed(repo, subjects)
    heading = _heading(
        _("Ask for approval of {key}"),
        ngettext("Ask for approval of {count} publication", "Ask for approval of {count} publications", len(subjects)),
        subjects,
    )
    named = [subject.named for subject in subjects]
    submission = _resumed(forge, named, heading) if on_default else None
    if submission is None:
        new_branch = f"ask/{subjects[0].publication.post.id}" if on_default else None
        submission = forge.request(named, heading, situation.commit, new_branch)
    return ApprovalRequest(tuple(subjects), submission)


def _subjects(situation: CommittedSituation, names: Iterable[str]) -> list[Subject]:
    """The publications that people mean by these names, as they are committed. Raises Trouble for what is none, or cannot go out."""
    subjects: dict[str, Subject] = {}
    for name in names:
        keys = situation.keys_named(name) or _occurrences(situation, name)
        if not keys:
            raise Trouble(
                _("There is no publication {name} in what is committed here", name=name),
                _("Name a post, or a key like portes-ouvertes@journal; commit the post first if it is new."),
                status=2,
            )
        for key in keys:
            publication, instant = situation.timetable.publications[key], situation.timetable.instants[key]
            if instant.basis == "idea":
                raise Trouble(_("{key} is still an idea", key=key), _("Give it a date and move it to content/posts/."))
            if instant.problem:
                raise Trouble(
                    _("{key} has no date: {why}", key=key, why=instant.note),
                    _("Run `marronnier check {path}`.", path=shlex.quote(publication.post.path)),
                )
            is_whole_repeat = publication.occurrence is not None and name != key
            named_key = publication_key(publication.post.id, publication.channel_name) if is_whole_repeat else key
            subjects.setdefault(named_key, Subject(publication, instant, NamedDigests(named_key, situation.digests[key])))
        _require_time_to_come(situation, name, keys)
    return list(subjects.values())


def _require_time_to_come(situation: CommittedSituation, name: str, keys: Sequence[str]) -> None:
    """Raises Trouble where nothing of that name can go out any more, approved or not: its time is past, or a person decided so."""
    named = [line for line in plan.make(situation).lines if line.key in keys]
    if named and all(line.state == "past" for line in named):
        raise Trouble(
            _("An approval of {key} would change nothing: {why}", key=name, why=named[-1].why),
            f"{named[-1].next[:1].upper()}{named[-1].next[1:]}." if named[-1].next else _("Give it a date to come and commit it."),
        )


def _not_sent_yet(situation: CommittedSituation, subjects: list[Subject]) -> list[Subject]:
    """The subjects that did not go out as they are. Raises Trouble where all of them did."""
    unsent = [
        subject
        for subject in subjects
        if subject.repeats or not went_out_so(situation.histories.get(subject.publication.key), subject.named.digests)
    ]
    if not unsent:
        keys = ", ".join(subject.named.key for subject in subjects)
        raise Trouble(_("{keys} was sent as it is, and needs no approval any more", keys=keys), _("Nothing needs to be done."))
    return unsent


def _resumed(forge: forges.Forge, wanted: Sequence[NamedDigests], heading: str) -> Submission | None:
    """The request for exactly this that a branch holds already, finished where something failed; None where no branch asks for it.

    Raises Trouble where it is with its reviewers: a second one would be another place to read the same.
    """
    for branch in forge.branches(forge.default_branch()).shown:
        if not set(wanted) <= set(branch.requested):
            continue
        if (submission := forge.resume_request(branch, wanted, heading)) is not None:
            return submission
        name = f"{branch.pull_request.reference} {branch.name}" if branch.pull_request is not None else branch.name
        next = (
            _("A reviewer approves it at {url}, or runs `marronnier approve --all-in-review` on that branch.", url=branch.url)
            if branch.url
            else _("A reviewer reads it there, then runs `marronnier approve --all-in-review`.")
        )
        raise Trouble(_("Approval was already requested on {branch}", branch=name), next)
    return None


def _occurrences(situation: CommittedSituation, name: str) -> tuple[str, ...]:
    """The occurrences of a repeat that is named without a day."""
    return tuple(key for key in situation.timetable.publications if key.partition("~")[0] == name)


def _unapproved_keys(situation: CommittedSituation) -> list[str]:
    """Keys of the default branch that are still to come and wait for an approval, in time order; a repeat once, for all its days."""
    keys = []
    for key in situation.timetable.in_order():
        instant, approval_of_it = situation.timetable.instants[key], situation.approvals.get(key)
        if approval_of_it is None or approval_of_it.granted or instant.problem:
            continue
        if instant.at is None or instant.at >= situation.now:
            keys.append(key.partition("~")[0])
    return list(dict.fromkeys(keys))


def _changed_keys(repo: Repo, now: datetime, branch: str) -> list[str]:
    """Keys that this branch adds or changes."""
    return [
        change.publication.key
        for proposal in load_situation(repo, now, fetch=False).proposals
        if proposal.name in (branch, f"origin/{branch}")
        for change in proposal.changes
        if change.kind in ("added", "changed") and change.instant.basis != "idea"
    ]


def _require_committed(repo: Repo, subjects: Iterable[Subject]) -> None:
    """Raises Trouble when a post, its media or its channels stand otherwise in the working directory than in the last commit."""
    paths = {"brand/channels.yml"}
    for subject in subjects:
        paths |= {subject.publication.post.path, *subject.publication.words.paths}
    _require_unchanged(repo, paths)


def _require_unchanged(repo: Repo, paths: Iterable[str]) -> None:
    """Raises Trouble when one of these files stands otherwise in the working directory than in the last commit."""
    status = repo.run("status", "--porcelain=v1", "-z", "--untracked-files=all", "--", *(f":(literal,top){path}" for path in sorted(paths)))
    changed = [line[3:] for line in status.decode("utf-8", "replace").split("\0") if line]
    if changed:
        raise Trouble(
            _("{path} has changes that are not committed, and only what is committed can be approved", path=changed[0]),
            _("Commit them, or take them back with `git restore`."),
        )


def _unapproved(
    situation: CommittedSituation, subjects: Iterable[Subject], approver: str, addresses: frozenset[str]
) -> tuple[tuple[Subject, ...], tuple[str, ...]]:
    """The subjects that still need this person, and the keys that are approved already. Raises Trouble for self-approval."""
    evidence = situation.evidence.evidence(situation.timetable.publications, situation.histories, situation.standing)
    needed, already_approved = [], []
    for subject in subjects:
        publication = subject.publication
        current = situation.approvals.get(publication.key)
        if current is not None and (current.granted or approver in current.by):
            already_approved.append(publication.key)
            continue
        claim = Claim(approver, publication.key, subject.named.digests, situation.now, addresses=addresses)
        if why := approval.self_approval_reason(publication, claim, evidence):
            raise Trouble(_("{key}: {why}", key=publication.key, why=why), _("Ask somebody else of brand/approvals.yml."))
        needed.append(subject)
    return tuple(needed), tuple(already_approved)


def _changed_since_sent(situation: CommittedSituation, key: str) -> bool:
    history, digests = situation.histories.get(key), situation.digests.get(key)
    seal = history.seal if history is not None and history.receipt is not None else None
    return seal is not None and digests is not None and seal.words != digests.words


def _heading(for_one: str, for_several: str, subjects: Sequence[Subject]) -> str:
    return for_one.format(key=subjects[0].named.key) if len(subjects) == 1 else for_several
