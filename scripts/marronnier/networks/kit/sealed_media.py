"""Sealed media on their way to a network: pictures prepared within its limits, videos as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from marronnier.messages import Trouble, _
from marronnier.model.picture_limits import PictureLimits
from marronnier.model.publication import Caption, Picture
from marronnier.networks.kit.seam import Refused, SendRequest, Wait

if TYPE_CHECKING:
    from marronnier.sandbox import MediaInfo, Prepared


def prepare_picture(sending: SendRequest, picture: Picture, limits: PictureLimits) -> Prepared:
    """The picture as the network takes it. Raises Refused when it cannot be prepared, Wait when nothing can be opened here now."""
    from marronnier import sandbox

    if sending.read_picture is None:
        raise Refused(_("{path} cannot be read", path=picture.path))
    try:
        return sandbox.prepare(sending.read_picture(picture), limits)
    except sandbox.Unsafe as unsafe:
        raise Refused(_("{path} cannot be sent: {why}", path=picture.path, why=str(unsafe))) from unsafe
    except Trouble as trouble:
        raise Wait(str(trouble)) from trouble


@contextmanager
def open_sealed(sending: SendRequest, media: Picture | Caption) -> Iterator[IO[bytes]]:
    """A sealed file of any size, opened. Raises Refused or Wait."""
    if sending.open_media is None:
        raise Refused(_("{path} cannot be read", path=media.path))
    with sending.open_media(media) as file:
        yield file


def inspect_video(file: IO[bytes], video: Picture) -> MediaInfo:
    """What the headers of an opened video say. Raises Refused for one that cannot be read, Wait when nothing can be opened here now."""
    from marronnier import sandbox

    try:
        info = sandbox.inspect_file(Path(file.name), video.path)
    except Trouble as trouble:
        raise Wait(str(trouble)) from trouble
    if info.video is None:
        why = sandbox.describe_problem(info.problem or "unknown-kind")
        raise Refused(_("{path} cannot be sent: {why}", path=video.path, why=why))
    return info


def refuse_second_video(media: tuple[Picture, ...]) -> None:
    """Raises Refused where a post has two videos, or a video and pictures: the network takes one video alone."""
    if len(media) > 1 and any(picture.is_video for picture in media):
        raise Refused(_("a post takes one video, and no pictures beside it"))
