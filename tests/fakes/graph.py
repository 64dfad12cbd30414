"""What the fake servers of Meta's networks share: tokens, errors in the Graph API's words, containers, lists, and a public site of ours beside them.

https://developers.facebook.com/docs/graph-api/guides/error-handling, seen 2026-11-27. A subclass says which paths are which operation and
what its network alone refuses.
"""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fakes.consent import ConsentPage
from fakes.loopback import Loopback, LoopbackStage, Message, No, Reply, Request
from marronnier.model.picture_limits import PictureLimits
from marronnier.model.publication import Delivery, Picture

TOKEN = "EAAG-hush-4b1d7c"
USER = "17841400000000001"
CODES = {"refused": (100, 2207010), "locked": (190, 463), "forbidden": (10, 0), "missing": (100, 33)}


def error(code: int, subcode: int = 0, message: str = "no", status: int = 400) -> Reply:
    """An error as the Graph API words it: often with status 400, even for limits."""
    told = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEf"}
    return Reply(status, {"error": {**told, "error_subcode": subcode} if subcode else told})


@dataclass
class Prepared:
    """A container: its form, its state, and why it failed."""

    form: dict[str, str]
    state: str = "FINISHED"
    why: str = ""
    made: datetime = field(default_factory=lambda: datetime.now(UTC))


class Graph(Loopback):
    """A server with containers and lists."""

    state_field, error_field = "status_code", "status"

    def __init__(self, folder: Path | str, name: str) -> None:
        super().__init__(folder)
        self.name = name
        self.token = TOKEN
        self.consent = ConsentPage(ending="#_")
        self.issued: list[str] = []
        """Tokens that were given here, beside the first."""
        self.short: list[str] = []
        """Tokens of an hour."""
        self.token_age = timedelta(days=30)
        """How long ago the account's token was given: one of less than a day is not renewed."""
        self.containers: dict[str, Prepared] = {}
        self.site: dict[str, bytes] = {}
        """The files of our public site, by name."""
        self.elsewhere = ""
        """Where a public site of its own stands, beside this server."""
        self.counts: dict[str, dict[str, int]] = {}
        self.next_state = ""
        """The state of the next container; FINISHED where empty."""
        self.times: dict[str, datetime] = {}
        self.unlisted: set[str] = set()
        """Posts that the lists do not show yet."""

    def refusal(self, answer: str) -> Reply:
        code, subcode = CODES[answer]
        said = f"the token {self.token} ended" if answer == "locked" else f"this is {answer}"
        return error(code, subcode, said)

    def known(self, request: Request) -> None:
        """Raises No for a request without the token."""
        if request.headers.get("authorization") not in {f"Bearer {token}" for token in (self.token, *self.issued)}:
            raise No(error(190, 0, "Invalid OAuth access token."))

    def tokens(self, request: Request, grants: str) -> Reply | None:
        """Consent, exchange and renewal of Instagram's and Threads' tokens; None for any other request.

        https://developers.facebook.com/documentation/instagram-platform/reference/oauth-authorize, .../access_token, .../refresh_access_token and
        https://developers.facebook.com/docs/threads/get-started/long-lived-tokens/, seen 2026-11-28.
        """
        match request.method, request.path:
            case "GET", "/oauth/authorize":
                return self.consent.page(request.query)
            case "POST", "/oauth/access_token":
                form = request.form()
                assert form["grant_type"] == "authorization_code"
                return self._give_short(self.consent.problem(form), {"user_id": int(USER)})
            case "GET", "/access_token":
                assert request.query["grant_type"] == f"{grants}_exchange_token"
                assert request.query["client_secret"] in self.consent.clients.values()
                return self._give_long(request.query["access_token"] in self.short)
            case "GET", "/refresh_access_token":
                assert request.query["grant_type"] == f"{grants}_refresh_token"
                known = request.query["access_token"] in (self.token, *self.issued)
                return self._give_long(known and self.token_age >= timedelta(days=1))
        return None

    def _give_short(self, problem: str, more: Mapping[str, Any]) -> Reply:
        if problem:
            return Reply(400, {"error_type": "OAuthException", "code": 400, "error_message": problem})
        self.short.append(f"EAAS-hush-short-{len(self.short)}-71f0")
        return Reply(200, {"access_token": self.short[-1], **more})

    def _give_long(self, known: bool) -> Reply:
        if not known:
            return error(190, 463, "Session key invalid.")
        self.issued.append(f"EAAL-hush-long-{len(self.issued)}-c2a9{'d' * 20}")
        self.token_age = timedelta()
        return Reply(200, {"access_token": self.issued[-1], "token_type": "bearer", "expires_in": 5_183_944})

    def file(self, request: Request) -> Reply:
        """A file of the public site."""
        data = self.site.get(request.path.rpartition("/")[2])
        return Reply(404, b"nothing here") if data is None else Reply(200, data, {"Content-Type": "application/octet-stream"})

    def fetched(self, address: str) -> bytes:
        """What the network fetches at an address. Raises No where nothing stands there."""
        if self.elsewhere and address.startswith(f"{self.elsewhere}m/"):
            with urllib.request.urlopen(address) as answer:
                return bytes(answer.read())
        data = self.site.get(address.rpartition("/")[2])
        if data is None or not address.startswith(f"http://{self.host}/m/"):
            raise No(error(9004, 2207052, "The media could not be fetched from this URI"))
        return data

    def prepare(self, form: dict[str, str]) -> Reply:
        id = f"1790{len(self.containers) + 1:013d}"
        state, self.next_state = self.next_state or "FINISHED", ""
        self.containers[id] = Prepared(form, state)
        return Reply(200, {"id": id})

    def told(self, id: str) -> Reply:
        """The state of a container, or No."""
        prepared = self.containers.get(id)
        if prepared is None:
            raise No(self.refusal("missing"))
        if self.ordered == "never-ready":
            prepared.state = "IN_PROGRESS"
        return Reply(200, {"id": id, self.state_field: prepared.state, **({self.error_field: prepared.why} if prepared.why else {})})

    def publish(self, id: str, url: str, reply_to: str | None = None) -> Reply:
        """Publish a container; `url` has `{}` for the post's short code."""
        prepared = self.containers[id]
        prepared.state = "PUBLISHED"
        return self.add(prepared.form, url, reply_to)

    def add(self, wire: Mapping[str, Any], url: str, reply_to: str | None = None) -> Reply:
        number = len(self.messages) + 1
        message = Message(f"1800{number:013d}", url.format(f"C0de{number}"), wire, reply_to)
        self.messages.append(message)
        self.times[message.id] = datetime.now(UTC) + timedelta(milliseconds=number)
        message.deleted = self.ordered == "rejected-later"
        return Reply(200, {"id": message.id})

    def one(self, id: str) -> Message:
        message = next((message for message in self.alive() if message.id == id), None)
        if message is None:
            raise No(self.refusal("missing"))
        return message

    def listed(self, messages: list[Message], shown: Any, request: Request) -> Reply:
        """A page of a list, newest first, with its cursor."""
        newest = [message for message in reversed(messages) if message.id not in self.unlisted]
        start, size = int(request.query.get("after", "0")), int(request.query.get("limit", "25"))
        page = newest[start : start + size]
        paging = {"cursors": {"after": str(start + size)}}
        more = {"next": f"http://{self.host}/next"} if start + size < len(newest) else {}
        return Reply(200, {"data": [shown(message) for message in page], "paging": {**paging, **more}})

    def time(self, message: Message) -> str:
        return self.times[message.id].strftime("%Y-%m-%dT%H:%M:%S+0000")


