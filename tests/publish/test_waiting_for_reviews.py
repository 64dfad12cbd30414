"""A due post whose reviews cannot be read: the run and its rehearsal name it, and say why."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from command_line import run_marronnier
from marronnier import publish as publisher
from reviewing import KEY, NOW, PATH, POST, TODAY, Hub

DUE = POST.replace("2026-12-05 10:00", "2026-11-20 08:30")


def publish(hub: Hub, *options: str) -> tuple[str, int]:
    env = {name: value for name, value in {**hub.town.surroundings("publisher", TODAY), **hub.surroundings}.items() if value}
    return run_marronnier(["--now", TODAY, "publish", *options], hub.folder, env)


@pytest.fixture
def hub(hub: Hub) -> Hub:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: DUE})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.town.git(hub.folder, "pull", "-q", "--ff-only", "origin", "main")
    return hub


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        ("rate limit", "cannot be read now: GitHub takes no more requests for now"),
        ("network down", "GitHub"),
        ("token refused", "GitHub does not know the token"),
        ("no token", "set GITHUB_TOKEN"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_due_post_whose_reviews_cannot_be_read_is_named_with_the_reason(
    hub: Hub, trouble: str, why: str, options: tuple[str, ...]
) -> None:
    if trouble == "rate limit":
        hub.github.leave_requests(0, hub.surroundings["GITHUB_TOKEN"])
    elif trouble == "network down":
        hub.surroundings["GITHUB_API_URL"] = "http://127.0.0.1:9/api/v3"
    elif trouble == "token refused":
        hub.github.fail_next(401, message="Bad credentials", times=9)
    else:
        hub.surroundings["GITHUB_TOKEN"] = ""
    said, status = publish(hub, *options)
    assert "! portes@journal" in said and "reviews" in said and why in said, said
    assert "→ set that right, or wait" in said
    assert status == 3


def test_who_stays_asks_again_soon(hub: Hub) -> None:
    hub.github.fail_next(502, path="/reviews", times=9)
    with hub.being():
        report = publisher.run(hub.repo, NOW, surroundings=os.environ)
    assert [(coming.key, coming.at) for coming in report.upcoming] == [(KEY, NOW + timedelta(minutes=5))]
    hub.github.forget_orders()
    said, status = publish(hub)
    assert "✓ portes@journal" in said and status == 0


def test_what_is_due_is_asked_about_before_what_has_time(hub: Hub) -> None:
    for number in range(6):
        path, text = PATH.replace("portes", f"a{number}"), POST.replace("id: portes", f"id: a{number}").replace("dimanche", f"le {number}")
        hub.ines.merge(hub.ines.open_pull_request(hub.team, f"a{number}", {path: text}), "squash")
    hub.town.git(hub.folder, "pull", "-q", "--ff-only", "origin", "main")
    hub.github.leave_requests(14, hub.surroundings["GITHUB_TOKEN"])
    said, _status = publish(hub, "--dry-run")
    assert "• portes@journal" in said
    assert hub.situation(fetch=False).approvals["a5@journal"].unread
