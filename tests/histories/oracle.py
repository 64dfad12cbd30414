"""What people had before their eyes when they approved, and whose hands were in it: remembered by nothing of the code under test."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from marronnier.demo.github.bare_git import BareGit
from marronnier.demo.github.records import FakePullRequest, FakeReview

NAMES = ("tomates", "abeilles")
FOLDERS = ("content/posts/2026/11", "content/posts")
SHORT = timedelta(hours=1)
_CO_AUTHOR = re.compile(r"^Co-authored-by: .*<(.+)>$", re.MULTILINE | re.IGNORECASE)

Part = tuple[int, str]
"""Which part of a post, and what it says: its first words, its last words, its date or slot."""


class Verdict(Enum):
    """Whether a publication may go out as it stands."""

    YES = "yes"
    NO = "no"
    OPEN = "open"
    """What was agreed leaves it open: the tool may refuse out of caution, and nothing unapproved would go out."""


@dataclass(frozen=True)
class Said:
    """What a reader of the post sees, and when."""

    first: str
    last: str
    when: str
    """Its line: `date: 2026-11-20 10:00`, `slot: next`."""

    @property
    def parts(self) -> tuple[Part, ...]:
        return ((0, self.first), (1, self.last), (2, self.when))

    @property
    def at(self) -> datetime | None:
        return datetime.fromisoformat(self.when[6:]) if self.when.startswith("date: ") else None

    def keeps(self, approved: Said) -> bool:
        """Whether it may differ from what was approved: the date alone, later on the same day or by less than an hour."""
        if (self.first, self.last) != (approved.first, approved.last) or self.at is None or approved.at is None:
            return False
        later = self.at.date() == approved.at.date() and self.at >= approved.at
        return later or abs(self.at - approved.at) < SHORT


def written(name: str, said: Said) -> str:
    """A post's file. Its parts stand so far apart that Git merges changes of two of them."""
    head = f"---\nid: {name}\ntitle: Nouvelles\n\n{said.when}\n\nchannels: [journal]\n---\n"
    return f"{head}{said.first}\n\nEntre nous soit dit.\n\n{said.last}\n"


def read(text: str) -> Said:
    head, body = text.removeprefix("---\n").split("\n---\n", 1)
    when = re.search(r"^(date|slot): .+$", head, re.MULTILINE)
    assert when, text
    first, _middle, last = body.strip("\n").split("\n\n")
    return Said(first, last, when[0])


def paths(name: str) -> list[str]:
    return [f"{folder}/{name}.md" for folder in FOLDERS]


@dataclass
class Commit:
    """A commit: what each post says in it, and who made it."""

    parents: tuple[str, ...]
    posts: dict[str, tuple[Said, ...]]
    """By id; more than one where two files have it."""
    policy: str
    actors: frozenset[str]
    """Author, committer and co-authors."""
    pusher: str = ""
    """Whoever pushed it."""
    copied: tuple[str, ...] = ()
    """The commits of a pull request of which GitHub made it."""
    brought: str = ""
    """Whoever pushed it to the default branch without a pull request. GitHub does not tell that it was in somebody's fork before."""

    def said(self, name: str) -> Said | None:
        there = self.posts.get(name, ())
        return there[0] if len(there) == 1 else None


@dataclass
class Policy:
    """`brand/approvals.yml`, read by nothing of the code under test."""

    quorum: int
    people: frozenset[str]

    @classmethod
    def read(cls, text: str) -> Policy:
        return cls(int(text[8]), frozenset(re.findall(r"^  (\w+): \{", text, re.MULTILINE)))

    def asks_only_for_more(self, before: Policy) -> bool:
        return self.quorum >= before.quorum and self.people == before.people

    def stricter(self, other: Policy) -> Policy:
        return Policy(max(self.quorum, other.quorum), self.people & other.people)


