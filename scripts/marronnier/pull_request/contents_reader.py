"""Reads what a pull request would change from git's objects. Nothing of its head is checked out, run, or asked which ledger to trust."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from marronnier import approval, checks, plan, timetable
from marronnier import desk as desks
from marronnier import forge as forges
from marronnier.approval.policy_change import asks_only_for_more, differences, locked_channels
from marronnier.approval.policy_standing import PolicyStanding
from marronnier.cache import Cache
from marronnier.desk.commit_tree import ChangedTree, CommitTree
from marronnier.desk.post_parser import is_post_path, possible_ids
from marronnier.files import TEAM_FOLDERS
from marronnier.forge import Branch, DefaultBranch
from marronnier.git import Repo, commit_log
from marronnier.messages import Trouble, _
from marronnier.model.finding import Finding
from marronnier.model.plan import PlanLine, Proposal
from marronnier.plan.diff import PlanDiff
from marronnier.proofs import policy_reader
from marronnier.proofs.past_posts import posts_over
from marronnier.proofs.proposals import ProposalReader
from marronnier.proofs.situation import Situation
from marronnier.proofs.situation_loader import CommittedSituation, load_situation
from marronnier.pull_request.contents import ChangedPublication, MovedPlace, PolicyChange, PullRequestContents
from marronnier.pull_request.standings import proposed_branch, standing_on_branch

_LEVELS = {"error": 0, "warning": 1, "notice": 2}
_NO_CALENDAR = PlanDiff((), (), (), (), ())


def read_contents(repo: Repo, now: datetime, head: str, name: str, *, fetch: bool = True) -> PullRequestContents:
    """What merging the commit `head` into the default branch would change at `now` (aware). `name` is what people call it.

    Settings, policy and ledger that judge are the default branch's. Raises Trouble when there is no such commit here.
    """
    commit = repo.commit_id(head)
    concerned = posts_concerned(repo, commit) if commit is not None else None
    # Before the commit is asked for, because it says so where nothing is committed yet.
    situation = load_situation(repo, now, proposals=False, fetch=fetch, all_posts=concerned is None, kept=concerned or ())
    if commit is None:
        raise Trouble(
            _("There is no commit {rev} here", rev=head), _("Fetch it first, or name a commit, a tag or a branch that is here."), status=2
        )
    default = DefaultBranch(situation.branch, situation.commit, situation.notices)
    branch, reviews_problem = proposed_branch(situation, name, commit)
    if branch is None:
        return _nothing(situation, commit, name, default)
    return contents_of(situation, branch, name, concerned, reviews_problem)


def contents_of(
    situation: CommittedSituation, branch: Branch, name: str, concerned: Collection[str] | None, reviews_problem: str = ""
) -> PullRequestContents:
    """What merging a branch would change in a situation, which has all posts, or those that are not over and those `concerned`."""
    repo, now, commit = situation.evidence.repo, situation.now, branch.tip
    default = DefaultBranch(situation.branch, situation.commit, situation.notices)
    reader = ProposalReader(situation, situation.evidence, (branch,))
    proposal = reader.branch(branch)
    cache = Cache(repo.path)
    after = _after(situation, branch, cache, concerned)
    before_plan = plan.make(replace(situation, proposals=(proposal,) if proposal is not None else ()))
    after_plan = plan.make(after)
    calendar = plan.compare_plans(before_plan, after_plan, after.desk)
    paths = _changed_paths(repo, branch.merge_base, commit)
    own = frozenset(path.removeprefix(repo.prefix) for path in paths)
    # A brand at its own clock received its past with its files: none of it can be late.
    began = situation.began or (now if situation.desk.brand.clock is not None else None)
    findings, left_out = _findings(replace(situation, began=began), replace(after, began=began), own, cache)
    lines = {line.key: line for line in after_plan.lines}
    since = frozenset(_changed_paths(repo, branch.merge_base, default.commit)) if branch.merge_base != default.commit else frozenset()
    return PullRequestContents(
        situation=situation,
        after=after,
        head=commit,
        name=name,
        merge_base=branch.merge_base,
        proposed=tuple(line for line in before_plan.lines if line.proposal),
        publications=tuple(_publications(proposal, branch, situation, after, lines, calendar)),
        calendar=calendar,
        findings=findings,
        other_findings=left_out,
        files=paths,
        also_changed=tuple(path for path in paths if path in since),
        newer=_count_newer(repo, branch.merge_base, default.commit),
        policy=_policy_change(situation, after, branch, own),
        unreadable=tuple(sorted(own.intersection(after.desk.unreadable_posts))),
        refused_reviews=branch.pull_request.refused if branch.pull_request is not None else (),
        reviews_problem=reviews_problem,
    )


def _nothing(situation: CommittedSituation, commit: str, name: str, default: DefaultBranch) -> PullRequestContents:
    """The contents of a commit that brings nothing, or that no merge can bring."""
    repo = situation.evidence.repo
    is_there = repo.is_ancestor(commit, default.commit)
    problem = (
        _("{branch} has this commit already: there is nothing to merge", branch=default.name)
        if is_there
        else _("this commit shares no history with {branch}, so it cannot be merged", branch=default.name)
    )
    return PullRequestContents(
        situation=situation, after=situation, head=commit, name=name, publications=(), calendar=_NO_CALENDAR, findings=(), other_findings=0,
        files=(), problem=problem,
    )  # fmt: skip


def posts_concerned(repo: Repo, commit: str) -> frozenset[str] | None:
    """The ids of the posts that a commit may change anything in; None where those may be any, also such as went out years ago.

    Where it changes only posts, and adds files that nothing can name yet, whatever is over need not be read.
    """
    default = forges.open(repo).default_branch().commit
    merge_base = repo.try_text("merge-base", "--end-of-options", default, commit)
    if not merge_base:
        return frozenset()
    ids: set[str] = set()
    for change in commit_log.differences(repo, [(merge_base, commit)], TEAM_FOLDERS).get((merge_base, commit), ()):
        blobs = [(name, blob) for name in (default, merge_base, commit) if (blob := repo.read(f"{name}:./{change.path}")) is not None]
        if not is_post_path(change.path):
            if any(name != commit for name, _blob in blobs):
                return None
            continue
        ids.update(post_id for _name, blob in blobs for post_id in possible_ids(change.path, blob))
    return frozenset(ids)


def _after(situation: CommittedSituation, branch: Branch, cache: Cache, concerned: Collection[str] | None) -> Situation:
    """The default branch with the files that the branch changes as it has them. Approvals are judged one by one, not here."""
    repo = situation.evidence.repo
    pair = (branch.merge_base, branch.tip)
    blobs = {change.path: change.blob for change in commit_log.differences(repo, [pair], TEAM_FOLDERS).get(pair, ())}
    is_over = None if concerned is None else posts_over(situation.desk, situation.ledger, situation.now, concerned)
    desk = desks.load(ChangedTree(CommitTree(repo, situation.commit), blobs), cache=cache, is_over=is_over)
    table = timetable.make(desk, situation.histories, situation.now, is_current=approval.seal_matcher(desk))
    return replace(situation, desk=desk, timetable=table, digests={}, approvals={}, warnings=())


def _changed_paths(repo: Repo, before: str, later: str) -> tuple[str, ...]:
    """Every file that differs between two commits, relative to the repository's root."""
    listing = repo.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--end-of-options", before, later)
    return tuple(sorted(path for path in listing.decode("utf-8", "surrogateescape").split("\0") if path))


