"""The table of what each network takes: the README shows what the facts say, and no network's name stands in the core.

python tests/house/test_networks_table.py      # writes the table into the README
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from marronnier import networks

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "scripts" / "marronnier"
README = ROOT / "README.md"
BETWEEN = re.compile(r"(?<=<!-- networks -->\n)(.*?)(?=<!-- /networks -->)", re.DOTALL)
OWN = ("networks/", "importers/", "demo/", "start/example/")
"""Where names of networks may stand: their own files, those who read other tools' files, and the examples."""

KNOWN = {"approval/policy_change.py": {"feed"}}
"""A feed without a host and secrets speaks on the brand's own site only, so that no approval of its place is needed."""


def printed() -> str:
    """What `marronnier networks` prints in English."""
    return subprocess.run([sys.executable, "-m", "marronnier", "networks"], capture_output=True, text=True, check=True).stdout


def test_the_readme_shows_the_table_that_the_facts_make() -> None:
    shown = BETWEEN.search(README.read_text(encoding="utf-8"))
    assert shown is not None and shown[1] == printed(), "run python tests/house/test_networks_table.py"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_network_is_named_outside_its_own_files(path: Path) -> None:
    if path.relative_to(PACKAGE).as_posix().startswith(OWN):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "marronnier.networks"
        for alias in node.names
    }
    compared = {
        one.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and "network" in ast.unparse(node)
        for one in ast.walk(node)
        if isinstance(one, ast.Constant)
    }
    assert not (imported | compared) & set(networks.names()) - KNOWN.get(path.relative_to(PACKAGE).as_posix(), set())


if __name__ == "__main__":
    README.write_text(BETWEEN.sub(lambda _: printed(), README.read_text(encoding="utf-8")), encoding="utf-8")
