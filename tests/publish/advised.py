"""A person who does what `marronnier status` says, and nothing else, until the publication is out."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from command_line import run_marronnier
from fakes.square import Server
from people import Town, write

FORMAT = "%Y-%m-%d %H:%M"
WORDS = ("On ouvre le jardin dimanche.", "On ouvre le jardin samedi.", "Le jardin ouvre.")
CHANNELS = """\
channels:
  place: {network: fakes.square, account: square.test/jardin%s}
  blind: {network: fakes.blind_square, account: square.test/verger%s}
  asked: {network: fakes.asked_square, account: square.test/potager%s}
"""


class Adviser:
    """One post in a repository of its own: what people do to it, and what they are told to do."""

    def __init__(self, town: Town, folder: Path, *, channel: str = "place", parts: int = 1) -> None:
        self.town, self.folder = town, town.newsroom(folder / "repository")
        self.square = Server(folder / "square")
        self.now = datetime(2026, 12, 1, 8, 0)
        self.channel, self.parts = channel, parts
        self.words, self.date = WORDS[0], datetime(2026, 12, 1, 10, 0)
        self.last_words, self.requires = "", ""
        self.settings()
        # A channel more is a change of the policy.
        assert self.does("policy", "reset", "--yes")[1] == 0
        self.write()

    @property
    def key(self) -> str:
        return f"bonjour@{self.channel}"

    # What people do

    def does(self, *arguments: str, who: str = "publisher") -> tuple[str, int]:
        """What `marronnier …` says, and its exit code: never a fault of its own."""
        now = self.now.strftime(FORMAT)
        env = {**self.town.surroundings(who, now), "SQUARE_STATE": str(self.square.folder)}
        said, status = run_marronnier(["--now", now, *arguments], self.folder, env)
        assert "Traceback" not in said and "marronnier-fault" not in said, said
        return said, status

    def commit(self, who: str = "ines") -> None:
        now = self.now.strftime(FORMAT)
        self.town.git(self.folder, "add", "-A", who=who, now=now)
        self.town.git(self.folder, "commit", "-q", "--allow-empty", "-m", "Write", who=who, now=now)

    def settings(self, *, paused: bool = False, frozen: bool = False) -> None:
        """The settings around the post."""
        pause = ", paused: travaux" if paused else ""
        files = {"brand/channels.yml": CHANNELS % (pause, pause, pause)}
        freeze = self.folder / "calendar/freeze.yml"
        if frozen:
            files["calendar/freeze.yml"] = "why: incendie\n"
        elif freeze.exists():
            freeze.unlink()
        write(self.folder, files)
        self.commit()

    def write(self, words: str | None = None, date: datetime | None = None, *, requires: str | None = None) -> None:
        """Write the post as Inès, some of it anew."""
        self.words, self.date = words or self.words, date or self.date
        self.requires = self.requires if requires is None else requires
        needs = f"requires: {self.requires}\n" if self.requires else ""
        text = "\n\n---\n\n".join([f"Partie {number}." for number in range(1, self.parts)] + [self.last_words or self.words])
        front = f"---\nid: bonjour\ndate: {self.date.strftime(FORMAT)}\nchannels: [{self.channel}]\n{needs}---\n"
        write(self.folder, {"content/posts/2026/12/bonjour.md": f"{front}{text}\n"})
        self.commit()

    def approve(self, who: str = "karim") -> tuple[str, int]:
        return self.does("approve", "--yes", self.key, who=who)

    def publish(self) -> tuple[str, int]:
        return self.does("publish")

    def at(self, hour: str, day: int = 1) -> Adviser:
        """Wait until an hour."""
        self.now = datetime.strptime(f"2026-12-{day:02} {hour}", FORMAT)
        return self

    def line(self) -> dict[str, Any]:
        """What `status` says of the publication."""
        said, status = self.does("status", self.key, "--format", "json", who="ines")
        assert status == 0, said
        (line,) = json.loads(said[said.index("[") :])
        return line  # type: ignore[no-any-return]

    def texts(self) -> list[str]:
        return [message.wire["status"] for message in self.square.received(self.channel)]

    def out(self) -> Counter[tuple[str, int]]:
        """Each part that stands on a network, as often as it stands there."""
        deleted = self.square.deleted()
        return Counter((message.key, message.number) for message in self.square.received() if message.id not in deleted)

    # What people are told

    def follow(self, choose: Callable[[int], int] = lambda _count: 0) -> list[str]:
        """Do what `status` says until it is out; the states on the way. `choose` takes one of several ways that are offered."""
        orders = self.square.folder / "orders.jsonl"
        orders.unlink(missing_ok=True)
        seen: list[str] = []
        for _step in range(12):
            line = self.line()
            seen.append(f"{line['state']}: {line['why']} → {line['next']}")
            if line["state"] == "sent" or (line["state"] == "past" and "left it so" in line["why"]):
                return seen
            if line["state"] == "sending":
                self.now += timedelta(minutes=11)
                self.publish()
                continue
            self._take(line, choose, seen)
        raise AssertionError("what status says does not lead out:\n" + "\n".join(seen))

    def _take(self, line: dict[str, Any], choose: Callable[[int], int], seen: list[str]) -> None:
        ways = [(pattern, act) for pattern, act in self.WAYS.items() if re.search(pattern, line["next"])]
        assert ways, "nobody could do what status says:\n" + "\n".join(seen)
        _pattern, act = ways[choose(len(ways)) % len(ways)]
        act(self)

    def _settle_as_it_is(self) -> None:
        number = next(event["part"] for event in reversed(self.line()["events"]) if event["name"] in ("sending", "unknown"))
        deleted = self.square.deleted()
        taken = [message for message in self.square.received(self.channel) if message.number == number and message.id not in deleted]
        self._settle(*(("--was-sent", taken[0].url) if taken else ("--was-not-sent",)))

    def _settle(self, *verdict: str) -> None:
        said, status = self.does("settle", self.key, *verdict)
        assert status == 0, said
        self.publish()

    def _approve(self) -> None:
        said, status = self.approve()
        assert status == 0, said

    def _approve_policy(self) -> None:
        said, status = self.does("approve", "--yes", "--policy", who="karim")
        assert status == 0, said
        self.publish()

    def _change(self) -> None:
        """Change what can still be changed: the last part of a thread."""
        text = next(words for words in WORDS if words != (self.last_words or self.words))
        self.last_words = text
        self.write()
        self.approve()
        self.publish()

    def _another_date(self) -> None:
        self.write(date=(self.now + timedelta(days=1)).replace(hour=10, minute=0))
        self._approve()

    def _restore(self) -> None:
        """The text as it went out, as git has it."""
        sealed = next(event for event in reversed(self.line()["events"]) if event["name"] == "sealed")
        now = self.now.strftime(FORMAT)
        self.town.git(self.folder, "checkout", sealed["commit"], "--", "content", who="ines", now=now)
        self.commit()

    def _wait(self) -> None:
        at = datetime.fromisoformat(self.line()["at"]).replace(tzinfo=None) + timedelta(hours=1)
        self.now = max(self.now + timedelta(minutes=10), at)
        self.publish()

    def _publish(self) -> None:
        self.now += timedelta(minutes=1)
        self.publish()

    WAYS: ClassVar[dict[str, Callable[[Adviser], None]]] = {
        r"marronnier settle \S+ --was-sent URL` or `--was-not-sent": _settle_as_it_is,
        r"marronnier settle \S+ --send-now`": lambda self: self._settle("--send-now"),
        r"or `--never`": lambda self: self._settle("--never"),
        r"marronnier approve --policy`": _approve_policy,
        r"marronnier approve \S+`": _approve,
        r"change the post and have it approved": _change,
        r"give it another date": _another_date,
        r"restore the text": _restore,
        r"it goes out 20": _wait,
        r"next `marronnier publish`": _publish,
        r"end the pause in brand/channels.yml|remove calendar/freeze.yml": settings,
        r"correct `requires`": lambda self: self.write(requires=""),
    }
    """What people do at each thing they are told."""
