"""Follows what a site is built from, files and branches, and builds it anew when something changes."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from marronnier.git import Repo

Snapshot = dict[str, object]

INTERVAL = 1.0
"""Seconds between two looks at the files and branches."""
_AT_LEAST_EVERY = 300.0
"""Seconds after which the site is built although nothing changed here: the hour is another one, and origin's ledger may be."""
_SHARE_OF_TIME = 20
"""A build that nothing here asked for takes at most one part in so many of the machine's time."""
_WRITTEN = ("content", "brand", "calendar", "mkdocs.yml")


def take_snapshot(root: Path) -> Snapshot:
    """What a build reads, by name: times and sizes of the files that people write, and the commit of each branch."""
    snapshot: Snapshot = {}
    for name in _WRITTEN:
        top = root / name
        for path in (top, *top.rglob("*")) if top.is_dir() else (top,):
            with contextlib.suppress(OSError):
                stat = path.stat()
                if not path.is_dir():
                    snapshot[str(path)] = (stat.st_mtime_ns, stat.st_size)
    repo = Repo(root)
    # Not all of refs/marronnier: a build writes passing references there.
    branches = repo.try_text("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/", "refs/remotes/", "refs/marronnier/seen")
    snapshot["branches"], snapshot["HEAD"] = branches, repo.try_text("symbolic-ref", "HEAD")
    return snapshot


@contextmanager
def following(root: Path, before: Snapshot, rebuild: Callable[[], None]) -> Iterator[None]:
    """Inside the `with`, `rebuild` is called in a thread of its own whenever something differs from `before`, and now and then."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(root, before, rebuild, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        # A build that is cut short would leave pages that the next one does not know.
        thread.join()


def _follow(root: Path, before: Snapshot, rebuild: Callable[[], None], stop: threading.Event) -> None:
    due = time.monotonic() + _AT_LEAST_EVERY
    while not stop.wait(INTERVAL):
        now = take_snapshot(root)
        if now == before and time.monotonic() < due:
            continue
        before, started = now, time.monotonic()
        rebuild()
        took = time.monotonic() - started
        due = time.monotonic() + max(_AT_LEAST_EVERY, _SHARE_OF_TIME * took)
