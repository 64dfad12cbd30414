"""Videos and reels of a Page: started, uploaded, and published by the request that finishes them.

https://developers.facebook.com/docs/video-api/guides/reels-publishing and https://github.com/fbsamples/reels_publishing_apis, seen 2026-11-27; the phases
of other videos are those of https://pypi.org/project/facebook-business/ 26.0.3 (video_uploader.py, page.py: create_video), seen 2026-11-28.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import IO, Any

from marronnier.messages import _
from marronnier.model.publication import Delivery
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.graph.client import VERSION, GraphClient, identifier, node
from marronnier.networks.kit.graph.lookup import find_row, row_delivery, same_text, since_first_try
from marronnier.networks.kit.sealed_media import open_sealed
from marronnier.networks.kit.seam import Refused, SendRequest, Unknown, Wait
from marronnier.web import InvalidAnswer

UPLOAD_SECONDS = 80.0
"""Seconds for one video: less than a run has left before its claim ends."""
_MOST_PIECES = 400
_STATUS = "status,permalink_url"


def is_reel(sending: SendRequest) -> bool:
    """Whether a part is a reel."""
    return "video_state" in sending.part.wire


def publish_video(sending: SendRequest, client: GraphClient, page: str) -> Delivery:
    """Upload a video, then publish it. Its id is kept, so that an answer that is lost is settled by asking for its state."""
    (video,) = sending.part.media
    path = f"{page}/{'video_reels' if is_reel(sending) else 'videos'}"
    with open_sealed(sending, video) as file:
        size = os.fstat(file.fileno()).st_size
        start = client.post(path, {"upload_phase": "start", **({} if is_reel(sending) else {"file_size": str(size)})}, publishes=False)
        id = identifier(start, publishes=False, name="video_id")
        if is_reel(sending):
            _upload_whole(file, size, client, id)
            finish = {"video_id": id, "video_state": str(sending.part.wire["video_state"])}
        else:
            finish = {"upload_session_id": _upload_pieces(file, client, path, start), "published": "true"}
    try:
        client.post(path, {"upload_phase": "finish", "description": sending.part.text, **finish}, publishes=True)
    except Unknown as unknown:
        raise Unknown(str(unknown), uploads={sending.payload_sha256: id}) from unknown
    return Delivery(id, video_address(client, id, reel=is_reel(sending)), (video.sha256,))


def find_video(sending: SendRequest, client: GraphClient, page: str) -> Delivery | None:
    """The video that the last attempt may have published: by its state, else by its words among the Page's own."""
    kept = sending.uploads.get(sending.payload_sha256)
    state = video_state(client, kept) if kept is not None else ""
    if kept is not None and state == "complete":
        return Delivery(kept, video_address(client, kept, reel=is_reel(sending)))
    if state == "in_progress":
        raise Wait(_("what was sent is still being prepared there"))
    if state:
        return None
    # The server says the same of a video that is gone and of one that this token may not see now.
    path = f"{page}/{'video_reels' if is_reel(sending) else 'videos'}"
    rows = since_first_try(client, path, "id,description,created_time,permalink_url", sending)
    row = find_row(rows, sending, lambda row: same_text(row.get("description") or "", sending.part.text))
    return None if row is None else row_delivery(row, video_address(client, str(row.get("id")), reel=is_reel(sending)))


def video_state(client: GraphClient, id: str) -> str:
    """`complete` where a video is out, `error` where it was rejected, `not_started` or `in_progress`; empty where it is not there. Raises Wait."""
    told = client.get_if_there(node(id), fields=_STATUS)
    if told is None:
        return ""
    status = _mapping(told.get("status"))
    if status.get("video_status") == "error":
        return "error"
    state = _mapping(status.get("publishing_phase")).get("status")
    if state not in ("complete", "error", "not_started", "in_progress"):
        raise Wait(_("the server does not say whether {what} is ready", what=id))
    return str(state)


def video_address(client: GraphClient, id: str, *, reel: bool) -> str:
    """The address of a video: two independent implementations make that of a reel of its id, seen 2026-11-27."""
    from marronnier.networks.kit.graph.addresses import permalink

    page = f"https://www.facebook.com/reel/{id}"
    return page if reel and client.base.startswith("https") else permalink(client, id, page, "permalink_url")


def _upload_whole(file: IO[bytes], size: int, client: GraphClient, id: str) -> None:
    """The bytes of a reel, to a host of their own with the token under another name."""
    base = client.base.replace("//graph.", "//rupload.", 1).removesuffix(f"/{VERSION}")
    headers = {"Authorization": f"OAuth {client.account.secrets['token']}", "offset": "0", "file_size": str(size)}
    url = f"{base}/video-upload/{VERSION}{node(id)}"
    answer = outcomes.request(client.web, "POST", url, publishes=False, headers=headers, body=file, within=UPLOAD_SECONDS)
    client.body(answer, publishes=False)


def _upload_pieces(file: IO[bytes], client: GraphClient, path: str, start: Mapping[str, Any]) -> str:
    """The bytes of a video, piece by piece as the server asks for them. Gives the id of the upload."""
    session = identifier(start, publishes=False, name="upload_session_id")
    told = start
    for _piece in range(_MOST_PIECES):
        begin, end = _offset(told, "start_offset"), _offset(told, "end_offset")
        if begin == end:
            return session
        file.seek(begin)
        form = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": str(begin)}
        piece = ("video.mp4", file.read(end - begin), "application/octet-stream")
        told = client.post(path, form, publishes=False, files={"video_file_chunk": piece}, within=UPLOAD_SECONDS)
    raise Refused(_("the server asks for this video in too many pieces"))


def _offset(told: Mapping[str, Any], name: str) -> int:
    with outcomes.web_errors_as_outcomes(publishes=False):
        value = str(told.get(name))
        if not value.isdecimal():
            raise InvalidAnswer(_("the server gave an answer without {keys}", keys=name))
    return int(value)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
