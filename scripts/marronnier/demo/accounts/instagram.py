"""A professional account on Instagram, as https://developers.facebook.com/docs/instagram-platform/content-publishing has it, seen 2026-11-27."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marronnier.demo.accounts.server import NOT_THERE, AccountReply, AccountRequest, AccountServer, Posted
from marronnier.web import AnswerLost, NotSent, Web

_USER = "17841400000000001"


class InstagramAccount(AccountServer):
    """Instagram, for one account."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.containers: dict[str, Mapping[str, str]] = {}

    def answer(self, request: AccountRequest) -> AccountReply:
        """Containers, publishing, comments, and whose token it is. A path begins with the version of the API."""
        if request.steps[0] == "p":
            return self.page(posted) if (posted := self.find(request.steps[-1])) else NOT_THERE
        match request.method, request.steps[1:]:
            case "GET", ("me",):
                return AccountReply(200, {"user_id": _USER, "id": "9", "username": self.account.removeprefix("@")})
            case "GET", (_, "content_publishing_limit"):
                return AccountReply(
                    200, {"data": [{"quota_usage": len(self.posted), "config": {"quota_total": 50, "quota_duration": 86400}}]}
                )
            case "POST", (_, "media"):
                id = f"1790{len(self.containers) + 1:013d}"
                self.containers[id] = request.form()
                return AccountReply(200, {"id": id})
            case "POST", (_, "media_publish"):
                return self._publish(request.form()["creation_id"])
            case "POST", (media, "comments"):
                return AccountReply(200, {"id": self.post(self._next_id(), request.form()["message"], reply_to=media).id})
            case "GET", (_, "media"):
                return AccountReply(200, {"data": [self._shown(posted) for posted in reversed(self.posted) if not posted.reply_to]})
            case "GET", (id,) if id in self.containers:
                return AccountReply(200, {"id": id, "status_code": "FINISHED"})
            case "GET", (id,) if posted := self.find(id):
                return AccountReply(200, self._shown(posted))
        return NOT_THERE

    def _next_id(self) -> str:
        return f"1800{len(self.posted) + 1:013d}"

    def _publish(self, container: str) -> AccountReply:
        """Fetch what the container names, as the network does, and show it."""
        form, id = self.containers[container], self._next_id()
        pictures = [self.containers[child] for child in form["children"].split(",")] if "children" in form else [form]
        names = tuple(f"{id}-{number}" for number, _form in enumerate(pictures))
        for name, picture in zip(names, pictures, strict=True):
            self.keep_file(name, _fetched(picture.get("image_url") or picture["video_url"]))
        return AccountReply(200, {"id": self.post(id, form.get("caption", ""), names).id})

    def _shown(self, posted: Posted) -> dict[str, Any]:
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        return {"id": posted.id, "permalink": f"http://{self.host}/p/{posted.id}/", "caption": posted.text, "timestamp": at}


def _fetched(address: str) -> bytes:
    """The file at an address of this machine; nothing else is asked for."""
    try:
        return Web(loopback=True).request("GET", address).body
    except (NotSent, AnswerLost):
        return b""


SERVER = InstagramAccount
