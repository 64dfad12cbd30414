"""Media as they are uploaded: pictures upright, without what cameras write into them; videos and documents unchanged, read while they are sent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO

from marronnier.model.publication import Picture
from marronnier.networks.kit.documents import DOCUMENT_TYPE, file_name, open_document
from marronnier.networks.kit.facts import DocumentLimits, VideoLimits
from marronnier.networks.kit.sealed_media import clean_picture, open_video
from marronnier.networks.kit.seam import SendRequest

Upload = tuple[str, bytes | IO[bytes], str]
"""File name, content and type."""


@contextmanager
def open_uploads(
    sending: SendRequest, videos: VideoLimits, documents: DocumentLimits, *, max_bytes: int, max_side: int, max_total: int | None = None
) -> Iterator[list[Upload]]:
    """The part's media in order, named `1.jpeg`, `2.mp4`; a document keeps its name. Files are open until the block ends.

    `max_bytes`, `max_side`: of a picture. `max_total`: bytes of all together; pictures share what the other files leave.
    Raises Refused for a file that cannot be sent, Wait where none can be opened now.
    """
    media = list(enumerate(sending.part.media, 1))
    with ExitStack() as stack:
        files = {number: stack.enter_context(_open_file(sending, number, one, videos, documents)) for number, one in media if is_file(one)}
        if max_total is not None and len(files) < len(media):
            left = max_total - sum(_size(file) for _name, file, _kind in files.values())
            max_bytes = max(min(max_bytes, left // (len(media) - len(files))), 1)
        yield [files.get(number) or _clean_picture(sending, number, one, max_bytes, max_side) for number, one in media]


def is_file(media: Picture) -> bool:
    """Whether it is sent as it is: a video or a document."""
    return media.is_video or media.is_document


@contextmanager
def _open_file(
    sending: SendRequest, number: int, media: Picture, videos: VideoLimits, documents: DocumentLimits
) -> Iterator[tuple[str, IO[bytes], str]]:
    if media.is_video:
        with open_video(sending, media, videos) as (file, info, ending):
            yield f"{number}{ending}", file, info.mime
        return
    with open_document(sending, media, documents) as (file, _bytes):
        # Readers see the name of a document.
        yield file_name(media), file, DOCUMENT_TYPE


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _clean_picture(sending: SendRequest, number: int, picture: Picture, max_bytes: int, max_side: int) -> Upload:
    clean = clean_picture(sending, picture, max_bytes=max_bytes, max_side=max_side)
    return f"{number}.{clean.mime.rpartition('/')[2]}", clean.data, clean.mime
