"""An account on a Mastodon server, as https://docs.joinmastodon.org/methods/ has it, seen 2026-11-25."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any

from marronnier.demo.accounts.server import NOT_THERE, AccountReply, AccountRequest, AccountServer, Posted

_ID = "42"
_FIRST = 113550000000000001
_LIMITS = {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23}


class MastodonAccount(AccountServer):
    """The server."""

    @property
    def name(self) -> str:
        """`feuillage` of `@feuillage@social.example.org`."""
        return self.account.removeprefix("@").partition("@")[0]

    def answer(self, request: AccountRequest) -> AccountReply:
        """Media, toots, and what is asked of the server and its account."""
        match request.method, request.steps:
            case "GET", (".well-known", "nodeinfo"):
                rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
                return AccountReply(200, {"links": [{"rel": rel, "href": f"http://{self.host}/nodeinfo/2.0"}]})
            case "GET", ("nodeinfo", "2.0"):
                return AccountReply(200, {"version": "2.0", "software": {"name": "mastodon", "version": "4.4.1"}})
            case "GET", ("api", "v2", "instance"):
                media = {"description_limit": 1500, "image_size_limit": 16_777_216}
                return AccountReply(200, {"version": "4.4.1", "configuration": {"statuses": _LIMITS, "media_attachments": media}})
            case "GET", ("api", "v1", "accounts", "verify_credentials"):
                return AccountReply(200, {"id": _ID, "username": self.name, "acct": self.name})
            case "GET", ("api", "v1", "apps", "verify_credentials"):
                return AccountReply(200, {"name": "Marronnier", "scopes": ["read", "write:statuses", "write:media"]})
            case "GET", ("api", "v1", "accounts", _, "statuses"):
                return AccountReply(200, [self._shown(posted) for posted in reversed(self.posted)][:40])
            case "POST", ("api", "v2", "media"):
                return self._upload(request)
            case "POST", ("api", "v1", "statuses"):
                return self._toot(request.json())
            case "GET", ("api", "v1", "statuses", id) if posted := self.find(id):
                return AccountReply(200, self._shown(posted))
            case "GET", (at, id) if at == f"@{self.name}" and (posted := self.find(id)):
                return self.page(posted)
        return NOT_THERE

    def _upload(self, request: AccountRequest) -> AccountReply:
        id = str(900001 + len(list(self.folder.glob("9*"))))
        self.keep_file(id, request.files()["file"])
        return AccountReply(200, {"id": id, "type": "image", "url": f"http://{self.host}/files/{id}"})

    def _toot(self, asked: dict[str, Any]) -> AccountReply:
        options = "".join(f"\n◯ {option}" for option in asked.get("poll", {}).get("options", ()))
        id, files = str(_FIRST + len(self.posted)), tuple(map(str, asked.get("media_ids", ())))
        text = "\n\n".join(filter(None, (asked.get("spoiler_text", ""), f"{asked.get('status', '')}{options}")))
        return AccountReply(200, self._shown(self.post(id, text, files, str(asked.get("in_reply_to_id") or ""))))

    def _shown(self, posted: Posted) -> dict[str, Any]:
        return {
            "id": posted.id,
            "created_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "in_reply_to_id": posted.reply_to or None,
            "visibility": "public",
            "uri": f"http://{self.host}/users/{self.name}/statuses/{posted.id}",
            "url": f"http://{self.host}/@{self.name}/{posted.id}",
            "content": f"<p>{html.escape(posted.text)}</p>",
            "media_attachments": [{"id": id, "type": "image"} for id in posted.files],
        }


SERVER = MastodonAccount
