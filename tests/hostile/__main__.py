"""The figures of the handbook: `PYTHONPATH=tests:scripts python -m hostile` has `marronnier check` judge every hostile file, one process each."""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from hostile import files
from hostile.commanding import commanded


def main(rows: list[str]) -> None:
    told: dict[str, list[tuple[files.Hostile, dict[str, Any]]]] = defaultdict(list)
    for hostile in files.every(rows):
        with tempfile.TemporaryDirectory() as folder:
            told[hostile.row].append((hostile, commanded(hostile, Path(folder))))
    print("| code | files | refused | reported | harmless | most time | most memory |\n|---|---|---|---|---|---|---|")
    for row, every in told.items():
        counts = [sum(hostile.outcome == outcome for hostile, _one in every) for outcome in ("refused", "told", "passes")]
        seconds, kib = max(one["seconds"] for _hostile, one in every), max(one["kib"] for _hostile, one in every)
        print(f"| {row.upper()} | {len(every)} | {' | '.join(map(str, counts))} | {seconds:.2f} s | {kib // 1024} MiB |")


if __name__ == "__main__":
    main(sys.argv[1:])
