"""`make bench`: ratios within one run, on 10,000 generated posts. Nothing here is asserted; the summary goes into the handbook.

F = reading the files, composing the YAML with the C loader, one Markdown parse and one `\\X` pass a post.
P = `python -c pass`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[1] / "scripts"))

import punctuality  # noqa: E402
from corpus import write_brand  # noqa: E402
from ten_years import TenYears  # noqa: E402

from marronnier import ledger  # noqa: E402
from marronnier.git import Repo  # noqa: E402
from marronnier.ledger import EventDraft  # noqa: E402
from marronnier.model.brand import Brand, LedgerIdentity  # noqa: E402

FLOOR = """
import sys, yaml, regex
from pathlib import Path
from markdown_it import MarkdownIt
markdown, grapheme = MarkdownIt("commonmark"), regex.compile(r"\\X")
for path in Path(sys.argv[1]).rglob("content/posts/**/*.md"):
    text = path.read_text(encoding="utf-8")
    _start, front, body = text.split("---\\n", 2)
    yaml.compose(front, Loader=yaml.CSafeLoader)
    markdown.parse(body)
    sum(1 for _ in grapheme.finditer(body))
"""


def seconds(command: list[str], cores: int = 1, cwd: Path | None = None, *, well: tuple[int, ...] = (0, 1)) -> float:
    """Seconds of a command on that many cores: of work on one, by the clock on more. Other programs then disturb the ratios least."""
    pinned = ["taskset", "-c", ",".join(map(str, range(cores)))] if shutil.which("taskset") else []
    start, worked = time.perf_counter(), child_cpu_seconds()
    done = subprocess.run([*pinned, *command], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    spent = child_cpu_seconds() - worked if cores == 1 else time.perf_counter() - start
    if done.returncode not in well:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return spent


def child_cpu_seconds() -> float:
    """Seconds that processors have worked for this process' children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def median(times: int, measure: Callable[[], float]) -> float:
    """The median of several measurements."""
    return statistics.median(measure() for _ in range(times))


def floor_of(brand: Path, cores: int = 1) -> float:
    """The seconds of the floor."""
    return median(2, lambda: seconds([sys.executable, "-c", FLOOR, str(brand)], cores, well=(0,)))


def clear_cache(brand: Path) -> None:
    """Take the cache away."""
    shutil.rmtree(brand / ".marronnier", ignore_errors=True)


