"""Protection of the ledger's branch at origin: whether a forced push could set it back, where that can be told."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from marronnier.git import Repo

Protection = Literal["local", "refused", "allowed", "untold"]
"""`local`: no origin. `refused` and `allowed`: what origin does with a forced push. `untold`: origin cannot be asked."""


def forced_pushes(repo: Repo) -> Protection:
    """What origin does with a forced push. Plain git can be asked where origin is a folder; a server tells nobody."""
    if not repo.has_remote():
        return "local"
    folder = _folder(repo)
    if folder is None:
        return "untold"
    setting = Repo(folder).try_text("config", "--type=bool", "--get", "receive.denyNonFastForwards")
    return "refused" if setting == "true" else "allowed"


def _folder(repo: Repo) -> Path | None:
    """The folder that origin is; None where it is on another machine."""
    url = repo.try_text("ls-remote", "--get-url", "origin") or ""
    if url.startswith("file://"):
        return Path(unquote(urlsplit(url).path))
    if "://" in url or (":" in url.partition("/")[0]):
        return None
    return Path(repo.text("rev-parse", "--show-toplevel")) / url
