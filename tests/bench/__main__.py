"""`make bench`: ratios within one run, on 10,000 generated posts. Nothing here is asserted; the summary goes into the handbook.

F = reading the files, composing the YAML with the C loader, one Markdown parse and one `\\X` pass a post.
P = `python -c pass`.
"""

from __future__ import annotations

import argparse
import os
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

from corpus import make  # noqa: E402

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


def seconds(command: list[str], cores: int | None = None, cwd: Path | None = None) -> float:
    """Wall seconds of a command, on that many cores."""
    pinned = ["taskset", "-c", ",".join(map(str, range(cores)))] if cores and shutil.which("taskset") else []
    start = time.perf_counter()
    done = subprocess.run([*pinned, *command], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    spent = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return spent


def median(times: int, measure: Callable[[], float]) -> float:
    """The median of several measurements."""
    return statistics.median(measure() for _ in range(times))


def forget(brand: Path) -> None:
    """Take the cache away."""
    shutil.rmtree(brand / ".marronnier", ignore_errors=True)


def check_ratios(brand: Path) -> None:
    """`check` cold, warm and of one file, against F and P."""
    python = sys.executable
    check = [python, "-m", "marronnier", "check"]
    post = sorted((brand / "content/posts").rglob("*.md"))[5000 if len(list((brand / "content/posts").rglob("*.md"))) > 5000 else 0]

    def cold(cores: int) -> float:
        forget(brand)
        return seconds(check, cores, brand)

    def warm() -> float:
        post.write_text(post.read_text(encoding="utf-8") + "\nEncore un mot.\n", encoding="utf-8")
        return seconds(check, 1, brand)

    floor = median(2, lambda: seconds([python, "-c", FLOOR, str(brand)], 1))
    nothing = median(11, lambda: seconds([python, "-c", "pass"], 1))
    say("F, the floor", f"{floor:.2f} s")
    say("P, python -c pass", f"{nothing * 1000:.0f} ms")
    say("check, cold, one core", f"{median(2, lambda: cold(1)) / floor:.2f} F   (at most 1.5)")
    say("check, cold, two cores", f"{median(2, lambda: cold(2)) / floor:.2f} F   (at most 0.9)")
    seconds(check, 1, brand)
    say("check, warm, one post changed", f"{median(3, warm) / floor:.2f} F   (at most 0.3)")
    one = [*check, str(post.relative_to(brand))]
    say("check FILE", f"{median(7, lambda: seconds(one, 1, brand)) / nothing:.1f} P   (at most 15)")


def ledger_ratio(folder: Path) -> None:
    """100 receipts committed and pushed to a bare remote, against one bare `git push`."""
    from marronnier import ledger
    from marronnier.git import Repo
    from marronnier.ledger import Draft
    from marronnier.model.brand import Brand

    def git(*arguments: str, cwd: Path) -> None:
        subprocess.run(["git", "-c", "user.name=b", "-c", "user.email=b@example.org", *arguments], cwd=cwd, check=True, capture_output=True)

    work, bare = folder / "work", folder / "bare.git"
    work.mkdir()
    git("init", "-q", "-b", "main", cwd=work)
    (work / "brand").mkdir()
    (work / "brand/brand.yml").write_text("name: Mesure\n", encoding="utf-8")
    git("add", "-A", cwd=work)
    git("commit", "-qm", "Found", cwd=work)
    git("clone", "-q", "--bare", str(work), str(bare), cwd=folder)
    git("remote", "add", "origin", str(bare), cwd=work)
    git("push", "-q", "origin", "main", cwd=work)
    repo, now = Repo(work), datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    first = ledger.init(repo, work, Brand(name="Mesure"), now, unsigned=True)
    brand = Brand.model_validate({"name": "Mesure", "ledger": {"first": first, "unsigned": True}})
    book = ledger.open(repo, brand)

    def receipts(turn: int) -> float:
        nonlocal book
        drafts = [
            Draft(
                f"post-{turn}-{number}@journal", "sent", {"part": 0, "parts": 1, "id": str(number), "url": f"/posts/post-{turn}-{number}/"}
            )
            for number in range(100)
        ]
        start = time.perf_counter()
        book = book.append(lambda _newest: drafts, now)
        return time.perf_counter() - start

    def push(turn: int) -> float:
        (work / "note").write_text(str(turn), encoding="utf-8")
        git("add", "note", cwd=work)
        git("commit", "-qm", str(turn), cwd=work)
        start = time.perf_counter()
        git("push", "-q", "origin", "main", cwd=work)
        return time.perf_counter() - start

    pairs = [(receipts(turn), push(turn)) for turn in range(7)]
    appended, pushed = (statistics.median(column) for column in zip(*pairs, strict=True))
    say("100 receipts, committed and pushed", f"{appended / pushed:.2f} × one bare git push ({pushed * 1000:.0f} ms)   (at most 3)")


def say(name: str, figure: str) -> None:
    """One line of the summary."""
    print(f"{name:<38} {figure}", flush=True)


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    count = parser.parse_args().posts
    os.environ["PYTHONPATH"] = str(HERE.parents[1] / "scripts")
    os.environ["MARRONNIER_LANG"] = "en"
    with tempfile.TemporaryDirectory(prefix="marronnier-bench-") as name:
        folder = Path(name)
        print(f"{count} posts, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
        make(count, folder / "brand")
        ledger_ratio(folder)
        check_ratios(folder / "brand")


if __name__ == "__main__":
    main()
