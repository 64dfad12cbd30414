"""Names of files in texts: which media a post may have meant at any time, found without comparing every text with every name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

_ENDING = 16
"""Bytes at the end of a name by which it is looked up."""


class MediaMentions:
    """The paths of media, found by their names in a text."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths: dict[bytes, list[str]] = {}
        """By file name."""
        for path in paths:
            self._paths.setdefault(PurePosixPath(path).name.encode("utf-8", "surrogateescape"), []).append(path)
        self._endings: dict[bytes, list[bytes]] = {}
        """Names by their last bytes."""
        self._extensions: set[bytes] = set()
        self._dotless: list[bytes] = []
        """Names without a dot, of which there are few or none."""
        for name in self._paths:
            if b"." in name:
                self._extensions.add(name.rpartition(b".")[2])
                self._endings.setdefault(name[-_ENDING:], []).append(name)
            else:
                self._dotless.append(name)
        self._extension_lengths = tuple({len(extension) for extension in self._extensions})
        self._ending_lengths = tuple({len(ending) for ending in self._endings})

    def in_text(self, text: bytes) -> frozenset[str]:
        """Every path whose file name stands anywhere in these bytes."""
        names = {name for name in self._dotless if name in text}
        for end in self._extension_ends(text):
            for length in self._ending_lengths:
                names.update(name for name in self._endings.get(text[max(end - length, 0) : end], ()) if text.endswith(name, 0, end))
        return frozenset(path for name in names for path in self._paths[name])

    def _extension_ends(self, text: bytes) -> Iterator[int]:
        """Where an extension of some name ends in the text."""
        dot = text.find(b".")
        while dot >= 0:
            for length in self._extension_lengths:
                if text[dot + 1 : dot + 1 + length] in self._extensions:
                    yield dot + 1 + length
            dot = text.find(b".", dot + 1)