class Measure:
    """F and P on this machine, and commands against them."""

    def __init__(self, brand: Path) -> None:
        self.brand = brand
        self.posts = sorted((brand / "content/posts").rglob("*.md"))
        self.post = self.posts[len(self.posts) // 2]
        self.python = sys.executable
        self.check = [self.python, "-m", "marronnier", "check"]
        self.floor = self.f(1)

    def f(self, cores: int) -> float:
        """The floor, which uses one core however many there are."""
        return floor_of(self.brand, cores)

    def cold(self, cores: int) -> float:
        """`check` without its cache."""
        clear_cache(self.brand)
        return seconds(self.check, cores, self.brand)

    def changed(self, *arguments: str) -> float:
        """`check` after one post was changed."""
        self.post.write_text(self.post.read_text(encoding="utf-8") + "\nEncore un mot.\n", encoding="utf-8")
        return seconds([*self.check, *arguments], 1, self.brand)

    def checks(self) -> tuple[float, float, float]:
        """`check` against F: cold on one core, cold on two by the clock, warm with one post changed."""
        print_line("F, the floor", f"{self.floor:.2f} s")
        one, two = median(2, lambda: self.cold(1)) / self.floor, median(2, lambda: self.cold(2)) / self.f(2)
        seconds(self.check, 1, self.brand)
        return one, two, median(3, self.changed) / self.floor

    def one(self) -> None:
        """`check FILE`, changed each time, against P measured in turn with it."""
        nothing, checked = [], []
        for _turn in range(11):
            nothing.append(seconds([self.python, "-c", "pass"]))
            checked.append(self.changed(str(self.post.relative_to(self.brand))))
        p = statistics.median(nothing)
        print_line("P, python -c pass", f"{p * 1000:.0f} ms")
        print_line("check FILE, changed each time", f"{statistics.median(checked) / p:.1f} P   (at most 15)")

    def plans(self) -> None:
        """`plan` and `publish --dry-run` on the same posts in git, with a ledger, where merging is approving."""
        brand = self.brand
        (brand / "brand/approvals.yml").write_text("quorum: 0\nunsigned: true\n", encoding="utf-8")
        (brand / ".gitignore").write_text(".marronnier/\n", encoding="utf-8")
        git("init", "-q", "-b", "main", cwd=brand)
        git("add", "-A", cwd=brand)
        git("commit", "-qm", "Found", cwd=brand)
        seconds([self.python, "-m", "marronnier", "ledger", "init"], 1, brand, well=(0,))
        git("commit", "-qam", "Begin the ledger", cwd=brand)
        for verb in (["plan"], ["publish", "--dry-run"]):
            spent = median(
                2, lambda verb=verb: seconds([self.python, "-m", "marronnier", "--now", "2025-06-01", *verb], 1, brand, well=(0,))
            )
            print_line(f"{' '.join(verb)}, a third still ahead", f"{spent / self.floor:.2f} F")


def git(*arguments: str, cwd: Path) -> None:
    """Run git as somebody."""
    subprocess.run(["git", "-c", "user.name=b", "-c", "user.email=b@example.org", *arguments], cwd=cwd, check=True, capture_output=True)


def seal(number: int) -> EventDraft:
    """A publication that is sealed."""
    payload = f"{number} {'mots ' * 60}".encode()
    digest = hashlib.sha256(payload).hexdigest()
    at = "2026-12-02T09:00:00+00:00"
    return EventDraft(f"post-{number}@journal", "sealed", {"words": digest, "when": digest, "instant": at, "payload": digest}, payload)


def ledger_ratio(folder: Path, before: int, *, signed: bool) -> None:
    """100 receipts committed and pushed to a bare remote, against one bare `git push` of a changed post from the same clone.

    `before`: how many posts there are, and publications in the ledger already; both sides are packed, as clones are.
    """
    work, bare = folder / "work", folder / "bare.git"
    write_brand(max(before, 1), work)
    git("init", "-q", "-b", "main", cwd=work)
    for name in ("gc.auto", "receive.autogc", "maintenance.auto"):
        git("config", name, "0", cwd=work)
    post = next((work / "content/posts").rglob("*.md"))
    os.environ.pop("MARRONNIER_SIGNING_KEY", None)
    if signed:
        key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "publisher", "-f", str(key)], check=True)
        public = key.with_suffix(".pub").read_text(encoding="utf-8")
        (work / "brand/allowed_signers").write_text(f'publisher namespaces="git" {public}', encoding="utf-8")
        os.environ["MARRONNIER_SIGNING_KEY"] = str(key)
    git("add", "-A", cwd=work)
    git("commit", "-qm", "Found", cwd=work)
    git("clone", "-q", "--bare", str(work), str(bare), cwd=folder)
    git("config", "receive.autogc", "0", cwd=bare)
    git("remote", "add", "origin", str(bare), cwd=work)
    git("push", "-q", "origin", "main", cwd=work)
    repo, now = Repo(work), datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    first = ledger.init(repo, work, Brand(name="Mesure"), now, unsigned=not signed)
    brand = Brand(name="Mesure", ledger=LedgerIdentity(first=first, unsigned=not signed))
    book = ledger.open(repo, brand).append(lambda _newest: [seal(number) for number in range(before)], now)
    for side in (work, bare):
        git("gc", "-q", cwd=side)

    def receipts(turn: int) -> float:
        nonlocal book
        drafts = [
            EventDraft(f"post-{number}@journal", "sent", {"part": 0, "parts": 1, "id": str(number), "url": f"/posts/post-{number}/"})
            for number in range(turn * 100, turn * 100 + 100)
        ]
        start = time.perf_counter()
        book = book.append(lambda _newest: drafts, now)
        return time.perf_counter() - start

    def push(turn: int) -> float:
        post.write_text(f"{post.read_text(encoding='utf-8')}\nEncore {turn}.\n", encoding="utf-8")
        git("commit", "-qam", str(turn), cwd=work)
        start = time.perf_counter()
        git("push", "-q", "origin", "main", cwd=work)
        return time.perf_counter() - start

    pairs = [(receipts(turn), push(turn)) for turn in range(15)]
    ratio, pushed = statistics.median(receipt / one for receipt, one in pairs), statistics.median(one for _receipt, one in pairs)
    kind = f"100 receipts, {'signed' if signed else 'unsigned'}, after {before}"
    print_line(kind, f"{ratio:.2f} × one bare git push ({pushed * 1000:.0f} ms)   (at most 3)")


def print_line(name: str, figure: str) -> None:
    """One line of the summary."""
    print(f"{name:<38} {figure}", flush=True)


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--only", choices=["young", "ten-years", "punctuality"], help="a part of it")
    chosen = parser.parse_args()
    if chosen.only == "punctuality":
        punctuality.print_table()
        return
    count = chosen.posts
    os.environ["PYTHONPATH"] = str(HERE.parents[1] / "scripts")
    os.environ["MARRONNIER_LANG"] = "en"
    with tempfile.TemporaryDirectory(prefix="marronnier-bench-") as name:
        folder = Path(name)
        print(f"{count} posts, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
        if chosen.only != "ten-years":
            young(folder, count)
        if chosen.only != "young":
            os.environ.pop("MARRONNIER_SIGNING_KEY", None)
            TenYears(folder, seconds, floor_of, print_line, count).measure()
        if chosen.only is None:
            punctuality.print_table()


def young(folder: Path, count: int) -> None:
    """The ratios of a brand without a past, and of the ledger alone."""
    for before in (0, count):
        for signed in (False, True):
            ledger_ratio(folder / f"ledger-{before}-{signed}", before, signed=signed)
    os.environ.pop("MARRONNIER_SIGNING_KEY", None)
    write_brand(count, folder / "brand")
    measure = Measure(folder / "brand")
    measure.one()
    one, two, warm = measure.checks()
    print_line("check, cold, one core", f"{one:.2f} F   (at most 1.5)")
    print_line("check, cold, two cores", f"{two:.2f} F   (at most 0.9; by the clock)")
    print_line("check, warm, one post changed", f"{warm:.2f} F   (at most 0.3)")
    measure.plans()
    write_brand(count, folder / "long", most=500)
    print_line("the worst: most posts over length", "")
    one, two, warm = Measure(folder / "long").checks()
    print_line("check, cold on one and two cores, warm", f"{one:.2f}, {two:.2f} and {warm:.2f} F")


if __name__ == "__main__":
    main()
