"""Proposals: what branches, and the working directory, would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from marronnier import approval, timetable
from marronnier import desk as desks
from marronnier.approval import Evidence, Version
from marronnier.desk import Desk
from marronnier.desk.commit_tree import CommitTree
from marronnier.desk.post_parser import is_post
from marronnier.files import TEAM_FOLDERS, Tree, WorkTree
from marronnier.forge.plain_git import Branch
from marronnier.git import Repo
from marronnier.messages import _
from marronnier.model.history import History
from marronnier.model.plan import Approval, Digests, Proposal, ProposedChange
from marronnier.model.post import Post
from marronnier.proofs.evidence import EvidenceReader, claims_of, hands_of
from marronnier.timetable import Timetable


@dataclass(frozen=True)
class TreeState:
    """What a tree says: its desk, and for each publication its instant and digests."""

    desk: Desk
    table: Timetable

    def digests(self, key: str) -> Digests:
        """Of one publication."""
        return approval.digests(self.table.publications[key], self.table.instants[key], self.desk)


def proposal_of(
    branch: Branch, here: TreeState, witness: EvidenceReader, histories: Mapping[str, History], now: datetime
) -> Proposal | None:
    """What a branch would change; None when it changes no publication and asks for none."""
    repo, head = witness.repo, witness.log.head
    paths = changed_files(repo, branch.left_at, branch.tip)
    there = _tree_with(CommitTree(repo, branch.tip), paths, here, histories, now)
    left = here if branch.left_at == head else _tree_with(CommitTree(repo, branch.left_at), paths, here, histories, now)
    found = list(_changes(there, left, here, paths))
    asked = {named.key: named for named in branch.asked}
    known = {change.publication.key for change in found}
    for key, named in asked.items():
        if key in known or key not in here.table.publications:
            continue
        digests = here.digests(key)
        if (digests.words, digests.when) == (named.words, named.when):
            found.append(ProposedChange("asked", here.table.publications[key], here.table.instants[key], digests, digests))
    judged = [replace(change, approval=_approved_there(change, branch, witness)) for change in found]
    return Proposal(branch.name, branch.tip, bool(branch.asked), tuple(judged)) if judged else None


def uncommitted(repo: Repo, here: TreeState, histories: Mapping[str, History], now: datetime) -> Proposal | None:
    """Posts of the working directory that are not committed as they stand; None when there is none."""
    listed = repo.run("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--", *TEAM_FOLDERS).decode(
        "utf-8", "surrogateescape"
    )
    prefix = repo.try_text("rev-parse", "--show-prefix") or ""
    paths = tuple(line[3:].removeprefix(prefix) for line in listed.split("\0") if len(line) > 3)
    if not any(is_post(path) or path.startswith("content/") for path in paths):
        return None
    there = _tree_with(WorkTree(repo.path), paths, here, histories, now)
    commit = repo.head()
    left = here if commit is None else _tree_with(CommitTree(repo, commit), paths, here, histories, now)
    found = tuple(_changes(there, left, here, paths))
    return Proposal(_("working directory"), "", in_review=False, changes=found) if found else None


def changed_files(repo: Repo, one: str, other: str) -> tuple[str, ...]:
    """Files of the team's that differ between two commits."""
    said = repo.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--relative", one, other, "--", *TEAM_FOLDERS)
    return tuple(path for path in said.decode("utf-8", "surrogateescape").split("\0") if path)


def _tree_with(tree: Tree, paths: tuple[str, ...], here: TreeState, histories: Mapping[str, History], now: datetime) -> TreeState:
    """What a tree says that differs from the default branch's in these files only. Posts that did not change are not read again."""
    desk = _only_posts(tree, paths, here.desk) if all(is_post(path) for path in paths) else desks.load(tree)
    return TreeState(desk, timetable.make(desk, histories, now, is_current=approval.seal_matcher(desk)))


def _only_posts(tree: Tree, paths: Iterable[str], desk: Desk) -> Desk:
    """The default branch's desk with those posts as the tree has them."""
    changed = set(paths)
    posts = {post_id: post for post_id, post in desk.posts.items() if post.path not in changed}
    for path in sorted(changed):
        if tree.exists(path):
            read = desks.load(tree, only=path)
            posts |= {post.id: post for post in read.posts.values() if post.path == path}
    return replace(desk, tree=tree, posts=dict(sorted(posts.items(), key=lambda one: one[1].path)), duplicates=())


def _changes(there: TreeState, left: TreeState, here: TreeState, paths: tuple[str, ...]) -> Iterable[ProposedChange]:
    """Publications whose digests differ between the two trees; only those that the changed files can have touched are compared."""
    touched = _touched(paths)
    for key, publication in there.table.publications.items():
        if not touched(publication.post, there.table, key):
            continue
        digests = there.digests(key)
        before = left.digests(key) if key in left.table.publications else None
        if digests != before:
            yield ProposedChange("added" if before is None else "changed", publication, there.table.instants[key], digests, before)
    for key, publication in left.table.publications.items():
        if key not in there.table.publications and key in here.table.publications and touched(publication.post, left.table, key):
            digests = left.digests(key)
            yield ProposedChange("removed", publication, left.table.instants[key], digests, digests)


def _touched(paths: tuple[str, ...]) -> Callable[[Post, Timetable, str], bool]:
    """Whether a publication can differ when these files do: its post, its media, or anything of brand and calendar."""
    if any(not path.startswith("content/") for path in paths):
        return lambda _post, _table, _key: True
    media = {path for path in paths if not is_post(path)}
    posts = {path for path in paths if is_post(path)}

    def touched(post: Post, table: Timetable, key: str) -> bool:
        if post.path in posts:
            return True
        if not media or not (post.front.media or post.front.for_):
            return False
        words = table.publications[key].words
        return any(picture.path in media for picture in words.media)

    return touched


def _approved_there(change: ProposedChange, branch: Branch, witness: EvidenceReader) -> Approval | None:
    """What the branch's own commits would approve if it were merged now; the proof itself is made once it is."""
    publication = change.publication
    if change.kind == "removed":
        return None
    claims = claims_of(branch.log.commits.values())
    own = [oid for oid in branch.log.commits if not _carries_only_claims(branch, oid)]
    if not claims or not own:
        return None
    versions = tuple(
        Version(oid, (place - 1,) if place else (), change.digests if oid == own[-1] else None) for place, oid in enumerate(own)
    )
    evidence = Evidence(
        claims=claims,
        arrival=lambda oid: branch.tip if oid in branch.log.commits else None,
        base=lambda _oid: witness.log.head,
        policy=lambda _oid: witness.desk.policy,
        expand=lambda _oid, names: witness.desk.expand(names),
        signature=witness.signature,
        hands=lambda oid: hands_of(branch.log.commits[oid]),
        versions=lambda _key: versions,
        brought=lambda _key: (),
        order=lambda _oid: 0,
        today=witness.desk.policy,
        zone=witness.desk.brand.zone,
        ever_zero=False,
    )
    return approval.judge([(publication, change.instant, change.digests)], evidence)[publication.key]


def _carries_only_claims(branch: Branch, oid: str) -> bool:
    """Whether a commit only approves or asks: it changed no words."""
    commit = branch.log.commits[oid]
    return bool(commit.approved or commit.asked) and not commit.co_authors and len(commit.parents) == 1
