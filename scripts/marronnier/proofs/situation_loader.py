"""Loads the situation from Git, the forge and the ledger, and judges the approvals in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache as called_once
from functools import partial

from marronnier import approval, timetable
from marronnier import desk as desks
from marronnier import forge as forges
from marronnier import ledger as ledgers
from marronnier.approval.policy_standing import PolicyStanding, policy_notices
from marronnier.cache import Cache
from marronnier.desk.commit_tree import CommitTree
from marronnier.forge import Branch, DefaultBranch, Forge
from marronnier.git import Repo
from marronnier.git.commit_log import CommitLog, read_log
from marronnier.ledger import Ledger, heartbeats
from marronnier.messages import _, ngettext
from marronnier.model.approval_policy import Policy
from marronnier.model.history import Seal
from marronnier.model.plan import Approval, Digests, Proposal
from marronnier.model.scalars import zone_or_utc
from marronnier.model.where import Where
from marronnier.proofs.evidence_reader import EvidenceReader, locked_channels
from marronnier.proofs.past_posts import LONG_AGO, posts_over
from marronnier.proofs.policy_reader import read_standing
from marronnier.proofs.proposals import ProposalReader
from marronnier.proofs.situation import Situation
from marronnier.timetable.unknown_name import unknown_publication

ASKED_AHEAD = timedelta(days=3)
"""Whoever looks is told of a sealed approval that was taken back this long before the hour: of a Monday's on the Friday before."""


@dataclass(frozen=True, kw_only=True)
class CommittedSituation(Situation):
    """The situation that one commit and one state of the ledger hold, with the readers of both for whoever records or approves."""

    commit: str
    """The commit that the desk was read from."""
    branch: str
    """The default branch's name."""
    notices: tuple[str, ...]
    """Sentences for people about where the default branch stands."""
    standing: PolicyStanding = field(repr=False)
    ledger: Ledger = field(repr=False)
    evidence: EvidenceReader = field(repr=False)
    unread: tuple[str, ...] = ()
    """Sentences for people about proposals that could not be read."""
    branches: tuple[Branch, ...] = field(default=(), repr=False)
    """Those that were read for the proposals."""

    def require_keys(self, names: Iterable[str]) -> tuple[str, ...]:
        """The keys that people mean by these names. Raises Trouble for a name of nothing, with what could not be read."""
        unknown = next((name for name in names if not self.keys_named(name)), None)
        if unknown is not None:
            raise unknown_publication(unknown, self._publications, self.unread)
        return tuple(dict.fromkeys(key for name in names for key in self.keys_named(name)))


def load_situation(
    repo: Repo,
    now: datetime,
    *,
    rev: str | None = None,
    proposals: bool = True,
    fetch: bool = True,
    all_posts: bool = True,
    kept: Collection[str] = (),
    forge: Forge | None = None,
) -> CommittedSituation:
    """Read the default branch (or `rev`), the ledger and the branches at `now` (aware), and judge the approvals.

    Nothing comes from the working directory, except that `proposals` shows posts not committed yet as drafts.
    `fetch` asks origin for the ledger's newest state. `forge`: one that was asked already.
    Without `all_posts`, posts of which all is over are left out, but those with a `kept` id: a run has nothing to do with them.
    Raises Trouble when there is no commit yet, and what `ledger.open` raises.
    """
    forge = forge or forges.open(repo)
    default = forge.default_branch() if rev is None else DefaultBranch(repo.default_branch(), rev)
    log = read_log(repo, default.commit)
    # The cache is for looking: whoever publishes or approves reads every file.
    cache = Cache(repo.path) if proposals else None
    tree = CommitTree(repo, log.head)
    if all_posts:
        desk = desks.load(tree, cache=cache)
        ledger = ledgers.open(repo, desk.brand, fetch=fetch, cache=cache)
    else:
        settings = desks.load(tree, only="")
        ledger = ledgers.open(repo, settings.brand, fetch=fetch)
        desk = desks.load(tree, is_over=posts_over(settings, ledger, now, kept))
    reader = EvidenceReader(
        repo, forge, log, desk, repository=ledgers.named_repository(repo, ledger.head), shallow=repo.is_shallow(), cache=cache
    )
    ahead = ASKED_AHEAD if proposals else timedelta()
    situation = _judged(reader, ledger, now, default, (), log if rev is None else _policy_log(repo, forge, log), ahead)
    if cache is not None:
        _keep_words(situation, cache)
    if not proposals or rev is not None:
        return situation
    return _with_proposals(replace(default, commit=log.head), situation)


