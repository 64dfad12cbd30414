"""The label that freezes and the start of a workflow, on the fake GitHub."""

from __future__ import annotations

import os

import pytest

from marronnier import forge
from marronnier.forge import ForgeTrouble
from marronnier.publish.freeze import FreezeReader
from reviewing import NAME, Hub

WORKFLOW = ".github/workflows/publish.yml"


def frozen(hub: Hub) -> str:
    """Why a run that is about to send something must not."""
    with hub.being():
        return FreezeReader(hub.repo, os.environ)()


def test_t14_a_label_on_an_open_issue_freezes_until_it_is_closed(hub: Hub) -> None:
    assert frozen(hub) == ""
    issue = hub.claire.open_issue(hub.team, "Accident devant le jardin", labels=["marronnier: freeze"])
    assert frozen(hub) == f"frozen by the label `marronnier: freeze` on issue #{issue.number}: close it when it is over"
    hub.claire.unlabel(issue, "marronnier: freeze")
    assert frozen(hub) == ""
    hub.claire.label(issue, "marronnier: freeze")
    assert f"#{issue.number}" in frozen(hub)
    issue.state = "closed"
    assert frozen(hub) == ""


def test_t14_a_label_on_a_pull_request_freezes_nothing_and_hides_no_issue(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {"a.md": "A\n"})
    hub.claire.label(pull, "marronnier: freeze")
    assert frozen(hub) == ""
    issue = hub.claire.open_issue(hub.team, "Stop", labels=["marronnier: freeze"])
    assert f"#{issue.number}" in frozen(hub)


@pytest.mark.parametrize("status", [403, 404, 500, 502])
def test_t14_a_forge_that_does_not_answer_counts_as_frozen(hub: Hub, status: int) -> None:
    hub.github.fail_next(status, path="/issues")
    assert "cannot be read" in frozen(hub)
    assert frozen(hub) == "", "the next question is asked anew"


def test_without_a_token_the_file_and_the_variable_freeze_alone(hub: Hub) -> None:
    hub.claire.open_issue(hub.team, "Stop", labels=["marronnier: freeze"])
    hub.surroundings["GITHUB_TOKEN"] = ""
    assert frozen(hub) == ""
    hub.surroundings["MARRONNIER_FREEZE"] = "crise"
    assert "crise" in frozen(hub)


# Starting the next run


@pytest.fixture
def job(hub: Hub) -> Hub:
    """A job of the workflow that publishes, which may start workflows."""
    hub.team.seed({WORKFLOW: "on:\n  workflow_dispatch:\n"})
    hub.surroundings["GITHUB_WORKFLOW_REF"] = f"{NAME}/{WORKFLOW}@refs/heads/main"
    hub.surroundings["GITHUB_TOKEN"] = hub.team.job({"contents": "write", "issues": "read", "actions": "write"})
    return hub


def dispatch(hub: Hub, workflow: str = "") -> None:
    with hub.being():
        forge.open(hub.repo).dispatch(workflow, {})


def test_the_workflow_of_this_job_is_started_once(job: Hub) -> None:
    dispatch(job)
    assert [event.name for event in job.team.dispatches] == ["workflow_dispatch"]
    assert [run.workflow for run in job.team.record.runs] == [WORKFLOW]


def test_a_lost_answer_is_told_and_the_workflow_is_not_started_twice(job: Hub) -> None:
    job.github.fail_next(502, path="/dispatches", after=True)
    with pytest.raises(ForgeTrouble) as trouble:
        dispatch(job)
    assert trouble.value.may_have_happened and len(job.team.dispatches) == 1


def test_a_token_that_may_not_start_workflows_is_told_which_permission_it_lacks(job: Hub) -> None:
    job.surroundings["GITHUB_TOKEN"] = job.team.job({"contents": "write"})
    with pytest.raises(ForgeTrouble) as trouble:
        dispatch(job)
    assert "permissions" in trouble.value.next and job.team.dispatches == []


def test_outside_a_job_nothing_is_started(hub: Hub) -> None:
    with pytest.raises(ForgeTrouble, match="GITHUB_WORKFLOW_REF"):
        dispatch(hub)
