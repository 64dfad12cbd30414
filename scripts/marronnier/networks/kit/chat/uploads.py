"""Media as they are uploaded: pictures upright, without what cameras write into them; videos unchanged."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.messages import Trouble, _
from marronnier.model.publication import Picture
from marronnier.networks.kit.seam import Refused, SendRequest, Wait

Upload = tuple[str, bytes, str]
"""File name, bytes and type."""


def clean_media(sending: SendRequest, *, max_bytes: int, max_side: int, max_video_bytes: int = 0) -> Iterator[Upload]:
    """The part's media in order, named `1.jpeg`, `2.mp4`. Raises Refused for one that cannot be sent, Wait where none can be opened now.

    Without `max_video_bytes` a video is refused, as what is no picture.
    """
    from marronnier import sandbox

    for number, picture in enumerate(sending.part.media, 1):
        if sending.read_picture is None:
            raise Refused(_("{path} cannot be read", path=picture.path))
        try:
            data = sending.read_picture(picture)
            if max_video_bytes and is_video(picture):
                yield _video(number, picture, data, max_video_bytes)
                continue
            clean = sandbox.clean(data, max_bytes=max_bytes, max_side=max_side)
        except sandbox.Unsafe as unsafe:
            raise Refused(_("{path} cannot be sent: {why}", path=picture.path, why=str(unsafe))) from unsafe
        except Trouble as trouble:
            raise Wait(str(trouble)) from trouble
        yield f"{number}.{clean.mime.rpartition('/')[2]}", clean.data, clean.mime


def is_video(picture: Picture) -> bool:
    """Whether a medium is a video, by the ending of its name, which `check` compares with its content."""
    return picture.path.casefold().endswith((".mp4", ".webm", ".mov"))


def _video(number: int, picture: Picture, data: bytes, most: int) -> Upload:
    """A video as it is: it is never encoded anew."""
    from marronnier import sandbox

    info = sandbox.inspect(data, picture.path)
    if info.problem or info.mime != "video/mp4":
        raise Refused(_("{path} cannot be sent: {why}", path=picture.path, why=_("a video goes out as MP4 only")))
    if len(data) > most:
        why = _("it has {size} bytes, and at most {most} are taken", size=len(data), most=most)
        raise Refused(_("{path} cannot be sent: {why}", path=picture.path, why=why))
    if "gps" in info.carries:
        raise Refused(_("{path} cannot be sent: {why}", path=picture.path, why=_("it contains the place where it was filmed")))
    return f"{number}.mp4", data, info.mime
