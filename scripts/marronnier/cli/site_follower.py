"""Follows what a site is built from, files and branches, and builds it anew when something changes."""

from __future__ import annotations

import contextlib
import os
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
"""Looking takes at most one part in so many of the machine's time, and so does building what nothing here asked for."""
_FOLDERS, _FILES = ("content", "brand", "calendar"), ("mkdocs.yml",)
"""What people write and a site is built from."""


def take_snapshot(root: Path) -> Snapshot:
    """What a build reads, by name: times and sizes of the files that people write, and the commit of each branch."""
    snapshot: Snapshot = {}
    for folder in _FOLDERS:
        _add_files(str(root / folder), snapshot)
    for file in _FILES:
        with contextlib.suppress(OSError):
            stat = (root / file).stat()
            snapshot[file] = (stat.st_mtime_ns, stat.st_size)
    repo = Repo(root)
    # Not all of refs/marronnier: a build writes passing references there.
    branches = repo.try_text("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/", "refs/remotes/", "refs/marronnier/seen")
    snapshot["branches"], snapshot["HEAD"] = branches, repo.try_text("symbolic-ref", "HEAD")
    return snapshot


def _add_files(folder: str, snapshot: Snapshot) -> None:
    """Add the files below a folder. A brand of ten years has ten thousand, and is looked at every second."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _add_files(entry.path, snapshot)
            else:
                with contextlib.suppress(OSError):
                    stat = entry.stat(follow_symlinks=False)
                    snapshot[entry.path] = (stat.st_mtime_ns, stat.st_size)


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
    pause = INTERVAL
    while not stop.wait(pause):
        started = time.monotonic()
        now = take_snapshot(root)
        pause = max(INTERVAL, _SHARE_OF_TIME * (time.monotonic() - started))
        if now == before and time.monotonic() < due:
            continue
        before, started = now, time.monotonic()
        rebuild()
        took = time.monotonic() - started
        due = time.monotonic() + max(_AT_LEAST_EVERY, _SHARE_OF_TIME * took)
