"""Client of a site's REST API, for one account with an application password. https://developer.wordpress.org/rest-api/, seen 2026-11-27"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any, NamedTuple
from urllib.parse import urlencode

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Account, Locked, Refused, Unknown, Wait
from marronnier.text.urls import is_loopback
from marronnier.web import Answer, InvalidAnswer, Web

_API = "/wp-json/wp/v2"
_EVERY_STATUS = "publish,future,draft,pending,private"
_UPLOAD_SECONDS = 80.0
"""Less than a run has left before its claim ends."""
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_SLUG = re.compile(r"[a-z0-9_-]{1,200}")
_REFUSED_UPLOADS = frozenset(
    {
        *("rest_upload_no_data", "rest_upload_no_content_type", "rest_upload_invalid_disposition", "rest_upload_file_too_big"),
        *("rest_upload_limited_space", "rest_upload_image_type_not_supported"),
    }
)
_NO_RIGHT = re.compile(r"rest_cannot_|rest_forbidden|rest_not_logged_in|incorrect_password|invalid_username|application_passwords_disabled")
"""Errors about the account, whatever their status: an account that may upload nothing gets a 400.
https://github.com/WordPress/wordpress-develop/blob/trunk/src/wp-includes/rest-api/endpoints/class-wp-rest-attachments-controller.php, seen 2026-11-27"""


class WordpressPost(NamedTuple):
    """A post of the site as its API tells it."""

    id: str
    slug: str
    status: str
    link: str
    title: str
    content: str
    """As it was written, not as it is shown."""
    featured: str
    """The id of its picture; `0` without one."""


