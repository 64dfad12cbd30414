"""Sealed media on their way to a network: pictures prepared within its limits, videos as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from marronnier.messages import Trouble, _
from marronnier.model.picture_limits import PictureLimits
from marronnier.model.publication import Caption, Picture
from marronnier.networks.kit.facts import VideoLimits
from marronnier.networks.kit.seam import Refused, SendRequest, Wait

if TYPE_CHECKING:
    from marronnier.sandbox import CleanPicture, MediaInfo, Prepared


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


def clean_picture(sending: SendRequest, picture: Picture, *, max_bytes: int, max_side: int) -> CleanPicture:
    """The picture upright and without what cameras write into it. Raises Refused when it cannot be sent, Wait when nothing can be opened here now."""
    from marronnier import sandbox

    if sending.read_picture is None:
        raise Refused(_("{path} cannot be read", path=picture.path))
    try:
        return sandbox.clean(sending.read_picture(picture), max_bytes=max_bytes, max_side=max_side)
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


@contextmanager
def open_video(sending: SendRequest, video: Picture, limits: VideoLimits) -> Iterator[tuple[IO[bytes], MediaInfo, str]]:
    """A sealed video, opened, what its headers say, and the usual ending of its format, `.mp4`.

    Raises Refused for one that holds the place where it was filmed, or that the network surely does not take, and Wait. What nobody read in
    the network's own pages refuses nothing here.
    """
    from marronnier import sandbox

    with open_sealed(sending, video) as file:
        info = inspect_video(file, video)
        ending = sandbox.usual_extension(info)
        if why := _refusal(info, ending, limits):
            raise Refused(_("{path} cannot be sent: {why}", path=video.path, why=why))
        file.seek(0)
        yield file, info, ending


def _refusal(info: MediaInfo, ending: str, limits: VideoLimits) -> str:
    """Why a video does not go out; empty when it does."""
    if "gps" in info.carries:
        return _("it contains the place where it was filmed")
    if limits.containers.mark == "primary" and ending[1:] not in limits.containers.names:
        return _("a video goes out as {formats} only", formats=", ".join(name.upper() for name in limits.containers.names))
    if limits.size is not None and limits.size.mark == "primary" and info.size > limits.size.value:
        return _("it has {size} bytes, and at most {most} are taken", size=info.size, most=limits.size.value)
    return ""


def refuse_second_video(media: tuple[Picture, ...]) -> None:
    """Raises Refused where a post has two videos, or a video and pictures: the network takes one video alone."""
    if len(media) > 1 and any(picture.is_video for picture in media):
        raise Refused(_("a post takes one video, and no pictures beside it"))
