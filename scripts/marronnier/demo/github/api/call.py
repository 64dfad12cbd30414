"""One request to the API: who asks, for what, with which words; and the answer, in pages where there is much."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from marronnier.demo.github.accounts import FakeAccount, FakeToken, Role
from marronnier.demo.github.records import FakeIssue, FakePullRequest, FakeRepository
from marronnier.demo.github.shapes.view import FakeView
from marronnier.demo.github.state import FakeRefusal, FakeState, not_found

T = TypeVar("T")
PAGE, MOST = 30, 100
"""Things on a page, when nobody asks otherwise, and at most (https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api)."""


@dataclass(slots=True)
class FakeAnswer:
    """An answer before it is written on the wire."""

    status: int = 200
    body: Any = None
    """What JSON will hold; bytes as they are; None for nothing."""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class FakeCall:
    """A request, understood."""

    state: FakeState
    base: str
    """The address by which it came."""
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By name, folded."""
    body: Any
    token: FakeToken | None
    parameters: Mapping[str, str]
    """What stands in the address, by the names of GitHub's description."""
    found: FakeRepository | None = None
    largest_page: int = MOST

    @property
    def view(self) -> FakeView:
        """What this reader is shown."""
        return FakeView(self.state, self.base, self.token.account if self.token else None)

    @property
    def repository(self) -> FakeRepository:
        """The repository that the address names."""
        assert self.found is not None
        return self.found

    @property
    def by(self) -> FakeToken:
        """Who asks. Raises FakeRefusal for nobody."""
        if self.token is None:
            raise FakeRefusal(401, "Requires authentication")
        return self.token

    # What the request says

    def number(self, name: str) -> int:
        """A number of the address. Raises FakeRefusal when it is none."""
        value = self.parameters[name]
        if not value.isascii() or not value.isdigit():
            raise not_found()
        return int(value)

    def issue(self) -> FakeIssue:
        """The issue of the address. Raises FakeRefusal."""
        issue = self.repository.issues.get(self.number("issue_number"))
        if issue is None:
            raise not_found()
        return issue

    def pull(self) -> FakePullRequest:
        """The pull request of the address. Raises FakeRefusal."""
        issue = self.repository.issues.get(self.number("pull_number"))
        if issue is None or issue.pull is None:
            raise not_found()
        return issue.pull

    def account(self, name: str = "username") -> FakeAccount:
        """The account of the address. Raises FakeRefusal."""
        return self.state.require_account(self.parameters[name])

    def fields(self) -> dict[str, Any]:
        """The body, which must be an object. Raises FakeRefusal."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise FakeRefusal(400, "Body should be a JSON object")
        return self.body

    def given(self, name: str, kind: type[T], default: T | None = None) -> T | None:
        """A field of the body. Raises FakeRefusal when it is of another kind."""
        value = self.fields().get(name)
        if value is None:
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise FakeRefusal(422, f"Invalid request.\n\nFor 'properties/{name}', {_json(value)} is not {_article(kind)}.")
        return value

    def required(self, name: str, kind: type[T]) -> T:
        """A field of the body that must be there. Raises FakeRefusal."""
        value = self.given(name, kind)
        if value is None:
            raise FakeRefusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        return value

    def names(self, field: str) -> list[str]:
        """A list of texts in the body. Raises FakeRefusal."""
        values = self.given(field, list, [])
        if any(not isinstance(value, str) for value in values or ()):
            raise FakeRefusal(422, f"Invalid request.\n\nFor 'properties/{field}', every item must be a string.")
        return list(values or ())

    # The answer

    def page(self, items: Sequence[T], shape: Callable[[T], Any], wrapped: str = "") -> FakeAnswer:
        """One page of a list, with the addresses of the others; `wrapped` is the field that holds the list beside its count."""
        size = min(_positive(self.query.get("per_page"), PAGE), MOST, self.largest_page)
        number = _positive(self.query.get("page"), 1)
        last = max(1, -(-len(items) // size))
        body: Any = [shape(item) for item in items[(number - 1) * size : number * size]]
        others: dict[str, int] = {}
        if number > 1:
            others |= {"prev": min(number - 1, last)}
        if number < last:
            others |= {"next": number + 1, "last": last}
        if number > 1:
            others |= {"first": 1}
        links = ", ".join(f'<{self.link(page=str(page))}>; rel="{name}"' for name, page in others.items())
        headers = {"Link": links} if links else {}
        return FakeAnswer(200, {"total_count": len(items), wrapped: body} if wrapped else body, headers)

    def link(self, **changes: str) -> str:
        """This address, with other values. As on GitHub, a repository stands in it by its number."""
        path = self.path
        if self.found is not None:
            path = re.sub(r"^/repos/[^/]+/[^/]+", f"/repositories/{self.found.id}", path)
        return f"{self.base}{path}?{urlencode({**self.query, **changes})}"


def _positive(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) > 0 else default


def _json(value: Any) -> str:
    import json

    return json.dumps(value)


def _article(kind: type) -> str:
    return {str: "a string", int: "an integer", bool: "a boolean", list: "an array", dict: "an object"}.get(kind, kind.__name__)


Handler = Callable[[FakeCall], FakeAnswer]


@dataclass(frozen=True, slots=True)
class FakeRoute:
    """An address and what it needs."""

    method: str
    template: str
    """As GitHub's own description writes it."""
    handler: Handler
    scope: str
    """What a job must have permission for; empty: nothing beyond the repository itself."""
    level: str
    role: Role
    public: bool
    """Whether anybody may read it in a public repository."""
    pattern: re.Pattern[str]


