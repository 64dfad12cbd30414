"""Where an import reads from: a folder, a file, or an address on the web."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from marronnier.files import Tree, WorkTree, is_safe_path
from marronnier.importers import download
from marronnier.importers.download import Unavailable
from marronnier.messages import Trouble, _
from marronnier.web import Web

MAX_BYTES = 20_000_000
"""The most bytes of a file read from an address."""


class LooseFiles(Tree):
    """A few files without a folder around them, by name."""

    def __init__(self, files: Mapping[str, bytes], address: str = "") -> None:
        self._files = files
        self.address = address
        """Where they were read on the web; empty for files of this machine."""

    def paths(self, folders: Sequence[str] = ("",)) -> tuple[str, ...]:
        """The names of all files, sorted; none below a folder."""
        return tuple(sorted(self._files)) if "" in folders else ()

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise FileNotFoundError(2, "no such file", path)
        return self._files[path]

    def size(self, path: str) -> int:
        return len(self.read(path))

    def sha256(self, path: str) -> str:
        return hashlib.sha256(self._files[path]).hexdigest() if path in self._files else ""

    def exists(self, path: str) -> bool:
        return path in self._files

    @property
    def skipped_paths(self) -> Mapping[str, str]:
        return {}


def is_address(written: str) -> bool:
    """Whether a source is on the web."""
    return written.casefold().startswith(("http://", "https://"))


def open_path(location: Path) -> Tree:
    """The files of a folder, or a single file. Raises Trouble where there is neither."""
    location = location.resolve()
    if location.is_dir():
        return WorkTree(location)
    if location.is_file():
        return LooseFiles({location.name: WorkTree(location.parent).read(location.name)})
    raise Trouble(_("There is no file and no folder {name}", name=location), _("Name the folder or file to import from."), status=2)


def open_address(address: str, accept: str, web_client: Web) -> Tree:
    """The file at an address. Raises Trouble where it cannot be read."""
    try:
        answer = download.fetch(address, web_client, accept, MAX_BYTES)
    except Unavailable as why:
        raise Trouble(
            _("{address} cannot be read: {why}", address=address, why=str(why)),
            _("Open it in a browser; what it shows there can be saved, and imported from the file."),
        ) from why
    name = unquote(urlsplit(address).path).rstrip("/").rpartition("/")[2]
    return LooseFiles({name if name and is_safe_path(name) else "feed": answer}, address)
