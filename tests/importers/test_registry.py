"""The folder `tools/` is the registry: an importer is a module there, and nothing else names it."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from marronnier import importers

PACKAGE = Path(__file__).parents[2] / "scripts" / "marronnier"
ADDED = '''"""Posts of a paper notebook."""

from marronnier.importers.bundle import Bundle

TOOL = "paper-notebook"


def read(source, desk, now, zone, *, fresh):
    return Bundle(TOOL, 1, ())
'''


@pytest.mark.parametrize("name", importers.names())
def test_each_tool_is_an_importer(name: str) -> None:
    """Its `read` has the protocol's parameters, and it has a summary of one line."""
    importer = importers.get(name)
    assert name == importer.TOOL
    wanted = list(inspect.signature(importers.Importer.read).parameters.values())[1:]
    assert [(one.name, one.kind) for one in inspect.signature(importer.read).parameters.values()] == [
        (one.name, one.kind) for one in wanted
    ]
    assert importers.summaries()[name].endswith(".")


def test_no_tool_of_that_name() -> None:
    with pytest.raises(KeyError):
        importers.get("buffer")


def test_an_importer_is_one_file(tmp_path: Path) -> None:
    """A module added to a copy of the package is listed by the command's help, and used by its name."""
    shutil.copytree(PACKAGE, tmp_path / "scripts" / "marronnier", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "scripts/marronnier/importers/tools/paper_notebook.py").write_text(ADDED, encoding="utf-8")

    def run(*arguments: str) -> str:
        env = {**os.environ, "PYTHONPATH": str(tmp_path / "scripts"), "MARRONNIER_LANG": "en", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            [sys.executable, "-m", "marronnier", *arguments], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert re.search(r"paper-notebook +Posts of a paper notebook\.", run("import", "--help"))
    run("init", "brand")
    (tmp_path / "notebook").mkdir()
    assert "1 paper-notebook file read." in run("-C", "brand", "import", "paper-notebook", str(tmp_path / "notebook"))
