"""Proposals: what branches, and the working directory, would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from posixpath import basename
from urllib.parse import unquote

from marronnier import approval, timetable
from marronnier import desk as desks
from marronnier.approval.quorum import quorums_of
from marronnier.desk import Desk
from marronnier.desk.commit_tree import ChangedTree, CommitTree
from marronnier.desk.post_parser import default_id, is_post_path
from marronnier.files import TEAM_FOLDERS, Tree, WorkTree
from marronnier.forge import Branch
from marronnier.git.commit_log import differences
from marronnier.messages import _
from marronnier.model.history import History
from marronnier.model.plan import Approval, Digests, Proposal, ProposedChange
from marronnier.model.post import Post
from marronnier.model.publication import split_key
from marronnier.proofs.evidence_reader import EvidenceReader
from marronnier.proofs.situation import Situation
from marronnier.proofs.versions import CAMPAIGNS, SHARED_FILES
from marronnier.text.inline_pictures import find_inline_pictures


class ProposalReader:
    """Reads what branches and the working directory would change in a situation. Each costs what it changes, not what the brand has."""

    def __init__(self, situation: Situation, reader: EvidenceReader, branches: Sequence[Branch] = ()) -> None:
        """`branches`: those that will be asked about; git is asked about all of them together."""
        self.situation = situation
        self.reader = reader
        self._head = CommitTree(reader.repo, reader.log.head)
        self._differences = differences(
            reader.repo,
            [pair for branch in branches for pair in ((branch.merge_base, branch.tip), (reader.log.head, branch.merge_base))],
            TEAM_FOLDERS,
        )

    def branch(self, branch: Branch) -> Proposal | None:
        """What a branch would change; None when it changes no publication and asks for none."""
        changed = self._differences.get((branch.merge_base, branch.tip), ())
        before = self._blobs((self.reader.log.head, branch.merge_base))
        base = ChangedTree(self._head, before) if before else self._head
        proposed = ChangedTree(self._head, {**before, **self._blobs((branch.merge_base, branch.tip))})
        changes = list(self._changes(proposed, base, tuple(change.path for change in changed)))
        if branch.pull_request is None and not branch.requested:
            # A branch that stays after its squash is ahead for ever, and brings nothing any more.
            changes = [change for change in changes if not self._is_there_already(change)]
        changes += _unchanged_but_asked_for(branch, self.situation, {change.publication.key for change in changes})
        judged = [replace(change, approval=_approval_on_branch(change, branch, self.reader, self.situation)) for change in changes]
        if not judged:
            return None
        pull, policy = branch.pull_request, self.situation.policy
        names = {each.github: each.name or person for person, each in policy.approvers.items() if each.github is not None}
        reviewers = tuple(names.get(account) or _("account {number}", number=account) for account in branch.reviewers)
        reference = pull.reference if pull is not None else ""
        return Proposal(branch.name, branch.tip, branch.in_review, tuple(judged), reference, branch.url, branch.labels, reviewers)

    def uncommitted(self) -> Proposal | None:
        """Posts of the working directory that are not committed as they stand; None when there is none."""
        repo = self.reader.repo
        status = repo.run("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--", *TEAM_FOLDERS).decode(
            "utf-8", "surrogateescape"
        )
        paths = tuple(line[3:].removeprefix(repo.prefix) for line in status.split("\0") if len(line) > 3)
        if not any(path.startswith("content/") for path in paths):
            return None
        commit = repo.head()
        base = self._head if commit in (None, self.reader.log.head) else CommitTree(repo, commit or "")
        changes = tuple(self._changes(WorkTree(repo.path), base, paths))
        return Proposal(_("working directory"), "", in_review=False, changes=changes) if changes else None

    def _is_there_already(self, change: ProposedChange) -> bool:
        """Whether the default branch has a publication exactly so."""
        key = change.publication.key
        return change.kind != "removed" and key in self.situation.timetable.publications and _digests(self.situation, key) == change.digests

    def _blobs(self, pair: tuple[str, str]) -> dict[str, str]:
        return {change.path: change.blob for change in self._differences.get(pair, ())}

    def _changes(self, proposed: Tree, base: Tree, paths: tuple[str, ...]) -> Iterator[ProposedChange]:
        """Publications whose digests differ between two trees, which differ in these files."""
        shared = [path for path in paths if not path.startswith("content/") and _decides_words_or_time(path)]
        if any(not path.startswith(CAMPAIGNS) for path in shared):
            # Channels, slots, handles: any publication may be another one.
            yield from _compare(_whole(proposed, self.situation), _whole(base, self.situation), self.situation, lambda _post: True)
            return
        posts = frozenset(filter(is_post_path, paths))
        others = self._posts_with([path for path in paths if path.startswith("content/") and path not in posts], shared)
        after, before = self._read(proposed, posts), self._read(base, posts)
        ids = {post.id for post in (*after, *before)} | others
        # An unchanged post with the id of a changed one stands on the other side.
        unchanged = [post for post_id in ids if (post := self.situation.desk.posts.get(post_id)) is not None and post.path not in posts]
        beside = self._still_to_come if any(_waits_for_a_place(post) for post in (*after, *before, *unchanged)) else ()
        beside = tuple(post for post in beside if post.path not in posts and post.id not in ids)
        yield from _compare(
            self._partial(proposed, (*beside, *unchanged, *after), shared),
            self._partial(base, (*beside, *unchanged, *before), shared),
            self.situation,
            lambda post: post.id in ids and (post.path in posts or post.id in others),
        )

    def _read(self, tree: Tree, paths: Iterable[str]) -> tuple[Post, ...]:
        """The posts of a tree at these paths; those that are as on the default branch are not parsed again."""
        posts = []
        for path in sorted(paths):
            is_known = tree is self._head or (isinstance(tree, ChangedTree) and not tree.has_own(path))
            post = self._by_path.get(path) if is_known else desks.read_post(tree, path, self.situation.desk.brand)
            if post is not None:
                posts.append(post)
        return tuple(posts)

    def _partial(self, tree: Tree, posts: Iterable[Post], shared: Sequence[str]) -> Situation:
        """The situation with these posts alone, and with the campaigns of a tree where those differ."""
        by_id = {post.id: post for post in posts}
        desk = self.situation.desk
        campaigns = desks.load(tree, only="").campaigns if shared else desk.campaigns
        return _with_desk(
            replace(desk, tree=tree, campaigns=campaigns, posts=dict(sorted(by_id.items(), key=lambda item: item[1].path)), duplicates=()),
            self.situation,
        )

    @cached_property
    def _by_path(self) -> Mapping[str, Post]:
        return {post.path: post for post in self.situation.desk.posts.values()}

    def _posts_with(self, media: Sequence[str], campaigns: Sequence[str]) -> set[str]:
        """The ids of posts that use one of these media or belong to one of these campaigns."""
        slugs = {default_id(path) for path in campaigns}
        ids = {post_id for path in media for post_id in self._ids_by_medium.get(basename(path), ())}
        return ids | {post.id for post in self.situation.desk.posts.values() if slugs and post.front.campaign in slugs}

    @cached_property
    def _ids_by_medium(self) -> Mapping[str, set[str]]:
        """By file name of a medium: the ids of the posts that name it anywhere."""
        ids: dict[str, set[str]] = {}
        for post in self.situation.desk.posts.values():
            for src in _written_media(post):
                ids.setdefault(basename(src), set()).add(post.id)
        return ids

    @cached_property
    def _still_to_come(self) -> tuple[Post, ...]:
        """The posts that may take a place in the time ahead, or wait for one."""
        table, now = self.situation.timetable, self.situation.now
        ids = {split_key(key)[0] for key, instant in table.instants.items() if instant.at is None or instant.at >= now}
        return tuple(post for post in self.situation.desk.posts.values() if post.id in ids)


def _decides_words_or_time(path: str) -> bool:
    """Whether what a publication says, or when, may depend on a file below brand/ or calendar/."""
    return path in SHARED_FILES or path.startswith(CAMPAIGNS)


def _written_media(post: Post) -> Iterator[str]:
    """The files that a post names as media, also in its text."""
    yield from (src for medium in post.front.media for src in medium.sources)
    if post.front.for_:
        yield from (src for own in post.front.for_.values() for medium in own.media or () for src in medium.sources)
    for picture in find_inline_pictures(post.text):
        # The file may have the name as typed, or the one that the address escapes.
        yield from (picture.src, unquote(picture.src))


def _waits_for_a_place(post: Post) -> bool:
    """Whether a post has a slot, so that its time depends on what other posts take."""
    return post.front.slot is not None or any(own.slot is not None for own in post.front.for_.values())


def _whole(tree: Tree, situation: Situation) -> Situation:
    """The situation with everything that another tree holds."""
    return _with_desk(desks.load(tree), situation)


def _with_desk(desk: Desk, situation: Situation) -> Situation:
    table = timetable.make(desk, situation.histories, situation.now, is_current=approval.seal_matcher(desk))
    return replace(situation, desk=desk, timetable=table, digests={})


def _digests(situation: Situation, key: str) -> Digests:
    """The digests of one publication; the situation of a branch computes none ahead."""
    computed = situation.digests.get(key)
    return computed or approval.digests(situation.timetable.publications[key], situation.timetable.instants[key], situation.desk)


def _compare(proposed: Situation, base: Situation, situation: Situation, is_compared: Callable[[Post], bool]) -> Iterator[ProposedChange]:
    """Publications of these posts whose digests differ between the base and what is proposed."""
    for key, publication in proposed.timetable.publications.items():
        if not is_compared(publication.post):
            continue
        digests = _digests(proposed, key)
        before = _digests(base, key) if key in base.timetable.publications else None
        if digests != before:
            yield ProposedChange("added" if before is None else "changed", publication, proposed.timetable.instants[key], digests, before)
    for key, publication in base.timetable.publications.items():
        is_removed = key not in proposed.timetable.publications and key in situation.timetable.publications
        if is_removed and is_compared(publication.post):
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


def _approval_on_branch(change: ProposedChange, branch: Branch, reader: EvidenceReader, situation: Situation) -> Approval | None:
    """What the claims on a branch would approve if it were merged now; the proof itself is made once it is."""
    has_claims = bool(branch.claims) or branch.pull_request is not None
    if change.kind == "removed" or not has_claims or not branch.contributors or situation.standing is None:
        return None
    publication = change.publication
    needed = any(quorum.needed for quorum in quorums_of(situation.policy, publication, situation.desk.expand))
    if not branch.claims and not needed:
        # Merging approves it.
        return None
    evidence = reader.evidence_on(branch, publication, change.digests, situation.histories, situation.standing)
    return approval.judge([(publication, change.instant, change.digests)], evidence)[publication.key]
