"""Loads the situation from Git, the forge and the ledger, and judges the approvals in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from marronnier import approval, timetable
from marronnier import desk as desks
from marronnier import forge as forges
from marronnier import ledger as ledgers
from marronnier.cache import Cache
from marronnier.desk.commit_tree import CommitTree
from marronnier.forge import DefaultBranch
from marronnier.git import Repo
from marronnier.git.commit_log import read_log
from marronnier.ledger import Ledger
from marronnier.messages import _, ngettext
from marronnier.model.plan import Approval, Digests, Proposal
from marronnier.model.where import Where
from marronnier.proofs.evidence_reader import EvidenceReader
from marronnier.proofs.proposals import ProposalReader
from marronnier.proofs.situation import Situation

LONG_AGO = timedelta(days=31)
"""What was due before that and was never sealed is past, whatever was approved: a long history must not be judged again and again."""


@dataclass(frozen=True, kw_only=True)
class CommittedSituation(Situation):
    """The situation that one commit and one state of the ledger hold, with the readers of both for whoever records or approves."""

    commit: str
    """The commit that the desk was read from."""
    branch: str
    """The default branch's name."""
    notices: tuple[str, ...]
    """Sentences for people about where the default branch stands."""
    ledger: Ledger = field(repr=False)
    evidence: EvidenceReader = field(repr=False)


def load_situation(repo: Repo, now: datetime, *, rev: str | None = None, proposals: bool = True, fetch: bool = True) -> CommittedSituation:
    """Read the default branch (or `rev`), the ledger and the branches at `now` (aware), and judge the approvals.

    Nothing comes from the working directory, except that `proposals` shows posts not committed yet as drafts.
    `fetch` asks origin for the ledger's newest state.
    Raises Trouble when there is no commit yet, and what `ledger.open` raises.
    """
    forge = forges.open(repo)
    default = forge.default_branch() if rev is None else DefaultBranch(repo.default_branch(), rev)
    log = read_log(repo, default.commit)
    # The cache is for looking: whoever publishes or approves reads every file.
    desk = desks.load(CommitTree(repo, log.head), cache=Cache(repo.path) if proposals else None)
    ledger = ledgers.open(repo, desk.brand, fetch=fetch)
    reader = EvidenceReader(repo, forge, log, desk, shallow=repo.is_shallow())
    situation = _judged(reader, ledger, now, default, ())
    if not proposals or rev is not None:
        return situation
    return _with_proposals(replace(default, commit=log.head), situation)


def with_ledger(situation: CommittedSituation, ledger: Ledger) -> CommittedSituation:
    """The same commits with another state of the ledger, judged anew: what a run does after it recorded something."""
    if ledger.head == situation.ledger.head:
        return replace(situation, ledger=ledger)
    default = DefaultBranch(situation.branch, situation.commit, situation.notices)
    return _judged(situation.evidence, ledger, situation.now, default, situation.proposals)


def _judged(
    reader: EvidenceReader, ledger: Ledger, now: datetime, default: DefaultBranch, proposals: tuple[Proposal, ...]
) -> CommittedSituation:
    """The situation of one desk and one state of the ledger, with its approvals judged."""
    desk = reader.desk
    histories = ledgers.with_current_names(ledger.histories, desk.channels)
    situation = CommittedSituation(
        desk=desk,
        timetable=timetable.make(desk, histories, now, is_current=approval.seal_matcher(desk)),
        histories=histories,
        now=now,
        began=ledger.began if ledger.exists else None,
        payload=ledger.payload,
        proposals=proposals,
        warnings=(*default.notices, *ledger.warnings),
        commit=reader.log.head,
        branch=default.name,
        notices=default.notices,
        ledger=ledger,
        evidence=reader,
    )
    situation = replace(situation, digests=_digests(situation))
    return replace(situation, approvals=_approvals(situation))


def _digests(situation: CommittedSituation) -> Mapping[str, Digests]:
    words = situation.evidence.words_digests
    digests = {}
    for key, publication in situation.timetable.publications.items():
        if key not in words:
            words[key] = approval.words_digest(publication)
        digests[key] = Digests(words[key], approval.when_digest(publication, situation.timetable.instants[key], situation.desk))
    return digests


def _approvals(situation: CommittedSituation) -> Mapping[str, Approval]:
    """By key, the approval of every publication that is not an idea. A seal on these digests was proved; it is proved again once it is due."""
    now, policy = situation.now, situation.desk.policy
    approvals: dict[str, Approval] = {}
    candidates = []
    for key, instant in situation.timetable.instants.items():
        if instant.basis == "idea":
            continue
        digests, history = situation.digests[key], situation.histories.get(key)
        seal = history.seal if history is not None else None
        where = Where.of(situation.timetable.publications[key].channel)
        sealed_so = seal is not None and (seal.words, seal.when, seal.where or where) == (digests.words, digests.when, where)
        is_out = history is not None and history.receipt is not None
        if seal is not None and (is_out or (sealed_so and (instant.at or now) > now)):
            why = approval.approved_by(seal.by, policy, unsigned=seal.unsigned)
            approvals[key] = Approval(True, seal.by, why, seal.unsigned)
        elif is_out:
            approvals[key] = Approval(True)
        elif seal is None and instant.at is not None and instant.at < now - LONG_AGO:
            approvals[key] = Approval(False, why=_("its time passed long ago"), lapsed=True)
        else:
            candidates.append((situation.timetable.publications[key], instant, digests))
    situation.evidence.history.prepare(publication for publication, _instant, _digests in candidates)
    evidence = situation.evidence.evidence(situation.timetable.publications, situation.histories)
    return {**approvals, **approval.judge(candidates, evidence)}


def _with_proposals(default: DefaultBranch, situation: CommittedSituation) -> CommittedSituation:
    """The situation with what the branches would change, then what the working directory would, and a word on what is left out."""
    listed = situation.evidence.forge.branches(default)
    reader = ProposalReader(situation, situation.evidence, listed.shown)
    proposals = tuple(filter(None, (*map(reader.branch, listed.shown), reader.uncommitted())))
    warnings = situation.warnings
    if listed.left_out:
        left_out = ngettext(
            "{count} older branch is not shown, only the {shown} newest: `git branch --all --no-merged` lists all.",
            "{count} older branches are not shown, only the {shown} newest: `git branch --all --no-merged` lists all.",
            listed.left_out,
            shown=len(listed.shown),
        )
        warnings = (*warnings, left_out)
    return replace(situation, proposals=proposals, warnings=warnings)
