"""Actions: workflows, dispatches, runs and artifacts; and checks of commits. https://docs.github.com/en/rest/actions and /checks"""

from __future__ import annotations

from typing import Any

from marronnier.demo.github.acts import workflow as acts
from marronnier.demo.github.api.call import FakeAnswer, FakeCall, route
from marronnier.demo.github.api.repositories import REPO
from marronnier.demo.github.records import FakeArtifact, FakeCheckRun, FakeRun, FakeStatus
from marronnier.demo.github.shapes import actions as shapes
from marronnier.demo.github.shapes.repositories import minimal_repository
from marronnier.demo.github.state import FakeRefusal, not_found

ACTIONS = REPO + "/actions"
RUN = ACTIONS + "/runs/{run_id}"
MOST_ANNOTATIONS = 50
"""Annotations in one request (https://docs.github.com/en/rest/checks/runs)."""


@route("GET", ACTIONS + "/workflows", "actions")
def list_workflows(call: FakeCall) -> FakeAnswer:
    """The workflows of the default branch."""
    pairs = list(acts.workflows(call.repository).items())
    return call.page(pairs, lambda pair: shapes.workflow(call.view, call.repository, *pair), wrapped="workflows")


@route("GET", ACTIONS + "/workflows/{workflow_id}", "actions")
def get_workflow(call: FakeCall) -> FakeAnswer:
    """One workflow, by its number or its file."""
    path = acts.find_workflow(call.repository, call.parameters["workflow_id"])
    return FakeAnswer(200, shapes.workflow(call.view, call.repository, path, acts.workflows(call.repository)[path]))


@route("PUT", ACTIONS + "/workflows/{workflow_id}/enable", "actions")
def enable_workflow(call: FakeCall) -> FakeAnswer:
    """Let a workflow run."""
    call.repository.disabled_workflows.discard(acts.find_workflow(call.repository, call.parameters["workflow_id"]))
    return FakeAnswer(204)


@route("PUT", ACTIONS + "/workflows/{workflow_id}/disable", "actions")
def disable_workflow(call: FakeCall) -> FakeAnswer:
    """Keep a workflow from running."""
    call.repository.disabled_workflows.add(acts.find_workflow(call.repository, call.parameters["workflow_id"]))
    return FakeAnswer(204)


@route("POST", ACTIONS + "/workflows/{workflow_id}/dispatches", "actions")
def dispatch_workflow(call: FakeCall) -> FakeAnswer:
    """Start a workflow."""
    path = acts.find_workflow(call.repository, call.parameters["workflow_id"])
    inputs = call.given("inputs", dict, {}) or {}
    run = acts.dispatch_workflow(call.state, call.repository, call.by, path, call.required("ref", str), inputs)
    if not call.given("return_run_details", bool):
        return FakeAnswer(204)
    url = f"{call.view.repository_url(call.repository)}/actions/runs/{run.id}"
    page = f"{call.view.page_url(call.repository)}/actions/runs/{run.id}"
    return FakeAnswer(200, {"workflow_run_id": run.id, "run_url": url, "html_url": page})


@route("POST", REPO + "/dispatches", "contents")
def dispatch_repository(call: FakeCall) -> FakeAnswer:
    """Tell workflows that something happened elsewhere."""
    kind = call.required("event_type", str)
    acts.dispatch_repository(call.state, call.repository, call.by, kind, call.given("client_payload", dict, {}) or {})
    return FakeAnswer(204)


def _runs(call: FakeCall, runs: list[FakeRun]) -> FakeAnswer:
    query = call.query
    wanted = [
        run
        for run in reversed(runs)
        if query.get("head_sha", run.head_sha) == run.head_sha
        and query.get("event", run.event) == run.event
        and query.get("branch", run.head_branch) == run.head_branch
        and query.get("status", run.status) in (run.status, run.conclusion)
        and query.get("actor", run.actor.login) == run.actor.login
    ]
    return call.page(wanted, lambda run: shapes.workflow_run(call.view, call.repository, run), wrapped="workflow_runs")


@route("GET", ACTIONS + "/runs", "actions")
def list_runs(call: FakeCall) -> FakeAnswer:
    """The runs, the newest first."""
    return _runs(call, call.repository.runs)


@route("GET", ACTIONS + "/workflows/{workflow_id}/runs", "actions")
def runs_of_workflow(call: FakeCall) -> FakeAnswer:
    """The runs of one workflow."""
    path = acts.find_workflow(call.repository, call.parameters["workflow_id"])
    return _runs(call, [run for run in call.repository.runs if run.workflow == path])


