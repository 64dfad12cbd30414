"""Git LFS objects from origin: by git-lfs where it is installed, else by the batch API that every such server has.

https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md and server-discovery.md, seen 2026-11-28
"""

from __future__ import annotations

import base64
import contextlib
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit, urlunsplit

from marronnier.files.lfs import LfsPointer, is_object
from marronnier.git import GitError, Repo
from marronnier.messages import _
from marronnier.web import Answer, AnswerLost, InvalidAnswer, NotSent, Web

MAX_OBJECT = 512 << 20
"""The largest object that is fetched, in bytes: no network takes a larger video."""
TIMEOUT = 90.0
"""Seconds for one object."""

_TYPE = "application/vnd.git-lfs+json"
_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n"


class ObjectNotFetched(Exception):
    """Origin did not give an object. The message is a sentence for people."""

    def __init__(self, why: str, *, is_lasting: bool = False) -> None:
        super().__init__(why)
        self.is_lasting = is_lasting
        """Whether origin surely does not have it, so that nothing is gained by asking again."""


def fetcher(repo: Repo, web: Web) -> Callable[[LfsPointer, Path], None]:
    """A function that fetches an object and puts it at a path, its size and SHA-256 compared. It raises ObjectNotFetched."""

    def fetch(pointer: LfsPointer, place: Path) -> None:
        if pointer.size > MAX_OBJECT:
            why = _("its Git LFS object has {size} MB; at most {most} MB are fetched", size=-(-pointer.size >> 20), most=MAX_OBJECT >> 20)
            raise ObjectNotFetched(why, is_lasting=True)
        if not repo.has_remote():
            raise ObjectNotFetched(_("its Git LFS object is not here, and this repository has no origin"), is_lasting=True)
        # Where git-lfs is installed, it knows servers and credentials that are set up for it alone. Where not, git says that it has no such command.
        with contextlib.suppress(GitError):
            repo.run("lfs", "smudge", stdin=_POINTER.format(**pointer._asdict()).encode(), env=_SMUDGES, timeout=TIMEOUT, discard=True)
        if not is_object(place, pointer):
            _download(repo, web, pointer, place)

    return fetch


_SMUDGES = {"GIT_LFS_SKIP_SMUDGE": "0", "GIT_LFS_FORCE_PROGRESS": "0"}


def _download(repo: Repo, web: Web, pointer: LfsPointer, place: Path) -> None:
    """Ask the batch API where the object is, and fetch it from there. Raises ObjectNotFetched."""
    server = server_address(repo.remote_url() or "")
    if not server:
        raise ObjectNotFetched(_("its Git LFS object is not here, and origin has no address on the web"), is_lasting=True)
    asked = {
        "operation": "download",
        "transfers": ["basic"],
        "objects": [{"oid": pointer.oid, "size": pointer.size}],
        "hash_algo": "sha256",
    }
    headers = {"Accept": _TYPE, "Content-Type": _TYPE}
    with _outcomes():
        answer = web.request("POST", f"{server}/objects/batch", headers=headers, json=asked)
        if answer.status in (401, 403, 404) and (credentials := _credentials(repo, server)):
            answer = web.request("POST", f"{server}/objects/batch", headers={**headers, "Authorization": credentials}, json=asked)
        href, more = _download_action(answer, pointer)
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix="marronnier-", delete=False) as file:
            held = Path(file.name)
            try:
                _get(web, href, more, file, pointer)
                file.flush()
                if not is_object(held, pointer):
                    raise ObjectNotFetched(_("what origin gave for its Git LFS object has another size or SHA-256"))
                held.replace(place)
            finally:
                held.unlink(missing_ok=True)


@contextlib.contextmanager
def _outcomes() -> Any:
    """Raises ObjectNotFetched for what a request raises, and for a disk without place."""
    try:
        yield
    except (NotSent, AnswerLost, InvalidAnswer) as error:
        raise ObjectNotFetched(_("its Git LFS object was not fetched: {why}", why=error)) from error
    except OSError as error:
        raise ObjectNotFetched(_("its Git LFS object was not fetched: {why}", why=error.strerror or type(error).__name__)) from error


def _get(web: Web, href: str, headers: Mapping[str, str], file: IO[bytes], pointer: LfsPointer) -> None:
    answer = web.request("GET", href, headers={"Accept": "*/*", **headers}, most=pointer.size, within=TIMEOUT, into=file)
    if answer.status != 200:
        raise ObjectNotFetched(_("its Git LFS object was not fetched: the server answered {status}", status=answer.status))


def _download_action(answer: Answer, pointer: LfsPointer) -> tuple[str, Mapping[str, str]]:
    """Where the object is, and the headers to ask for it with. Raises ObjectNotFetched, InvalidAnswer."""
    if answer.status != 200:
        raise ObjectNotFetched(_("its Git LFS object was not fetched: the server answered {status}", status=answer.status))
    body = answer.json()
    found = body.get("objects") if isinstance(body, dict) else None
    object_ = next((one for one in found if isinstance(one, dict) and one.get("oid") == pointer.oid), {}) if isinstance(found, list) else {}
    error = object_.get("error")
    if isinstance(error, dict):
        raise ObjectNotFetched(
            _("its Git LFS object is not at origin; push it with `git lfs push`"), is_lasting=error.get("code") in (404, 410)
        )
    actions = object_.get("actions")
    download = actions.get("download") if isinstance(actions, dict) else None
    href, headers = (download.get("href"), download.get("header") or {}) if isinstance(download, dict) else (None, {})
    if not isinstance(href, str) or not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise InvalidAnswer(_("the server gave an answer without {keys}", keys="actions.download.href"))
    return href, headers


def server_address(remote: str) -> str:
    """The address of the LFS server that belongs to the address of a remote, without user and password; empty for a remote on the disk."""
    if "://" not in remote and ":" in remote and not remote.startswith("/"):
        host, _colon, path = remote.rpartition("@")[2].partition(":")
        remote = f"https://{host}/{path.lstrip('/')}"
    try:
        parts = urlsplit(remote)
        host = parts.hostname or ""
        if parts.scheme in ("http", "https") and parts.port:
            host = f"{host}:{parts.port}"
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https", "ssh", "git") or not host:
        return ""
    scheme = "http" if parts.scheme == "http" else "https"
    path = parts.path.rstrip("/").removesuffix(".git")
    return urlunsplit((scheme, host, f"{path}.git/info/lfs", "", ""))


def _credentials(repo: Repo, server: str) -> str:
    """The header of what git itself would sign in with at that address; empty when it has nothing."""
    remote = urlsplit(repo.remote_url() or "")
    if remote.scheme in ("http", "https") and remote.password:
        return _basic(unquote(remote.username or ""), unquote(remote.password))
    try:
        told = repo.text("credential", "fill", stdin=f"url={server}\n\n".encode())
    except GitError:
        return ""
    values = dict(line.partition("=")[::2] for line in told.splitlines())
    return _basic(values.get("username", ""), values["password"]) if values.get("password") else ""


def _basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