def _keep_words(situation: CommittedSituation, cache: Cache) -> None:
    """Keep the words digests of everything for the next look."""
    for publication in situation.timetable.publications.values():
        situation.evidence.words_digest(publication)
    cache.save()


def with_ledger(situation: CommittedSituation, ledger: Ledger) -> CommittedSituation:
    """The same commits with another state of the ledger, judged anew: what a run does after it recorded something."""
    if ledger.head == situation.ledger.head:
        return replace(situation, ledger=ledger)
    default = DefaultBranch(situation.branch, situation.commit, situation.notices)
    return _judged(situation.evidence, ledger, situation.now, default, situation.proposals, situation.evidence.log)


def _policy_log(repo: Repo, forge: Forge, log: CommitLog) -> CommitLog:
    """The commits of the default branch, whose policy judges what stands on any other. `log` has those at hand."""
    commit = forge.default_branch().commit
    return log if commit == log.head else read_log(repo, commit)


def _judged(
    reader: EvidenceReader,
    ledger: Ledger,
    now: datetime,
    default: DefaultBranch,
    proposals: tuple[Proposal, ...],
    policy_log: CommitLog,
    ahead: timedelta = timedelta(),
) -> CommittedSituation:
    """The situation of one desk and one state of the ledger, with its approvals judged by the policy in force.

    What is sealed is judged anew from `ahead` of its hour on.
    """
    desk = reader.desk
    standing = read_standing(reader.repo, reader.forge, ledger, policy_log, desk if policy_log.head == reader.log.head else None)
    histories = ledgers.with_current_names(ledger.histories, desk.channels)
    situation = CommittedSituation(
        desk=desk,
        timetable=timetable.make(desk, histories, now, is_current=approval.seal_matcher(desk)),
        histories=histories,
        now=now,
        began=ledger.began if ledger.exists else None,
        payload=ledger.payload,
        last_run=called_once(partial(_last_run, ledger, now)),
        existed=reader.existed,
        proposals=proposals,
        standing=standing,
        warnings=(*default.notices, *ledger.warnings, *policy_notices(standing, now, zone_or_utc(desk.brand.zone))),
        commit=reader.log.head,
        branch=default.name,
        notices=default.notices,
        ledger=ledger,
        evidence=reader,
    )
    situation = replace(situation, digests=_LazyDigests(situation))
    situation = replace(situation, approvals=_approvals(situation, ahead))
    return replace(situation, warnings=(*situation.warnings, *reader.review_notices()))


def _last_run(ledger: Ledger, now: datetime) -> datetime | None:
    """When the publisher ran last: its newest heartbeat, or its last record. To begin the ledger is no run."""
    return heartbeats.last_run(ledger.repo, now, ledger.recorded_at() if ledger.head != ledger.brand.ledger.first else None)


class _LazyDigests(Mapping[str, Digests]):
    """By key, the digests of every publication of a situation. Each is computed when it is first read."""

    def __init__(self, situation: CommittedSituation) -> None:
        self._situation = situation
        self._digests: dict[str, Digests] = {}

    def __getitem__(self, key: str) -> Digests:
        if key not in self._digests:
            situation = self._situation
            publication, instant = situation.timetable.publications[key], situation.timetable.instants[key]
            self._digests[key] = Digests.computed_when_read(
                partial(situation.evidence.words_digest, publication), partial(approval.when_digest, publication, instant, situation.desk)
            )
        return self._digests[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._situation.timetable.instants)

    def __len__(self) -> int:
        return len(self._situation.timetable.instants)


