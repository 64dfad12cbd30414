"""What people do on GitHub with two posts of one calendar, in any order."""

from __future__ import annotations

from typing import Literal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from histories.oracle import NAMES, Memory, Policy, paths
from histories.scene import Change, Method, Scene, as_far_as_allowed
from histories.world import POLICIES, World
from marronnier.demo.github.records import FakePullRequest
from marronnier.demo.github.state import FakeRefusal

names = st.sampled_from(NAMES)
people = st.sampled_from(("ines", "karim", "claire", "omar"))
approvers = st.sampled_from(("ines", "karim", "claire"))
mergers = st.sampled_from(("ines", "karim", "claire", "omar", "renovate"))
methods = st.sampled_from(("merge", "squash", "rebase"))
which = st.integers(0, 7)
ways = st.sampled_from(("push", "page", "fork", "for another", "carried", "together"))
changes = st.one_of(
    st.tuples(st.just("first"), st.sampled_from(("Bonjour de {}.", "Un mot de {}.", "Voici {}."))),
    st.tuples(st.just("last"), st.sampled_from(("À demain, {}.", "Merci, {}.", "Bien à vous, {}."))),
    st.tuples(st.just("when"), st.sampled_from(("date: 2026-11-20 10:00", "date: 2026-11-20 10:30", "date: 2026-11-20 15:00", "date: 2026-11-21 08:00", "slot: next"))),
    st.tuples(st.just("move"), st.just("")),
)  # fmt: skip


