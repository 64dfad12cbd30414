"""Which repository on GitHub this clone is of, and how its API is reached: by origin's address, or by the job that runs."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import Repo
from marronnier.messages import _

DEFAULT_API = "https://api.github.com"
DEFAULT_SERVER = "https://github.com"

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}")
_SSH = re.compile(r"(?:[^@/:]+@)?([A-Za-z0-9.-]+):(?!//)/?(.+)")


@dataclass(frozen=True, slots=True)
class GitHubRepository:
    """A repository on GitHub, and the API that tells about it."""

    name: str
    """As `owner/name`."""
    api: str
    server: str
    """Where people read it."""
    token: str = field(repr=False)
    """Empty where there is none."""
    number: int | None
    """The repository's number, as the job that runs says it; None outside a job."""

    @property
    def is_loopback(self) -> bool:
        """Whether its API is on this machine: a rehearsal."""
        return _is_loopback(urlsplit(self.api).hostname or "")


def repository_of(repo: Repo, surroundings: Mapping[str, str] | None = None) -> GitHubRepository | None:
    """The repository on GitHub; None where neither origin nor the job names one. Raises ForgeTrouble for an API that is not asked."""
    env = os.environ if surroundings is None else surroundings
    api = env.get("GITHUB_API_URL", "").rstrip("/") or DEFAULT_API
    server = env.get("GITHUB_SERVER_URL", "").rstrip("/") or DEFAULT_SERVER
    host, path = _split(repo.remote_url() or "")
    name = _name(path)
    job = env.get("GITHUB_REPOSITORY", "")
    is_rehearsal = _is_loopback(urlsplit(api).hostname or "")
    # In a job of another repository, as in the tests of a tool, this clone is none of it.
    if job and NAME.fullmatch(job) and (is_rehearsal or name.casefold() == job.casefold()):
        name = job
    elif not name or host not in {_host(DEFAULT_SERVER), _host(server), "ssh.github.com"}:
        return None
    if urlsplit(api).scheme != "https" and not is_rehearsal:
        raise ForgeTrouble(
            _("GITHUB_API_URL is {api}, and the token is sent over https only", api=api),
            _("Set the https address of GitHub's API, or unset GITHUB_API_URL."),
            kind="refused",
        )
    number = env.get("GITHUB_REPOSITORY_ID", "").strip() if name == job else ""
    token = (env.get("GITHUB_TOKEN") or env.get("GH_TOKEN") or "").strip()
    return GitHubRepository(name, api, server, token, int(number) if number.isdecimal() else None)


def _split(url: str) -> tuple[str, str]:
    """Host and path of an address as git takes it. Passwords in it are dropped."""
    if "://" in url:
        parts = urlsplit(url)
        return (parts.hostname or "").casefold(), parts.path
    match = _SSH.fullmatch(url)
    return (match[1].casefold(), match[2]) if match else ("", url)


def _name(path: str) -> str:
    """`owner/name`, the last two parts of a path; empty where they can be none."""
    name = "/".join(path.strip("/").removesuffix(".git").split("/")[-2:])
    return name if NAME.fullmatch(name) else ""


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").casefold()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
