"""Assembling: everything the plan is made of, read once, for the command line, the publisher and the site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from marronnier import approval, ledger, timetable
from marronnier import desk as desks
from marronnier.cache import Cache
from marronnier.desk import Desk
from marronnier.desk.commit_tree import CommitTree
from marronnier.forge import plain_git
from marronnier.git import Repo
from marronnier.ledger import Ledger
from marronnier.messages import _
from marronnier.model.history import History
from marronnier.model.plan import Approval, Digests, Plan, Proposal
from marronnier.plan.builder import former_keys, make
from marronnier.proofs.evidence import EvidenceReader
from marronnier.proofs.proposals import TreeState, proposal_of, uncommitted
from marronnier.proofs.versions import VersionHistory
from marronnier.timetable import Timetable

LONG_AGO = timedelta(days=31)
"""What was due before that and was never sealed is past, whatever was approved: a long history must not be judged again and again."""


@dataclass(frozen=True)
class Assembled:
    """What was loaded, what was judged, and the plan made of it."""

    desk: Desk
    """The default branch's, read from its commit."""
    timetable: Timetable
    ledger: Ledger
    approvals: Mapping[str, Approval]
    """Of every publication of the default branch that is not an idea, by key."""
    proposals: tuple[Proposal, ...]
    plan: Plan
    commit: str
    """The commit of the default branch that all of this was read from."""
    branch: str
    """The default branch's name."""
    histories: Mapping[str, History] = field(repr=False)
    """The ledger's, under the names channels have now."""
    witness: EvidenceReader = field(repr=False)
    warnings: tuple[str, ...] = ()


def assemble(repo: Repo, now: datetime, *, rev: str | None = None, proposals: bool = True, fetch: bool = True) -> Assembled:
    """Read the default branch (or `rev`), the ledger and the branches, judge the approvals, and make the plan at `now` (aware).

    Nothing comes from the working directory, except that `proposals` shows posts not committed yet as drafts.
    Raises Trouble when there is no commit yet, and what `ledger.open` raises.
    """
    standing = plain_git.default_branch(repo) if rev is None else plain_git.DefaultBranch(repo.default_branch(), rev)
    log = plain_git.read(repo, standing.commit)
    # The cache is for looking: whoever publishes or approves reads every file.
    desk = desks.load(CommitTree(repo, log.head), cache=Cache(repo.path) if proposals else None)
    book = ledger.open(repo, desk.brand, fetch=fetch)
    witness = EvidenceReader(repo, log, desk, VersionHistory(repo, log, desk), shallow=repo.is_shallow())
    known = _know(witness, book, now)
    found: list[Proposal | None] = []
    if proposals and rev is None:
        here = TreeState(desk, known.timetable)
        default = replace(standing, commit=log.head)
        found = [proposal_of(branch, here, witness, known.histories, now) for branch in plain_git.branches(repo, default)]
        found.append(uncommitted(repo, here, known.histories, now))
    proposed = tuple(one for one in found if one is not None)
    return Assembled(
        desk,
        known.timetable,
        book,
        known.approvals,
        proposed,
        _plan(desk, known, book, proposed, standing.warnings, now),
        log.head,
        standing.branch,
        known.histories,
        witness,
        standing.warnings,
    )


def reassemble(before: Assembled, book: Ledger) -> Assembled:
    """The same commits with another state of the ledger: what a run does after it recorded something."""
    now, desk = before.plan.now, before.desk
    known = _know(before.witness, book, now)
    plan = _plan(desk, known, book, before.proposals, before.warnings, now)
    return replace(before, timetable=known.timetable, ledger=book, approvals=known.approvals, plan=plan, histories=known.histories)


@dataclass(frozen=True, slots=True)
class _Known:
    """What follows from one desk and one state of the ledger."""

    histories: Mapping[str, History]
    timetable: Timetable
    digests: Mapping[str, Digests]
    approvals: Mapping[str, Approval]


def _know(witness: EvidenceReader, book: Ledger, now: datetime) -> _Known:
    desk = witness.desk
    histories = ledger.with_current_names(book.histories, desk.channels)
    table = timetable.make(desk, histories, now, is_current=approval.seal_matcher(desk))
    digests = {}
    for key, publication in table.publications.items():
        if key not in witness.words:
            witness.words[key] = approval.words_digest(publication)
        digests[key] = Digests(witness.words[key], approval.when_digest(publication, table.instants[key], desk))
    return _Known(histories, table, digests, _approvals(witness, table, histories, digests, now))


def _plan(desk: Desk, known: _Known, book: Ledger, proposals: tuple[Proposal, ...], warnings: tuple[str, ...], now: datetime) -> Plan:
    return make(
        desk,
        known.timetable,
        known.histories,
        known.approvals,
        proposals,
        now,
        began=book.began if book.exists else None,
        payload=book.payload,
        digests=known.digests,
        warnings=(*warnings, *book.warnings),
    )


def _approvals(
    witness: EvidenceReader, table: Timetable, histories: Mapping[str, History], digests: Mapping[str, Digests], now: datetime
) -> Mapping[str, Approval]:
    """Of all that may still go out. What is sealed so was proved already, and is proved again once it is due."""
    found: dict[str, Approval] = {}
    candidates = []
    for key, instant in table.instants.items():
        history = histories.get(key)
        if instant.basis == "idea":
            continue
        seal = history.seal if history is not None else None
        sealed_so = seal is not None and (seal.words, seal.when) == (digests[key].words, digests[key].when)
        out = history is not None and history.receipt is not None
        if seal is not None and (out or (sealed_so and (instant.at or now) > now)):
            found[key] = Approval(True, seal.by, approval.approved_by(seal.by, witness.desk.policy, unsigned=seal.unsigned), seal.unsigned)
        elif out:
            found[key] = Approval(True)
        elif seal is None and instant.at is not None and instant.at < now - LONG_AGO:
            found[key] = Approval(False, why=_("its hour passed long ago"))
        else:
            candidates.append((table.publications[key], instant, digests[key]))
    evidence = witness.evidence(table.publications)
    return {**found, **approval.judge(candidates, evidence)}


def keys_named(assembled: Assembled, names: Iterable[str]) -> tuple[str, ...]:
    """The keys of the plan that people mean by these names: a key, a key of former days, or a post's id for all of its channels."""
    found: dict[str, None] = {}
    publications = [line.publication for line in assembled.plan.lines]
    for name in names:
        for publication in publications:
            if name == publication.post.id or name in former_keys(publication) or name == publication.post.path:
                found[publication.key] = None
    return tuple(found)
