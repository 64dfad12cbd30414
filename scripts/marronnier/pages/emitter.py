"""Writes the site: only what changed, and takes away only what it wrote itself."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from marronnier.files import atomic_write
from marronnier.messages import Trouble, _
from marronnier.model.publication import Picture
from marronnier.pages.page import Page
from marronnier.pages.shell import Shell

_VERSION = 2


@dataclass(frozen=True, slots=True)
class EmittedFile:
    """What stands in the manifest of one file: enough to know it again without reading it."""

    digest: str
    """Of what it was made from."""
    size: int
    mtime_ns: int
    words: str = ""
    """A post page's words, for the search."""
    pictures: tuple[Picture, ...] = ()
    """The media a post page shows."""


@dataclass(slots=True)
class BuildCounts:
    """What one build did, in files."""

    written: int = 0
    kept: int = 0
    removed: int = 0


@dataclass
class Emitter:
    """One folder of pages, and the memory of what was written there. Use it in a `with`: leaving takes the gone pages away.

    Raises Trouble when the folder holds pages that are not in the memory: they may be of an internal build, and nobody would take them away.
    """

    out: Path
    manifest: Path
    """A file of `.marronnier/`; one for each folder."""
    adopt: bool = False
    """True when another builder has just filled the folder: its pages are no surprise, and none is taken away."""
    counts: BuildCounts = field(default_factory=BuildCounts)

    def __post_init__(self) -> None:
        self._before = self._load_manifest()
        self._now: dict[str, EmittedFile] = {}
        if not self._before and not self.adopt and self.out.is_dir() and next(self.out.rglob("*.html"), None) is not None:
            raise Trouble(
                _("{folder} holds pages that this tool does not remember writing", folder=self.out),
                _("Empty that folder, or give another one with --out."),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None and not self.adopt:
            self._remove_stale_files()
        if kind is not None:
            # Interrupted: what was written before still counts as ours, so that the next build can take it away.
            self._now = {**self._before, **self._now}
        self._save_manifest()

    def write_page(self, prefix: str, page: Page, shell: Shell, lang: str) -> EmittedFile:
        """A page of ours around the shell, unless it stands there already. `prefix` is the language's folder, empty or with `/` at its end."""
        path = f"{prefix}{page.path}index.html"
        digest = hashlib.sha256(f"{shell.digest}{lang}{page.digest}".encode()).hexdigest()
        if held := self._unchanged(path, digest):
            return held
        body = page.render()
        html = shell.wrap(page.path, title=page.title, description=page.description, body=body.html, lang=lang)
        return self._write(path, html.encode("utf-8", "replace"), digest, body.words, body.pictures)

    def write_file(self, path: str, data: bytes, digest: str = "") -> None:
        """A file as it is. `digest`: of what it was made from, where that is something else."""
        digest = digest or hashlib.sha256(data).hexdigest()
        if not self._unchanged(path, digest):
            self._write(path, data, digest)

    def is_unchanged(self, path: str, digest: str) -> bool:
        """Whether that very file stands there already; it then stays."""
        return self._unchanged(path, digest) is not None

    def _unchanged(self, path: str, digest: str) -> EmittedFile | None:
        held = self._now.get(path) or self._before.get(path)
        if held is None or held.digest != digest:
            return None
        try:
            state = (self.out / path).stat()
        except OSError:
            return None
        if (state.st_size, state.st_mtime_ns) != (held.size, held.mtime_ns):
            return None
        if path not in self._now:
            self.counts.kept += 1
            self._now[path] = held
        return held

    def _write(self, path: str, data: bytes, digest: str, words: str = "", pictures: tuple[Picture, ...] = ()) -> EmittedFile:
        target = self.out / path
        atomic_write.write(target, data, durable=False)
        state = target.stat()
        emitted = EmittedFile(digest, state.st_size, state.st_mtime_ns, words, pictures)
        self._now[path] = emitted
        self.counts.written += 1
        return emitted

    def _remove_stale_files(self) -> None:
        for path in self._before.keys() - self._now.keys():
            target = self.out / path
            with contextlib.suppress(FileNotFoundError):
                target.unlink()
                self.counts.removed += 1
            for folder in _parent_folders(target, self.out):
                try:
                    folder.rmdir()
                except OSError:  # somebody else's file is in it: it stays
                    break

    def _load_manifest(self) -> dict[str, EmittedFile]:
        try:
            told: dict[str, Any] = json.loads(self.manifest.read_bytes())
            if told["version"] != _VERSION:
                # An older memory still knows whose the files are.
                return {path: EmittedFile("", 0, 0) for path in told["files"]}
            return {path: _parse_entry(values) for path, values in told["files"].items()}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def _save_manifest(self) -> None:
        files = {
            path: [held.digest, held.size, held.mtime_ns, held.words, [[picture.path, picture.sha256] for picture in held.pictures]]
            for path, held in self._now.items()
        }
        atomic_write.write(self.manifest, json.dumps({"version": _VERSION, "files": files}, ensure_ascii=False))


def manifest_path(root: Path, out: Path) -> Path:
    """Where the memory of what was written into a folder stands: it moves along with the brand's folder."""
    place, home = out.resolve(), root.resolve()
    name = place.relative_to(home).as_posix() if place.is_relative_to(home) else place.as_posix()
    return home / ".marronnier" / "site" / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.json"


def _parse_entry(values: list[Any]) -> EmittedFile:
    digest, size, mtime_ns, words, pictures = values
    return EmittedFile(digest, size, mtime_ns, words, tuple(Picture(path, sha256, "") for path, sha256 in pictures))


def _parent_folders(target: Path, out: Path) -> Iterator[Path]:
    """The folders around a file, inwards out, never the site's own."""
    for folder in target.parents:
        if folder == out or out not in folder.parents:
            return
        yield folder
