"""What other people's checkers say of the workflows: zizmor for security, GitHub's schema and actionlint for form."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from marronnier import start
from servers import actionlint, cannot
from workflows.files import ROOT

IGNORED = {
    ("report.yml", "dangerous-triggers"),
    ("comment.yml", "dangerous-triggers"),
    *((f"{name}.yml", "self-repository") for name in ("check", "comment", "report", "publish", "site", "action")),
}
"""Where a finding is what the file is for, or its advice is not understood by the others; each line says why."""
TEAM = start.WorkflowChoices(
    branch="trunk+1",
    zone="America/Argentina/Buenos_Aires",
    lang="fr",
    tool="essai/marronnier@0123456789abcdef0123456789abcdef01234567",
    secrets={"toots": ("MASTODON_TOKEN",), "sky": ("BLUESKY_PASSWORD",)},
    environments={"newsdesk": ("sky",)},
    relay=True,
    private=True,
    public_media=True,
    owners=("@amal", "tom@example.org"),
)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """This root's files, and those of a team that installs the package; each in a repository of its own."""
    folder = tmp_path_factory.mktemp("linted")
    root, team = folder / "root", folder / "team"
    for name in (".github", "action.yml"):
        source = ROOT / name
        root.mkdir(exist_ok=True)
        shutil.copytree(source, root / name) if source.is_dir() else shutil.copy(source, root / name)
    team.mkdir()
    start.write_missing(team, start.workflow_files(TEAM))
    for place in (root, team):
        subprocess.run(["git", "init", "-q", str(place)], check=True)
    return {"root": root, "team": team}


def program(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.prefix) / "bin"))
    return found or cannot(f"{name} is one of requirements-dev.lock")


def linted(place: Path) -> list[Path]:
    actions = [place / ".github/actions/marronnier/action.yml", *([place / "action.yml"] if (place / "action.yml").exists() else [])]
    return [*sorted((place / ".github/workflows").glob("*.yml")), *actions]


@pytest.mark.parametrize("name", ["root", "team"])
def test_zizmor_finds_nothing_as_an_auditor(places: Mapping[str, Path], name: str) -> None:
    place = places[name]
    command = [program("zizmor"), "--offline", "--persona=auditor", "--format=json", "--no-exit-codes", "--no-config", str(place)]
    env = {key: value for key, value in os.environ.items() if key not in ("GH_TOKEN", "GITHUB_TOKEN")}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [(item["ident"], item["locations"][0]["symbolic"]["key"]) for item in found if not item["ignored"]] == []


def test_what_zizmor_is_told_to_ignore_is_one_line_and_has_its_reason() -> None:
    lines = {}
    for path in (ROOT / ".github").rglob("*.yml"):
        for rule, reason in re.findall(r"zizmor: ignore\[([\w-]+)\](.*)", path.read_text(encoding="utf-8")):
            lines[path.name, rule] = reason
    assert set(lines) == IGNORED
    assert all(len(reason.split()) > 5 for reason in lines.values())


@pytest.mark.parametrize("name", ["root", "team"])
def test_the_files_have_the_form_of_githubs_schema(places: Mapping[str, Path], name: str) -> None:
    for schema, files in (
        ("vendor.github-workflows", [path for path in linted(places[name]) if path.name != "action.yml"]),
        ("vendor.github-actions", [path for path in linted(places[name]) if path.name == "action.yml"]),
        ("vendor.dependabot", [places[name] / ".github/dependabot.yml"]),
    ):
        command = [program("check-jsonschema"), "--builtin-schema", schema, *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["root", "team"])
def test_actionlint_finds_nothing(places: Mapping[str, Path], name: str, tmp_path: Path) -> None:
    copy = tmp_path / name
    shutil.copytree(places[name], copy)
    # `timezone:` came with GitHub's release of March 2026, and this actionlint is older; GitHub's schema, above, knows it.
    for path in (copy / ".github/workflows/publish.yml", copy / ".github/workflows/site.yml"):
        text, count = re.subn(r"^      timezone: .*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert count == (name == "team")
        path.write_text(text, encoding="utf-8")
    assert actionlint.findings(copy) == []
