"""Random histories of a brand: whatever people, branches, runners and the clock do, no post is sent twice or without approval."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from people import Town, write
from publish.living import APPROVALS, CHANNELS, RUNNERS, Brand, Said, channels_file, founded, post, read

PROOF = bool(os.environ.get("MARRONNIER_PROOF"))
LIVES = settings(
    max_examples=100 if PROOF else 3,
    stateful_step_count=40 if PROOF else 20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
SHOWN = {"draft", "in review", "ready", "sent", "needs you"}

names = st.sampled_from(("tomates", "abeilles", "compost", "tisane"))
people = st.sampled_from(("ines", "karim", "claire"))
runners = st.sampled_from(RUNNERS)
days = st.sampled_from(("2026-12-01", "2026-12-02", "2026-12-03"))
hours = st.sampled_from(("09:00", "09:30", "15:00"))
whens = st.one_of(st.builds("date: {} {}".format, days, hours), st.sampled_from(("slot: next", "slot: midi", "date: when-approved")))
speeches = st.sampled_from(
    ("Bonjour {}, on parle de {}.", "Tout autre chose : {} et encore {}.", "Un {}.\n\n---\n\nDeux {}.", "La même chose pour tous, partout.")
)
spoken_on = st.lists(st.sampled_from(tuple(CHANNELS)), min_size=1, max_size=3, unique=True)


class Life(RuleBasedStateMachine):
    """One life, in origin's time."""

    town: ClassVar[Town]
    template: ClassVar[Path]
    folder: ClassVar[Path]
    lived: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.lived["lives"] += 1
        self.brand = Brand(self.town, self.template, self.folder / str(self.lived["lives"]))
        self.branches: list[str] = []
        self.out: Counter[tuple[str, int]] = Counter()
        self.sealed: dict[str, Any] = {}
        self.ran = True

    def teardown(self) -> None:
        self.brand.leave()

    # People

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Some posts are there already, approved."""
        for name in ("tomates", "abeilles", "compost"):
            self.write_well(name, data.draw(speeches), data.draw(whens), data.draw(spoken_on))
        if data.draw(st.booleans()):
            self.live_on("one", 0, 1)

    @rule(name=names, speech=speeches, when=whens, channels=spoken_on)
    def write_well(self, name: str, speech: str, when: str, channels: list[str]) -> None:
        """As most posts are written: by Inès, and the others approve."""
        self.write(name, speech, when, channels, "ines", True)
        self.brand.approve("karim", name)

    @rule(name=names, speech=speeches, when=whens, channels=spoken_on, who=people, named=st.booleans())
    def write(self, name: str, speech: str, when: str, channels: list[str], who: str, named: bool) -> None:
        path = self.brand.path(name) or self.brand.desk / f"content/posts/2026/12/{name}.md"
        said = Said(speech.format(name, name), when, tuple(channels))
        write(self.brand.desk, {str(path.relative_to(self.brand.desk)): post(name, said, named=named or path.stem != name)})
        self.brand.commit(who, f"Write {name}")

    @rule(name=names, speech=speeches, who=people)
    def edit(self, name: str, speech: str, who: str) -> None:
        self._change(name, who, words=speech.format(name, name))

    @rule(name=names, when=whens, who=people)
    def move(self, name: str, when: str, who: str) -> None:
        self._change(name, who, when=when)

    @rule(name=names, channels=spoken_on, who=people)
    def speak_elsewhere(self, name: str, channels: list[str], who: str) -> None:
        self._change(name, who, channels=tuple(channels))

    def _change(self, name: str, who: str, **changed: Any) -> None:
        path = self.brand.path(name)
        if path is not None:
            text = path.read_text(encoding="utf-8")
            said = Said(**{**vars(read(path.name, text)[1]), **changed})
            path.write_text(post(name, said, named="\nid: " in text), encoding="utf-8")
            self.brand.commit(who, f"Change {name}")

    @rule(name=names, other=names, who=people)
    def rename(self, name: str, other: str, who: str) -> None:
        """The file moves; its identity with it, unless it says its own."""
        path, there = self.brand.path(name), self.brand.desk / f"content/posts/2026/11/{other}.md"
        if path is not None and not there.exists() and ("\nid: " in path.read_text(encoding="utf-8") or self.brand.path(other) is None):
            there.parent.mkdir(parents=True, exist_ok=True)
            path.rename(there)
            self.brand.commit(who, f"Rename {name}")

    @rule(name=names, other=names, who=people)
    def copy(self, name: str, other: str, who: str) -> None:
        path, there = self.brand.path(name), self.brand.desk / f"content/posts/2026/12/{other}.md"
        if path is not None and self.brand.path(other) is None and not there.exists():
            there.write_text(post(other, read(path.name, path.read_text(encoding="utf-8"))[1], named=True), encoding="utf-8")
            self.brand.commit(who, f"Copy {name}")

    @rule(name=names, who=people)
    def delete(self, name: str, who: str) -> None:
        path = self.brand.path(name)
        if path is not None:
            path.unlink()
            self.brand.commit(who, f"Delete {name}")

    @rule(back=st.integers(0, 5), who=people)
    def revert(self, back: int, who: str) -> None:
        """A commit of the past is taken back; taking that back is the same with the newest one."""
        commits = self.brand.git("rev-list", "--first-parent", f"--max-count={back + 1}", "HEAD").splitlines()
        commit = commits[-1]
        merge = ("-m", "1") if len(self.brand.git("rev-list", "--parents", "-n1", commit).split()) > 2 else ()
        touched = self.brand.git("diff-tree", "-m", "--first-parent", "-r", "--name-only", commit)
        if "brand.yml" not in touched and "allowed_signers" not in touched:
            self.brand.git("revert", "--no-edit", *merge, commit, who=who, well=False)
            self.brand.git("revert", "--abort", well=False)
            self.brand.git("reset", "-q", "--hard", well=False)

    @rule(name=names, who=people)
    def approve(self, name: str, who: str) -> None:
        self.brand.approve(who, name)

    @rule(quorum=st.integers(0, 2), moves=st.sampled_from(("never", "same-day", "same-week")))
    def change_who_approves(self, quorum: int, moves: str) -> None:
        write(self.brand.desk, {"brand/approvals.yml": APPROVALS.format(quorum=quorum, moves=moves)})
        self.brand.commit("ines", f"Quorum {quorum}, moves {moves}")

    @rule(who=people)
    def approve_the_policy(self, who: str) -> None:
        """It counts unless nothing has to be approved, or who wrote it tries."""
        before = self.brand.git("rev-parse", "HEAD")
        self.brand.git("fetch", "-q", "origin")
        self.brand.does("approve", "--policy", "--yes", who=who)
        self.lived["policies approved"] += self.brand.git("rev-parse", "HEAD") != before

    @rule(paused=st.sampled_from(((), ("place",), ("journal", "keyed"))))
    def pause(self, paused: tuple[str, ...]) -> None:
        write(self.brand.desk, {"brand/channels.yml": channels_file(paused)})
        self.brand.commit("ines", f"Pause {paused}")

    @rule()
    def freeze_or_thaw(self) -> None:
        file = self.brand.desk / "calendar/freeze.yml"
        file.unlink() if file.exists() else file.write_text("why: Accident\n", encoding="utf-8")
        self.brand.commit("ines", "Freeze or thaw")

    # Branches

    @precondition(lambda self: len(self.branches) < 3)
    @rule()
    def branch(self) -> None:
        """What follows happens on a branch."""
        self.branches.append(f"branch-{self.lived['branches']}")
        self.lived["branches"] += 1
        self.brand.git("switch", "-q", "-c", self.branches[-1], "main")

    @rule()
    def back_to_main(self) -> None:
        self.brand.git("switch", "-q", "main")

    @precondition(lambda self: bool(self.branches))
    @rule(which=st.integers(0, 2), who=people, squash=st.booleans())
    def merge(self, which: int, who: str, squash: bool) -> None:
        self.brand.git("switch", "-q", "main")
        name = self.branches.pop(which % len(self.branches))
        self.brand.git("merge", "-q", *(("--squash",) if squash else ("--no-ff", "-m", f"Merge {name}")), name, who=who, well=False)
        if self.brand.git("ls-files", "--unmerged"):
            self.brand.git("reset", "-q", "--hard")
        self.brand.commit(who, f"Squash {name}")

    # Time and runs

    @rule(minutes=st.sampled_from((5, 15, 15, 60, 180)))
    def wait(self, minutes: int) -> None:
        self.brand.now += timedelta(minutes=minutes)

    @rule(runner=runners)
    def publish(self, runner: str) -> None:
        self._run(self.brand.pass_on(runner))

    @rule(runner=runners, late=st.sampled_from((0, 20)), times=st.integers(1, 3))
    def live_on(self, runner: str, late: int, times: int) -> None:
        """Nothing happens but a run at each of the next hours that somebody wrote."""
        for _time in range(times):
            there = self.brand.tree(self.brand.git("rev-parse", "main"), self.brand.desk)
            written = [said.at or self._noon() for said in there.posts.values()]
            self.brand.now = min((at for at in written if at >= self.brand.now), default=self.brand.now) + timedelta(minutes=late)
            self.publish(runner)
            self.brand.now += timedelta(minutes=1)

    def _noon(self) -> datetime:
        noon = self.brand.now.replace(hour=12, minute=0)
        return noon if noon > self.brand.now else noon + timedelta(days=1)

    @rule(
        runner=runners,
        answer=st.sampled_from(("refused", "wait", "locked", "unknown-before-accept", "unknown-after-accept", "error-after-accept")),
    )
    def publish_badly(self, runner: str, answer: str) -> None:
        until = self.brand.now + timedelta(minutes=10) if answer == "wait" else None
        self.brand.square.order(answer, until=until)
        self._run(self.brand.pass_on(runner))

    def _run(self, folder: Path) -> None:
        said, status = self.brand.does("publish", folder=folder)
        note(f"{self.brand.hour}\n{said}")
        assert status in (0, 3), said
        self._judge()
        if not self._ordered():
            # A network that answered `locked` or `wait` took nothing. Now that it answers well, the next run sends for the first time.
            held = {key for key, lines in self.brand.ledger().items() if lines[-1]["event"] == "waiting"}
            self.brand.does("publish", folder=folder)
            again = Counter(self.brand.out()) - self.out
            settled = {key for key, lines in self.brand.ledger().items() if lines[-1]["data"].get("settled")}
            assert not {key for key, _part in again} - settled - held, f"a second run sent {again}"
            assert not again.keys() & self.out.keys(), f"a second run sent again {again}"
            self._judge()

    def _ordered(self) -> bool:
        """Whether a network is still to answer badly."""
        orders = self.brand.square.folder / "orders.jsonl"
        return orders.exists() and bool(orders.read_text(encoding="utf-8"))

    @rule(runner=runners, answer=st.sampled_from(("crash-before-accept", "crash-after-accept")), part=st.sampled_from((None, 1)))
    def publish_and_die(self, runner: str, answer: str, part: int | None) -> None:
        folder = self.brand.pass_on(runner)
        self.brand.square.order(answer, part=part)
        run = self.brand.starts("publish", folder=folder)
        said = run.communicate()
        note(f"{self.brand.hour}\n{said}")
        assert "Traceback" not in said[1]
        assert run.returncode in (0, 3, 137), said
        self.lived["deaths"] += run.returncode == 137
        (self.brand.square.folder / "orders.jsonl").unlink(missing_ok=True)
        self._judge()

    @rule()
    def publish_at_once(self) -> None:
        runs = [self.brand.starts("publish", folder=self.brand.pass_on(runner)) for runner in RUNNERS]
        for run in runs:
            said = run.communicate()
            note(f"{self.brand.hour}\n{said}")
            assert run.returncode in (0, 3), said
        self._judge()

    @rule(
        name=names,
        channel=st.sampled_from(tuple(CHANNELS)),
        verdict=st.sampled_from(("--was-sent", "--was-not-sent", "--send-now", "--never")),
    )
    def settle(self, name: str, channel: str, verdict: str) -> None:
        """A person looks, and says what is so."""
        key = f"{name}@{channel}"
        there = {message.number for message in self.brand.messages() if message.key == key}
        lines = self.brand.ledger().get(key, ())
        open_part = next((int(line["data"]["part"]) for line in reversed(lines) if line["event"] in ("sending", "unknown")), 0)
        if verdict.startswith("--was"):
            verdict = "--was-sent" if open_part in there else "--was-not-sent"
        folder = self.brand.pass_on("one")
        self.brand.does(
            "settle", key, verdict, *([f"https://square.test/{key}/{open_part}"] if verdict == "--was-sent" else []), folder=folder
        )
        self.lived["settled"] += 1

    # What must be true

    def _judge(self) -> None:
        """Of all that went out since the last look: once, approved as it stands, at its hour."""
        self.ran = True
        self._look()
        out = Counter(self.brand.out())
        assert all(count == 1 for count in out.values()), f"sent twice: {[part for part, count in out.items() if count > 1]}"
        new = sorted(out - self.out)
        self.out = out
        self.lived["sent"] += len(new)
        self.lived["runs"] += 1
        if not new:
            return
        past, ledger = self.brand.history(), self.brand.ledger()
        policies = self.brand.policies()
        assert not [why for before, after in pairwise(policies) if (why := after.why_not(before))]
        for key, number in new:
            lines = ledger[key]
            if any(line["data"].get("settled") and line["data"]["part"] == number for line in lines if line["event"] == "sent"):
                continue
            before = [line for line in lines if line["event"] in ("sealed", "unsealed")]
            assert before[-1]["event"] == "sealed", f"{key} was not sealed"
            seal = before[-1]["data"]
            said = past.head.said(key)
            assert not (why := past.why_not(key, seal["policy"])), f"{key} was not approved: {why}"
            assert said is not None
            texts = [part["text"] for part in self.brand.payload(seal["payload"])["parts"]]
            assert texts == said.parts or texts == [said.words], f"{key} went out as {texts} and is {said.parts}"
            assert datetime.fromisoformat(seal["instant"]) <= self.brand.now, f"{key} went out before {seal['instant']}"
            assert (
                said.at is None
                or number
                or any(line["event"] == "released" for line in lines)
                or said.at == datetime.fromisoformat(seal["instant"])
            ), f"{key} at {seal['instant']}"
            assert key.partition("@")[2] not in past.head.paused, f"{key} was paused"
            assert not past.head.frozen, f"{key} went out in a freeze"
        spoken: dict[tuple[str, str], str] = {}
        for message in self.brand.messages():
            other = spoken.setdefault((message.channel, str(message.wire["status"])), message.key)
            assert other == message.key, f"{other} and {message.key} said the same"

    @rule(name=names)
    def look(self, name: str) -> None:
        said, status = self.brand.does("status", name, who="ines")
        assert status in (0, 1, 2, 3), said
        self._look()

    def _look(self) -> None:
        said, status = self.brand.does("plan", "--all", "--format", "json", who="ines")
        assert status == 0, said
        plan = json.loads(said[said.index("{") :])
        for line in plan["lines"]:
            assert line["shown"] in SHOWN, line

    @invariant()
    def what_is_sealed_stays(self) -> None:
        if not self.ran:
            return
        self.ran = False
        said, status = self.brand.does("ledger", "verify", folder=self.brand.folder / "one")
        assert status == 0, said
        for key, lines in self.brand.ledger().items():
            seal = None
            for line in lines:
                if line["event"] == "unsealed":
                    seal = None
                elif line["event"] == "sealed":
                    data = line["data"]
                    if seal is not None and (seal["words"], seal["when"]) == (data["words"], data["when"]):
                        assert seal["instant"] == data["instant"], f"{key} moved from {seal['instant']} to {data['instant']}"
                    seal = data
        taken: dict[tuple[str, str], str] = {}
        for key, lines in self.brand.ledger().items():
            last = [line for line in lines if line["event"] in ("sealed", "unsealed")]
            if (
                last
                and last[-1]["event"] == "sealed"
                and (last[-1]["data"]["basis"] == "next" or last[-1]["data"]["basis"].startswith("slot"))
            ):
                place = key.partition("@")[2], last[-1]["data"]["instant"]
                assert place not in taken, f"{key} and {taken[place]} share {place}"
                taken[place] = key


def test_lives(town: Town, tmp_path_factory: pytest.TempPathFactory) -> None:
    class Here(Life):
        pass

    Here.town, Here.folder = town, tmp_path_factory.mktemp("lives")
    Here.template, Here.lived = founded(town, Here.folder / "template"), Counter()
    run_state_machine_as_test(Here, settings=LIVES)
    print(dict(Here.lived))
    assert Here.lived["sent"] or not PROOF, "nothing went out in any of them: they prove nothing"
