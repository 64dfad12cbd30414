"""What must be true after whatever people did: the tool would send what was approved, and nothing else."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import ClassVar

from histories.oracle import Commit, Memory, Policy, Said, Verdict
from histories.world import MORNING, NEXT_DAY, World


class Judge:
    """Compares what the tool would send with what is remembered of a history."""

    world: World
    memory: Memory
    in_force: Policy
    """The policy that the ledger recorded last."""
    sent: set[str]
    recorded: int
    """How many policies the ledger recorded."""
    last_lines: Mapping[str, object]
    """By post, its last seal."""
    seen: Counter[str]
    judged: ClassVar[dict[str, tuple[frozenset[tuple[str, Said]], frozenset[tuple[str, Said]]]]] = {}
    """Histories that were judged before, by all that a judgement follows from, with what was settled and reviewed then: many begin alike."""

    def _policy(self) -> tuple[Policy, bool | None]:
        """The policy that judges, and whether a change of it is approved; None where that is left open."""
        memory, main = self.memory, self.world.main
        text = memory.commits[main].policy
        proposed = Policy.read(text)
        if proposed == self.in_force or proposed.asks_only_for_more(self.in_force):
            return proposed, True
        voices: set[str] = set()
        doubtful: set[str] = set()
        for pull in self.world.team.pulls:
            if pull.number not in memory.onto:
                continue
            for who, review in memory.standing(pull):
                commit = memory.commits.get(review.commit_id)
                if commit is not None and commit.policy == text and who in self.in_force.people:
                    base = memory.git.merge_base(memory.onto[pull.number], review.commit_id)
                    plain = base is not None and memory.commits[base].policy != text and pull.author is not review.author
                    (voices if plain and review.commit_id in memory.before(pull.head_sha) else doubtful).add(who)
        hands = {who for one in memory.commits.values() if self._made_policy(one) for who in (*one.actors, one.pusher)}
        certain = {who for who in voices if who not in hands and self.world.team.record.roles[self.world.people[who].id] == "write"}
        if len(certain) >= self.in_force.quorum:
            return proposed, None
        if not voices | doubtful:
            return proposed.stricter(self.in_force), False
        return proposed, None

    def _made_policy(self, one: Commit) -> bool:
        return all(self.memory.commits[parent].policy != one.policy for parent in one.parents)

    def _verdicts(self) -> Iterator[tuple[str, Verdict, str]]:
        """By post of the default branch: whether it may go out, with what is remembered of it."""
        memory, main = self.memory, self.world.main
        policy, certain = self._policy()
        here = memory.commits[main]
        writing = {who for who, person in self.world.people.items() if self.world.team.record.roles.get(person.id) == "write"}
        for name in here.posts:
            said = here.said(name)
            if said is None or name in self.sent:
                continue
            votes = {who: vote for who, vote in memory.votes(self.world.team.pulls, name, said, main).items() if who in writing}
            policies = [policy] if certain is not None else [policy, policy.stricter(self.in_force)]
            found = {self._verdict(name, said, votes, each) for each in policies}
            verdict = found.pop() if len(found) == 1 else Verdict.OPEN
            verdict = self._unless_objected(verdict, name, said, votes, policies)
            if verdict is Verdict.YES:
                memory.settled.add((name, said))
            elif any(each.quorum == 0 and votes.keys() & each.people for each in policies):
                memory.reviewed.add((name, said))
            yield name, verdict, f"{said}; {votes}; {policies}; sealed {memory.sealed.get(name)}"

    def _unless_objected(self, verdict: Verdict, name: str, said: Said, votes: dict[str, Verdict], policies: list[Policy]) -> Verdict:
        """Whoever may approve it, and requested changes to exactly these words, holds them; those who approved them elsewhere may have meant that."""
        if verdict is Verdict.NO or any(policy.quorum == 0 for policy in policies):
            return verdict
        pulls = self.world.team.pulls
        for who, pull in self.memory.objections(pulls, name, said):
            if all(who in policy.people for policy in policies):
                if who not in votes and not self.memory.read_elsewhere(pulls, pull, name, said):
                    return Verdict.NO
                verdict = Verdict.OPEN
            elif any(who in policy.people for policy in policies):
                verdict = Verdict.OPEN
        return verdict

    def _verdict(self, name: str, said: Said, votes: dict[str, Verdict], policy: Policy) -> Verdict:
        memory = self.memory
        if policy.quorum == 0:
            # Whether merging counted when it came in is the ledger's to say.
            return Verdict.YES if self.in_force.quorum == 0 and not self.raised else Verdict.OPEN
        sure = {who for who, vote in votes.items() if vote is Verdict.YES and who in policy.people}
        if len(sure) >= policy.quorum:
            return Verdict.YES
        if len({who for who in votes if who in policy.people}) >= policy.quorum:
            return Verdict.OPEN
        sealed = memory.sealed.get(name)
        if sealed is not None and sealed[0] == said and sealed[1] <= policy.people:
            # What was sealed stays approved, unless somebody took back what they said.
            return Verdict.OPEN if sealed[1] <= votes.keys() else Verdict.NO
        return Verdict.NO

    @property
    def raised(self) -> bool:
        """Whether the policy was ever another one than that merging counts."""
        return any(Policy.read(one.policy).quorum for one in self.memory.commits.values())

    def _compare(self, went: set[str], said: str, *, only: set[str] | None = None, kept: Collection[str] = ()) -> None:
        verdicts = list(self._verdicts())
        for name, verdict, why in verdicts:
            self.seen[verdict.value] += 1
            if name in kept:
                continue
            if name in went:
                assert verdict is not Verdict.NO, f"{name} would be sent and nobody approved it: {why}\n{said}"
            elif verdict is Verdict.YES and (only is None or name in only):
                raise AssertionError(f"{name} was approved and would not be sent: {why}\n{said}\n{self._why(name)}")
        known = {name for name, _verdict, _why in verdicts}
        doubled = {name for name, found in self.memory.commits[self.world.main].posts.items() if len(found) > 1}
        assert went - self.sent <= known | doubled, f"{went} would be sent, and {known} are there\n{said}"

    def _why(self, name: str) -> str:
        return self.world.does("status", name)

    def judge(self) -> None:
        """Every written date is due then: `publish --dry-run` sends exactly what was approved."""
        so_far = self._so_far()
        if so_far in self.judged:
            settled, reviewed = self.judged[so_far]
            self.memory.settled |= settled
            self.memory.reviewed |= reviewed
            return
        self.world.hour = NEXT_DAY
        went, said = self.world.would_send()
        self.world.hour = MORNING
        here = self.memory.commits[self.world.main]
        self._compare(went, said, only={name for name in here.posts if (there := here.said(name)) and there.at})
        self.judged[so_far] = frozenset(self.memory.settled), frozenset(self.memory.reviewed)

    def judge_seals(self) -> None:
        """A run before anything is due seals exactly what is approved, what waits for a place in the queue too.

        What it sealed before is proved again only when it is due.
        """
        lines, said = self.world.publish()
        last = {name: [each for each in found if each["event"] in ("sealed", "unsealed")][-1] for name, found in lines.items() if found}
        sealed = {name for name, line in last.items() if line["event"] == "sealed"}
        here = self.memory.commits[self.world.main]
        kept = {name for name in sealed if self.last_lines.get(name) == last[name]}
        self._compare({name for name in sealed if here.said(name) is not None}, said, kept=kept)
        self.last_lines = last
        recorded = self.memory.git.repo.read(f"{self.memory.git.branch('ledger')}:policy.jsonl") or b""
        number = len(recorded.splitlines())
        if number > self.recorded:
            self.in_force, self.recorded = Policy.read(here.policy), number
        self.memory.sealed = {
            name: (there, frozenset(last[name]["data"]["by"])) for name in sealed if (there := here.said(name)) is not None
        }
        self.seen["sealed"] += len(sealed)

    def _so_far(self) -> str:
        """All that a judgement follows from: what GitHub has, and what is remembered of it."""
        team, memory = self.world.team, self.memory
        pulls = [
            (
                *(pull.number, pull.author.id, pull.base_branch, pull.is_open, pull.head_branch, pull.head_sha, pull.merged_at),
                *(
                    pull.merged_onto,
                    pull.merge_commit_sha,
                    sorted(pull.landed),
                    memory.onto.get(pull.number),
                    memory.asked.get(pull.number),
                ),
                [(event.name, event.at) for event in pull.issue.events],
                [
                    (each.author.id, each.author.deleted, each.state, each.commit_id, each.submitted_at, memory.aimed.get(each.id))
                    for each in pull.reviews
                ],
            )
            for pull in team.pulls
        ]
        pushes = [(each.kind, each.ref, each.before, each.after, each.actor and each.actor.id) for each in team.record.activity]
        hands = [(sha, sorted(one.actors), one.pusher, one.brought, one.copied) for sha, one in sorted(memory.commits.items())]
        told = (pulls, pushes, sorted(team.record.git.refs().items()), sorted(team.record.roles.items()), hands)
        kept = (
            sorted(memory.sealed.items(), key=str),
            sorted(memory.settled, key=str),
            sorted(memory.reviewed, key=str),
            sorted(self.in_force.people),
            self.in_force.quorum,
        )
        return hashlib.sha256(repr((told, kept, sorted(self.sent), self.recorded)).encode()).hexdigest()
