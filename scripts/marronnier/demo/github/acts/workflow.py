"""Actions, as far as they leave traces here: workflows found, dispatches taken, runs and artifacts recorded. Nothing is carried out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from marronnier.demo.github.accounts import FakeToken
from marronnier.demo.github.acts.events import record_event
from marronnier.demo.github.records import FakeArtifact, FakeRepository, FakeRun
from marronnier.demo.github.shapes.actions import workflow, workflow_id, workflow_run
from marronnier.demo.github.shapes.view import FakeView
from marronnier.demo.github.state import FakeRefusal, FakeState, not_found
from marronnier.files.yaml12 import parse_yaml

FOLDER = ".github/workflows"
MOST_INPUTS = 25
LONGEST_PAYLOAD = 65535


def workflows(repository: FakeRepository) -> dict[str, str]:
    """Path and name of each workflow of the default branch."""
    tip = repository.git.branch(repository.default_branch)
    rows = repository.git.tree(tip, FOLDER) if tip else []
    paths = [path for kind, _mode, _sha, path in rows if kind == "blob" and path.endswith((".yml", ".yaml"))]
    found = {}
    for path in paths:
        name = re.search(r"^name:\s*[\"']?(.+?)[\"']?\s*$", _text(repository, tip or "", path), re.MULTILINE)
        found[path] = name[1] if name else path
    return found


def find_workflow(repository: FakeRepository, name: str) -> str:
    """The path of a workflow that is named by its number or its file. Raises FakeRefusal."""
    for path in workflows(repository):
        if name in (str(workflow_id(path)), path.rpartition("/")[2], path):
            return path
    raise not_found()


def _text(repository: FakeRepository, commit: str, path: str) -> str:
    return (repository.git.blob(commit, path) or b"").decode("utf-8", "replace")


def dispatch_workflow(state: FakeState, repository: FakeRepository, by: FakeToken, path: str, ref: str, inputs: Mapping[str, Any]) -> FakeRun:  # fmt: skip
    """`workflow_dispatch`: starts a run even when a job asks for it. Raises FakeRefusal as GitHub does."""
    name = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
    kind = "tags" if ref.startswith("refs/tags/") or repository.git.branch(name) is None else "heads"
    sha = repository.git.ref(f"refs/{kind}/{name}^{{commit}}")
    if sha is None:
        raise FakeRefusal(422, f"No ref found for: {ref}")
    if path in repository.disabled_workflows:
        raise FakeRefusal(403, "Workflow is disabled")
    if repository.git.blob(sha, path) is None:
        raise FakeRefusal(422, "Workflow not found at ref")
    triggers = _triggers(_text(repository, sha, path))
    if "workflow_dispatch" not in triggers:
        raise FakeRefusal(422, "Workflow does not have 'workflow_dispatch' trigger")
    declared = (triggers["workflow_dispatch"] or {}).get("inputs") or {}
    if unexpected := [key for key in inputs if key not in declared]:
        raise FakeRefusal(422, f"Unexpected inputs provided: {unexpected}".replace("'", '"'))
    for key, told in declared.items():
        if told and str(told.get("required", "")).casefold() == "true" and "default" not in told and key not in inputs:
            raise FakeRefusal(422, f"Required input '{key}' not provided")
    if len(inputs) > MOST_INPUTS:
        raise FakeRefusal(422, f"you may only define up to {MOST_INPUTS} `inputs` for a `workflow_dispatch` event")
    values = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in inputs.items()}
    subject = {"inputs": values or None, "ref": f"refs/{kind}/{name}", "workflow": path}
    record_event(state, repository, "workflow_dispatch", by, subject, f"refs/{kind}/{name}", sha)
    repository.dispatches.append(repository.events[-1])
    return record_run(state, repository, by, path, "workflow_dispatch", name, sha, inputs=values)


def _triggers(text: str) -> dict[str, Any]:
    value = parse_yaml(text).data
    on = value.get("on") if isinstance(value, dict) else None
    if isinstance(on, dict):
        return on
    return dict.fromkeys([on] if isinstance(on, str) else on or ())


def dispatch_repository(state: FakeState, repository: FakeRepository, by: FakeToken, kind: str, payload: Mapping[str, Any]) -> None:
    """`repository_dispatch`, with a payload for workflows of the default branch. Raises FakeRefusal."""
    import json

    if len(payload) > 10:
        raise FakeRefusal(422, f"Invalid request.\n\nNo more than 10 properties are allowed; {len(payload)} were supplied.")  # fmt: skip
    if len(json.dumps(payload)) > LONGEST_PAYLOAD:
        raise FakeRefusal(422, "client_payload is too large.")
    subject = {"action": kind, "branch": repository.default_branch, "client_payload": dict(payload)}
    record_event(state, repository, "repository_dispatch", by, subject)
    repository.dispatches.append(repository.events[-1])


def record_run(
    state: FakeState, repository: FakeRepository, by: FakeToken, path: str, event: str, branch: str | None, sha: str, *,
    head: FakeRepository | None = None, inputs: Mapping[str, str] | None = None, status: str = "queued", conclusion: str | None = None,
) -> FakeRun:  # fmt: skip
    """Record a run of a workflow; `head` is the repository of its commit where that is a fork."""
    now = state.now()
    number = 1 + sum(run.workflow == path for run in repository.runs)
    run = FakeRun(
        state.new_id("run"), number, path, event, branch, sha, head or repository, by.account, now, now, status, conclusion, inputs or {}
    )
    repository.runs.append(run)
    return run


def finish_run(state: FakeState, repository: FakeRepository, run: FakeRun, conclusion: str) -> None:
    """End a run: workflows may listen to that (`workflow_run`)."""
    run.status, run.conclusion, run.updated_at = "completed", conclusion, state.now()
    view = FakeView(state, state.address)
    names = workflows(repository)
    subject = {
        "action": "completed",
        "workflow_run": workflow_run(view, repository, run),
        "workflow": workflow(view, repository, run.workflow, names.get(run.workflow, run.workflow)),
    }
    by = next((token for token in state.tokens.values() if token.account is run.actor), FakeToken("", run.actor))
    # It starts workflows whoever started the run.
    record_event(state, repository, "workflow_run", FakeToken(by.value, by.account), subject)


def add_artifact(state: FakeState, run: FakeRun, name: str, files: Mapping[str, bytes]) -> FakeArtifact:
    """Keep files of a run, as one zip. They may hold anything: whoever ran the workflow chose them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    artifact = FakeArtifact(state.new_id("artifact"), name, buffer.getvalue(), run, state.now())
    run.artifacts.append(artifact)
    return artifact
