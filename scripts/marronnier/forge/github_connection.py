"""The connection to GitHub's API, through PyGithub. The only module that imports it.

Requests are sent by `marronnier.web`: to public hosts over HTTPS, bounded in time and size, with nothing read from the environment.
A write is never sent twice. A read is sent again only where nothing had left.
The token is in the header `Authorization` alone: no error, log, `repr` or traceback holds it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from marronnier import __version__
from marronnier.forge.trouble import ForgeTrouble
from marronnier.messages import _
from marronnier.text.secrets import quoted_from_server
from marronnier.web import AnswerLost, NotSent, Web

API = "https://api.github.com"
VERSION = "2022-11-28"
"""The version of the REST API whose documentation this code follows (https://docs.github.com/rest, seen 2026-11-28)."""

READ_ATTEMPTS = 3
"""How often a read is sent when no connection could be made."""
MOST_PAGES = 100
"""Pages of one list. A longer one is not read at all: a part of it proves nothing."""
PER_PAGE = 100
MAX_BYTES = 8_000_000
"""The most bytes of an answer."""
TIMEOUT = 20.0
"""Seconds for one exchange."""
MAX_QUOTED = 200
"""The most characters quoted from GitHub."""

_REDIRECTS = (301, 302, 303, 307, 308)
_PASSED_HEADERS = ("etag", "link", "retry-after", "x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-limit", "date")

Verb = Literal["POST", "PATCH", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class _GitHubAnswer:
    """An answer of any status. Its `repr` shows nothing of it: a printed traceback may show the variables of its frames."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer kept for as long as GitHub says that it has not changed."""

    etag: str
    data: Any = field(repr=False)
    next: str


class GitHubConnection:
    """GitHub's API as one person or one job may use it. What was read once is asked for again only as "has it changed?"."""

    def __init__(self, token: str, api: str = API, *, web: Web | None = None) -> None:
        """`api` is the address of the API without a slash at its end. Raises ForgeTrouble for an address that is none."""
        self.api = api.rstrip("/")
        if not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+(/[\w.-]+)*", self.api):
            # A printed traceback may show the variables of its frames.
            del token
            raise ForgeTrouble(_("The address of GitHub's API is none: {address}", address=repr(self.api[:100])), kind="refused")
        self.requests = 0
        """How many requests were sent."""
        self._quote = _quoter(token)
        self._send: Callable[[str, str, Mapping[str, str], Mapping[str, Any] | None], tuple[_GitHubAnswer, str]]
        self._send = _sender(token, self.api, web or Web())
        self._kept: dict[str, _Kept] = {}

    def __repr__(self) -> str:
        return f"GitHubConnection({self.api!r})"

    def get(self, path: str) -> Any:
        """What stands at a path, read as JSON. Raises ForgeTrouble."""
        return self._read(path).data

    def list(self, path: str) -> tuple[Any, ...]:
        """Everything of a list, all its pages. Raises ForgeTrouble where one page is missing: a part of it proves nothing."""
        return self._items(path, "")

    def listed(self, path: str, name: str) -> tuple[Any, ...]:
        """Everything of a list that stands under a name in each page. Raises ForgeTrouble as `list`."""
        return self._items(path, name)

    def write(self, verb: Verb, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Change something, once, and return the answer. Raises ForgeTrouble; where it `may_have_happened`, only looking tells."""
        answer = self._exchange(verb, path, {}, body)
        if not 200 <= answer.status < 300:
            raise self._trouble(verb, path, answer)
        return self._json(verb, path, answer) if answer.text.strip() else None

    def _items(self, path: str, name: str) -> tuple[Any, ...]:
        items: list[Any] = []
        following = f"{path}{'&' if '?' in path else '?'}per_page={PER_PAGE}"
        seen = set()
        for _page in range(MOST_PAGES):
            page = self._read(following)
            part = page.data.get(name) if name and isinstance(page.data, dict) else page.data
            if not isinstance(part, list):
                raise self._unreadable("GET", path)
            items += part
            if not page.next:
                return tuple(items)
            seen.add(following)
            following = page.next
            if following in seen:
                break
        raise ForgeTrouble(
            _("The list at {path} on GitHub is longer than what is read of one list", path=_shown(path)),
            _("A part of it proves nothing, so none of it counts."),
            kind="unreadable",
        )

    def _read(self, path: str) -> _Kept:
        """What stands at a path, and the path of the next page; empty where there is none."""
        kept = self._kept.get(path)
        headers = {"If-None-Match": kept.etag} if kept is not None and kept.etag else {}
        answer = self._exchange("GET", path, headers, None)
        if answer.status == 304 and kept is not None:
            return kept
        if answer.status != 200:
            raise self._trouble("GET", path, answer)
        following = self._next(path, answer)
        data = self._json("GET", path, answer)
        # A full page can gain a page after it and stay the same itself, so it is always read anew.
        is_full = isinstance(data, list) and len(data) >= PER_PAGE and not following
        read = _Kept("" if is_full else answer.headers.get("etag", ""), data, following)
        self._kept[path] = read
        return read

    def _exchange(self, verb: str, path: str, headers: dict[str, str], body: Mapping[str, Any] | None) -> _GitHubAnswer:
        """An answer of any status. Raises ForgeTrouble where there is none."""
        if not path.startswith("/") or re.search(r"[\x00-\x20\x7f-\xa0#\\]|/\.\.?(/|$)", path):
            raise ForgeTrouble(_("This is no path of GitHub's API: {path}", path=_shown(path)), kind="refused")
        for _attempt in range(READ_ATTEMPTS if verb == "GET" else 1):
            self.requests += 1
            answer, why = self._send(verb, path, headers, body)
            if answer.status != _NOT_SENT:
                break
        if answer.status in (_NOT_SENT, _LOST):
            raise self._no_answer(verb, why, sent=answer.status == _LOST)
        return answer

    def _no_answer(self, verb: str, why: str, *, sent: bool) -> ForgeTrouble:
        host = urlsplit(self.api).hostname
        if not sent:
            return ForgeTrouble(
                _("GitHub ({host}) cannot be reached: {why}", host=host, why=why),
                _("Nothing was asked. Try again when the connection is back; https://www.githubstatus.com says whether it is GitHub."),
                kind="unreachable",
            )
        if verb == "GET":
            return ForgeTrouble(_("GitHub gave no complete answer: {why}", why=why), _("Try again in a moment."), kind="lost")
        return ForgeTrouble(
            _("GitHub gave no complete answer to a change, which may have been made: {why}", why=why),
            _("Look on GitHub before you try again."),
            kind="lost",
        )

    def _trouble(self, verb: str, path: str, answer: _GitHubAnswer) -> ForgeTrouble:
        """What an answer that is no success means, and what to do."""
        plain, said = _("GitHub answered {status}", status=answer.status), self._said(answer)
        told = _("GitHub answered {status} ({said})", status=answer.status, said=said) if said else plain
        trouble = self._told(verb, path, answer, told)
        trouble.brief = self._told(verb, path, answer, plain).message
        return trouble

    def _told(self, verb: str, path: str, answer: _GitHubAnswer, told: str) -> ForgeTrouble:
        """What an answer that is no success means, when it is told in these words."""
        status = answer.status
        what = _shown(path)
        if status in _REDIRECTS:
            return ForgeTrouble(
                _("{what} has another address on GitHub now: it was renamed or transferred", what=what),
                _("Set the new address of origin: `git remote set-url origin NEW`."),
                kind="moved",
            )
        if status == 401:
            return ForgeTrouble(
                _("GitHub does not know the token: {told}", told=told),
                _("Make a new one, and set it as GITHUB_TOKEN: the old one ran out, was withdrawn, or is incomplete."),
                kind="credentials",
            )
        if status == 429 or (status == 403 and ("retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0")):
            at = _retry_at(answer.headers)
            next = _("It answers again at {time} UTC.", time=f"{at:%H:%M}") if at else _("Try again in some minutes.")
            return ForgeTrouble(_("GitHub takes no more requests for now: {told}", told=told), next, kind="busy", retry_at=at)
        if status == 403:
            return ForgeTrouble(
                _("The token may not do this on GitHub ({verb} {what}): {told}", verb=verb, what=what, told=told),
                _("Give it the permission, under `permissions:` of the workflow or in the token's settings."),
                kind="forbidden",
            )
        if status in (404, 410):
            return ForgeTrouble(
                _("GitHub has no {what}, or the token may not see it", what=what),
                _("Check the repository's address, and whether the token may read it."),
                kind="missing",
            )
        if status >= 500:
            next = _("Try again in a moment.") if verb == "GET" else _("It may have been done: look on GitHub before you try again.")
            return ForgeTrouble(_("GitHub failed: {told}", told=told), next, kind="failed")
        return ForgeTrouble(
            _("GitHub refuses this ({verb} {what}): {told}", verb=verb, what=what, told=told),
            _("Nothing was changed. What GitHub says is the reason."),
            kind="refused",
        )

    def _said(self, answer: _GitHubAnswer) -> str:
        """GitHub's own words, with the reasons that it lists, on one line."""
        try:
            body = json.loads(answer.text)
        except (ValueError, RecursionError):
            return ""
        if not isinstance(body, dict):
            return ""
        errors = body.get("errors")
        listed = errors if isinstance(errors, list) else []
        reasons = [each.get("message") or each.get("code") if isinstance(each, dict) else each for each in listed]
        texts = [text for text in (body.get("message"), *reasons) if isinstance(text, str)]
        return str(self._quote(": ".join(texts)))

    def _json(self, verb: str, path: str, answer: _GitHubAnswer) -> Any:
        try:
            return json.loads(answer.text)
        except (ValueError, RecursionError):
            pass
        # Raised outside the `except`: an error of the JSON module holds the whole answer.
        raise self._unreadable(verb, path)

    def _unreadable(self, verb: str, path: str) -> ForgeTrouble:
        return ForgeTrouble(
            _("GitHub's answer has another form than expected ({verb} {what})", verb=verb, what=_shown(path)),
            _("Try again; https://www.githubstatus.com says whether GitHub is in trouble."),
            kind="unreadable",
        )

    def _next(self, path: str, answer: _GitHubAnswer) -> str:
        """The path of the next page, from the header Link. Raises ForgeTrouble where it leads to another host."""
        following, host = _next_page(answer.headers.get("link", ""), self.api)
        if host:
            raise ForgeTrouble(
                _("The next page of {path} is on another host than {host}: {other}", path=_shown(path), host=self.api, other=host),
                _("Set GITHUB_API_URL to the address that GitHub itself names, then try again."),
                kind="unreadable",
            )
        return following


def _next_page(link: str, api: str) -> tuple[str, str]:
    """The path of the next page by a header Link, else the other host that it leads to; both empty where there is no next page."""
    match = re.search(r'<([^<>]*)>;[^,]*\brel="?next"?', link)
    if match is None:
        return "", ""
    if match[1].startswith(f"{api}/"):
        return match[1].removeprefix(api), ""
    host = urlsplit(match[1]).hostname if re.fullmatch(r"[\x21-\x7e]+", match[1]) else None
    return "", host if host and re.fullmatch(r"[a-z0-9.:-]{1,100}", host) else "?"


def identifier(value: object) -> int | None:
    """A number that GitHub gives an account, a repository or a review; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def sealed_for(public_key: str, value: str) -> str:
    """A value that only the holder of the private key can open. Raises ValueError for what is no key."""
    from github.PublicKey import encrypt

    return encrypt(public_key, value)


def member(value: Any, name: str) -> Any:
    """A member of a JSON object; None where there is no such object."""
    return value.get(name) if isinstance(value, dict) else None


_NOT_SENT, _LOST = -1, -2
"""Stand for a status where there is no answer."""


def _sender(token: str, api: str, web: Web) -> Any:
    """A function that sends one request through PyGithub. It never raises: PyGithub's frames hold the token's header."""
    import logging

    import github
    from github.Requester import Requester

    for name in ("github", "github.Requester", "urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    failures: list[tuple[int, str]] = []

    class HttpConnection:
        """What PyGithub takes for an HTTP connection."""

        def __init__(self, host: str, port: int | None = None, **_options: Any) -> None:
            self.host = host

        def request(self, verb: str, url: str, input: Any, headers: Mapping[str, str], stream: bool = False) -> None:
            self._asked = (verb, url, input, dict(headers))

        def getresponse(self) -> _Response:
            verb, url, body, headers = self._asked
            del self._asked
            origin = "/".join(api.split("/")[:3])
            content = body.encode() if isinstance(body, str) else body
            try:
                answer = web.request(verb, f"{origin}{url}", headers=headers, body=content, most=MAX_BYTES, within=TIMEOUT)
            except (NotSent, AnswerLost) as error:
                failures.append((_NOT_SENT if isinstance(error, NotSent) else _LOST, str(error)))
                return _Response(_LOST, {}, "")
            passed = {name: value for name in _PASSED_HEADERS if (value := answer.headers.get(name, ""))}
            for name in ("x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-limit"):
                # PyGithub would fail at anything else.
                if not re.fullmatch(r"\d{1,12}", passed.get(name, "0")):
                    del passed[name]
            # PyGithub waits without end for an answer that is "not ready yet" (202).
            status = 503 if answer.status == 202 and verb == "GET" else answer.status
            return _Response(status, passed, answer.body.decode("utf-8", "replace"))

        def close(self) -> None:
            pass

    Requester.injectConnectionClasses(HttpConnection, HttpConnection)  # type: ignore[arg-type]
    try:
        requester = github.Github(
            auth=github.Auth.Token(token) if token else None,
            base_url=api,
            timeout=round(TIMEOUT),
            user_agent=f"marronnier/{__version__}",
            per_page=PER_PAGE,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        ).requester
    finally:
        Requester.resetConnectionClasses()

    def ask(verb: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None) -> tuple[_GitHubAnswer, str]:
        failures.clear()
        own = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION, **headers}
        try:
            status, answered, output = requester.requestJson(verb, path, None, own, None if body is None else dict(body))
        except Exception as error:  # noqa: BLE001 - AssertionError for another host, RuntimeError for a redirect: what it holds is not passed on
            failures.append((_LOST, _("PyGithub could not read it ({kind})", kind=type(error).__name__)))
        if failures:
            status, why = failures.pop()
            return _GitHubAnswer(status, {}, ""), why
        return _GitHubAnswer(status, answered, output if isinstance(output, str) else ""), ""

    return ask


@dataclass(frozen=True, slots=True)
class _Response:
    """An answer as PyGithub reads it. A redirect has no target: PyGithub would follow it."""

    status: int
    headers: Mapping[str, str]
    text: str

    def getheaders(self) -> Any:
        return self.headers.items()

    def read(self) -> str:
        return self.text


def _quoter(token: str) -> Any:
    """A function that quotes what GitHub says, but for what holds the token."""
    return lambda text: quoted_from_server(text, (token,) if token else (), MAX_QUOTED)


def _shown(path: str) -> str:
    """A path without its query, for people."""
    return path.partition("?")[0].removeprefix("/")[:150]


def _retry_at(headers: Mapping[str, str]) -> datetime | None:
    """When GitHub answers again, by its headers and its own clock; None when it does not say."""
    from email.utils import parsedate_to_datetime

    after, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if re.fullmatch(r"\d{1,5}", after):
        try:
            return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC) + timedelta(seconds=int(after))
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return datetime.fromtimestamp(int(reset), UTC) if re.fullmatch(r"\d{9,11}", reset) else None
