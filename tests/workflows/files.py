"""The workflows and actions of this project, as text and as trees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = {path.stem: path for path in sorted((ROOT / ".github/workflows").glob("*.yml"))}
TEAM = ("check", "comment", "publish", "report", "site")
"""The workflows that a team gets; `tests` is the tool's own."""
ACTIONS = [ROOT / "action.yml", ROOT / ".github/actions/marronnier/action.yml"]
FILES = [*WORKFLOWS.values(), *ACTIONS]


class Job(NamedTuple):
    """A job, with the workflow it is in."""

    workflow: str
    name: str
    tree: Mapping[str, Any]

    @property
    def steps(self) -> list[Mapping[str, Any]]:
        return list(self.tree.get("steps", ()))


def tree(path: Path) -> Any:
    """The file as a tree; `on` is the key `on`, as in YAML 1.2."""
    return yaml.safe_load(re.sub(r"^on:", '"on":', path.read_text(encoding="utf-8"), flags=re.MULTILINE))


def triggers(workflow: str) -> Mapping[str, Any]:
    """The events that start a workflow."""
    return {name: value or {} for name, value in tree(WORKFLOWS[workflow])["on"].items()}


def jobs() -> Iterator[Job]:
    """Every job of every workflow."""
    for workflow, path in WORKFLOWS.items():
        for name, job in tree(path)["jobs"].items():
            yield Job(workflow, name, job)


def steps(path: Path) -> list[Mapping[str, Any]]:
    """Every step of a workflow or an action."""
    parsed = tree(path)
    if "runs" in parsed:
        return list(parsed["runs"]["steps"])
    return [step for job in parsed["jobs"].values() for step in job.get("steps", ())]


def texts(value: Any) -> Iterator[str]:
    """Every text in a tree."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def code(path: Path) -> str:
    """The file without its comments."""
    return re.sub(r"(^|\s)#.*$", r"\1", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
