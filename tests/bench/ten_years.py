"""Ratios on a brand that has lived ten years, with its ledger."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from corpus import post, settings_files, write_pictures
from decade import AHEAD, BRANCHES, COMMITS, NOW, POSTS, Stream, copy_of, git, kept_decade

Seconds = Callable[..., float]
"""Measures a command: its seconds of work."""

FIRST_DUE = "2026-12-03T08:05:00+01:00"
SECOND_DUE = "2026-12-03T15:05:00+01:00"
SEALED_AT = "2026-12-02T09:00:00+01:00"
MINUTES_APART = 50


class TenYears:
    """The measures, each a line of the summary."""

    def __init__(
        self, folder: Path, seconds: Seconds, floor: Callable[[Path], float], line: Callable[[str, str], None], posts: int
    ) -> None:
        self.folder, self.seconds, self.line = folder, seconds, line
        self.posts = posts
        scale = posts / POSTS
        self.brand = copy_of(kept_decade(posts, max(int(COMMITS * scale), 1), max(int(BRANCHES * scale), 1)), folder / "decade")
        self.floor_of = floor
        self.floor = floor(self.brand)

    def command(self, now: str, *words: str, brand: Path | None = None, well: tuple[int, ...] = (0, 1, 3)) -> float:
        """Seconds of a command at an instant."""
        return self.seconds([sys.executable, "-m", "marronnier", "--now", now, *words], 1, brand or self.brand, well=well)

    def measure(self) -> None:
        """Print everything."""
        self.line("ten years: F", f"{self.floor:.2f} s")
        self.checks()
        self.looks()
        self.due()
        self.one_post_with_many_commits()
        self.sealing_and_sending()

    def checks(self) -> None:
        """`check FILE` against P, and `check` against F, each time with a post that was just changed."""
        path = sorted((self.brand / "content/posts").rglob("*.md"))[-AHEAD // 2]

        def changed(*words: str) -> float:
            path.write_text(path.read_text(encoding="utf-8") + "\nEncore un mot.\n", encoding="utf-8")
            return self.command(NOW, "check", *words)

        name = str(path.relative_to(self.brand))
        pairs = [(self.seconds([sys.executable, "-c", "pass"], 1), changed(name)) for _turn in range(11)]
        nothing, one = (statistics.median(times) for times in zip(*pairs, strict=True))
        self.line("ten years: check FILE", f"{one / nothing:.1f} P   (at most 15)")
        changed()
        warm = statistics.median(changed() for _turn in range(3))
        self.line("ten years: check, warm", f"{warm / self.floor:.2f} F   (at most 0.3)")
        git("checkout", "-q", "--", "content", cwd=self.brand)

    def looks(self) -> None:
        """`plan` and `status`, with the branches."""
        for verb in ("plan", "status"):
            first = self.command(NOW, verb)
            again = statistics.median(self.command(NOW, verb) for _turn in range(2))
            self.line(f"ten years: {verb}", f"{again / self.floor:.2f} F, the first time {first / self.floor:.2f} F   (at most 1)")

    def due(self) -> None:
        """Runs with one post due; the first one also seals what is still to come."""
        first, second = self.command(FIRST_DUE, "publish"), self.command(SECOND_DUE, "publish")
        self.line(
            "ten years: publish, one post due",
            f"{second / self.floor:.2f} F, with {AHEAD} to seal {first / self.floor:.2f} F   (at most 0.5)",
        )

    def one_post_with_many_commits(self) -> None:
        """`plan` after many commits on one post that is still to come."""
        brand, count = copy_of(self.brand, self.folder / "many-commits"), max(self.posts // 4, 1)
        path = sorted((brand / "content/posts").rglob("*.md"))[-2]
        name, text = str(path.relative_to(brand)), path.read_text(encoding="utf-8")
        stream, parent = Stream(), git("rev-parse", "HEAD", cwd=brand)
        for number in range(count):
            text += f"\nVersion {number}.\n" if number % 20 == 0 else ""
            words = text.replace("Version", f"Version {number},")
            stream.commit(
                "refs/heads/main", datetime(2026, 12, 2, tzinfo=UTC), f"{number}\n", {name: words.encode()}, "" if number else parent
            )
        stream.write(brand)
        git("reset", "-q", "--hard", cwd=brand)
        self.command(NOW, "plan", brand=brand)
        spent = self.command(NOW, "plan", brand=brand)
        self.line(f"ten years: plan, {count} commits on one post", f"{spent / self.floor:.2f} F")

    def sealing_and_sending(self) -> None:
        """Sealing and sending of as many publications at once, each with its own post, in a young ledger."""
        before: dict[str, float] = {}
        for count in (self.posts // 10, self.posts // 5, self.posts * 2 // 5, self.posts):
            brand = many_to_come(self.folder / f"to-come-{count}", count)
            spent, memory = self.run(brand, SEALED_AT)
            floor = self.floor_of(brand)
            growth = f", {spent / before['seal']:.2f} × half of it" if count < self.posts and "seal" in before else ""
            self.line(f"ten years: seal {count}", f"{spent / floor:.2f} F, {memory} MiB{growth}   (at most 3 F, 400 MiB, 2.2 ×)")
            before["seal"] = spent
            if count < self.posts:
                due = datetime.fromisoformat(SEALED_AT) + timedelta(days=2, minutes=MINUTES_APART * count)
                sent, memory = self.run(brand, due.isoformat(), "--release-brakes")
                growth = f", {sent / before['send']:.2f} × half of it" if "send" in before else ""
                self.line(f"ten years: send {count}", f"{sent / floor:.2f} F, {memory} MiB{growth}   (at most 2.2 ×)")
                before["send"] = sent
            shutil.rmtree(brand)

    def run(self, brand: Path, now: str, *words: str) -> tuple[float, int]:
        """Seconds and the most memory, in MiB, of a run of the publisher."""
        program = (
            "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]); used = resource.getrusage(resource.RUSAGE_CHILDREN); "
            "print(used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, file=sys.stderr); sys.exit(done.returncode)"
        )
        command = [sys.executable, "-c", program, sys.executable, "-m", "marronnier", "--now", now, "publish", *words]
        done = subprocess.run(command, cwd=brand, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, text=True)
        if done.returncode not in (0, 1, 3):
            sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-500:]}")
        spent, memory = done.stderr.splitlines()[-1].split()
        return float(spent), int(memory)


def many_to_come(folder: Path, count: int) -> Path:
    """A brand with so many posts to come, each for one channel, in one commit, and a ledger."""
    chance = Random(7)
    start = datetime(2026, 12, 3, 8, 0)
    files = {**settings_files(5000), "brand/approvals.yml": "quorum: 0\nunsigned: true\n", ".gitignore": ".marronnier/\n"}
    for number in range(count):
        path, text = post(chance, number, start + timedelta(minutes=MINUTES_APART * number), drafts=False)
        one_channel = re.sub(r"channels: \[(\w+)[^]]*\]", r"channels: [\1]", text)
        files[path] = one_channel.replace("lang:", "grace: 4000d\nlang:", 1)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    write_pictures(folder)
    git("init", "-q", "-b", "main", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-qm", "Found", cwd=folder)
    command = [sys.executable, "-m", "marronnier", "--now", SEALED_AT, "ledger", "init"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=os.environ)
    git("commit", "-qam", "Begin the ledger", cwd=folder)
    return folder
