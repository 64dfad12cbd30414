"""Every hostile file is refused, told or harmless, within a second of work and 256 MiB, with a sentence and never a traceback.

Each is judged in a process of its own by the package's doors; some go through the command line, and all do in `make proof`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hostile import files
from hostile.commanding import commanded
from hostile.files import POST, Hostile

ROWS = tuple(f"c{number:02d}" for number in range(1, 19))
SECONDS = 1.0
"""Of work, not by the clock: another program must not make a file guilty."""
KIB = 256 * 1024
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys, and no reader sees."""
PROOF = bool(os.environ.get("MARRONNIER_PROOF"))


def judged(row: str) -> dict[str, dict[str, Any]]:
    here = Path(__file__).parents[1]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(here), str(here.parent / "scripts"))), "MARRONNIER_LANG": "en"}
    done = subprocess.run([sys.executable, "-m", "hostile.judging", row], env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return {one["id"]: one for one in map(json.loads, done.stdout.splitlines())}


def faults(hostile: Hostile, told: dict[str, Any]) -> list[str]:
    """What is not as it should be."""
    errors = {one["rule"] for one in told["found"] if one["level"] == "error"}
    every = {one["rule"] for one in told["found"]}
    as_meant = {"refused": errors & hostile.rules, "told": every & hostile.rules, "passes": not errors}[hostile.outcome]
    found = [] if as_meant else [f"{hostile.outcome} by {sorted(hostile.rules)} was meant, {sorted(every)} came of it"]
    found += [told["error"]] if told["error"] else []
    found += [f"{told['seconds']:.2f} s of work"] if told["seconds"] >= SECONDS else []
    found += [f"{told['kib'] // 1024} MiB"] if told["kib"] >= KIB else []
    for one in told["found"]:
        whole = all(part.strip() for part in one["said"]) and not HIDDEN.search(one["line"]) and "Traceback" not in one["line"]
        found += [] if whole else [f"no whole sentence: {one['line'][:200]!r}"]
    return [f"{hostile.id}: {fault}" for fault in found]


@pytest.mark.parametrize("row", ROWS)
def test_hostile_files(row: str) -> None:
    made, told = files.every((row,)), judged(row)
    assert len(told) == len(made) > 0
    assert [fault for hostile in made for fault in faults(hostile, told[hostile.id])] == []


def test_there_are_more_than_three_hundred_and_each_says_what_must_come_of_it() -> None:
    made = files.every()
    assert len({hostile.id for hostile in made}) == len(made) > 300
    assert {hostile.row for hostile in made} == set(ROWS)
    assert all(hostile.rules or hostile.why for hostile in made)
    assert sum(hostile.outcome == "passes" for hostile in made) < len(made) / 8


SAMPLE = files.every() if PROOF else tuple(next(iter(row())) for row in files.rows().values())


@pytest.mark.parametrize("hostile", SAMPLE, ids=[hostile.id for hostile in SAMPLE])
def test_through_the_command_line(hostile: Hostile, tmp_path: Path) -> None:
    told = commanded(hostile, tmp_path)
    assert faults(hostile, told) == []
    assert told["status"] == (1 if any(one["level"] == "error" for one in told["found"]) else 0)
    if hostile.outcome == "refused" and POST in hostile.files:
        assert told["status"] == 1