def _count_newer(repo: Repo, merge_base: str, default: str) -> int:
    return int(repo.text("rev-list", "--count", default, f"^{merge_base}")) if merge_base != default else 0


def _publications(
    proposal: Proposal | None,
    branch: Branch,
    situation: CommittedSituation,
    after: Situation,
    lines: Mapping[str, PlanLine],
    calendar: PlanDiff,
) -> Iterator[ChangedPublication]:
    """The publications whose digests the pull request changes, in time order."""
    changes = proposal.changes if proposal is not None else ()
    moved = {move.line.key: move.before for move in calendar.moved}
    for change in sorted(
        changes, key=lambda change: (change.instant.at is None, change.instant.at or situation.now, change.publication.key)
    ):
        key = change.publication.key
        is_unreadable = change.kind == "removed" and change.publication.post.path in after.desk.unreadable_posts
        former = situation.timetable.publications.get(key)
        yield ChangedPublication(
            change, standing_on_branch(change, branch, situation), lines.get(key), is_unreadable, moved.get(key), former
        )


def _findings(situation: Situation, after: Situation, own: frozenset[str], cache: Cache) -> tuple[tuple[Finding, ...], int]:
    """The findings that concern the pull request, errors first, and how many others there are."""
    posts = {post.path for post in after.desk.posts.values()}
    inspected = frozenset(path for path in posts if path in own or _uses(after, path, own))
    found = checks.run(after, cache=cache, inspected=inspected)
    known = Counter(_identity(finding) for finding in checks.run(situation, cache=cache, inspected=inspected))
    told, left_out = [], 0
    for finding in found:
        if finding.place.path not in own and known[_identity(finding)] > 0:
            known[_identity(finding)] -= 1
            left_out += 1
        else:
            told.append(finding)
    return tuple(sorted(told, key=lambda finding: (_LEVELS[finding.level], finding.place))), left_out


