"""A brand for long random tests: people work in one clone, with an origin and runners in clones of their own; all real git."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from command_line import run_marronnier
from fakes.square import Received, Server
from people import BRAND, Town

BRUSSELS = ZoneInfo("Europe/Brussels")
RUNNERS = ("one", "two")
APPROVALS = """\
quorum: {quorum}
moves: {moves}
approvers:
  ines: {{name: Inès, emails: [ines@example.org]}}
  karim: {{name: Karim, emails: [karim@example.org]}}
  claire: {{name: Claire, emails: [claire@example.org]}}
"""
CHANNELS = {
    "journal": "{network: feed, lang: fr",
    "place": "{network: fakes.square, account: square.test/jardin",
    "keyed": "{network: fakes.keyed_square, account: square.test/potager",
    "blind": "{network: fakes.blind_square, account: square.test/verger",
}
SLOTS = """\
slots:
  midi: {days: [mardi, jeudi, samedi], at: "12:00", channels: [journal, place, keyed, blind]}
"""


def channels_file(paused: Sequence[str] = ()) -> str:
    """brand/channels.yml with some channels paused."""
    lines = [f"  {name}: {said}{', paused: travaux' if name in paused else ''}}}\n" for name, said in CHANNELS.items()]
    return "channels:\n" + "".join(lines)


@dataclass(frozen=True)
class Said:
    """What a post's file says, as far as approving goes."""

    words: str
    when: str
    """Its line: `date: 2026-12-02 10:00`, `slot: next`."""
    channels: tuple[str, ...]

    @property
    def at(self) -> datetime | None:
        """The instant written, if one is."""
        found = re.fullmatch(r"date: (\d{4}-\d\d-\d\d \d\d:\d\d)", self.when)
        return datetime.fromisoformat(found[1]).replace(tzinfo=BRUSSELS) if found else None

    @property
    def parts(self) -> list[str]:
        return self.words.split("\n\n---\n\n")


def post(name: str, said: Said, *, named: bool) -> str:
    """A post's file; without its name inside, the file's name is its identity."""
    front = f"id: {name}\n" if named else ""
    return f"---\n{front}title: Nouvelles\n{said.when}\nchannels: [{', '.join(said.channels)}]\n---\n{said.words}\n"


def read(path: str, text: str) -> tuple[str, Said]:
    """The id of a post's file, and what it says: read by nothing of the code under test."""
    front, words = text.removeprefix("---\n").split("\n---\n", 1)
    named = re.search(r"^id: (.+)$", front, re.MULTILINE)
    when = re.search(r"^(date|slot): .+$", front, re.MULTILINE)
    channels = re.search(r"^channels: \[(.*)\]$", front, re.MULTILINE)
    assert when and channels, text
    return named[1] if named else Path(path).stem, Said(words.strip("\n"), when[0], tuple(channels[1].split(", ")))


@dataclass(frozen=True)
class Tree:
    """One commit: what its posts say by id, and who must approve."""

    posts: Mapping[str, Said]
    quorum: int
    moves: str
    paused: frozenset[str]
    frozen: bool

    def said(self, key: str) -> Said | None:
        name, _at, channel = key.partition("@")
        found = self.posts.get(name)
        return found if found is not None and channel in found.channels else None


@dataclass(frozen=True)
class Recorded:
    """A policy that came into force, as the ledger has it."""

    quorum: int
    moves: str
    commit: str
    cause: str
    by: tuple[str, ...]

    def why_not(self, before: Recorded) -> str:
        """Why it may not follow that one; empty when it may."""
        order = ("never", "same-day", "same-week")
        if self.quorum >= before.quorum and order.index(self.moves) <= order.index(before.moves):
            return ""
        return "" if before.quorum == 0 or len(set(self.by) - {"ines"}) >= before.quorum else f"{self} follows {before}"