class History(Scene):
    """The acts, each by anybody."""

    @initialize(policy=st.sampled_from(("one", "one", "two", "nobody")), posts=st.integers(0, 3), method=methods)
    def begin(self, policy: str, posts: int, method: Method) -> None:
        """A brand; some posts are there already, each by Inès, read by the others."""
        self.world = World(
            self.town, self.templates, self.github, self.folder / str(self.seen["histories"]), self.seen["histories"], policy
        )
        self.team = self.world.team
        self.memory = Memory(self.team.record.git, {person.id: who for who, person in self.world.people.items()})
        self.memory.learn(self.world.main)
        self.in_force = Policy.read(POLICIES[policy])
        self.sent: set[str] = set()
        self.recorded = 1
        self.last_lines = {}
        self.branches = 0
        for name in NAMES[: posts % 3]:
            self.change_well(name, ("first", "Bonjour de {}."), "ines", "karim", method)

    @rule(
        name=names,
        change=changes,
        who=people,
        how=ways,
        reviewer=approvers,
        then=st.sampled_from(("", "", "push", "dismiss", "request", "update")),
        method=methods,
    )
    def change_and_review(self, name: str, change: Change, who: str, how: str, reviewer: str, then: str, method: Method) -> None:
        """A pull request, a review, perhaps something after it, and a merge."""
        self.change_well(name, change, who, reviewer, method, how, then)

    @as_far_as_allowed
    def change_well(self, name: str, change: Change, who: str, reviewer: str, method: Method, how: str = "push", then: str = "") -> None:
        """As most changes are made."""
        before = len(self.team.pulls)
        self.open(name, change, who, how)
        if len(self.team.pulls) == before:
            return
        newest = len([one for one in self.team.pulls if one.is_open]) - 1
        self.approve(newest, reviewer, False)
        if then == "push":
            self.push_more(newest, name, ("first", "Et puis {}."), who)
        elif then == "update":
            self.update_branch(newest, reviewer)
        elif then:
            self.review_later(len(self.team.pulls) - 1, reviewer, then)
        self.merge(newest, who if who != "omar" else reviewer, method)

    @rule(name=names, change=changes, who=people, how=ways)
    @as_far_as_allowed
    def open(self, name: str, change: Change, who: str, how: str) -> None:
        """Somebody opens a pull request: from a clone, on GitHub's pages, from a fork, with somebody else, or with what somebody else wrote."""
        self._tick()
        files = self._files(name, change, self.world.main)
        if files is None:
            return
        branch, person = self._branch(), self._person(who)
        if how == "fork":
            zoe = self._person("zoe")
            forks = self.github.state.forks(self.team.record)
            from marronnier.demo.github.hosted_repository import HostedRepository

            fork = HostedRepository(self.github.state, forks[0]) if forks else self.github.fork(self.team, zoe)
            fork.record.git.fetch(self.team.record.git, self.world.main, "refs/fake/base")
            zoe.push(fork, branch, files, start=self.world.main)
            pull, who = zoe.open_pull_request(self.team, branch, head=fork), "zoe"
        elif how == "page":
            person.edit(self.team, branch, files)
            pull = person.open_pull_request(self.team, branch)
        elif how == "carried":
            # Whoever pushes it neither wrote nor committed it, nor opens the pull request.
            writer, git = self._person("ines" if who != "ines" else "karim"), self.memory.git
            ident, onto = writer.account.ident, self.world.main
            made = git.commit_files(files, "Write", parents=(onto,), author=ident, committer=ident, at=self.github.state.now())
            person.push_commit(self.team, branch, made)
            pull = writer.open_pull_request(self.team, branch)
        else:
            author = self._person("ines" if how == "for another" and who != "ines" else who)
            beside = self._person("karim" if who != "karim" else "claire")
            person.push(self.team, branch, files, author=author, co_authors=(beside,) if how == "together" else ())
            pull = person.open_pull_request(self.team, branch)
        self.memory.learn(pull.head_sha, who)

    @rule(number=which, name=names, change=changes, who=people)
    @as_far_as_allowed
    def push_more(self, number: int, name: str, change: Change, who: str) -> None:
        self._tick()
        pull = self._pull(number)
        if pull is None or pull.head_repository is not self.team.record:
            return
        files = self._files(name, change, pull.head_sha)
        if files is not None:
            self._person(who).push(self.team, pull.head_branch, files)
            self.memory.learn(pull.head_sha, who)

    @rule(number=which, who=people)
    @as_far_as_allowed
    def force_push(self, number: int, who: str) -> None:
        """The same files anew, upon the default branch."""
        self._tick()
        pull = self._pull(number)
        if pull is None or pull.head_repository is not self.team.record:
            return
        changed = {path: self.world.text(path, pull.head_sha) for name in NAMES for path in paths(name)}
        files = {path: text for path, text in changed.items() if text != self.world.text(path)}
        if files:
            self._person(who).push(self.team, pull.head_branch, files, "Again", start="main", force=True)
            self.memory.learn(pull.head_sha, who)

    @rule(number=which, who=approvers, older=st.booleans())
    @as_far_as_allowed
    def approve(self, number: int, who: str, older: bool) -> None:
        self._tick()
        if (pull := self._pull(number)) is not None:
            self._review(pull, who, "approve", older)

    @rule(number=which, who=people, act=st.sampled_from(("approve", "request", "remark", "dismiss")))
    @as_far_as_allowed
    def review_later(self, number: int, who: str, act: str) -> None:
        """Of a pull request that came in already, or any other: a review, a remark, a dismissal."""
        self._tick()
        pull = self._pull(number, is_open=None)
        if pull is None:
            return
        if act == "remark":
            self._person(who).remark(pull, "I read it")
        elif act == "dismiss":
            for review in [review for review in pull.reviews if review.state in ("APPROVED", "CHANGES_REQUESTED")][:1]:
                self._person(who).dismiss(pull, review)
        else:
            self._review(pull, who, act)
        if not pull.is_open:
            self.judge()

    @rule(number=which, who=mergers, method=methods)
    @as_far_as_allowed
    def merge(self, number: int, who: str, method: Method) -> None:
        self._tick()
        pull, onto = self._pull(number), self.world.main
        if pull is None or pull.base_branch != "main":
            return
        try:
            self._person(who).merge(pull, method)
        except FakeRefusal:
            return
        self._landed(onto)
        self.judge()

    @precondition(lambda self: len(self._queued) > 1)
    @rule(who=people, method=methods)
    @as_far_as_allowed
    def queue(self, who: str, method: Method) -> None:
        """The merge queue takes the two newest together."""
        self._tick()
        pulls, onto = self._queued, self.world.main
        try:
            self._person(who).queue(*pulls, method=method)
        except FakeRefusal:
            return
        self._landed(onto)
        self.judge()

    @property
    def _queued(self) -> list[FakePullRequest]:
        return [pull for pull in self.team.pulls if pull.is_open and pull.base_branch == "main"][-2:]

    @rule(number=which, who=people)
    @as_far_as_allowed
    def retarget(self, number: int, who: str) -> None:
        """It is for another branch from now on, or again for the default branch: what was read before was read of something else."""
        self._tick()
        pull = self._pull(number)
        if pull is None:
            return
        if self.memory.git.branch("side") is None:
            self._person(who).push_commit(self.team, "side", self.world.main)
        self._person(who).retarget(pull, "side" if pull.base_branch == "main" else "main")
        self.memory.aimed |= {review.id: False for review in pull.reviews}

    @precondition(lambda self: not self.memory.gone and any(pull.reviews for pull in self.team.pulls))
    @rule(who=st.sampled_from(("karim", "claire")))
    def leave(self, who: str) -> None:
        """Somebody deletes their account: what they said is nobody's."""
        self._tick()
        self.world.people[who].delete_account()
        self.memory.gone = who
        self.judge()

    @rule(number=which, who=people)
    @as_far_as_allowed
    def push_as_it_is(self, number: int, who: str) -> None:
        """The branch itself becomes the default branch, where it comes after it."""
        self._tick()
        pull, onto = self._pull(number), self.world.main
        if pull is None or not self.memory.git.is_ancestor(onto, pull.head_sha):
            return
        self._person(who).push_commit(self.team, "main", pull.head_sha)
        self._landed(onto, who)
        self.judge()

    @rule(number=which, who=people, name=names, change=changes, adds=st.booleans())
    @as_far_as_allowed
    def merge_by_hand(self, number: int, who: str, name: str, change: Change, adds: bool) -> None:
        """A merge in a clone, which may hold what no branch held."""
        self._tick()
        pull, onto = self._pull(number), self.world.main
        if pull is None or pull.head_repository is not self.team.record:
            return
        files = self._files(name, change, pull.head_sha) if adds else None
        try:
            self._person(who).merge_by_hand(self.team, pull.head_branch, "main", files)
        except FakeRefusal:
            return
        self._landed(onto, who)
        self.judge()

    @rule(number=which, who=people)
    @as_far_as_allowed
    def update_branch(self, number: int, who: str) -> None:
        self._tick()
        pull = self._pull(number)
        if pull is None:
            return
        try:
            self._person(who).update_branch(pull)
        except FakeRefusal:
            return
        self.memory.learn(pull.head_sha, who)

    @rule(number=which, who=people)
    @as_far_as_allowed
    def revert(self, number: int, who: str) -> None:
        """The button; of a revert too."""
        self._tick()
        pull = self._pull(number, is_open=False)
        if pull is None or any(one.head_branch == f"revert-{pull.number}-{pull.head_branch}" for one in self.team.pulls):
            return
        try:
            made = self._person(who).revert(pull)
        except FakeRefusal:
            return
        self.memory.learn(made.head_sha, who)

    @rule(name=names, change=changes, who=people)
    @as_far_as_allowed
    def push_to_main(self, name: str, change: Change, who: str) -> None:
        self._tick()
        files = self._files(name, change, self.world.main)
        if files is not None:
            self._person(who).push(self.team, "main", files)
            self.memory.learn(self.world.main, who)
            self.judge()

    @rule(number=which, who=approvers)
    @as_far_as_allowed
    def suggest(self, number: int, who: str) -> None:
        """Other last words are suggested, and whoever opened the pull request takes them."""
        self._tick()
        pull = self._pull(number)
        if pull is None:
            return
        author = self._person(next(who for who, person in self.world.people.items() if person.account is pull.author))
        for name in NAMES:
            for path in paths(name):
                text = self.world.text(path, pull.head_sha) or ""
                line = text.count("\n")
                try:
                    comment = self._person(who).suggest(pull, path, line, f"À bientôt, {name}.")
                    author.commit_suggestion(pull, comment)
                except FakeRefusal:
                    continue
                self.memory.learn(pull.head_sha, author.login.partition("[")[0])
                return

    @rule(policy=st.sampled_from(tuple(POLICIES)), who=people, reviewer=approvers, reviewed=st.booleans(), method=methods)
    @as_far_as_allowed
    def change_policy(self, policy: str, who: str, reviewer: str, reviewed: bool, method: Method) -> None:
        self._tick()
        files, onto = {"brand/approvals.yml": POLICIES[policy]}, self.world.main
        if self.world.text("brand/approvals.yml") == POLICIES[policy]:
            return
        person, branch = self._person(who), self._branch()
        if reviewed:
            person.push(self.team, branch, files)
            pull = person.open_pull_request(self.team, branch)
            self.memory.learn(pull.head_sha, who)
            self._review(pull, reviewer, "approve")
            person.merge(pull, method)
        else:
            person.push(self.team, "main", files)
        self._landed(onto, who)
        self.judge()

    @rule(name=names, who=st.sampled_from(("ines", "karim")), reviewer=approvers)
    @as_far_as_allowed
    def ask(self, name: str, who: str, reviewer: str) -> None:
        """Somebody asks for a post as it stands; somebody reads it."""
        self._tick()
        if self.memory.commits[self.world.main].said(name) is None or name in self.sent:
            return
        pull = self.world.ask(name, who)
        if pull is None or not pull.is_open:
            return
        self.team.notice_pushes(self._person(who))
        self.memory.learn(pull.head_sha, who)
        self.memory.asked.setdefault(pull.number, []).append((pull.head_sha, name))
        self._review(pull, reviewer, "approve")

    @rule(who=approvers, role=st.sampled_from(("read", "write", "write")))
    @as_far_as_allowed
    def change_role(self, who: str, role: Literal["read", "write"]) -> None:
        self._tick()
        if role != self.team.record.roles[self._person(who).id]:
            self.team.invite(self._person(who), role)
            self.judge()

    @rule()
    def seal(self) -> None:
        """A run before anything is due."""
        self._tick()
        self.judge_seals()
