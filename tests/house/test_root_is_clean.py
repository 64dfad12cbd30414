"""The example brand at the root checks clean at its own clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_root_checks_clean() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "marronnier", "-C", str(ROOT), "check", "--format", "json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr or done.stdout
    assert json.loads(done.stdout) == []


def test_people_are_told_the_date_of_the_demo() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "marronnier", "-C", str(ROOT), "check"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MARRONNIER_LANG": "fr"},
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Aucun problème trouvé. Démonstration, figée au 2 décembre 2026.\n"
