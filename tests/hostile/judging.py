"""Judges hostile files, each in a process of its own, and measures it: `python -m hostile.judging ROW…` prints a line of JSON for each."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BRAND = Path(__file__).parents[1] / "checks" / "brand"
NOW = datetime(2026, 12, 2, 8, tzinfo=UTC)


def judge(root: Path) -> list[dict[str, Any]]:
    """What a check says of a brand, through the doors of the package."""
    from marronnier import checks, desk, timetable
    from marronnier.cli import output
    from marronnier.files import WorkTree
    from marronnier.proofs.situation import Situation

    loaded = desk.load(WorkTree(root))
    found = checks.run(Situation(desk=loaded, timetable=timetable.make(loaded, {}, NOW), now=NOW))
    return [
        {
            "level": one.level,
            "rule": one.rule,
            "path": one.place.path,
            "said": [one.message, one.expected, one.next],
            "line": output.escape_controls(str(one)),
        }
        for one in found
    ]


def apart(root: Path) -> dict[str, Any]:
    """The same in a copy of this process: what was found, or how it failed, with seconds of work and the most memory in KiB."""
    ours, theirs = os.pipe()
    copy = os.fork()
    if not copy:
        _alone(root, theirs)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read()
    _pid, status, used = os.wait4(copy, 0)
    answer = json.loads(said) if said else {"error": f"ended with status {status}", "found": []}
    return {**answer, "seconds": used.ru_utime + used.ru_stime, "kib": used.ru_maxrss}


def _alone(root: Path, answers: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    answer: dict[str, Any] = {"found": [], "error": ""}
    try:
        answer["found"] = judge(root)
    except BaseException:  # noqa: BLE001 - whatever comes out is what the test is about
        answer["error"] = traceback.format_exc()
    from marronnier.sandbox import worker_process

    # What the process that opens pictures used counts too, once it has ended.
    worker_process._stop_worker()
    with os.fdopen(answers, "wb") as pipe:
        pipe.write(json.dumps(answer).encode())
    os._exit(0)


def main(rows: list[str]) -> None:
    from hostile import files

    chosen = files.every(rows)
    with tempfile.TemporaryDirectory() as folder:
        roots = []
        for number, one in enumerate(chosen):
            root = Path(folder) / str(number)
            shutil.copytree(BRAND, root)
            (root / "content/posts/2026/12").mkdir(parents=True)
            one.lay(root)
            roots.append(root)
        # The first check loads what all need.
        warm = Path(folder) / "warm"
        shutil.copytree(BRAND, warm)
        (warm / "content/posts").mkdir(parents=True)
        (warm / "content/posts/a.md").write_bytes(files.post(words="Venez **tous** : https://example.org @x #a"))
        judge(warm)
        for one, root in zip(chosen, roots, strict=True):
            print(json.dumps({"id": one.id, **apart(root)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
