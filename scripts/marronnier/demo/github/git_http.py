"""Clones, fetches and pushes over HTTP, by git's own program: whoever pushes says who they are by a token, and rules are kept."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from marronnier.demo.github.accounts import FakeToken
from marronnier.demo.github.acts.push import note_direct_pushes, note_pushes
from marronnier.demo.github.acts.rules import forbidden_moves
from marronnier.demo.github.bare_git import NULL
from marronnier.demo.github.gateway import FakeReply
from marronnier.demo.github.records import FakeRepository
from marronnier.demo.github.state import FakeState

_ADDRESS = re.compile(r"/([^/]+)/([^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)")
_COMMAND = re.compile(rb"([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n]+)")


def is_git(target: str) -> bool:
    """Whether a request is git's."""
    return _ADDRESS.fullmatch(target.partition("?")[0]) is not None


def answer_git(state: FakeState, method: str, target: str, headers: Mapping[str, str], data: bytes) -> FakeReply:
    """Answer one request of git's."""
    path, _mark, query = target.partition("?")
    match = _ADDRESS.fullmatch(path)
    assert match is not None
    with state.lock:
        token, given = _token(state, headers)
        repository = state.repository(match[1], match[2]) or state.moved_repository(match[1], match[2])
        writes = match[3] == "git-receive-pack" or "git-receive-pack" in query
        if (given and token is None) or (token is None and (writes or repository is None or repository.private)):
            return FakeReply(401, {"WWW-Authenticate": 'Basic realm="GitHub"'}, b"Bad credentials\n")
        if repository is None or not state.may_see(repository, token):
            return FakeReply(404, {}, b"Not Found\n")
        if not _may(state, repository, token, writes=writes):
            who = token.account.login if token else ""
            return FakeReply(403, {}, f"Permission to {repository.full_name}.git denied to {who}.\n".encode())
        note_direct_pushes(state, repository)
        reply = _run(repository, method, match[3], query, headers, data, _settings(state, repository, token, data))
        if match[3] == "git-receive-pack":
            note_pushes(state, repository, token)
        return reply


def _token(state: FakeState, headers: Mapping[str, str]) -> tuple[FakeToken | None, bool]:
    """Whose request it is, and whether anything was said about that: a token stands where a password would."""
    kind, _space, value = headers.get("authorization", "").partition(" ")
    if not value:
        return None, False
    if kind.casefold() == "basic":
        value = base64.b64decode(value).decode("utf-8", "replace").partition(":")[2]
    token = state.tokens.get(value)
    return (None if token is None or token.account.deleted else token), True


def _may(state: FakeState, repository: FakeRepository, token: FakeToken | None, *, writes: bool) -> bool:
    if token is None:
        return not writes
    granted = "write" if token.permissions is None else token.permissions.get("contents", "none")
    if writes:
        here = token.repository_id in (None, repository.id)
        return here and granted == "write" and (token.is_job or state.has_role(repository, token.account, "write"))
    return not repository.private or granted in ("read", "write")


def _settings(state: FakeState, repository: FakeRepository, token: FakeToken | None, data: bytes) -> dict[str, str]:
    """Settings by which git itself refuses what a ruleset forbids."""
    settings: dict[str, str] = {}
    hidden = ["refs/pull"]
    for before, after, ref in _COMMAND.findall(data.partition(b"PACK")[0]):
        forbidden = forbidden_moves(state, repository, ref.decode("utf-8", "replace"), token)
        if "deletion" in forbidden and after.decode() == NULL:
            settings["receive.denyDeletes"] = "true"
        if "non_fast_forward" in forbidden:
            settings["receive.denyNonFastForwards"] = "true"
        is_update = NULL not in (before.decode(), after.decode())
        if ("update" in forbidden and is_update) or ("creation" in forbidden and before.decode() == NULL):
            hidden.append(ref.decode("utf-8", "replace"))
    return {**settings, **{f"receive.hideRefs#{index}": name for index, name in enumerate(hidden)}}


def _run(repository: FakeRepository, method: str, service: str, query: str, headers: Mapping[str, str], data: bytes, settings: Mapping[str, str]) -> FakeReply:  # fmt: skip
    folder = repository.git.path
    told = [(name.partition("#")[0], value) for name, value in settings.items()]
    environment = {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": str(len(told)),
        **{f"GIT_CONFIG_KEY_{index}": name for index, (name, _value) in enumerate(told)},
        **{f"GIT_CONFIG_VALUE_{index}": value for index, (_name, value) in enumerate(told)},
        "GIT_PROJECT_ROOT": str(folder.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": headers.get("git-protocol", ""),
        "PATH_INFO": f"/{folder.name}/{service}",
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "REMOTE_USER": "git",
        "CONTENT_TYPE": headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(data)),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
    }
    said = repository.git.repo.run("http-backend", stdin=data, env=environment)
    head, _blank, body = said.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
    return FakeReply(int(fields.pop("Status", "200").split()[0]), fields, body)
