"""The same story, played on the fake GitHub and on somebody else's: they must agree, but where the other one is known to be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from marronnier.demo.github import FakeGitHub
from servers import emulate
from servers.github import ask_at

REPO = "/repos/ines/calendrier"

WRONG = {
    "story_of_issues": [
        # GitHub tells which field was wrong, and how; and it answers 201 where somebody is assigned.
        ("POST", "/labels", 422, 422),
        ("POST", "/issues/1/assignees", 201, 200),
    ],
    "story_of_merges": [
        # A pull request is an issue too; its commits are those that its base lacks.
        ("GET", "/pulls/1/commits", 200, 200),
        ("GET", "/issues/1", 200, 404),
        # A head that moved is a conflict, what cannot be merged is not allowed, and what was merged is.
        ("PUT", "/pulls/1/merge", 409, 422),
        ("PUT", "/pulls/1/merge", 405, 422),
        ("GET", "/pulls/1/merge", 204, 404),
        # Nothing to merge, the same again, a head that is not there.
        ("POST", "/pulls", 422, 201),
        ("POST", "/pulls", 422, 201),
        ("POST", "/pulls", 422, 201),
    ],
}
"""Where emulate 0.11.2 does not do as GitHub's documentation says: method, address, GitHub's status and its own.

https://docs.github.com/en/rest/issues/assignees and /pulls/pulls, seen 2026-11-28
"""


@dataclass
class Play:
    """A story as one server saw it."""

    url: str
    tokens: Mapping[str, str]
    seen: list[Any] = field(default_factory=list)

    def go(self, who: str, method: str, path: str, json: Any = None, *show: str | Callable[[Any], Any]) -> Any:
        """One request; its status is kept, and what is to be shown of the answer."""
        answer = ask_at(self.url, method, path, token=self.tokens[who], json=json)
        body = answer.json() if answer.body else None
        self.seen.append((method, path, answer.status, *(pick(body, one) for one in show)))
        return body


def pick(body: Any, what: str | Callable[[Any], Any]) -> Any:
    """A field by its path (`user.login`), in a list that of each."""
    if callable(what):
        return what(body)
    if isinstance(body, list):
        return [pick(each, what) for each in body]
    name, _dot, rest = what.partition(".")
    value = (body or {}).get(name)
    return pick(value, rest) if rest else value


@pytest.fixture
def plays(tmp_path: Path) -> Iterator[tuple[Play, Play]]:
    """The fake, and the other."""
    with FakeGitHub(tmp_path / "github") as github, emulate.running() as url:
        ines, sam = github.person("ines"), github.person("sam")
        team = github.repository("ines/calendrier")
        team.invite(sam)
        team.seed({"README.md": "# calendrier\n"})
        yield Play(github.api_url, {"ines": ines.token, "sam": sam.token}), Play(url, {"ines": "token-ines", "sam": "token-sam"})


def story_of_issues(play: Play) -> None:
    """An issue lives: labels, people, comments, closed and opened again."""
    play.go("ines", "POST", f"{REPO}/labels", {"name": "gel", "color": "cfd3d7"}, "name", "color", "default")
    play.go("ines", "POST", f"{REPO}/labels", {"name": "gel", "color": "cfd3d7"}, "errors.code")
    play.go("ines", "POST", f"{REPO}/labels", {"name": "panne", "color": "d73a4a"}, "name")
    play.go("ines", "POST", f"{REPO}/issues", {"title": "Panne", "body": "Rien ne part", "labels": ["panne"], "assignees": ["ines"]}, "number", "title", "body", "state", "labels.name", "assignees.login", "user.login", "comments", "locked")  # fmt: skip
    play.go("sam", "POST", f"{REPO}/issues", {"title": "Autre"}, "number", "body", "labels", "assignee")
    play.go("ines", "POST", f"{REPO}/issues/1/labels", {"labels": ["gel"]}, "name")
    play.go("ines", "DELETE", f"{REPO}/issues/1/labels/panne", None, "name")
    play.go("ines", "DELETE", f"{REPO}/issues/1/labels/panne")
    play.go("ines", "GET", f"{REPO}/issues?labels=gel&state=all", None, "number")
    for text in ("Un", "Deux", "Trois"):
        said = play.go("sam", "POST", f"{REPO}/issues/1/comments", {"body": text}, "body", "user.login")
    play.go("sam", "GET", f"{REPO}/issues/1/comments", None, "body")
    play.go("ines", "GET", f"{REPO}/issues/1", None, "comments")
    comment = f"{REPO}/issues/comments/{said['id']}"
    play.seen.append(play.go("sam", "PATCH", comment, {"body": "Trois !"})["body"])
    play.go("sam", "DELETE", comment)
    play.seen = [step if comment not in step else (step[0], "the comment", *step[2:]) for step in play.seen]
    play.go("sam", "GET", f"{REPO}/issues/1/comments", None, "body")
    play.go("ines", "PATCH", f"{REPO}/issues/1", {"state": "closed", "state_reason": "not_planned"}, "state", "state_reason", "closed_by.login")  # fmt: skip
    play.go("ines", "GET", f"{REPO}/issues", None, "number")
    play.go("ines", "GET", f"{REPO}/issues?state=closed", None, "number")
    play.go("ines", "PATCH", f"{REPO}/issues/1", {"state": "open"}, "state", "closed_at")
    play.go("ines", "POST", f"{REPO}/issues/1/assignees", {"assignees": ["sam"]}, "assignees.login")
    play.go("ines", "DELETE", f"{REPO}/issues/1/assignees", {"assignees": ["ines"]}, "assignees.login")
    play.go("ines", "GET", f"{REPO}/issues/99")
    play.go("ines", "POST", f"{REPO}/issues", {})


def story_of_merges(play: Play) -> None:
    """Files, a branch, a pull request, its merge."""
    read = play.go("ines", "GET", f"{REPO}/contents/README.md", None, "path", "type", "encoding")
    play.go("ines", "PUT", f"{REPO}/contents/a.md", {"message": "Write", "content": "dW4K", "branch": "main"}, "content.sha", "commit.message")  # fmt: skip
    play.go("ines", "PUT", f"{REPO}/contents/README.md", {"message": "Write", "content": "dW4K", "sha": "0" * 40})
    play.go("ines", "PUT", f"{REPO}/contents/README.md", {"message": "Write", "content": "dW4K"})
    play.go("ines", "PUT", f"{REPO}/contents/README.md", {"message": "Write", "content": "ZGV1eAo=", "sha": read["sha"]}, "content.sha")
    tip = play.go("ines", "GET", f"{REPO}/git/ref/heads/main", None, "ref", "object.type")["object"]["sha"]
    play.go("ines", "POST", f"{REPO}/git/refs", {"ref": "refs/heads/bois", "sha": tip}, "ref")
    play.go("ines", "POST", f"{REPO}/git/refs", {"ref": "refs/heads/bois", "sha": tip})
    play.go("ines", "PUT", f"{REPO}/contents/b.md", {"message": "Write b", "content": "Yg==", "branch": "bois"}, "content.sha")
    play.go("ines", "POST", f"{REPO}/pulls", {"title": "Le bois", "head": "bois", "base": "main", "body": "…"}, "number", "state", "title", "head.ref", "base.ref", "head.label", "user.login", "draft", "merged", "merged_by")  # fmt: skip
    play.go("sam", "GET", f"{REPO}/pulls/1/commits", None, "commit.message")
    play.go("sam", "GET", f"{REPO}/issues/1", None, "title", lambda body: "pull_request" in body)
    play.go("sam", "POST", f"{REPO}/issues/1/comments", {"body": "Vu"}, "body")
    play.go("sam", "GET", f"{REPO}/pulls/1/merge")
    play.go("ines", "PUT", f"{REPO}/pulls/1/merge", {"sha": "0" * 40})
    play.go("ines", "PUT", f"{REPO}/pulls/1/merge", {"merge_method": "squash", "commit_title": "Le bois (#1)"}, "merged", "message")
    play.go("ines", "PUT", f"{REPO}/pulls/1/merge", {})
    play.go("sam", "GET", f"{REPO}/pulls/1/merge")
    play.go("sam", "GET", f"{REPO}/pulls/1", None, "state", "merged", "merged_by.login")
    play.go("sam", "GET", f"{REPO}/contents/b.md", None, "sha", lambda body: body["content"].strip())
    play.go("ines", "DELETE", f"{REPO}/git/refs/heads/bois")
    play.go("ines", "GET", f"{REPO}/git/ref/heads/bois")
    tip = play.go("ines", "GET", f"{REPO}/git/ref/heads/main")["object"]["sha"]
    play.go("ines", "POST", f"{REPO}/git/refs", {"ref": "refs/heads/pre", "sha": tip}, "ref")
    play.go("ines", "POST", f"{REPO}/pulls", {"title": "Rien", "head": "pre", "base": "main"})
    play.go("ines", "PUT", f"{REPO}/contents/c.md", {"message": "Write c", "content": "Yg==", "branch": "pre"}, "content.sha")
    play.go("ines", "POST", f"{REPO}/pulls", {"title": "Le pré", "head": "pre", "base": "main"}, "title")
    play.go("ines", "POST", f"{REPO}/pulls", {"title": "Le pré", "head": "pre", "base": "main"})
    play.go("ines", "POST", f"{REPO}/pulls", {"title": "Le bois", "head": "nowhere", "base": "main"})


@pytest.mark.parametrize("story", [story_of_issues, story_of_merges])
def test_two_githubs_agree(plays: tuple[Play, Play], story: Callable[[Play], None]) -> None:
    ours, theirs = plays
    story(ours)
    story(theirs)
    differing = [(mine[:3], other[2]) for mine, other in zip(ours.seen, theirs.seen, strict=True) if mine != other]
    assert differing == [((method, REPO + path, status), said) for method, path, status, said in WRONG[story.__name__]]
