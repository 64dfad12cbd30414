"""A page on LinkedIn, as https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api has it, seen 2026-11-27."""

from __future__ import annotations

import re
from typing import Any

from marronnier.demo.accounts.server import NOT_THERE, AccountReply, AccountRequest, AccountServer

_LAST = 9_999_999_999_999_999_000
"""Beyond all numbers that LinkedIn gave: such an address leads to nobody's post."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MENTION = re.compile(r"@\[([^\[\]]+)\]\(urn:li:[\w:-]+\)")


class LinkedinAccount(AccountServer):
    """LinkedIn, for the members of one page."""

    def answer(self, request: AccountRequest) -> AccountReply:
        """Uploads, posts, comments, and which pages the token may post as."""
        match request.method, request.steps:
            case "GET", ("rest", "organizationAcls"):
                role = {"organization": self.account, "role": request.query.get("role", "ADMINISTRATOR"), "state": "APPROVED"}
                return AccountReply(200, {"elements": [role]})
            case "POST", ("rest", "images") if request.query.get("action") == "initializeUpload":
                id = f"C4D{len(list(self.folder.glob('C4D*')))}"
                self.keep_file(id, b"")
                return AccountReply(200, {"value": {"uploadUrl": f"http://{self.host}/bytes/{id}", "image": f"urn:li:image:{id}"}})
            case "PUT", ("bytes", id):
                self.keep_file(id, request.body)
                return AccountReply(201, b"", {"ETag": f'"{id}"'})
            case "GET", ("rest", "images", urn):
                return AccountReply(200, {"id": urn, "owner": self.account, "status": "AVAILABLE"})
            case "POST", ("rest", "posts"):
                return self._create(request.json())
            case "GET", ("rest", "posts"):
                return AccountReply(200, {"elements": [{"id": one.id, "commentary": one.text} for one in reversed(self.posted)]})
            case "GET", ("rest", "posts", urn) if posted := self.find(urn):
                return AccountReply(200, {"id": urn, "author": self.account, "commentary": posted.text, "lifecycleState": "PUBLISHED"})
            case "POST", ("rest", "socialActions", urn, "comments"):
                id = str(_LAST + len(self.posted))
                self.post(id, request.json()["message"]["text"], reply_to=urn)
                return AccountReply(201, {"id": id, "object": urn}, {"x-restli-id": id})
        return NOT_THERE

    def _create(self, asked: dict[str, Any]) -> AccountReply:
        content = asked.get("content", {})
        media = [*content.get("multiImage", {}).get("images", ()), *([content["media"]] if "media" in content else ())]
        card = content.get("article", {})
        words = _ESCAPED.sub(r"\1", _MENTION.sub(r"\1", asked["commentary"]))
        text = "\n\n".join(filter(None, (words, f"{card['title']}\n{card['source']}" if card else "")))
        urn = f"urn:li:share:{_LAST + len(self.posted)}"
        self.post(urn, text, tuple(str(one["id"]).rpartition(":")[2] for one in media))
        return AccountReply(201, b"", {"x-restli-id": urn})


SERVER = LinkedinAccount
