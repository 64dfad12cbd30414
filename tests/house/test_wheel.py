"""The installed package, outside the clone: a wheel holds all that the commands need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from house.command import run

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "scripts" / "marronnier"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that no trace is left in the tree."""
    copy = tmp_path_factory.mktemp("a clone") / "marronnier"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "scripts", copy / "scripts", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", ".*_cache"))
    out = tmp_path_factory.mktemp("wheels")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl"))


def package_files() -> set[str]:
    """Every file of the package in the clone, as a wheel names it."""
    return {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and not any(part == "__pycache__" or part.endswith("_cache") for part in path.parts)
    }


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python that has the wheel, and its dependencies from the environment around."""
    venv = tmp_path_factory.mktemp("elsewhere") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    python = str(venv / "bin" / "python")
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--isolated", "--python", python, "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True
    ).stdout.strip()
    # A path in a .pth file brings the dependencies, and not the editable install beside them.
    around = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    Path(site, "around.pth").write_text("\n".join([*around, ""]), encoding="utf-8")
    return python


def test_a_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    missing = {name for name in package_files() - names if (PACKAGE.parent / name).stat().st_mtime < wheel.stat().st_mtime}
    assert not missing, "add their ending to [tool.setuptools.package-data]"
    for ending in (".md", ".png", ".svg", ".yml", "/gitignore", "/py.typed", "/allowed_signers"):
        assert any(name.endswith(ending) for name in names), ending
    assert not any("/.marronnier/" in name or name.startswith(("tests", "content")) for name in names)


def test_every_catalogue_is_compiled() -> None:
    sources = sorted(PACKAGE.rglob("*.po"))
    assert not [path for path in sources if not path.with_suffix(".mo").exists()], "run `make translations`"


def test_the_package_is_the_wheels(installed: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [installed, "-c", "import marronnier; print(marronnier.__file__)"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert not done.stdout.startswith(str(ROOT))


@pytest.mark.parametrize("options", [(), ("--example",)], ids=["empty", "example"])
def test_an_installed_wheel_begins_a_brand_that_checks_clean(installed: str, tmp_path: Path, options: tuple[str, ...]) -> None:
    begun = run(tmp_path, "init", *options, python=installed)
    assert begun.returncode == 0, begun.stderr
    checked = run(tmp_path, "check", "--format", "json", python=installed)
    assert (checked.returncode, checked.stdout.strip()) == (0, "[]"), checked.stderr
    written = run(tmp_path, "new", "Hors du clone", python=installed)
    assert written.stdout.strip().endswith("/hors-du-clone.md"), written.stderr


def test_the_command_is_on_the_path(installed: str, tmp_path: Path) -> None:
    done = subprocess.run([Path(installed).parent / "marronnier", "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("marronnier, version ")


@pytest.mark.proof
def test_an_installed_wheel_runs_the_demo(installed: str, tmp_path: Path) -> None:
    lived = run(tmp_path, "demo", "essai", "--no-serve", python=installed)
    assert lived.returncode == 0, lived.stdout + lived.stderr
    folder = tmp_path / "essai"
    for page in ("index.html", "calendar/index.html", "feed.xml", "feed.json", "calendar.ics", "en/index.html"):
        assert (folder / "site" / page).is_file(), page
    planned = json.loads(run(folder, "plan", "--all", "--format", "json", python=installed).stdout)
    states = {line["state"] for line in planned["lines"]}
    assert {"sent", "ready", "in-review", "draft"} <= states
    assert not states & {"held", "missed", "refused", "edited"}, states
    # One post was handed to a person, who has not said yet where it stands.
    assert [line["key"] for line in planned["lines"] if line["state"] == "unknown"] == ["contes-en-arabe@familles"]
    assert run(folder, "ledger", "verify", python=installed).returncode == 0
    again = run(tmp_path, "demo", "essai", "--no-serve", python=installed)
    assert again.returncode == 0, again.stderr
    assert "used as it is" in again.stdout
