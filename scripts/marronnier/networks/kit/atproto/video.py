"""Videos on their way to a post: to the account's server as a blob, or where that takes no such size, through Bluesky's video service.

https://docs.bsky.app/docs/tutorials/video, https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/embed/video.json, seen 2026-11-28
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import urlencode

from marronnier.messages import _
from marronnier.model.publication import Caption, Picture
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.atproto.client import AtprotoClient
from marronnier.networks.kit.sealed_media import inspect_video, open_sealed
from marronnier.networks.kit.seam import Refused, SendRequest, Wait
from marronnier.web import Answer, InvalidAnswer

MAX_BLOB = 50_000_000
"""The most bytes that an account's server takes in one blob. https://docs.bsky.app/docs/advanced-guides/rate-limits, seen 2026-11-22"""
MAX_CAPTION = 20_000
UPLOAD_SECONDS = 80.0
"""Seconds for uploading and processing one video: less than a run has left before its claim ends."""

_SERVICE = "https://video.bsky.app"
_POLL_SECONDS = 1.0
_TOKEN_SECONDS = 30 * 60


def embed_video(video: Picture, composed: Mapping[str, Any], sending: SendRequest, server: AtprotoClient) -> tuple[dict[str, Any], str]:
    """The embed of a record with the blobs of its video and captions, and the video's SHA-256. Raises Refused, Locked or Wait."""
    captions = [_upload_caption(caption, sending, server) for caption in video.captions]
    with open_sealed(sending, video) as file:
        info = inspect_video(file, video)
        blob = _upload(file, video, sending, server)
    embed = {**composed, "video": blob, "aspectRatio": {"width": info.width, "height": info.height}}
    if captions:
        embed["captions"] = captions
    return embed, video.sha256


def _upload_caption(caption: Caption, sending: SendRequest, server: AtprotoClient) -> dict[str, Any]:
    with open_sealed(sending, caption) as file:
        data = file.read(MAX_CAPTION + 1)
    if len(data) > MAX_CAPTION:
        raise Refused(_("{path} has more than {most} bytes, the most that captions may have", path=caption.path, most=MAX_CAPTION))
    return {"lang": caption.lang, "file": server.upload_blob(data, "text/vtt")}


def _upload(file: IO[bytes], video: Picture, sending: SendRequest, server: AtprotoClient) -> Mapping[str, Any]:
    size = os.fstat(file.fileno()).st_size
    if size <= MAX_BLOB:
        return server.upload_blob(file, "video/mp4", size=size, within=UPLOAD_SECONDS)
    deadline = time.monotonic() + UPLOAD_SECONDS
    status = _known_job(video, sending, server) or _start_job(file, video, server)
    while not isinstance(status.get("blob"), dict):
        if status.get("state") == "JOB_STATE_FAILED":
            said = outcomes.redact(status.get("message") or status.get("error"), (server.password,))
            raise Refused(_("Bluesky cannot process {path}: {said}", path=video.path, said=said or "?"))
        with outcomes.web_errors_as_outcomes(publishes=False):
            job = outcomes.check_identifier(status.get("jobId"))
        if time.monotonic() + _POLL_SECONDS > deadline:
            raise Wait(_("{path} is still being processed", path=video.path), uploads={video.sha256: job})
        time.sleep(_POLL_SECONDS)
        status = _job_status(job, server)
    return server.check_blob(status["blob"])


def _known_job(video: Picture, sending: SendRequest, server: AtprotoClient) -> Mapping[str, Any] | None:
    """The state of the job that an earlier run began for this video; None without one that still goes on or ended well."""
    job = sending.uploads.get(video.sha256)
    try:
        status = _job_status(job, server) if job else None
    except Refused:
        return None
    return status if status and status.get("state") != "JOB_STATE_FAILED" else None


def _start_job(file: IO[bytes], video: Picture, server: AtprotoClient) -> Mapping[str, Any]:
    """Hand the video to the service, which needs a token of the account's server for storing it there. Gives the job's state."""
    session = server.session()
    expires = str(int(time.time()) + _TOKEN_SECONDS)
    token = server.service_token(session.audience, "com.atproto.repo.uploadBlob", expires)
    address = f"{_service(server)}/xrpc/app.bsky.video.uploadVideo?{urlencode({'did': session.did, 'name': f'{video.sha256[:20]}.mp4'})}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "video/mp4"}
    answer = outcomes.request(server.web, "POST", address, publishes=False, headers=headers, body=file, within=UPLOAD_SECONDS)
    # 409: the service has this very file already, and says under which job.
    if answer.status != 409:
        outcomes.raise_for_answer(answer, server.now, publishes=False, reason=_reason(answer, server))
    return _read_status(answer)


def _job_status(job: str, server: AtprotoClient) -> Mapping[str, Any]:
    address = f"{_service(server)}/xrpc/app.bsky.video.getJobStatus?{urlencode({'jobId': job})}"
    answer = outcomes.request(server.web, "GET", address, publishes=False)
    outcomes.raise_for_answer(answer, server.now, publishes=False, reason=_reason(answer, server))
    return _read_status(answer)


def _service(server: AtprotoClient) -> str:
    """The video service's address. A server on this machine is its own: a demo reaches nothing else."""
    return server.base if server.base.startswith("http://") else _SERVICE


def _read_status(answer: Answer) -> Mapping[str, Any]:
    """The job's state, which stands alone or under `jobStatus`. Raises Wait."""
    with outcomes.web_errors_as_outcomes(publishes=False):
        body = answer.json()
        status = body.get("jobStatus", body) if isinstance(body, dict) else None
        if not isinstance(status, dict):
            raise InvalidAnswer(_("the server gave an answer without {keys}", keys="jobStatus"))
    return status


def _reason(answer: Answer, server: AtprotoClient) -> str:
    if answer.status < 400:
        return ""
    try:
        body = answer.json()
    except InvalidAnswer:
        return ""
    said = (body.get("message") or body.get("error")) if isinstance(body, dict) else ""
    return outcomes.redact(said, (server.password, server.session().token))
