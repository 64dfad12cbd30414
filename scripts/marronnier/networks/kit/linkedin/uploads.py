"""Uploads: pictures, a video or a document become URNs that a post names. Nobody sees them before a post has them.

Images: `initializeUpload`, one PUT with the token. Videos: `initializeUpload`, a PUT of each range without the token, `finalizeUpload` with the
ETags. Documents: as images. https://learn.microsoft.com/linkedin/marketing/community-management/shares/images-api, …/videos-api and
…/documents-api as others quote them, and in two independent implementations (documents: one), seen 2026-11-27.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any
from urllib.parse import urlsplit

from marronnier.messages import _
from marronnier.model.picture_limits import PictureLimits
from marronnier.model.publication import Picture
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.documents import open_document
from marronnier.networks.kit.linkedin.client import LinkedinClient, as_mapping
from marronnier.networks.kit.linkedin.linkedin_facts import DOCUMENT
from marronnier.networks.kit.linkedin.urns import UPLOAD, quoted
from marronnier.networks.kit.sealed_media import open_sealed, prepare_picture
from marronnier.networks.kit.seam import Refused, SendRequest, Wait
from marronnier.web import InvalidAnswer

UPLOAD_SECONDS = 80.0
"""Seconds for uploading and processing all media of a post: with the post itself, less than a run has left before its claim ends."""
READY_SECONDS = 60.0
"""Seconds within which LinkedIn is asked again whether one of them is ready."""
POLL_SECONDS = 3.0
_MAX_RANGES = 1000


def _kind(media: Picture) -> str:
    """The part of the API that a file is uploaded to."""
    return "videos" if media.is_video else "documents" if media.is_document else "images"


class MediaUpload:
    """The uploads of one post, which share its seconds."""

    def __init__(self, sending: SendRequest, client: LinkedinClient, limits: PictureLimits) -> None:
        self._sending = sending
        self._client = client
        self._limits = limits
        self._ends = time.monotonic() + UPLOAD_SECONDS

    def upload_all(self, media: Sequence[Picture]) -> list[tuple[str, str]]:
        """Of each file the URN, and the SHA-256 of what was uploaded; all are ready. Raises Refused, Locked or Wait.

        A member's token may not ask whether they are: then the post is sent after a moment, and waits there where LinkedIn says so.
        """
        uploaded = [self._upload(one) for one in media]
        ends = min(time.monotonic() + READY_SECONDS, self._ends)
        for one, (urn, _sha256) in zip(media, uploaded, strict=True):
            if not self._wait_until_ready(one, urn, ends):
                time.sleep(min(POLL_SECONDS, self._seconds_left()))
                break
        return uploaded

    def _upload(self, media: Picture) -> tuple[str, str]:
        if media.is_video or media.is_document:
            return self._begun_upload(media) or self._upload_whole(media), media.sha256
        made = prepare_picture(self._sending, media, self._limits)
        value = self._initialize("images", {})
        urn = self._check_urn(value.get("image"))
        self._client.put(self._check_url(value.get("uploadUrl")), authorized=True, body=made.data, within=self._seconds_left())
        return urn, made.sha256

    def _begun_upload(self, media: Picture) -> str:
        """The URN of an earlier run's upload of this file; empty without one, or where it failed."""
        begun = self._sending.uploads.get(media.sha256, "")
        try:
            if begun:
                self._ask_state(media, self._check_urn(begun))
        except Refused:
            return ""
        return begun

    def _upload_whole(self, media: Picture) -> str:
        if media.is_document:
            with open_document(self._sending, media, DOCUMENT) as (file, _size):
                return self._upload_document(file)
        with open_sealed(self._sending, media) as file:
            return self._upload_video(file)

    def _upload_document(self, file: IO[bytes]) -> str:
        value = self._initialize("documents", {})
        urn = self._check_urn(value.get("document"))
        self._client.put(self._check_url(value.get("uploadUrl")), authorized=True, body=file, within=self._seconds_left())
        return urn

    def _upload_video(self, file: IO[bytes]) -> str:
        size = os.fstat(file.fileno()).st_size
        value = self._initialize("videos", {"fileSizeBytes": size, "uploadCaptions": False, "uploadThumbnail": False})
        urn = self._check_urn(value.get("video"))
        etags = []
        for url, first, last in self._ranges(value.get("uploadInstructions"), size):
            file.seek(first)
            answer = self._client.put(url, authorized=False, body=file.read(last - first + 1), within=self._seconds_left())
            etags.append(answer.headers.get("etag", "").strip('"'))
        ended = {"video": urn, "uploadToken": str(value.get("uploadToken") or ""), "uploadedPartIds": etags}
        self._client.request(
            "POST",
            "/rest/videos?action=finalizeUpload",
            publishes=False,
            json={"finalizeUploadRequest": ended},
            within=self._seconds_left(),
        )
        return urn

    def _ranges(self, instructions: object, size: int) -> Iterator[tuple[str, int, int]]:
        """The address, first and last byte of each range. Raises Wait where they are not the whole file in order."""
        expected = 0
        for one in instructions if isinstance(instructions, list) and len(instructions) <= _MAX_RANGES else ():
            told = as_mapping(one)
            first, last = told.get("firstByte"), told.get("lastByte")
            if first != expected or not isinstance(last, int) or not expected <= last < size:
                break
            yield self._check_url(told.get("uploadUrl")), expected, last
            expected = last + 1
        if expected != size:
            raise Wait(_("LinkedIn did not say how this video is to be uploaded"))

    def _initialize(self, kind: str, more: Mapping[str, Any]) -> Mapping[str, Any]:
        wanted = {"initializeUploadRequest": {"owner": self._client.author, **more}}
        path = f"/rest/{kind}?action=initializeUpload"
        answer = self._client.request("POST", path, publishes=False, json=wanted, within=self._seconds_left())
        return as_mapping(self._client.read_object(answer).get("value"))

    def _ask_state(self, media: Picture, urn: str) -> str:
        """The state of an upload; empty where the token may not ask. Raises Refused when LinkedIn does not know it, or cannot process it."""
        path = f"/rest/{_kind(media)}/{quoted(urn)}"
        answer = self._client.request_unchecked("GET", path, publishes=False, within=self._seconds_left())
        if answer.status == 403 and not self._client.is_page:
            return ""
        self._client.raise_for(answer, publishes=False)
        told = self._client.read_object(answer)
        if told.get("status") == "PROCESSING_FAILED":
            said = outcomes.redact(told.get("processingFailureReason"), (self._client.token,))
            raise Refused(_("LinkedIn cannot process {path}: {said}", path=media.path, said=said or "?"))
        return str(told.get("status") or "?")

    def _wait_until_ready(self, media: Picture, urn: str, ends: float) -> bool:
        """False where the token may not ask. Raises Refused, and Wait when it takes longer than this run has."""
        while (state := self._ask_state(media, urn)) != "AVAILABLE":
            if not state:
                return False
            if time.monotonic() + POLL_SECONDS > ends:
                # A picture is uploaded anew: it is small, and prepared again.
                uploads = {} if _kind(media) == "images" else {media.sha256: urn}
                raise Wait(_("{path} is still being processed", path=media.path), self._next_try(), uploads=uploads)
            time.sleep(POLL_SECONDS)
        return True

    def _next_try(self) -> Any:
        return self._client.now + outcomes.DEFAULT_WAIT if self._client.now is not None else None

    def _seconds_left(self) -> float:
        """Seconds left for the uploads. Raises Wait when there are none."""
        if (seconds := self._ends - time.monotonic()) <= 0:
            raise Wait(_("the pictures take too long to arrive"))
        return seconds

    def _check_urn(self, value: object) -> str:
        with outcomes.web_errors_as_outcomes(publishes=False):
            return outcomes.check_identifier(value, UPLOAD)

    def _check_url(self, value: object) -> str:
        """The address for bytes, which gets the token: one of LinkedIn's own. Raises Wait."""
        with outcomes.web_errors_as_outcomes(publishes=False):
            url = outcomes.check_url(value)
            parts = urlsplit(url)
            place = (parts.hostname or "").casefold()
            own = (
                url.startswith(f"{self._client.base}/")
                if self._client.is_local
                else place.endswith(".linkedin.com") and parts.scheme == "https"
            )
            if not own:
                raise InvalidAnswer(_("the server gave an invalid address"))
        return url
