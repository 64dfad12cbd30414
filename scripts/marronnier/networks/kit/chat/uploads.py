"""Pictures as they are uploaded: upright, without what cameras write into them."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.messages import Trouble, _
from marronnier.networks.kit.seam import Refused, SendRequest, Wait

Upload = tuple[str, bytes, str]
"""File name, bytes and type."""


def clean_pictures(sending: SendRequest, *, max_bytes: int, max_side: int, prefix: str = "") -> Iterator[Upload]:
    """The part's pictures in order, named `1.jpeg`, `2.png`. Raises Refused for one that cannot be sent, Wait where none can be opened now."""
    from marronnier import sandbox

    for number, picture in enumerate(sending.part.media, 1):
        if sending.read_picture is None:
            raise Refused(_("{path} cannot be read", path=picture.path))
        try:
            clean = sandbox.clean(sending.read_picture(picture), max_bytes=max_bytes, max_side=max_side)
        except sandbox.Unsafe as unsafe:
            raise Refused(_("{path} cannot be sent: {why}", path=picture.path, why=str(unsafe))) from unsafe
        except Trouble as trouble:
            raise Wait(str(trouble)) from trouble
        yield f"{prefix}{number}.{clean.mime.rpartition('/')[2]}", clean.data, clean.mime
