"""The fake GitHub itself: it keeps its repositories in a folder and answers on loopback; tests and the demo let people act on it.

    with FakeGitHub(folder) as github:
        team = github.repository("arbres/calendrier")
        ines, sam = github.person("ines", id=101), github.person("sam", id=102)
        team.invite(ines), team.invite(sam)
        team.seed({"content/posts/bois.md": "…"})
        pull = ines.open_pull_request(team, "bois", {"content/posts/bois.md": "…"}, title="Le bois")
        sam.approve(pull)
        sam.merge(pull, "squash")
        token = team.job({"contents": "read", "pull_requests": "read"})     # what a job asks with
        github.fail_next(502, path="/reviews")

Its clock stands still, until it is set or moved on, unless it is given one that runs.

What it does as GitHub's documentation says stands in tests/forge/fake_github/: each address is validated with GitHub's own
description, and the same acts are played on an emulator of somebody else.

What it does not do:

- GraphQL, search, teams, projects, milestones, releases, discussions, reactions but to comments, webhooks, deployments, gists,
  protection of the older kind, forks by the API. Addresses that it lacks are answered 404 and listed in `unknown`.
- Run workflows: events, dispatches, runs and artifacts are recorded, and whether an event would start any.
- Keep values of secrets, sign commits, answer by date (`If-Modified-Since`), send mail.
- Take time: whether a pull request can be merged is known at once (`mergeable` is never null while it is open).
- Refuse by a ruleset in GitHub's words to a git client: git itself refuses, in its own.
- Be lenient where GitHub may be: what is said in a pull request needs the permission `pull_requests`, never `issues`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from marronnier.demo.github.accounts import FakeAccount, FakeToken
from marronnier.demo.github.gateway import FakeExchange, FakeGateway
from marronnier.demo.github.hosted_repository import HostedRepository
from marronnier.demo.github.orders import SECONDARY, FakeOrder
from marronnier.demo.github.people import FakePerson
from marronnier.demo.github.server import FakeServer
from marronnier.demo.github.state import FakeState

EPOCH = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
"""The instant at which it begins, when none is given."""


class FakeGitHub:
    """A GitHub on loopback, over bare repositories in a folder. Used in a `with`, or closed by `close`."""

    def __init__(self, folder: Path, now: datetime | Callable[[], datetime] = EPOCH, port: int = 0) -> None:
        self._standing: datetime | None = None if callable(now) else now
        self._clock = now if callable(now) else self._stand
        self.state = FakeState(folder, self._clock)
        self.gateway = FakeGateway(self.state)
        self._server = FakeServer(self.gateway, port)
        self.state.address = f"http://127.0.0.1:{self._server.port}"

    def _stand(self) -> datetime:
        assert self._standing is not None
        return self._standing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Answer no more, and end the git processes. The folder stays."""
        self._server.close()
        for repository in self.state.repositories.values():
            repository.git.close()

    # Time

    @property
    def now(self) -> datetime:
        """What its clock says."""
        return self.state.now()

    def set_clock(self, at: datetime) -> None:
        """Let its clock stand at an instant."""
        self._standing = at
        self.state.clock = self._stand

    def advance(self, **time: float) -> None:
        """Move its clock on: `advance(hours=2)`."""
        self.set_clock(self.now + timedelta(**time))

    # Where it is

    @property
    def api_url(self) -> str:
        """What `GITHUB_API_URL` is."""
        return self.state.address

    @property
    def server_url(self) -> str:
        """What `GITHUB_SERVER_URL` is: pages and clones."""
        return self.state.address

    # Who and what is there

    def person(self, login: str, *, id: int | None = None, name: str = "", email: str = "") -> FakePerson:
        """Somebody with an account and a token; the same person when asked for again."""
        with self.state.lock:
            account = self.state.account(login) or self.state.add_account(login, "User", id, name, email)
            return self._in_hand(account)

    def bot(self, login: str, *, id: int | None = None) -> FakePerson:
        """An app's account, as `renovate[bot]`."""
        with self.state.lock:
            account = self.state.account(login) or self.state.add_account(login, "Bot", id)
            return self._in_hand(account)

    def _in_hand(self, account: FakeAccount) -> FakePerson:
        for token in self.state.tokens.values():
            if token.account is account and token.permissions is None:
                return FakePerson(self.state, account, token)
        return FakePerson(self.state, account, self.state.add_token(account))

    def actions(self, team: HostedRepository, permissions: Mapping[str, str] | None = None) -> FakePerson:
        """github-actions[bot], at work with the token of a job."""
        token = self.state.tokens[team.job(permissions or {"contents": "write", "pull_requests": "write", "issues": "write"})]
        return FakePerson(self.state, token.account, token)

    def organization(self, login: str, members: Iterable[FakePerson] = ()) -> FakeAccount:
        """An organisation."""
        with self.state.lock:
            account = self.state.account(login) or self.state.add_account(login, "Organization")
            account.members |= {person.id for person in members}
            return account

    def repository(self, full_name: str, *, private: bool = False, default_branch: str = "main") -> HostedRepository:
        """A repository; an owner that is not there yet becomes an organisation."""
        owner_name, _slash, name = full_name.partition("/")
        with self.state.lock:
            found = self.state.repository(owner_name, name)
            if found is None:
                owner = self.state.account(owner_name) or self.organization(owner_name)
                found = self.state.add_repository(owner, name, private=private, default_branch=default_branch)
            return HostedRepository(self.state, found)

    def fork(self, team: HostedRepository, by: FakePerson) -> HostedRepository:
        """Fork a repository: another bare repository, with its branches."""
        with self.state.lock:
            record = team.record
            fork = self.state.add_repository(
                by.account, record.name, private=record.private, default_branch=record.default_branch, parent=record
            )
            fork.git.repo.run("fetch", "--quiet", "--no-write-fetch-head", str(record.git.path), "+refs/heads/*:refs/heads/*")
            fork.known_refs = fork.git.refs()
            return HostedRepository(self.state, fork)

    def token(self, person: FakePerson, permissions: Mapping[str, str] | None = None) -> str:
        """Another token of somebody; with permissions, a fine-grained one."""
        return self.state.add_token(person.account, dict(permissions) if permissions is not None else None).value

    def revoke(self, token: str) -> None:
        """End a token: it is answered 401 from now on."""
        del self.state.tokens[token]

    # How it answers

    @property
    def exchanges(self) -> list[FakeExchange]:
        """Every request and its answer, oldest first."""
        return self.gateway.exchanges

    @property
    def unknown(self) -> list[str]:
        """Requests for addresses that it does not have."""
        return self.gateway.unknown

    @property
    def faults(self) -> list[str]:
        """Requests over which it fell itself, with the traceback."""
        return self.gateway.faults

    def fail_next(self, status: int = 502, *, method: str = "", path: str = "", times: int = 1, message: str = "Server Error", headers: Mapping[str, str] | None = None, after: bool = False) -> None:  # fmt: skip
        """Answer the next fitting requests with a status; `after`: what they asked for is done all the same."""
        self.gateway.orders.waiting.append(FakeOrder("fail", method, path, times, status, message, headers or {}, after))

    def refuse_in_haste(self, *, method: str = "", path: str = "", times: int = 1, seconds: int = 60, status: int = 403) -> None:
        """The secondary rate limit: too much in too short a time."""
        self.fail_next(status, method=method, path=path, times=times, message=SECONDARY, headers={"Retry-After": str(seconds)})

    def lose_answer(self, *, method: str = "", path: str = "", times: int = 1) -> None:
        """Do what the next fitting requests ask for, and close the connection without an answer."""
        self.gateway.orders.waiting.append(FakeOrder("lose", method, path, times))

    def delay_answer(self, seconds: float, *, method: str = "", path: str = "", times: int = 1) -> None:
        """Answer the next fitting requests late."""
        self.gateway.orders.waiting.append(FakeOrder("delay", method, path, times, seconds=seconds))

    def cut_answer(self, *, method: str = "", path: str = "", times: int = 1) -> None:
        """Break off amid the next fitting answers."""
        self.gateway.orders.waiting.append(FakeOrder("cut", method, path, times))

    def before_next(self, act: Callable[[], object], *, method: str = "", path: str = "") -> None:
        """Let something happen in the moment before the next fitting request arrives: somebody else was quicker."""
        self.gateway.orders.waiting.append(FakeOrder("precede", method, path, act=act))

    def forget_orders(self) -> None:
        """Answer as it should again."""
        self.gateway.orders.waiting.clear()

    def limit_pages(self, size: int) -> None:
        """Put fewer things on each page than were asked for, as GitHub may."""
        self.gateway.largest_page = size

    def leave_requests(self, remaining: int, token: str = "") -> None:
        """Leave a token (or those without one) only so many requests in this hour."""
        found: FakeToken | None = self.state.tokens[token] if token else None
        self.gateway.limits.leave(found, remaining, self.state.now())
