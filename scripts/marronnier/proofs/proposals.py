"""Proposals: what branches, and the working directory, would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from marronnier import approval, timetable
from marronnier import desk as desks
from marronnier.desk import Desk
from marronnier.desk.commit_tree import CommitTree
from marronnier.desk.post_parser import is_post_path
from marronnier.files import TEAM_FOLDERS, Tree, WorkTree
from marronnier.forge import Branch
from marronnier.git import Repo
from marronnier.messages import _
from marronnier.model.history import History
from marronnier.model.plan import Approval, Digests, Proposal, ProposedChange
from marronnier.model.post import Post
from marronnier.proofs.evidence_reader import EvidenceReader
from marronnier.proofs.situation import Situation
from marronnier.timetable import Timetable


def branch_proposal(branch: Branch, situation: Situation, reader: EvidenceReader) -> Proposal | None:
    """What a branch would change in the situation of the default branch; None when it changes no publication and asks for none."""
    repo, head = reader.repo, reader.log.head
    paths = changed_files(repo, branch.merge_base, branch.tip)
    proposed = _with_tree(CommitTree(repo, branch.tip), paths, situation)
    base = situation if branch.merge_base == head else _with_tree(CommitTree(repo, branch.merge_base), paths, situation)
    changes = list(_changes(proposed, base, situation, paths))
    changes += _unchanged_but_asked_for(branch, situation, {change.publication.key for change in changes})
    judged = [replace(change, approval=_approval_on_branch(change, branch, reader, situation)) for change in changes]
    return Proposal(branch.name, branch.tip, branch.in_review, tuple(judged)) if judged else None


def uncommitted_proposal(repo: Repo, situation: Situation) -> Proposal | None:
    """Posts of the working directory that are not committed as they stand; None when there is none."""
    status = repo.run("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--", *TEAM_FOLDERS).decode(
        "utf-8", "surrogateescape"
    )
    prefix = repo.try_text("rev-parse", "--show-prefix") or ""
    paths = tuple(line[3:].removeprefix(prefix) for line in status.split("\0") if len(line) > 3)
    if not any(is_post_path(path) or path.startswith("content/") for path in paths):
        return None
    proposed = _with_tree(WorkTree(repo.path), paths, situation)
    commit = repo.head()
    base = situation if commit is None else _with_tree(CommitTree(repo, commit), paths, situation)
    changes = tuple(_changes(proposed, base, situation, paths))
    return Proposal(_("working directory"), "", in_review=False, changes=changes) if changes else None


def changed_files(repo: Repo, before: str, after: str) -> tuple[str, ...]:
    """Files of the team's that differ between two commits."""
    names = repo.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--relative", before, after, "--", *TEAM_FOLDERS)
    return tuple(path for path in names.decode("utf-8", "surrogateescape").split("\0") if path)


def _with_tree(tree: Tree, paths: tuple[str, ...], situation: Situation) -> Situation:
    """The situation with the desk of a tree that differs in these files only. Posts that did not change are not read again."""
    desk = _with_posts(tree, paths, situation.desk) if all(is_post_path(path) for path in paths) else desks.load(tree)
    table = timetable.make(desk, situation.histories, situation.now, is_current=approval.seal_matcher(desk))
    return replace(situation, desk=desk, timetable=table, digests={})


def _with_posts(tree: Tree, paths: Iterable[str], desk: Desk) -> Desk:
    """The desk with those posts as the tree has them."""
    changed = set(paths)
    posts = {post_id: post for post_id, post in desk.posts.items() if post.path not in changed}
    for path in sorted(changed):
        if tree.exists(path):
            read = desks.load(tree, only=path)
            posts |= {post.id: post for post in read.posts.values() if post.path == path}
    return replace(desk, tree=tree, posts=dict(sorted(posts.items(), key=lambda item: item[1].path)), duplicates=())


def _digests(situation: Situation, key: str) -> Digests:
    """The digests of one publication; the situation of a branch computes none ahead."""
    computed = situation.digests.get(key)
    return computed or approval.digests(situation.timetable.publications[key], situation.timetable.instants[key], situation.desk)


def _changes(proposed: Situation, base: Situation, situation: Situation, paths: tuple[str, ...]) -> Iterator[ProposedChange]:
    """Publications whose digests differ between the base and what is proposed; only those that the changed files can touch are compared."""
    can_touch = _touched_by(paths)
    for key, publication in proposed.timetable.publications.items():
        if not can_touch(publication.post, proposed.timetable, key):
            continue
        digests = _digests(proposed, key)
        before = _digests(base, key) if key in base.timetable.publications else None
        if digests != before:
            yield ProposedChange("added" if before is None else "changed", publication, proposed.timetable.instants[key], digests, before)
    for key, publication in base.timetable.publications.items():
        is_removed = key not in proposed.timetable.publications and key in situation.timetable.publications
        if is_removed and can_touch(publication.post, base.timetable, key):
            digests = _digests(base, key)
            yield ProposedChange("removed", publication, base.timetable.instants[key], digests, digests)


def _unchanged_but_asked_for(branch: Branch, situation: Situation, changed: set[str]) -> Iterator[ProposedChange]:
    """Publications that a branch leaves as they are, and asks to have approved."""
    for key, named in {named.key: named for named in branch.requested}.items():
        if key in changed or key not in situation.timetable.publications:
            continue
        digests = _digests(situation, key)
        # What went out so needs no approval any more.
        if digests == named.digests and not went_out_so(situation.histories.get(key), digests):
            yield ProposedChange("asked", situation.timetable.publications[key], situation.timetable.instants[key], digests, digests)


def went_out_so(history: History | None, digests: Digests) -> bool:
    """Whether a publication was sent with these words."""
    if history is None or history.receipt is None:
        return False
    return history.seal is None or history.seal.words == digests.words


def _touched_by(paths: tuple[str, ...]) -> Callable[[Post, Timetable, str], bool]:
    """Whether a publication can differ when these files do: its post, its media, or anything of brand and calendar."""
    if any(not path.startswith("content/") for path in paths):
        return lambda _post, _table, _key: True
    media = {path for path in paths if not is_post_path(path)}
    posts = {path for path in paths if is_post_path(path)}

    def can_touch(post: Post, table: Timetable, key: str) -> bool:
        if post.path in posts:
            return True
        if not media or not (post.front.media or post.front.for_):
            return False
        return any(picture.path in media for picture in table.publications[key].words.all_media)

    return can_touch


def _approval_on_branch(change: ProposedChange, branch: Branch, reader: EvidenceReader, situation: Situation) -> Approval | None:
    """What the claims on a branch would approve if it were merged now; the proof itself is made once it is."""
    if change.kind == "removed" or not branch.claims or not branch.contributors or situation.standing is None:
        return None
    publication = change.publication
    evidence = reader.evidence_on(branch, change.digests, situation.standing)
    return approval.judge([(publication, change.instant, change.digests)], evidence)[publication.key]
