"""Incremental writer of the site: it writes what changed, and removes only files that it wrote itself."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from marronnier.files import atomic_write
from marronnier.messages import Trouble, _
from marronnier.model.publication import Picture
from marronnier.networks.kit import public_media
from marronnier.pages.page import Page
from marronnier.pages.shell import Shell

_VERSION = 2


@dataclass(frozen=True, slots=True)
class EmittedFile:
    """A file in the manifest: enough to recognise it without reading it."""

    digest: str
    """The digest of everything that the file is made from."""
    size: int
    mtime_ns: int
    words: str = ""
    """The page's text for the search index."""
    pictures: tuple[Picture, ...] = ()
    """The media that the page shows."""


@dataclass(slots=True)
class BuildCounts:
    """The numbers of files that one build wrote, kept and removed."""

    written: int = 0
    kept: int = 0
    removed: int = 0
    notices: list[str] = field(default_factory=list)
    """Sentences for people about what could not be written."""


@dataclass
class Emitter:
    """A folder of pages with the manifest of the last build. Use it in a `with` statement: its end removes pages that no longer exist.

    Raises Trouble when the folder holds pages that are not in the manifest: they may be of an internal build, and would stay.
    """

    out: Path
    manifest: Path
    """A file in `.marronnier/`, one for each folder."""
    adopt: bool = False
    """True when another builder has just filled the folder: its pages are expected, and none is removed; only files whose hour has passed are."""
    counts: BuildCounts = field(default_factory=BuildCounts)

    def __post_init__(self) -> None:
        self._old_files = self._load_manifest()
        self._new_files: dict[str, EmittedFile] = {}
        if not self._old_files and not self.adopt and self.out.is_dir() and next(self.out.rglob("*.html"), None) is not None:
            raise Trouble(
                _("{folder} contains pages that Marronnier did not write", folder=self.out),
                _("Empty that folder, or give another one with --out."),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._remove_stale_files(f"{public_media.FOLDER}/" if self.adopt else "")
        if kind is not None:
            # After an interruption, the files of the last build stay in the manifest, so that the next build can remove them.
            self._new_files = {**self._old_files, **self._new_files}
        self._save_manifest()

    def write_page(self, prefix: str, page: Page, shell: Shell, lang: str) -> EmittedFile:
        """Write a page within the shell, unless it is unchanged. `prefix` is the language's folder, empty or with `/` at its end."""
        path = f"{prefix}{page.path}index.html"
        digest = hashlib.sha256(f"{shell.digest}{lang}{page.digest}".encode()).hexdigest()
        if unchanged := self._unchanged_file(path, digest):
            return unchanged
        body = page.render()
        html = shell.wrap(page.path, title=page.title, description=page.description, body=body.html, lang=lang, section=page.section)
        return self._write(path, html.encode("utf-8", "replace"), digest, body.words, body.pictures)

    def write_file(self, path: str, data: bytes, digest: str = "") -> None:
        """Write a file, unless it is unchanged. `digest` is of its sources, when it is not of its data."""
        digest = digest or hashlib.sha256(data).hexdigest()
        if not self._unchanged_file(path, digest):
            self._write(path, data, digest)

    def copy_file(self, path: str, file: IO[bytes], digest: str) -> None:
        """Write a file of any size, unless it is unchanged. `digest` is of its data."""
        if not self._unchanged_file(path, digest):
            self._write(path, file, digest)

    def is_unchanged(self, path: str, digest: str) -> bool:
        """Whether the file made from these sources is already there. If so, this build keeps it."""
        return self._unchanged_file(path, digest) is not None

    def _unchanged_file(self, path: str, digest: str) -> EmittedFile | None:
        emitted = self._new_files.get(path) or self._old_files.get(path)
        if emitted is None or emitted.digest != digest:
            return None
        try:
            stat = (self.out / path).stat()
        except OSError:
            return None
        if (stat.st_size, stat.st_mtime_ns) != (emitted.size, emitted.mtime_ns):
            return None
        if path not in self._new_files:
            self.counts.kept += 1
            self._new_files[path] = emitted
        return emitted

    def _write(self, path: str, data: bytes | IO[bytes], digest: str, words: str = "", pictures: tuple[Picture, ...] = ()) -> EmittedFile:
        target = self.out / path
        atomic_write.write(target, data, durable=False)
        stat = target.stat()
        emitted = EmittedFile(digest, stat.st_size, stat.st_mtime_ns, words, pictures)
        self._new_files[path] = emitted
        self.counts.written += 1
        return emitted

    def _remove_stale_files(self, start: str) -> None:
        for path in sorted(path for path in self._old_files.keys() - self._new_files.keys() if path.startswith(start)):
            target = self.out / path
            with contextlib.suppress(FileNotFoundError):
                target.unlink()
                self.counts.removed += 1
            for folder in _parent_folders(target, self.out):
                try:
                    folder.rmdir()
                except OSError:  # a file of somebody else is in the folder
                    break

    def _load_manifest(self) -> dict[str, EmittedFile]:
        try:
            manifest: dict[str, Any] = json.loads(self.manifest.read_bytes())
            if manifest["version"] != _VERSION:
                # A manifest of another version still tells which files are ours.
                return {path: EmittedFile("", 0, 0) for path in manifest["files"]}
            return {path: _parse_entry(values) for path, values in manifest["files"].items()}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def _save_manifest(self) -> None:
        files = {
            path: [file.digest, file.size, file.mtime_ns, file.words, [[picture.path, picture.sha256] for picture in file.pictures]]
            for path, file in self._new_files.items()
        }
        atomic_write.write(self.manifest, json.dumps({"version": _VERSION, "files": files}, ensure_ascii=False))


def manifest_path(root: Path, out: Path) -> Path:
    """The manifest's path for an output folder; a folder within the brand's keeps its manifest when the brand's folder moves."""
    folder, brand = out.resolve(), root.resolve()
    name = folder.relative_to(brand).as_posix() if folder.is_relative_to(brand) else folder.as_posix()
    return brand / ".marronnier" / "site" / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.json"


def _parse_entry(values: list[Any]) -> EmittedFile:
    digest, size, mtime_ns, words, pictures = values
    return EmittedFile(digest, size, mtime_ns, words, tuple(Picture(path, sha256, "") for path, sha256 in pictures))


def _parent_folders(target: Path, out: Path) -> Iterator[Path]:
    """The folders around a file within the site's folder, innermost first."""
    for folder in target.parents:
        if folder == out or out not in folder.parents:
            return
        yield folder
