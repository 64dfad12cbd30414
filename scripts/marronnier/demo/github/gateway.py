"""From a request to its answer: the token, the limits, the address, the orders; and the record of every exchange."""

from __future__ import annotations

import hashlib
import json
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from marronnier.demo.github.accounts import FakeToken
from marronnier.demo.github.acts.push import note_direct_pushes
from marronnier.demo.github.api import accounts, actions, contents, events, issues, pulls, repositories, reviews, settings
from marronnier.demo.github.api.call import MOST, FakeAnswer, FakeCall, check_access, find_route
from marronnier.demo.github.orders import SECONDARY, FakeOrder, FakeOrders
from marronnier.demo.github.rate_limits import FakeRateLimits
from marronnier.demo.github.records import FakeRepository
from marronnier.demo.github.state import FakeRefusal, FakeState, not_found

MODULES = (accounts, actions, contents, events, issues, pulls, repositories, reviews, settings)
"""Where the routes come from: importing each has filled the table."""
_DOCS = "https://docs.github.com/rest"


@dataclass(frozen=True, slots=True)
class FakeExchange:
    """A request and its answer, as they went over the wire. No token stands in it."""

    method: str
    path: str
    """With `/repos/{owner}/{repo}` at its beginning, however the repository was named."""
    template: str
    """The address as GitHub's description writes it; empty for one that this GitHub does not have."""
    query: str
    request: Any
    status: int
    headers: Mapping[str, str]
    answer: Any
    by: str
    """The login of who asked; empty for nobody."""
    ordered: str = ""
    """What was ordered for it: fail, lose, delay or cut."""


@dataclass(slots=True)
class FakeReply:
    """What goes over the wire, and how."""

    status: int
    headers: dict[str, str]
    data: bytes
    order: FakeOrder | None = None