@dataclass
class Memory:
    """Everything that happened to the repository, as whoever made it happen knows it."""

    git: BareGit
    accounts: dict[int, str]
    commits: dict[str, Commit] = field(default_factory=dict)
    onto: dict[int, str] = field(default_factory=dict)
    """By pull request: what the default branch was before it came in."""
    aimed: dict[int, bool] = field(default_factory=dict)
    """By review: whether its pull request was aimed at the default branch then, and stayed so."""
    asked: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    """By pull request: commits that ask for a post as it stands, with its id."""
    gone: str = ""
    """Whose account was deleted."""
    sealed: dict[str, tuple[Said, frozenset[str]]] = field(default_factory=dict)
    """What the ledger sealed, and by whom it said that it was approved."""
    settled: set[tuple[str, Said]] = field(default_factory=set)
    """What was once approved."""
    reviewed: set[tuple[str, Said]] = field(default_factory=set)
    """What somebody approved while merging counted: whether that made it approved, a later policy leaves open."""

    def learn(self, tip: str, pusher: str = "", copied: tuple[str, ...] = ()) -> None:
        """Take in every commit that is new behind this one."""
        waiting = [tip]
        while waiting:
            sha = waiting.pop()
            if sha in self.commits:
                continue
            one = self.git.read(sha)
            emails = {one.author.email, one.committer.email, *_CO_AUTHOR.findall(one.message)}
            actors = {email.partition("@")[0].rpartition("+")[2] for email in emails} - {"noreply"}
            posts = {}
            for name in NAMES:
                texts = [self.git.repo.read(f"{sha}:{path}") for path in paths(name)]
                if found := tuple(read(text.decode()) for text in texts if text is not None):
                    posts[name] = found
            policy = (self.git.repo.read(f"{sha}:brand/approvals.yml") or b"").decode()
            self.commits[sha] = Commit(one.parents, posts, policy, frozenset(actors), pusher, copied)
            waiting += one.parents

    def before(self, tip: str) -> list[str]:
        """A commit and all that it comes after."""
        found, waiting = {tip: None}, [tip]
        while waiting:
            for parent in self.commits[waiting.pop()].parents:
                if parent not in found:
                    found[parent] = None
                    waiting.append(parent)
        return list(found)

    # Hands

    def wrote(self, name: str, sha: str, settled: Collection[tuple[str, Said]]) -> frozenset[str]:
        """Who brought in any part of what a post says there, since it was `settled`: theirs are the words or the date."""
        said = self.commits[sha].said(name)
        assert said is not None
        return frozenset().union(*(self._wrote(name, sha, part, settled) for part in said.parts))

    def _wrote(self, name: str, sha: str, part: Part, settled: Collection[tuple[str, Said]]) -> frozenset[str]:
        one = self.commits[sha]
        said = one.said(name)
        if said is not None and (name, said) in settled:
            return frozenset()
        sources = [source for source in (*one.parents, *one.copied) if (there := self.commits[source].said(name)) and part in there.parts]
        if not sources:
            return one.actors | {one.pusher}
        return frozenset().union(*(self._wrote(name, source, part, settled) for source in sources))

    def touched(self, name: str, sha: str) -> frozenset[str]:
        """Who ever changed a post in any way before it was what it is there."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [sha]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            one = self.commits[here]
            same = [source for source in (*one.parents, *one.copied) if self.commits[source].posts.get(name) == one.posts.get(name)]
            if not same and name in one.posts:
                found |= one.actors | {one.pusher, one.brought}
            waiting += same or (*one.parents, *one.copied)
        return frozenset(found)

    # Votes

    def standing(self, pull: FakePullRequest, state: str = "APPROVED") -> Iterator[tuple[str, FakeReview]]:
        """The approvals, or the requests for changes, that are somebody's last word."""
        last: dict[int, FakeReview] = {}
        for review in pull.reviews:
            if review.state not in ("COMMENTED", "PENDING"):
                last[review.author.id] = review
        for review in last.values():
            if review.state == state and not review.author.deleted:
                yield self.accounts.get(review.author.id, "nobody"), review

    def showed(self, pull: FakePullRequest, review: FakeReview, name: str) -> Said | None:
        """What the reviewed commit showed of a post: changed against where it left the default branch, or asked for by name."""
        commit = review.commit_id
        said = self.commits[commit].said(name)
        base = self.git.merge_base(self.onto[pull.number], commit)
        if said is None or (base is not None and self.commits[base].said(name) != said):
            return said
        reached = set(self.before(commit))
        return said if any(asking in reached and asked == name for asking, asked in self.asked.get(pull.number, ())) else None

    def objections(self, pulls: list[FakePullRequest], name: str, said: Said) -> Iterator[tuple[str, FakePullRequest]]:
        """Who requested changes to exactly these words, in which pull request."""
        for pull in pulls:
            for who, review in self.standing(pull, "CHANGES_REQUESTED") if pull.number in self.onto else ():
                shown = self.showed(pull, review, name)
                if shown is not None and (shown.first, shown.last) == (said.first, said.last):
                    yield who, pull

    def read_elsewhere(self, pulls: list[FakePullRequest], than: FakePullRequest, name: str, said: Said) -> bool:
        """Whether somebody approved it in another pull request: then that alone may have been read."""
        others = (pull for pull in pulls if pull is not than and pull.number in self.onto)
        seen = [self.showed(pull, review, name) for pull in others for _who, review in self.standing(pull)]
        return any(shown is not None and (shown == said or said.keeps(shown)) for shown in seen)

    def votes(self, pulls: list[FakePullRequest], name: str, said: Said, main: str) -> dict[str, Verdict]:
        """By person: whether an approval of what a post says counts."""
        found: dict[str, Verdict] = {}
        for pull in pulls:
            if pull.number not in self.onto:
                continue
            for who, review in self.standing(pull):
                shown = self.showed(pull, review, name)
                if shown is None or not (shown == said or said.keeps(shown)) or not self.aimed.get(review.id):
                    continue
                vote = self._vote(pull, review, name, shown, who, main)
                if vote is not Verdict.NO and found.get(who) is not Verdict.YES:
                    found[who] = vote
        return found

    def _vote(self, pull: FakePullRequest, review: FakeReview, name: str, shown: Said, who: str, main: str) -> Verdict:  # fmt: skip
        if who in self.wrote(name, review.commit_id, self.settled | self.reviewed) or pull.author is review.author:
            # By this pull request, by another, or by none, in whoever's name.
            return Verdict.NO
        if who in self.wrote(name, review.commit_id, self.settled):
            return Verdict.OPEN
        if self.gone and (self.gone in self._hands(pull, self._own(pull)) or self.gone in self.touched(name, review.commit_id)):
            # Whose work it was, GitHub does not tell any more.
            return Verdict.OPEN
        if review.commit_id not in self.before(pull.head_sha):
            # Whoever pushed it away may have done so to show something else.
            return Verdict.OPEN
        alike = [sha for sha in self.before(main) if self.commits[sha].said(name) == shown]
        if any(who in self.touched(name, sha) for sha in (review.commit_id, *alike)):
            return Verdict.OPEN
        return Verdict.YES

    def _own(self, pull: FakePullRequest) -> set[str]:
        """The commits of a pull request."""
        return set(self.before(pull.head_sha)) - set(self.before(self.onto[pull.number]))

    def _hands(self, pull: FakePullRequest, own: Collection[str]) -> set[str]:
        """Whoever opened a pull request, made a commit of it or pushed one."""
        made = (who for sha in own for who in (*self.commits[sha].actors, self.commits[sha].pusher))
        return {self.accounts.get(pull.author.id, ""), *made}
