"""Media as they were approved: read at the commit of the seal, compared with the approved SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from marronnier.desk.commit_tree import CommitTree
from marronnier.desk.lfs_objects import ObjectNotFetched
from marronnier.files.lfs import LfsPointer, ObjectNotHere
from marronnier.git import GitError, Repo
from marronnier.messages import _
from marronnier.model.publication import Caption, Picture
from marronnier.networks.kit.seam import Refused, Wait
from marronnier.sandbox import MAX_BYTES


class ApprovedMedia:
    """The media of one repository, at the commits from which they were sealed."""

    def __init__(self, repo: Repo, fetch: Callable[[LfsPointer, Path], None] | None = None) -> None:
        """`fetch` puts a Git LFS object at a path, or raises ObjectNotFetched."""
        self._repo = repo
        self._fetch = fetch
        self._trees: dict[str, CommitTree] = {}
        self._failures: dict[LfsPointer, ObjectNotFetched] = {}

    def read(self, commit: str, picture: Picture) -> bytes:
        """The bytes of a picture. Raises Refused when it is gone, was changed, or is too large for any picture, and Wait as `open`."""
        with self.open(commit, picture) as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Refused(_("{path} is too large for a picture", path=picture.path))
        return data

    @contextmanager
    def open(self, commit: str, media: Picture | Caption) -> Iterator[IO[bytes]]:
        """A media file of any size, on this machine's disk. Raises Refused when it is gone or was changed, Wait when its object cannot be fetched now."""
        with ExitStack() as stack:
            try:
                place = stack.enter_context(self._tree(commit).local_file(media.path))
                file = stack.enter_context(place.open("rb"))
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            except ObjectNotFetched as failure:
                raise (Refused if failure.is_lasting else Wait)(f"{media.path}: {failure}") from failure
            except ObjectNotHere as error:
                raise Refused(_("{path} is in Git LFS, and its object is not at origin", path=media.path)) from error
            except (OSError, GitError) as error:
                raise Refused(_("{path} is not in the repository any more", path=media.path)) from error
            if digest != media.sha256:
                raise Refused(_("{path} is not the picture that was approved", path=media.path))
            file.seek(0)
            yield file

    def fetch(self, commit: str, media: Iterable[Picture]) -> None:
        """Fetch the Git LFS objects of these media, before anything is claimed: it may take long. A failure is remembered, and raised when one is read."""
        for picture in media:
            for path in picture.paths:
                tree = self._tree(commit)
                if (pointer := tree.pointer(path)) is not None:
                    try:
                        tree.lfs.path(pointer)
                    except (ObjectNotFetched, OSError):
                        continue

    def _tree(self, commit: str) -> CommitTree:
        if commit not in self._trees:
            tree = self._trees[commit] = CommitTree(self._repo, commit)
            tree.lfs.fetch = self._fetch_once if self._fetch is not None else None
        return self._trees[commit]

    def _fetch_once(self, pointer: LfsPointer, place: Path) -> None:
        if pointer in self._failures:
            raise self._failures[pointer]
        assert self._fetch is not None
        try:
            self._fetch(pointer, place)
        except ObjectNotFetched as failure:
            self._failures[pointer] = failure
            raise