def _uses(situation: Situation, path: str, own: Iterable[str]) -> bool:
    """Whether the post at a path lies beside a medium that changed; posts name media by their file names."""
    folder = path.rpartition("/")[0]
    return any(changed.startswith(("content/media/", f"{folder}/")) for changed in own)


def _identity(finding: Finding) -> tuple[str, str, str]:
    """What makes a finding the same one, wherever its line moved."""
    return (finding.rule, finding.place.path, finding.message)


def _policy_change(situation: CommittedSituation, after: Situation, branch: Branch, own: frozenset[str]) -> PolicyChange | None:
    """What changes in the policy; None where nothing does."""
    if not own.intersection(policy_reader.POLICY_FILES):
        return None
    before, proposed = situation.standing.proposed, policy_reader.policy_of_tree(after.desk)
    if before.digest == proposed.digest:
        return None
    standing = PolicyStanding(proposed, situation.standing.adopted)
    last = standing.last.document if standing.last is not None else before
    moved = locked_channels(before, proposed.places, proposed.former_names)
    return PolicyChange(
        sentences=differences(before, proposed),
        places=tuple(
            MovedPlace(name, before.place_of(name, proposed.former_names.get(name, ())), proposed.places[name]) for name in sorted(moved)
        ),
        only_asks_for_more=asks_only_for_more(last, proposed),
        approvers=standing.approvers_needed(_policy_writers(situation, branch)),
        records=standing.last is not None,
    )


def _policy_writers(situation: CommittedSituation, branch: Branch) -> frozenset[str]:
    """Who wrote what a branch changes in the policy, or opened its pull request: they cannot approve that."""
    repo, pull = situation.evidence.repo, branch.pull_request
    paths = (f":(literal,top){repo.prefix}{path}" for path in policy_reader.POLICY_FILES)
    written = repo.text("log", "--format=%ae%n%ce", f"{branch.merge_base}..{branch.tip}", "--", *paths)
    addresses = {address.casefold() for address in written.split("\n") if address}
    return frozenset(
        person
        for person, approver in situation.policy.approvers.items()
        if any(map(approver.has_address, addresses))
        or (pull is not None and approver.github is not None and approver.github == pull.author)
    )