@cache
def prepared(data: bytes, limits: PictureLimits) -> Any:
    """A picture as its network gets it."""
    from marronnier import sandbox

    return sandbox.prepare(data, limits)


class GraphStage(LoopbackStage):
    """The stage of a server that fetches media from our public site."""

    server: Graph
    limits: PictureLimits

    def __init__(self, server: Graph, limits: PictureLimits) -> None:
        channel = {"account": f"@{server.name}", "host": server.host, "public_media": True}
        super().__init__(server, secrets={"token": TOKEN}, channel=channel)
        self.limits = limits
        self.site = f"http://{server.host}/"
        self.originals: dict[str, str] = {}
        """The digest of each picture, by the digest of its prepared form."""

    def build(self) -> None:
        """Put the picture of the publisher's tests and the video of the contract's on the public site, as the calendar's build does."""
        import videos
        from networks.posts import drawn, picture

        film = videos.video()
        self.server.site[f"{hashlib.sha256(film).hexdigest()}.mp4"] = film

        data = drawn(picture("arbre.png", ""))
        self._show(data, hashlib.sha256(data).hexdigest())

    def read(self, picture: Picture) -> bytes:
        from networks.posts import drawn

        self._show(drawn(picture), picture.sha256)
        return drawn(picture)

    def _show(self, data: bytes, original: str) -> None:
        made = prepared(data, self.limits)
        self.server.site[f"{made.sha256}.{'jpg' if made.mime == 'image/jpeg' else 'png'}"] = made.data
        self.originals[made.sha256] = original

    def public_address(self, sha256: str, ending: str) -> str:
        return f"{self.site}m/{sha256}.{ending}"

    def original(self, address: str) -> str:
        """The digest of the picture that was prepared for an address."""
        name = address.rpartition("/")[2].partition(".")[0]
        return self.originals.get(name, name)

    def medium(self, form: Mapping[str, str]) -> dict[str, str]:
        """A picture or video of a container as it was composed."""
        if "image_url" not in form:
            return {"sha256": self.original(form["video_url"])}
        return {"sha256": self.original(form["image_url"]), "alt": form.get("alt_text", "")}

    def has(self, delivery: Delivery) -> bool:
        return any(message.id == delivery.id for message in self.server.alive())
