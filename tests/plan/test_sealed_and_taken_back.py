"""A sealed post whose approval is taken back: whoever looks is told as the run would judge it now."""

from __future__ import annotations

import pytest

from reviewing import KEY, PATH, POST, Hub

SOON = POST.replace("2026-12-05 10:00", "2026-11-21 09:30")


def sealed(hub: Hub, text: str = SOON) -> None:
    """The post, reviewed by Karim, merged and sealed; then his review is dismissed."""
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: text})
    review = hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.town.git(hub.folder, "pull", "-q", "--ff-only", "origin", "main")
    hub.surroundings["GITHUB_TOKEN"] = hub.ines.token
    assert f"• {KEY}  ready" in hub.marronnier("publish", who="publisher")
    hub.claire.dismiss(pull, review)


@pytest.mark.parametrize("door", ["status", "plan", "who"])
def test_a04_a_review_dismissed_after_the_seal_is_told_before_the_hour(hub: Hub, door: str) -> None:
    sealed(hub)
    said = hub.marronnier(door, *([] if door == "plan" else ["portes"]))
    assert "the approval of #1 was dismissed" in said, said
    assert "approved by Karim" not in said


def test_what_is_due_later_is_not_asked_about(hub: Hub) -> None:
    sealed(hub, POST)
    hub.situation(proposals=True)
    asked = len(hub.asked())
    hub.situation(fetch=False, proposals=True)
    assert not [path for path in hub.asked()[asked:] if "/reviews" in path or "/commits/" in path]


def test_it_stands_as_it_was_sealed_while_reviews_cannot_be_read(hub: Hub) -> None:
    sealed(hub)
    hub.surroundings["GITHUB_TOKEN"] = ""
    assert "approved by Karim" in hub.marronnier("status", "portes")


def test_a_run_asks_about_it_only_at_its_hour(hub: Hub) -> None:
    sealed(hub)
    asked = len(hub.asked())
    hub.marronnier("publish", who="publisher")
    assert not [path for path in hub.asked()[asked:] if "/reviews" in path]
