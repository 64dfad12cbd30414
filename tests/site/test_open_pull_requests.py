"""The internal site of a repository on GitHub: its open pull requests, each with its report, its reviewers, its labels and what is missing."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from reviewing import OTHER, OTHER_PATH, PATH, POST, Hub


def text_of(page: Path) -> str:
    return unescape(page.read_text(encoding="utf-8"))


@pytest.fixture
def busy_hub(hub: Hub) -> Hub:
    """Two open pull requests: one with a reviewer and a label, one of a fork that changes a policy."""
    hub.ines.push(hub.team, "main", {PATH: POST})
    first = hub.ines.open_pull_request(hub.team, "bois", {OTHER_PATH: OTHER})
    hub.ines.ask(first, hub.karim)
    hub.ines.label(first, "urgent")
    zoe = hub.github.person("zoe", id=900, email="zoe@example.org")
    changed = POST.replace("dimanche", "<b>lundi</b>")
    zoe.open_pull_request(hub.team, "portes", {PATH: changed}, head=hub.github.fork(hub.team, zoe))
    hub.town.git(hub.folder, "pull", "-q", "--ff-only", "origin", "main")
    return hub


def test_each_open_pull_request_has_a_page_with_its_report(busy_hub: Hub) -> None:
    said = busy_hub.marronnier("build", "--internal", "--lang", "fr")
    site = busy_hub.folder / "site" / "pull-requests"
    assert (site / "1/index.html").exists(), said
    listed, first, second = (text_of(site / name) for name in ("index.html", "1/index.html", "2/index.html"))
    assert "Karim" in listed and "urgent" in listed and "1 reste à approuver" in listed
    assert "On coupe du bois" in first and "Karim ou Claire" in first and "/pull/1" in first
    assert "lundi" in second and "<b>lundi" not in (site / "2/index.html").read_text(encoding="utf-8")
    assert "zoe" in second


@pytest.mark.parametrize("silent", ["public", "no token", "no answer"])
def test_there_are_none_where_nobody_should_or_can_see_them(busy_hub: Hub, silent: str) -> None:
    if silent == "no token":
        busy_hub.surroundings["GITHUB_TOKEN"] = ""
    elif silent == "no answer":
        busy_hub.github.fail_next(502, path="/pulls", times=20)
    said = busy_hub.marronnier("build", *(["--internal"] if silent != "public" else []), "--lang", "fr")
    assert (busy_hub.folder / "site" / "index.html").exists(), said
    assert not (busy_hub.folder / "site" / "pull-requests").exists()
