"""Media that the network fetches itself: the address on the public site, once the very bytes that would be sent stand there."""

from __future__ import annotations

import hashlib
import io
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from marronnier.messages import _
from marronnier.model.picture_limits import PictureLimits
from marronnier.model.publication import Picture
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.public_media import picture_ending, video_ending
from marronnier.networks.kit.sealed_media import prepare_picture
from marronnier.networks.kit.seam import Account, SendRequest, Wait

if TYPE_CHECKING:
    from marronnier.web import Web

_MOST = 1 << 30
_SECONDS = 60.0
"""Seconds for reading one file from the public site."""


def public_address(sending: SendRequest, picture: Picture, limits: PictureLimits, account: Account, web: Web) -> PublicFile:
    """Where the network can fetch a picture as it is prepared for it, or a video as it is.

    Raises Refused when it cannot be prepared, Wait when it does not stand there yet.
    """
    if sending.public_address is None:
        raise Wait(_("this network fetches media from a public address, and this calendar has none"))
    if not account.channel.public_media:
        raise Wait(
            _(
                "this network fetches media from a public address, and {channel} does not allow it: write `public_media: true` in brand/channels.yml",
                channel=account.channel_name,
            )
        )
    if picture.is_video:
        sha256, ending = picture.sha256, video_ending(picture)
    else:
        made = prepare_picture(sending, picture, limits)
        sha256, ending = made.sha256, picture_ending(made.mime)
    address = sending.public_address(sha256, ending)
    digest = _Digest()
    answer = outcomes.request(web, "GET", address, publishes=False, into=cast(IO[bytes], digest), most=_MOST, within=_SECONDS)
    if answer.status != 200:
        raise Wait(
            _(
                "{path} is not on the public site yet: {address} answers {status}; it stands there once the site is built and published",
                path=picture.path,
                address=address,
                status=answer.status,
            )
        )
    if digest.hexdigest() != sha256:
        raise Wait(_("another file than {path} stands at {address}; build and publish the site again", path=picture.path, address=address))
    return PublicFile(address, sha256)


def sent_files(files: list[str], sending: SendRequest) -> tuple[str, ...]:
    """The SHA-256 of each of a part's media as it was sent; none where an earlier run prepared some of them, whose bytes nobody knows any more."""
    return tuple(files) if len(files) == len(sending.part.media) else ()


class PublicFile(NamedTuple):
    """A file on the public site."""

    address: str
    sha256: str


class _Digest(io.RawIOBase):
    """A file that keeps nothing but the digest of what is written to it."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._sha256.update(data)
        return len(data)

    def hexdigest(self) -> str:
        """SHA-256 of what was written, as 64 hex digits."""
        return self._sha256.hexdigest()