def _run(call: FakeCall) -> FakeRun:
    id = call.number("run_id")
    for run in call.repository.runs:
        if run.id == id:
            return run
    raise not_found()


@route("GET", RUN, "actions")
def get_run(call: FakeCall) -> FakeAnswer:
    """One run."""
    return FakeAnswer(200, shapes.workflow_run(call.view, call.repository, _run(call)))


@route("POST", RUN + "/cancel", "actions")
def cancel_run(call: FakeCall) -> FakeAnswer:
    """End a run."""
    run = _run(call)
    if run.status == "completed":
        raise FakeRefusal(409, "Cannot cancel a workflow run that is completed.")
    acts.finish_run(call.state, call.repository, run, "cancelled")
    return FakeAnswer(202, {})


def _artifacts(call: FakeCall, artifacts: list[FakeArtifact]) -> FakeAnswer:
    wanted = [artifact for artifact in reversed(artifacts) if call.query.get("name", artifact.name) == artifact.name]
    return call.page(wanted, lambda one: shapes.artifact(call.view, call.repository, one), wrapped="artifacts")


@route("GET", RUN + "/artifacts", "actions")
def artifacts_of_run(call: FakeCall) -> FakeAnswer:
    """What a run left."""
    return _artifacts(call, _run(call).artifacts)


@route("GET", ACTIONS + "/artifacts", "actions")
def list_artifacts(call: FakeCall) -> FakeAnswer:
    """What all runs left."""
    return _artifacts(call, [artifact for run in call.repository.runs for artifact in run.artifacts])


def _artifact(call: FakeCall) -> FakeArtifact:
    id = call.number("artifact_id")
    for run in call.repository.runs:
        for artifact in run.artifacts:
            if artifact.id == id:
                return artifact
    raise not_found()


@route("GET", ACTIONS + "/artifacts/{artifact_id}", "actions")
def get_artifact(call: FakeCall) -> FakeAnswer:
    """One artifact."""
    return FakeAnswer(200, shapes.artifact(call.view, call.repository, _artifact(call)))


@route("GET", ACTIONS + "/artifacts/{artifact_id}/{archive_format}", "actions", public=False)
def download_artifact(call: FakeCall) -> FakeAnswer:
    """Where the zip is to be had, for a minute and without a token."""
    artifact = _artifact(call)
    if call.parameters["archive_format"] != "zip":
        raise not_found()
    if artifact.expired:
        raise FakeRefusal(410, "Artifact has expired")
    return FakeAnswer(302, None, {"Location": f"{call.base}/downloads/{call.repository.id}/{artifact.id}"})


@route("GET", "/downloads/{repository_id}/{artifact_id}")
def artifact_bytes(call: FakeCall) -> FakeAnswer:
    """The zip itself: not an address of the API."""
    call.found = call.state.repositories.get(call.number("repository_id"))
    if call.found is None:
        raise not_found()
    return FakeAnswer(200, _artifact(call).data, {"Content-Type": "application/zip"})


# Checks and statuses


def _require_commit(call: FakeCall, name: str) -> str:
    sha = call.repository.git.commit_id(name)
    if sha is None:
        raise FakeRefusal(422, f"No commit found for SHA: {name}")
    return sha


def _fill(call: FakeCall, check: FakeCheckRun) -> None:
    """Take in what a request says of a check. Annotations are added to those before."""
    output: dict[str, Any] = call.given("output", dict, {}) or {}
    check.title, check.summary = output.get("title", check.title), output.get("summary", check.summary)
    check.text = output.get("text", check.text)
    annotations = output.get("annotations", [])
    if len(annotations) > MOST_ANNOTATIONS:
        raise FakeRefusal(422, f"Invalid request.\n\nNo more than {MOST_ANNOTATIONS} items are allowed; {len(annotations)} were supplied.")
    check.annotations += annotations
    check.details_url = call.given("details_url", str, check.details_url)
    check.external_id = call.given("external_id", str, check.external_id) or ""
    check.status = call.given("status", str, check.status) or ""
    if (conclusion := call.given("conclusion", str)) is not None:
        check.conclusion, check.status, check.completed_at = conclusion, "completed", call.state.now()