ROUTES: list[FakeRoute] = []
_ANY_DEPTH = ("path", "ref", "basehead", "branch")
"""Parameters that may hold slashes."""


def route(method: str, template: str, scope: str = "", role: Role | None = None, *, level: str = "", public: bool = True) -> Callable[[Handler], Handler]:  # fmt: skip
    """Register the handler of an address. `scope` is the permission that a job needs; `role` what a person must have."""
    level = level or ("read" if method == "GET" else "write")
    needed: Role = role or ("read" if level == "read" else "write")

    def register(handler: Handler) -> Handler:
        parts = re.split(r"\{(\w+)\}", template)
        ends_open = template.endswith("}")
        pattern = "".join(
            re.escape(part) if index % 2 == 0 else f"(?P<{part}>{_value(part, last=ends_open and index == len(parts) - 2)})"
            for index, part in enumerate(parts)
        )
        ROUTES.append(FakeRoute(method, template, handler, scope, level, needed, public, re.compile(pattern)))
        return handler

    return register


def _value(name: str, *, last: bool) -> str:
    return ".*" if name == "path" else ".+?" if name in _ANY_DEPTH and last else "[^/]+"


def find_route(method: str, path: str) -> tuple[FakeRoute | None, Mapping[str, str], Iterable[str]]:
    """The route of an address with the values in it, and the methods that the address knows. Names come before values."""
    fitting = [(route, match) for route in ROUTES if (match := route.pattern.fullmatch(path))]
    fitting.sort(key=lambda pair: -len(re.sub(r"\{\w+\}", "", pair[0].template)))
    for route_, match in fitting:
        if route_.method == method:
            return route_, match.groupdict(), ()
    return None, {}, sorted({route_.method for route_, _match in fitting})


def check_access(call: FakeCall, route_: FakeRoute) -> None:
    """Raises FakeRefusal when whoever asks may not do this here."""
    token, repository = call.token, call.found
    if repository is None:
        return
    if not call.state.may_see(repository, token):
        raise not_found()
    reads_public = route_.level == "read" and route_.public and not repository.private and route_.role == "read"
    if token is None:
        if not reads_public:
            raise FakeRefusal(401, "Requires authentication")
        return
    if token.repository_id not in (None, repository.id) and not reads_public:
        raise _not_accessible(token, route_)
    if token.permissions is not None and not reads_public and route_.scope:
        granted = token.permissions.get(_scope(call, route_), "none")
        if granted != "write" and (granted != "read" or route_.level == "write"):
            raise _not_accessible(token, route_)
    if not token.is_job and not call.state.has_role(repository, token.account, route_.role):
        raise FakeRefusal(403, "Must have admin rights to Repository." if route_.role == "admin" else "Must have push access to repository")


def _scope(call: FakeCall, route_: FakeRoute) -> str:
    """The permission needed: what is said in a pull request belongs to `pull_requests`, though its address says issues."""
    if route_.scope != "issues":
        return route_.scope
    issue = None
    if "issue_number" in call.parameters:
        issue = call.issue()
    elif "comment_id" in call.parameters:
        id = call.number("comment_id")
        issue = next((one for one in call.repository.issues.values() if any(comment.id == id for comment in one.comments)), None)
    return "pull_requests" if issue is not None and issue.pull is not None else "issues"


def _not_accessible(token: FakeToken, route_: FakeRoute) -> FakeRefusal:
    who = "integration" if token.is_job else "personal access token"
    return FakeRefusal(
        403, f"Resource not accessible by {who}", headers={"X-Accepted-GitHub-Permissions": f"{route_.scope}={route_.level}"}
    )
