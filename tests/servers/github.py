"""The fake GitHub of the package, as tests use it. Each that a test begins is checked at its end (`tests/conftest.py`): nothing unknown may have
been asked of it, and what was asked, answered and told to workflows must be as GitHub describes it, where that description is installed.

with FakeGitHub(folder) as github:
    team = github.repository("arbres/calendrier")
    …
    ask(github, "GET", f"/repos/{team.full_name}/pulls", token=ines.token).json()
"""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection
from json import dumps
from typing import Any

from marronnier.demo.github import FakeGitHub
from marronnier.web import Answer
from servers import github_description


def check(github: FakeGitHub) -> None:
    """Fail for a request that is unknown, or a request or an answer that GitHub's description does not know."""
    assert not github.faults, "\n".join(github.faults)
    assert not github.unknown, "The fake GitHub lacks these addresses: " + ", ".join(dict.fromkeys(github.unknown))
    if github_description.is_installed():
        events = [event for repository in github.state.repositories.values() for event in repository.events]
        wrong = [*github_description.problems(github.exchanges), *github_description.event_problems(events)]
        assert not wrong, "\n".join(wrong)


def ask(
    github: FakeGitHub, method: str, path: str, *, token: str = "", json: Any = None, headers: Mapping[str, str] | None = None
) -> Answer:  # fmt: skip
    """One request, with a token or without. Raises HTTPException or ConnectionError when no whole answer comes."""
    return ask_at(github.api_url, method, path, token=token, json=json, headers=headers)


def ask_at(url: str, method: str, path: str, *, token: str = "", json: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
    """One request to whatever GitHub is at this address, by a client that is quicker to make than our own."""
    sent = {"User-Agent": "tests", **({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
    connection = HTTPConnection(url.partition("://")[2], timeout=20)
    try:
        connection.request(method, path, None if json is None else dumps(json).encode(), sent)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def links(answer: Answer) -> dict[str, str]:
    """The addresses of the other pages, by their relation."""
    pairs = (part.split("; ", 1) for part in answer.headers.get("link", "").split(", ") if part)
    return {relation.removeprefix('rel="').rstrip('"'): address.strip("<>") for address, relation in pairs}
