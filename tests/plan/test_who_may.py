"""Plan, status, who and the report name the same people: those who may still approve."""

from __future__ import annotations

import pytest

from marronnier import plan
from reviewing import KEY, OTHER, OTHER_PATH, PATH, POST, Hub
from teamwork import Team


def why(team: Team, key: str = KEY) -> str:
    return {line.key: line.why for line in plan.make(team.situation()).lines}[key]


def test_the_author_is_not_named_among_those_who_may_approve(team: Team) -> None:
    team.commit({PATH: POST})
    assert why(team) == "not approved; Karim or Claire must approve it"


def test_nor_is_somebody_who_changed_it_after_its_approval(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    team.approve("claire", "portes")
    team.merge("portes")
    team.commit({PATH: POST.replace("dimanche", "lundi")}, who="karim")
    # Inès wrote what was approved, and nothing since.
    assert why(team) == "its text changed after its approval; Inès or Claire must approve it again"


@pytest.mark.parametrize("door", ["plan", "status", "who", "report"])
def test_every_door_names_the_same_people_of_a_pull_request(hub: Hub, door: str) -> None:
    hub.ines.open_pull_request(hub.team, "bois", {OTHER_PATH: OTHER})
    arguments = {"status": ("status", "bois"), "who": ("who", "bois"), "report": ("report", "--pull-request", "1"), "plan": ("plan",)}[door]
    said = hub.marronnier(*arguments, who="karim")
    assert ("Karim ou Claire" if door == "report" else "Karim or Claire") in said and "Inès, Karim" not in said