@dataclass(slots=True)
class FakeGateway:
    """The API, without its socket."""

    state: FakeState
    orders: FakeOrders = field(default_factory=FakeOrders)
    limits: FakeRateLimits = field(default_factory=FakeRateLimits)
    exchanges: list[FakeExchange] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """Its own mistakes: requests over which it fell."""
    largest_page: int = MOST

    @property
    def unknown(self) -> list[str]:
        """Requests for addresses that this GitHub does not have."""
        return [f"{exchange.method} {exchange.path}" for exchange in self.exchanges if not exchange.template]

    def answer(self, method: str, target: str, headers: Mapping[str, str], data: bytes, base: str) -> FakeReply:
        """Answer a request, whose headers are named in small letters."""
        path, _mark, query = target.partition("?")
        with self.state.lock:
            order = self.orders.take(method, unquote(path))
            token: FakeToken | None = None
            template, body, normal = "", None, path
            try:
                token = self._token(headers)
                body = _json(data)
                repository, normal = self._repository(method, path, base, query)
                template, answer = self._carry_out(method, path, normal, query, headers, body, base, token, repository, order)
            except FakeRefusal as refusal:
                answer, template = _refusal(refusal), template or _template(method, normal)
            except Exception:  # noqa: BLE001 - whatever it is, the client must be answered, and the story told
                self.faults.append(f"{method} {normal}\n{traceback.format_exc()}")
                answer, template = FakeAnswer(500, {"message": "Server Error"}), _template(method, normal)
            if order is not None and order.what == "fail":
                answer = _ordered(order)
            reply = self._reply(method, headers, answer, token)
            reply.order = order
            self._record(method, normal, template, query, body, answer, reply, token, order)
        return reply

    def _carry_out(
        self, method: str, path: str, normal: str, query: str, headers: Mapping[str, str], body: Any, base: str,
        token: FakeToken | None, repository: FakeRepository | None, order: FakeOrder | None,
    ) -> tuple[str, FakeAnswer]:  # fmt: skip
        if "user-agent" not in headers:
            raise FakeRefusal(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.")
        now = self.state.now()
        if normal == "/rate_limit" and method == "GET":
            return normal, FakeAnswer(200, self.limits.shape(token, now))
        route_, parameters, _others = find_route(method, normal)
        if route_ is None:
            raise not_found()
        self.limits.count(token, now)
        if order is not None and order.what == "fail" and not order.after:
            return route_.template, _ordered(order)
        call = FakeCall(
            self.state, base, path, dict(parse_qsl(query, keep_blank_values=True)), headers, body, token,
            {name: unquote(value) for name, value in parameters.items()}, repository, self.largest_page,
        )  # fmt: skip
        try:
            check_access(call, route_)
            if repository is not None:
                note_direct_pushes(self.state, repository)
                for fork in self.state.forks(repository):
                    note_direct_pushes(self.state, fork)
            answer = route_.handler(call)
        except FakeRefusal as refusal:
            answer = _refusal(refusal)
        if method == "GET" and answer.status == 200 and _is_known(headers, answer):
            # What has not changed costs nothing (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
            self.limits.window(token, now).used -= 1
            answer = FakeAnswer(304, None, {"ETag": _etag(answer)})
        return route_.template, answer

    def _token(self, headers: Mapping[str, str]) -> FakeToken | None:
        """Whose request it is. Raises FakeRefusal for a token that is none."""
        given = headers.get("authorization")
        if given is None:
            return None
        found = self.state.tokens.get(given.partition(" ")[2].strip())
        if found is None or found.account.deleted or given.partition(" ")[0].casefold() not in ("bearer", "token"):
            raise FakeRefusal(401, "Bad credentials")
        return found

    def _repository(self, method: str, path: str, base: str, query: str) -> tuple[FakeRepository | None, str]:
        """The repository of an address, and the address with its name. Raises FakeRefusal, and leads on from an old name."""
        if by_id := re.fullmatch(r"/repositories/(\d+)(/.*)?", path):
            repository = self.state.repositories.get(int(by_id[1]))
            if repository is None:
                raise not_found()
            return repository, f"/repos/{repository.full_name}{by_id[2] or ''}"
        named = re.fullmatch(r"/repos/([^/]+)/([^/]+)(/.*)?", path)
        if named is None:
            return None, path
        repository = self.state.repository(unquote(named[1]), unquote(named[2]))
        if repository is not None:
            return repository, path
        moved = self.state.moved_repository(unquote(named[1]), unquote(named[2]))
        if moved is None:
            raise not_found()
        where = f"{base}/repositories/{moved.id}{named[3] or ''}{'?' if query else ''}{query}"
        raise FakeRefusal(301 if method == "GET" else 307, "Moved Permanently", headers={"Location": where})

    def _reply(self, method: str, headers: Mapping[str, str], answer: FakeAnswer, token: FakeToken | None) -> FakeReply:
        now = self.state.now()
        sent = {
            "Date": now.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "Content-Type": "application/json; charset=utf-8",
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Request-Id": hashlib.sha256(str(len(self.exchanges)).encode()).hexdigest()[:20].upper(),
            **self.limits.headers(token, now),
            **answer.headers,
        }
        if answer.body is None:
            sent.pop("Content-Type")
        elif method == "GET" and answer.status == 200:
            sent |= {"ETag": _etag(answer), "Cache-Control": "private, max-age=60, s-maxage=60", "Vary": "Accept, Authorization"}
        return FakeReply(answer.status, sent, _data(answer))

    def _record(
        self, method: str, path: str, template: str, query: str, body: Any, answer: FakeAnswer, reply: FakeReply,
        token: FakeToken | None, order: FakeOrder | None,
    ) -> None:  # fmt: skip
        shown = None if answer.body is None else json.loads(reply.data) if not isinstance(answer.body, bytes) else answer.body
        by = token.account.login if token else ""
        self.exchanges.append(
            FakeExchange(method, path, template, query, body, answer.status, dict(reply.headers), shown, by, order.what if order else "")
        )


def _template(method: str, path: str) -> str:
    route_, _parameters, _others = find_route(method, re.sub(r"^/repositories/\d+", "/repos/owner/name", path))
    return route_.template if route_ else ""


def _json(data: bytes) -> Any:
    if not data:
        return None
    try:
        return json.loads(data)
    except ValueError as error:
        raise FakeRefusal(400, "Problems parsing JSON") from error


def _refusal(refusal: FakeRefusal) -> FakeAnswer:
    body: dict[str, Any] = {"message": refusal.message}
    if "Location" in refusal.headers:
        body["url"] = refusal.headers["Location"]
    if refusal.errors is not None:
        body["errors"] = refusal.errors
    return FakeAnswer(refusal.status, {**body, "documentation_url": _DOCS, "status": str(refusal.status)}, dict(refusal.headers))


def _ordered(order: FakeOrder) -> FakeAnswer:
    headers = dict(order.headers)
    if order.message == SECONDARY:
        headers.setdefault("Retry-After", "60")
    return FakeAnswer(order.status, {"message": order.message, "documentation_url": _DOCS, "status": str(order.status)}, headers)


def _data(answer: FakeAnswer) -> bytes:
    if answer.body is None:
        return b""
    return answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body, ensure_ascii=False).encode()


def _etag(answer: FakeAnswer) -> str:
    return f'W/"{hashlib.sha256(_data(answer) + answer.headers.get("Link", "").encode()).hexdigest()}"'


def _is_known(headers: Mapping[str, str], answer: FakeAnswer) -> bool:
    known = [tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")]
    return _etag(answer).removeprefix("W/") in known
