"""Media as they are uploaded: pictures upright, without what cameras write into them; videos and documents unchanged, read while they are sent."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO

from marronnier.messages import _
from marronnier.model.publication import Picture, Words
from marronnier.networks.kit.facts import VideoLimits
from marronnier.networks.kit.sealed_media import clean_picture, open_sealed, open_video
from marronnier.networks.kit.seam import Refused, SendRequest

Upload = tuple[str, bytes | IO[bytes], str]
"""File name, content and type."""


@contextmanager
def open_uploads(
    sending: SendRequest, videos: VideoLimits, *, max_bytes: int, max_side: int, max_total: int | None = None
) -> Iterator[list[Upload]]:
    """The part's media in order, named `1.jpeg`, `2.mp4`; a document keeps its name. Files are open until the block ends.

    `max_bytes`, `max_side`: of a picture. `max_total`: bytes of all together; pictures share what the other files leave.
    Documents have the size of `videos`. Raises Refused for a file that cannot be sent, Wait where none can be opened now.
    """
    media = list(enumerate(sending.part.media, 1))
    with ExitStack() as stack:
        files = {number: stack.enter_context(_open_file(sending, number, one, videos)) for number, one in media if is_file(one)}
        if max_total is not None and len(files) < len(media):
            left = max_total - sum(_size(file) for _name, file, _kind in files.values())
            max_bytes = max(min(max_bytes, left // (len(media) - len(files))), 1)
        yield [files.get(number) or _clean_picture(sending, number, one, max_bytes, max_side) for number, one in media]


def is_file(media: Picture) -> bool:
    """Whether it is sent as it is: a video or a document."""
    return media.is_video or media.is_document


def document_refusal(words: Words) -> str:
    """Why a post is no document, or holds more than one; empty when neither is so."""
    documents = [one for one in words.all_media if one.is_document]
    if words.format == "document" and not documents:
        return _("`format: document` is one PDF under `media:`")
    return _("a message takes one document, and nothing beside it") if documents and len(words.all_media) > 1 else ""


@contextmanager
def _open_file(sending: SendRequest, number: int, media: Picture, videos: VideoLimits) -> Iterator[tuple[str, IO[bytes], str]]:
    if media.is_video:
        with open_video(sending, media, videos) as (file, info, ending):
            yield f"{number}{ending}", file, info.mime
        return
    with open_sealed(sending, media) as file:
        if videos.size is not None and (size := _size(file)) > videos.size.value:
            why = _("it has {size} bytes, and at most {most} are taken", size=size, most=videos.size.value)
            raise Refused(_("{path} cannot be sent: {why}", path=media.path, why=why))
        # Readers see the name of a document.
        yield re.sub(r"[^A-Za-z0-9._-]+", "-", posixpath.basename(media.path)), file, "application/pdf"


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _clean_picture(sending: SendRequest, number: int, picture: Picture, max_bytes: int, max_side: int) -> Upload:
    clean = clean_picture(sending, picture, max_bytes=max_bytes, max_side=max_side)
    return f"{number}.{clean.mime.rpartition('/')[2]}", clean.data, clean.mime