class _Approvals(Mapping[str, Approval]):
    """By key, the approval of every publication that is not an idea. Of what is out it is worded when somebody asks."""

    def __init__(self, judged: Mapping[str, Approval], out: Collection[str], situation: CommittedSituation) -> None:
        self._judged = dict(judged)
        self._out = out
        self._situation = situation

    def __getitem__(self, key: str) -> Approval:
        if key not in self._judged:
            if key not in self._out:
                raise KeyError(key)
            seal = self._situation.histories[key].seal
            self._judged[key] = Approval(True) if seal is None else _sealed_approval(seal, self._situation.policy)
        return self._judged[key]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._judged, *self._out)))

    def __len__(self) -> int:
        return len({*self._judged, *self._out})


def _sealed_approval(seal: Seal, policy: Policy) -> Approval:
    return Approval(True, seal.by, approval.approved_by(seal.by, policy, unsigned=seal.unsigned), seal.unsigned)


def _approvals(situation: CommittedSituation, ahead: timedelta) -> Mapping[str, Approval]:
    """The approvals. A seal on these digests was proved; it is proved again once it is due, or so much ahead of it."""
    now, policy = situation.now, situation.policy
    locked = locked_channels(situation.desk, situation.standing)
    approvals: dict[str, Approval] = {}
    candidates, out = [], set()
    for key, instant in situation.timetable.instants.items():
        if instant.basis == "idea":
            continue
        history = situation.histories.get(key)
        # What was deleted on the network may go out again, as it is now.
        if history is not None and history.receipt is not None and history.retraction is None:
            out.add(key)
            continue
        seal = history.seal if history is not None else None
        if seal is None and instant.at is not None and instant.at < now - LONG_AGO:
            approvals[key] = Approval(False, why=_("its time passed long ago"), lapsed=True)
            continue
        publication, digests = situation.timetable.publications[key], situation.digests[key]
        where = Where.of(publication.channel)
        if (
            seal is not None
            and publication.channel_name not in locked
            and (instant.at or now) > now
            and (seal.words, seal.when, seal.where or where) == (digests.words, digests.when, where)
        ):
            approvals[key] = _sealed_approval(seal, policy)
            if instant.at is None or instant.at > now + ahead:
                continue
        candidates.append((publication, instant, digests))
    # What is due first is asked about first: a forge that takes no more requests then keeps back what has time.
    candidates.sort(key=lambda candidate: candidate[1].at or now)
    situation.evidence.history.prepare(publication for publication, _instant, _digests in candidates)
    evidence = situation.evidence.evidence(situation.timetable.publications, situation.histories, situation.standing)
    judged = approval.judge(candidates, evidence)
    # Before its hour nobody need be able to ask again: until then it stands as it was sealed.
    anew = {key: verdict for key, verdict in judged.items() if not (verdict.unread and key in approvals)}
    return _Approvals({**approvals, **anew}, out, situation)


def judged_again(situation: CommittedSituation, key: str) -> Approval:
    """Whether a publication that is out is approved as it stands now: nobody looks at that before somebody wants to correct it."""
    publication, instant = situation.timetable.publications[key], situation.timetable.instants[key]
    situation.evidence.history.prepare((publication,))
    evidence = situation.evidence.evidence(situation.timetable.publications, situation.histories, situation.standing)
    return approval.judge([(publication, instant, situation.digests[key])], evidence)[key]


def _with_proposals(default: DefaultBranch, situation: CommittedSituation) -> CommittedSituation:
    """The situation with what the branches would change, then what the working directory would, and a word on what is left out."""
    accounts = [each.github for each in situation.policy.approvers.values() if each.github is not None]
    listed = situation.evidence.forge.branches(default, accounts)
    reader = ProposalReader(situation, situation.evidence, listed.shown)
    proposals = tuple(filter(None, (*map(reader.branch, listed.shown), reader.uncommitted())))
    warnings = (*situation.warnings, *listed.notices)
    if listed.left_out:
        left_out = ngettext(
            "{count} older branch is not shown, only the {shown} newest: `git branch --all --no-merged` lists all.",
            "{count} older branches are not shown, only the {shown} newest: `git branch --all --no-merged` lists all.",
            listed.left_out,
            shown=len(listed.shown),
        )
        warnings = (*warnings, left_out)
    return replace(situation, proposals=proposals, warnings=warnings, unread=listed.notices, branches=listed.shown)