@route("POST", REPO + "/check-runs", "checks")
def create_check(call: FakeCall) -> FakeAnswer:
    """Report a check. Only Apps can, jobs among them."""
    if not call.by.is_job:
        raise FakeRefusal(403, "You must authenticate via a GitHub App.")
    sha, name = _require_commit(call, call.required("head_sha", str)), call.required("name", str)
    check = FakeCheckRun(call.state.new_id("check"), name, sha, "queued", call.state.now(), call.by.account)
    _fill(call, check)
    call.repository.check_runs.append(check)
    shape = shapes.check_run(call.view, call.repository, check)
    return FakeAnswer(201, shape, {"Location": shape["url"]})


def _check(call: FakeCall) -> FakeCheckRun:
    id = call.number("check_run_id")
    for check in call.repository.check_runs:
        if check.id == id:
            return check
    raise not_found()


@route("GET", REPO + "/check-runs/{check_run_id}", "checks")
def get_check(call: FakeCall) -> FakeAnswer:
    """One check."""
    return FakeAnswer(200, shapes.check_run(call.view, call.repository, _check(call)))


@route("PATCH", REPO + "/check-runs/{check_run_id}", "checks")
def update_check(call: FakeCall) -> FakeAnswer:
    """Say how a check went on."""
    check = _check(call)
    if not call.by.is_job:
        raise FakeRefusal(403, "You must authenticate via a GitHub App.")
    check.name = call.given("name", str, check.name) or check.name
    _fill(call, check)
    return FakeAnswer(200, shapes.check_run(call.view, call.repository, check))


@route("GET", REPO + "/check-runs/{check_run_id}/annotations", "checks")
def list_annotations(call: FakeCall) -> FakeAnswer:
    """What a check remarks on lines."""
    check = _check(call)
    return call.page(check.annotations, lambda one: shapes.check_annotation(call.view, call.repository, check, one))


@route("GET", REPO + "/commits/{ref}/check-runs", "checks")
def checks_of_commit(call: FakeCall) -> FakeAnswer:
    """The checks of a commit; of several with one name the latest, unless all are asked for."""
    sha, query = _require_commit(call, call.parameters["ref"]), call.query
    found = [check for check in call.repository.check_runs if check.head_sha == sha and query.get("check_name", check.name) == check.name]
    if query.get("filter", "latest") == "latest":
        found = list({check.name: check for check in found}.values())
    return call.page(found, lambda check: shapes.check_run(call.view, call.repository, check), wrapped="check_runs")


@route("POST", REPO + "/statuses/{sha}", "statuses")
def create_status(call: FakeCall) -> FakeAnswer:
    """Set a status of a commit: whoever may write can, whatever was checked."""
    sha, told = _require_commit(call, call.parameters["sha"]), call.required("state", str)
    if told not in ("error", "failure", "pending", "success"):
        raise FakeRefusal(422, "Validation Failed", [{"resource": "Status", "code": "custom", "field": "state", "message": "state is not included in the list"}])  # fmt: skip
    status = FakeStatus(
        call.state.new_id("status"), sha, told, call.given("context", str, "default") or "default",
        call.given("description", str), call.given("target_url", str), call.by.account, call.state.now(),
    )  # fmt: skip
    call.repository.statuses.append(status)
    shape = shapes.status(call.view, call.repository, status)
    return FakeAnswer(201, shape, {"Location": shape["url"]})


@route("GET", REPO + "/commits/{ref}/statuses", "statuses")
def list_statuses(call: FakeCall) -> FakeAnswer:
    """The statuses of a commit, the newest first."""
    sha = _require_commit(call, call.parameters["ref"])
    found = [status for status in reversed(call.repository.statuses) if status.sha == sha]
    return call.page(found, lambda status: shapes.status(call.view, call.repository, status))


@route("GET", REPO + "/commits/{ref}/status", "statuses")
def combined_status(call: FakeCall) -> FakeAnswer:
    """What the latest statuses of a commit say together."""
    sha = _require_commit(call, call.parameters["ref"])
    latest = {status.context: status for status in call.repository.statuses if status.sha == sha}
    states = {status.state for status in latest.values()}
    state = "failure" if states & {"error", "failure"} else "pending" if "pending" in states or not states else "success"
    url = call.view.repository_url(call.repository)
    rows = [{key: value for key, value in shapes.status(call.view, call.repository, one).items() if key != "creator"} for one in latest.values()]  # fmt: skip
    shape = {
        "state": state,
        "statuses": rows,
        "sha": sha,
        "total_count": len(latest),
        "repository": minimal_repository(call.view, call.repository),
        "commit_url": f"{url}/commits/{sha}",
        "url": f"{url}/commits/{sha}/status",
    }
    return FakeAnswer(200, shape)