class Brand:
    """The origin, the people's clone, the runners', and the hour."""

    def __init__(self, town: Town, template: Path, folder: Path) -> None:
        self.town, self.folder = town, folder
        self.origin, self.desk = folder / "origin.git", folder / "desk"
        self.square = Server(folder / "square")
        self.now = datetime(2026, 12, 1, 8, 0, tzinfo=BRUSSELS)
        made = town.origin(template)
        made.copy_bare(self.origin)
        for name in ("desk", *RUNNERS):
            made.copy_clone(self.origin, folder / name)
        self.approved: dict[str, tuple[str, Mapping[str, Said]]] = {}
        """By commit: who approved, and what stood there then, by key."""
        self._trees: dict[str, Tree] = {}

    @property
    def hour(self) -> str:
        return f"{self.now:%Y-%m-%d %H:%M}"

    def env(self, who: str) -> dict[str, str]:
        return {**self.town.surroundings(who, self.hour), "SQUARE_STATE": str(self.square.folder)}

    def git(self, *arguments: str, who: str = "ines", folder: Path | None = None, well: bool = True) -> str:
        """Run git in a clone, the people's unless another is named; `well`: it must succeed."""
        done = subprocess.run(["git", *arguments], cwd=folder or self.desk, env=self.env(who), capture_output=True, text=True, check=False)
        assert done.returncode == 0 or not well, f"git {arguments}: {done.stderr}"
        return done.stdout.strip()

    def does(self, *arguments: str, who: str = "publisher", folder: Path | None = None) -> tuple[str, int]:
        """What `marronnier …` says in this process, and its exit code: never a fault of its own."""
        said, status = run_marronnier(["--now", self.hour, *arguments], folder or self.desk, self.env(who))
        assert "Traceback" not in said and "marronnier-fault" not in said, said
        return said, status

    def starts(self, *arguments: str, folder: Path) -> subprocess.Popen[str]:
        """`marronnier …` as a process of its own."""
        return subprocess.Popen(
            ["marronnier", "--now", self.hour, *arguments],
            cwd=folder, env=self.env("publisher"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    # People

    def path(self, name: str) -> Path | None:
        """The file in the people's clone that holds a post, by its id."""
        for found in sorted(self.desk.glob("content/posts/**/*.md")):
            if read(found.name, found.read_text(encoding="utf-8"))[0] == name:
                return found
        return None

    def commit(self, who: str, message: str) -> None:
        """All that stands there, in the branch at hand."""
        self.git("add", "-A", who=who)
        self.git("commit", "-qm", message, who=who, well=False)

    def approve(self, who: str, name: str) -> None:
        """As people do; what stood there is remembered."""
        before = self.git("rev-parse", "HEAD")
        self.does("approve", "--yes", name, who=who)
        made = self.git("rev-parse", "HEAD")
        if made != before:
            stood = self.tree(before, self.desk)
            keys = re.findall(r"^Approved-content: (\S+) ", self.git("log", "-1", "--format=%B"), re.MULTILINE)
            self.approved[made] = who, {key: said for key in keys if (said := stood.said(key)) is not None}

    def pass_on(self, runner: str) -> Path:
        """Push what people did, and fetch it in a runner's clone, as a workflow does."""
        self.git("push", "-q", "origin", "main")
        self.git("fetch", "-q", "origin", folder=self.folder / runner)
        return self.folder / runner

    # What is so, read from git and the networks alone

    def tree(self, commit: str, folder: Path | None = None) -> Tree:
        found = self._trees.get(commit)
        if found is None:
            files = archive(folder or self.origin, commit)
            # Of two files with one identity the first is the post.
            posts = dict(
                read(path, text.decode()) for path, text in sorted(files.items(), reverse=True) if path.startswith("content/posts/")
            )
            policy, channels = files["brand/approvals.yml"].decode(), files["brand/channels.yml"].decode()
            quorum, moves = re.search(r"^quorum: (\d)", policy), re.search(r"^moves: (\S+)", policy, re.MULTILINE)
            assert quorum, policy
            paused = frozenset(re.findall(r"^  (\w+): .*paused:", channels, re.MULTILINE))
            found = self._trees[commit] = Tree(
                posts, int(quorum[1]), moves[1] if moves else "same-day", paused, "calendar/freeze.yml" in files
            )
        return found

    def ledger(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Every line of the ledger at origin, by key."""
        files = archive(self.origin, "ledger")
        lines = {path: text.decode().splitlines() for path, text in files.items() if path.startswith("publications/")}
        return {Path(path).name.removesuffix(".jsonl"): [json.loads(line) for line in written] for path, written in lines.items()}

    def policies(self) -> Sequence[Recorded]:
        """Every policy that came into force, oldest first."""
        found = []
        for line in archive(self.origin, "ledger")["policy.jsonl"].decode().splitlines():
            data = json.loads(line)["data"]
            written = str(self.payload(data["payload"])["approvals"])
            quorum, moves = re.search(r"^quorum: (\d)", written), re.search(r"^moves: (\S+)", written, re.MULTILINE)
            assert quorum and moves, written
            found.append(Recorded(int(quorum[1]), moves[1], data["commit"], data["cause"], tuple(data["by"])))
        return found

    def payload(self, digest: str) -> Mapping[str, Any]:
        done = self.git("cat-file", "blob", f"ledger:payloads/{digest[:2]}/{digest}", folder=self.origin)
        return json.loads(done)  # type: ignore[no-any-return]

    def out(self) -> Sequence[tuple[str, int]]:
        """Every part that a network has taken, as often as it took it; of the feed, as the ledger says."""
        taken = [(message.key, message.number) for message in self.messages()]
        feed = [
            (key, int(line["data"]["part"]))
            for key, lines in self.ledger().items()
            if key.endswith("@journal")
            for line in lines
            if line["event"] == "sent"
        ]
        return [*taken, *feed]

    def messages(self) -> Sequence[Received]:
        return self.square.received()

    def history(self) -> Past:
        """The default branch of origin."""
        rows = self.git("log", "--topo-order", "--reverse", "--format=%H|%P|%ae|%ce", "main", folder=self.origin).splitlines()
        return Past({oid: (tuple(parents.split()), frozenset(hands)) for oid, parents, *hands in (row.split("|") for row in rows)}, self)

    def leave(self) -> None:
        shutil.rmtree(self.folder)


@dataclass(frozen=True)
class Past:
    """The default branch's commits, parents first, each with its parents and the addresses of whose hands were on it."""

    commits: Mapping[str, tuple[tuple[str, ...], frozenset[str]]]
    brand: Brand

    @cached_property
    def line(self) -> Sequence[str]:
        """Its own line, oldest first."""
        found = [next(reversed(self.commits))]
        while parents := self.commits[found[-1]][0]:
            found.append(parents[0])
        return found[::-1]

    @cached_property
    def arrivals(self) -> Mapping[str, int]:
        """The place in that line that brought each commit."""
        found: dict[str, int] = {}
        for place, oid in enumerate(self.line):
            waiting = [oid]
            while waiting:
                here = waiting.pop()
                if here not in found:
                    found[here] = place
                    waiting += self.commits[here][0]
        return found

    @property
    def head(self) -> Tree:
        return self.brand.tree(self.line[-1])

    def why_not(self, key: str, policy: int) -> str:
        """Why a publication, as it stands at the end, was never approved by that policy of the ledger; empty when it was."""
        said = self.head.said(key)
        if said is None:
            return "there is no such publication"
        stood = [self.brand.tree(oid).said(key) for oid in self.line]
        came = [place for place in range(1, len(stood)) if same(stood[place], said) and not same(stood[place - 1], said)]
        events = self.brand.policies()[: policy + 1]
        quorum, moves = events[-1].quorum, events[-1].moves
        if quorum == 0:
            # Merging approves what came after the newest policy that says so, and those just before it.
            free = next(
                event for event, before in zip(reversed(events), [*reversed(events[:-1]), None], strict=True) if not before or before.quorum
            )
            if any(place > self.arrivals[free.commit] for place in came):
                return ""
        voices: set[str] = set()
        claims = [
            (self.arrivals[oid], who, what[key]) for oid, (who, what) in self.brand.approved.items() if oid in self.arrivals and key in what
        ]
        told = []
        for place, who, what in sorted(claims, key=lambda claim: claim[0]):
            moved = what.when != said.when and not close(what, said, moves)
            own = f"{who}@example.org" in self.hands(key, what)
            told.append(f"{who} approved {what} at {place}{' moved' if moved else ''}{' own words' if own else ''}")
            if what.words != said.words or moved or own:
                continue
            voices.add(who)
            if len(voices) >= quorum:
                return ""
        return f"{said} came at {came}; {'; '.join(told) or 'nobody approved it'}"

    def hands(self, key: str, said: Said) -> frozenset[str]:
        """Who made a publication say that, wherever it began to."""
        made = (
            hands
            for oid, (parents, hands) in self.commits.items()
            if same(self.brand.tree(oid).said(key), said) and not any(same(self.brand.tree(parent).said(key), said) for parent in parents)
        )
        return frozenset().union(*made)


def same(one: Said | None, other: Said | None) -> bool:
    """Whether both say the same at the same time; other channels do not matter."""
    return one is not None and other is not None and (one.words, one.when) == (other.words, other.when)


def close(one: Said, other: Said, moves: str) -> bool:
    """Whether such a move keeps an approval."""
    if one.at is None or other.at is None or moves == "never":
        return False
    if moves == "same-week":
        return one.at.isocalendar()[:2] == other.at.isocalendar()[:2]
    small = abs(other.at - one.at) < timedelta(hours=1)
    return small or (one.at.date() == other.at.date() and other.at > one.at)


def archive(folder: Path, commit: str) -> Mapping[str, bytes]:
    """Every file of a commit."""
    done = subprocess.run(["git", "archive", "--format=tar", commit], cwd=folder, check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        return {member.name: file.read() for member in tar if member.isfile() and (file := tar.extractfile(member)) is not None}


def founded(town: Town, folder: Path) -> Path:
    """A repository whose ledger began; every brand is a copy of it."""
    files = {
        "brand/brand.yml": BRAND["brand/brand.yml"] + "grace: 4h\n",
        "brand/channels.yml": channels_file(),
        "brand/approvals.yml": APPROVALS.format(quorum=1, moves="same-day"),
        "calendar/slots.yml": SLOTS,
    }
    return town.newsroom(folder, files)
