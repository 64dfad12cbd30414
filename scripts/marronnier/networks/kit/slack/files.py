"""Files of a message: uploaded in three steps, seen by the bot alone until a message has them.

files.getUploadURLExternal, files.completeUploadExternal and files.info: https://docs.slack.dev/reference/methods, seen 2026-11-27. A block takes
pictures alone; a video or a document is shown where the message's own words hold its address, in the words of Slack's own developer:
https://github.com/slackapi/python-slack-sdk/issues/1194, seen 2026-11-28. Nobody here tried it on Slack.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.chat.uploads import Upload, is_file, open_uploads
from marronnier.networks.kit.seam import SendRequest, Wait
from marronnier.networks.kit.slack.client import DEFAULT_HOST, SlackClient, SlackError
from marronnier.networks.kit.slack.slack_facts import DOCUMENT, MAX_PICTURE_BYTES, MAX_PICTURE_SIDE, VIDEO
from marronnier.web import InvalidAnswer

READY_SECONDS = 40.0
"""Seconds for which files are waited for once they are uploaded."""
_UPLOAD_SECONDS = 80.0
_POLL_SECONDS = 1.0


def with_files(body: Mapping[str, Any], sending: SendRequest, client: SlackClient) -> dict[str, Any]:
    """The message with the files that it names by their digest. Raises Refused, Locked, Wait."""
    files = _ready_files(sending, client)
    made = {name: value for name, value in body.items() if name != "files"}
    if "blocks" in body:
        ids = iter(files)
        made["blocks"] = [_image(block, next(ids)) if block["type"] == "image" else block for block in body["blocks"]]
    if "files" in body:
        addresses = [f"<{_address(told, client)}>" for told in files.values()]
        made["text"] = "\n".join(filter(None, (body["text"], *addresses)))
    return made


def _image(block: Mapping[str, Any], file: str) -> dict[str, Any]:
    # Slack asks for a text. That a blank stands for decoration is ours.
    return {"type": "image", "slack_file": {"id": file}, "alt_text": block["alt_text"] or " "}


def _address(told: Mapping[str, Any], client: SlackClient) -> str:
    """The address of a file within its workspace: `permalink` of https://docs.slack.dev/reference/objects/file-object."""
    with outcomes.web_errors_as_outcomes(publishes=False):
        url = outcomes.check_url(told.get("permalink"))
        if not client.loopback and not (urlsplit(url).hostname or "").endswith(f".{DEFAULT_HOST}"):
            raise InvalidAnswer(_("the server gave an invalid address"))
    return url


def _ready_files(sending: SendRequest, client: SlackClient) -> dict[str, Mapping[str, Any]]:
    """What Slack tells of each file of the part, by its id, in order. Raises Refused, Locked, and Wait with the files that it works on."""
    media = sending.part.media
    begun = {one.sha256: id for one in media if is_file(one) and (id := sending.uploads.get(one.sha256)) and _is_known(client, id)}
    ids = [begun.get(one.sha256, "") for one in media]
    if not all(ids):
        with open_uploads(sending, VIDEO, DOCUMENT, max_bytes=MAX_PICTURE_BYTES, max_side=MAX_PICTURE_SIDE) as uploads:
            pairs = zip(media, ids, uploads, strict=True)
            ids = [id or _upload(upload, one.alt if is_file(one) else "", client) for one, id, upload in pairs]
    until = time.monotonic() + READY_SECONDS
    files = {}
    for id in ids:
        # A file without its type is not ready: github.com/slackapi/java-slack-sdk/issues/1349, github.com/slackapi/node-slack-sdk/issues/2170.
        while not (told := _told(client, id)).get("mimetype"):
            if (left := until - time.monotonic()) <= 0:
                kept = {one.sha256: id for one, id in zip(media, ids, strict=True) if is_file(one)}
                raise Wait(_("the pictures take too long to arrive"), uploads=kept)
            time.sleep(min(_POLL_SECONDS, left))
        files[id] = told
    return files


def _upload(upload: Upload, title: str, client: SlackClient) -> str:
    """The id of an uploaded file. Its title is what readers see above it, else its name."""
    name, content, _kind = upload
    size = len(content) if isinstance(content, bytes) else os.fstat(content.fileno()).st_size
    told = client.ask("files.getUploadURLExternal", publishes=False, form={"filename": name, "length": str(size)})
    with outcomes.web_errors_as_outcomes(publishes=False):
        file = outcomes.check_identifier(told.get("file_id"))
    client.upload(told.get("upload_url"), content, _UPLOAD_SECONDS)
    # Without a channel the file is shared with nobody.
    files = [{"id": file, "title": title or name}]
    client.ask("files.completeUploadExternal", publishes=False, form={"files": json.dumps(files, ensure_ascii=False)})
    return file


def _is_known(client: SlackClient, file: str) -> bool:
    """Whether Slack still has the file of an earlier run."""
    try:
        return bool(_told(client, file))
    except (Wait, SlackError):
        return False


def _told(client: SlackClient, file: str) -> Mapping[str, Any]:
    told = client.look("files.info", file=file).get("file")
    return told if isinstance(told, dict) else {}
