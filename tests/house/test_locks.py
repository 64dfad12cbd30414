"""The two lock files: complete, hashed, valid for every supported Python, and without an index or a path."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PYTHONS = ("3.11.0", "3.11.9", "3.12.0", "3.13.0", "3.14.0")


def read_lock(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def pins(lock: str) -> list[tuple[Requirement, int]]:
    """Each pin and how many hashes it carries."""
    pins_found = []
    for block in re.split(r"\n(?=[a-z])", read_lock(lock).replace("\\\n", " ")):
        text, *hashes = block.split("--hash=sha256:")
        pins_found.append((Requirement(text.strip()), len(hashes)))
    return pins_found


def installed_versions(lock: str, python: str) -> dict[str, list[str]]:
    """The versions that pip would install under that Python on Linux, by package."""
    surroundings = {**default_environment(), "python_full_version": python, "python_version": python.rpartition(".")[0]}
    names: dict[str, list[str]] = {}
    for pin, _ in pins(lock):
        if pin.marker is None or pin.marker.evaluate({key: str(value) for key, value in surroundings.items()}):
            names.setdefault(canonicalize_name(pin.name), []).append(str(pin.specifier))
    return names


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_path(lock: str) -> None:
    text = read_lock(lock)
    assert "://" not in text
    assert not re.search(r"^\s*(-|--)(index|extra|find|trusted|i\b|f\b)", text, re.MULTILINE)
    assert " @ " not in text
    assert not re.search(r"(^|\s)/\w", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_is_exact_and_hashed(lock: str) -> None:
    loose = [str(pin) for pin, hashes in pins(lock) if not hashes or not str(pin.specifier).startswith("==") or "*" in str(pin.specifier)]
    assert not loose


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_serves_every_python_with_one_version_each(lock: str, python: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    wanted = project["project"]["dependencies"] + groups["build"] + (groups["dev"] if "dev" in lock else [])
    names = installed_versions(lock, python)
    assert not {name: versions for name, versions in names.items() if len(versions) != 1}
    for line in wanted:
        requirement = Requirement(line)
        version = names[canonicalize_name(requirement.name)][0].removeprefix("==")
        assert requirement.specifier.contains(version), f"run `make lock`: {line} is not {version}"


def test_tests_run_on_the_versions_that_people_get() -> None:
    everyday, testing = installed_versions(LOCKS[0], "3.12.0"), installed_versions(LOCKS[1], "3.12.0")
    assert everyday.items() <= testing.items()


def test_the_build_needs_nothing_from_elsewhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = installed_versions(LOCKS[0], "3.11.9")
    assert {canonicalize_name(Requirement(line).name) for line in project["build-system"]["requires"]} <= set(names)