class WordpressClient:
    """One account on its site."""

    def __init__(self, account: Account, web: Web, now: datetime | None) -> None:
        self.site = account.channel.host
        self.user = account.channel.account.strip()
        if not self.site or not self.user:
            raise Locked(
                _(
                    "brand/channels.yml does not name the site of {channel} and its user; write `account: jardin` and `host: blog.example.org`",
                    channel=account.channel_name,
                )
            )
        # A password in the clear would go to whoever listens: only this machine is spoken to without TLS.
        self._base = f"{'http' if is_loopback(self.site.partition(':')[0]) else 'https'}://{self.site}{_API}"
        token = base64.b64encode(f"{self.user}:{account.secrets['password']}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}", "Accept": "application/json"}
        self._secrets = (*account.secrets.values(), token)
        self._web, self._now = web, now

    def request(
        self, method: str, path: str, *, publishes: bool = False, accepted: tuple[str, ...] = (), **request: Any
    ) -> tuple[Answer, str]:
        """The answer of status 2xx and an empty text, or one whose error has an accepted code and that code. Raises Refused, Locked, Wait or Unknown."""
        headers = {**self._headers, **request.pop("headers", {})}
        answer = outcomes.request(self._web, method, f"{self._base}{path}", publishes=publishes, headers=headers, **request)
        if 200 <= answer.status < 300:
            return answer, ""
        body = self._error(answer)
        code = str(body.get("code", ""))
        if code not in accepted:
            self._raise(answer, body, publishes=publishes)
        return answer, code

    def mapping(self, method: str, path: str, *, publishes: bool = False, **request: Any) -> Mapping[str, Any]:
        """The JSON object that answers."""
        answer, _code = self.request(method, path, publishes=publishes, **request)
        with outcomes.web_errors_as_outcomes(publishes=publishes):
            return as_mapping(answer.json())

    def posts(self, slug: str) -> list[WordpressPost]:
        """The posts under a slug, whatever their status but the trash: the slug of another post never contains it."""
        query = urlencode({"slug": slug, "status": _EVERY_STATUS, "context": "edit", "per_page": "100"})
        answer, _code = self.request("GET", f"/posts?{query}")
        with outcomes.web_errors_as_outcomes(publishes=False):
            told = answer.json()
            if not isinstance(told, list):
                raise InvalidAnswer(_("the server gave no list of posts"))
            return [found for found in map(_site_post, told) if found.slug == slug]

    def post(self, id: str) -> WordpressPost | None:
        """The post of an id; None where there is none."""
        answer, code = self.request("GET", f"/posts/{id}?context=edit", accepted=("rest_post_invalid_id",))
        with outcomes.web_errors_as_outcomes(publishes=False):
            return None if code else _site_post(answer.json())

    def write(self, id: str, fields: Mapping[str, Any], *, publishes: bool = False) -> WordpressPost:
        """Write the fields of a post, or of a new one where the id is empty."""
        told = self.mapping("POST", f"/posts/{id}" if id else "/posts", publishes=publishes, json=fields)
        with outcomes.web_errors_as_outcomes(publishes=publishes):
            return _site_post(told)

    def trash(self, id: str) -> None:
        """Move a post into the trash, or delete it where the site has none; nothing happens where it is not there."""
        gone = ("rest_already_trashed", "rest_post_invalid_id")
        _answer, code = self.request("DELETE", f"/posts/{id}", publishes=True, accepted=(*gone, "rest_trash_not_supported"))
        if code == "rest_trash_not_supported":
            self.request("DELETE", f"/posts/{id}?force=true", publishes=True, accepted=gone)

    def media(self, name: str, content: bytes | IO[bytes], mime: str, alt: str = "") -> tuple[str, str]:
        """The id and the address of a file of that name with its alternative text; it is uploaded where it is not there yet."""
        stem = name.partition(".")[0]
        answer, _code = self.request("GET", f"/media?{urlencode({'slug': stem, 'context': 'edit'})}")
        with outcomes.web_errors_as_outcomes(publishes=False):
            told = answer.json()
            found = next((one for one in map(as_mapping, told if isinstance(told, list) else ()) if one.get("slug") == stem), None)
        if found is None:
            headers = {"Content-Type": mime, "Content-Disposition": f'attachment; filename="{name}"'}
            found = self.mapping("POST", "/media", headers=headers, body=content, within=_UPLOAD_SECONDS)
        with outcomes.web_errors_as_outcomes(publishes=False):
            id, address = outcomes.check_identifier(found.get("id"), _NUMBER), outcomes.check_url(found.get("source_url"))
        self.mapping("POST", f"/media/{id}", json={"alt_text": alt})
        return id, address

    def tag(self, name: str) -> int:
        """The id of the tag of that name, which is made where there is none."""
        answer, code = self.request("POST", "/tags", json={"name": name}, accepted=("term_exists",))
        with outcomes.web_errors_as_outcomes(publishes=False):
            told = as_mapping(answer.json())
            id = as_mapping(told.get("data")).get("term_id") if code else told.get("id")
            return int(outcomes.check_identifier(id, _NUMBER))

    def me(self) -> tuple[Mapping[str, Any], datetime | None]:
        """The account of the password as the site tells it, and the site's clock."""
        answer, _code = self.request("GET", "/users/me?context=edit")
        with outcomes.web_errors_as_outcomes(publishes=False):
            return as_mapping(answer.json()), outcomes.server_date(answer)

    def _error(self, answer: Answer) -> Mapping[str, Any]:
        """The API's own error; empty for a page of something before it."""
        try:
            return as_mapping(answer.json())
        except InvalidAnswer:
            return {}

    def _raise(self, answer: Answer, body: Mapping[str, Any], *, publishes: bool) -> None:
        """Raises what a refusal means. https://developer.wordpress.org/rest-api/, and the code of its controllers, seen 2026-11-27"""
        code = body.get("code") if isinstance(body.get("code"), str) else ""
        reason = " ".join(filter(None, (outcomes.redact(code, self._secrets), outcomes.redact(body.get("message"), self._secrets))))
        said = _("the server answered {status}: {said}", status=answer.status, said=reason)
        if code == "rest_no_route" or (not code and answer.status in (404, 405)):
            raise Locked(_("{server} does not answer as WordPress does ({status})", server=self.site, status=answer.status))
        if code and _NO_RIGHT.match(code):
            raise Locked(said)
        if code in _REFUSED_UPLOADS:
            raise Refused(said)
        if answer.status == 412 or (not code and answer.status == 403):
            # An upload that arrived damaged; a page of a firewall before the site, which decides nothing about the account.
            text = said if code else _("the server answered {status}", status=answer.status)
            raise (Unknown if publishes else Wait)(text)
        outcomes.raise_for_answer(answer, self._now, publishes=publishes, reason=reason)


def as_mapping(value: object) -> Mapping[str, Any]:
    """The JSON object, or an empty one in place of any other value."""
    return value if isinstance(value, dict) else {}


def _site_post(told: object) -> WordpressPost:
    """A post of an answer in the context `edit`. Raises InvalidAnswer."""
    post = as_mapping(told)
    title, content = (as_mapping(post.get(name)).get("raw") for name in ("title", "content"))
    return WordpressPost(
        id=outcomes.check_identifier(post.get("id"), _NUMBER),
        slug=outcomes.check_identifier(post.get("slug"), _SLUG),
        status=str(post.get("status", "")),
        link=outcomes.check_url(post.get("link")),
        title=title if isinstance(title, str) else "",
        content=content if isinstance(content, str) else "",
        featured=str(post.get("featured_media") or 0),
    )
