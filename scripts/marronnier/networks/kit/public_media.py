"""Where the public site shows a file that a network fetches itself, and from when on."""

from __future__ import annotations

from datetime import timedelta

from marronnier.model.publication import Picture

FOLDER = "m"
"""The folder of the public site. A file's name there is its SHA-256: nobody guesses it, and nothing links to it."""
AHEAD = timedelta(hours=1)
"""A file stands there for so long before its publication's instant, and never longer."""
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


def site_path(sha256: str, ending: str) -> str:
    """The path of a file below the public site's address."""
    return f"{FOLDER}/{sha256}.{ending}"


def picture_ending(mime: str) -> str:
    """How the name of a prepared picture ends, by its media type."""
    return _ENDINGS[mime]


def video_ending(video: Picture) -> str:
    """How the name of a video ends: as that of its file."""
    return video.path.rpartition(".")[2].lower()
