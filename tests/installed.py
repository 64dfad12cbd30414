"""Distributions as pip leaves them: a package, and beside it the folder with its name, its version and its entry points."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
FAKES = (
    *("fakes.square", "fakes.keyed_square", "fakes.blind_square", "fakes.asked_square", "fakes.late_square"),
    *("fakes.narrow_square", "fakes.toll_square", "fakes.plaza"),
)


def install(site: Path, name: str, networks: tuple[str, ...], files: Mapping[str, str] | None = None) -> Path:
    """Put a distribution into a folder of Python's search path; the networks are the dotted paths that it names as such."""
    # With a dash, the folder would be that of another distribution, named by the part before it.
    about = site / f"{name.replace('-', '_')}-1.0.dist-info"
    entry_points = "".join(f"{network.rpartition('.')[2]} = {network}\n" for network in networks)
    for path, text in {
        about / "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        about / "entry_points.txt": f"[marronnier.networks]\n{entry_points}",
        **{site / path: text for path, text in (files or {}).items()},
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return site


@cache
def _home() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="marronnier-installed-")


@cache
def site_of_fakes() -> Path:
    """A folder outside every repository in which the fake networks are installed: no network is run from a repository's own folder."""
    site = install(Path(_home().name), "marronnier-fakes", FAKES)
    (site / "fakes").symlink_to(TESTS / "fakes", target_is_directory=True)
    return site
