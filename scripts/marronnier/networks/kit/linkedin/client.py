"""HTTP client of LinkedIn's API, for one account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.linkedin.linkedin_facts import VERSION
from marronnier.networks.kit.linkedin.urns import ACCOUNT, API_HOST, host, is_page
from marronnier.networks.kit.seam import Account, Locked, Unknown, Wait
from marronnier.text.urls import is_loopback
from marronnier.web import Answer, InvalidAnswer, Web

_MEDIA_CODES = {"MEDIA_ASSET_WAITING_UPLOAD", "EXPIRED_UPLOAD_URL"}
"""Refusals of a request that mend themselves: what was uploaded is not ready, or is uploaded anew."""


class LinkedinClient:
    """One account, a page or a member."""

    def __init__(self, account: Account, web: Web, now: datetime | None) -> None:
        self.author = account.channel.account.strip()
        self.channel = account.channel
        if not ACCOUNT.fullmatch(self.author):
            raise Locked(
                _(
                    "{channel} needs the URN of its page or member in brand/channels.yml, as `account: urn:li:organization:2414183`",
                    channel=account.channel_name,
                )
            )
        self.is_page = is_page(self.author)
        self.version = account.channel.version or VERSION
        self.is_local = is_loopback(host(account.channel))
        self.base = f"{'http' if self.is_local else 'https'}://{account.channel.host or API_HOST}"
        self.now = now
        self._web = web
        self._secrets = account.secrets

    def request(self, method: str, path: str, *, publishes: bool, **request: Any) -> Answer:
        """The answer, of status 2xx. Raises Refused, Locked, Wait or Unknown."""
        answer = self.request_unchecked(method, path, publishes=publishes, **request)
        self.raise_for(answer, publishes=publishes)
        return answer

    def request_unchecked(self, method: str, path: str, *, publishes: bool, act: str = "", **request: Any) -> Answer:
        """The answer, of any status; `act` is the method of Rest.li where HTTP's does not tell it. Raises Wait or Unknown when there is none.

        Headers: https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api, seen 2026-11-27
        """
        headers = {**self.authorization, "Linkedin-Version": self.version, "X-Restli-Protocol-Version": "2.0.0"}
        if act:
            headers["X-RestLi-Method"] = act
        return outcomes.request(self._web, method, f"{self.base}{path}", publishes=publishes, headers=headers, **request)

    def put(self, url: str, *, authorized: bool, **request: Any) -> Answer:
        """The answer to uploading bytes, of status 2xx. Raises Refused, Locked or Wait, never Unknown: nobody sees them before a post has them."""
        headers = {"Content-Type": "application/octet-stream", **(self.authorization if authorized else {})}
        answer = outcomes.request(self._web, "PUT", url, publishes=False, headers=headers, **request)
        self.raise_for(answer, publishes=False)
        return answer

    def post_form(self, url: str, form: Mapping[str, str]) -> Answer:
        """The answer to a form without the token in its headers, of any status. Raises Wait."""
        return outcomes.request(self._web, "POST", url, publishes=False, form=form)

    def read_object(self, answer: Answer, *, publishes: bool = False) -> Mapping[str, Any]:
        """The JSON object of an answer. Raises Wait, or Unknown where something was published."""
        with outcomes.web_errors_as_outcomes(publishes=publishes):
            body = answer.json()
            if not isinstance(body, dict):
                raise InvalidAnswer(_("the server gave an answer of another form"))
            return body

    @property
    def authorization(self) -> Mapping[str, str]:
        """The header with the token."""
        return {"Authorization": f"Bearer {self._secrets['token']}"}

    @property
    def token(self) -> str:
        """The token itself."""
        return self._secrets["token"]

    def raise_for(self, answer: Answer, *, publishes: bool) -> None:
        """Raises the outcome of an answer that is no agreement: Refused, Locked, Wait, Unknown."""
        if 200 <= answer.status < 300:
            return
        reason, codes = self.reason(answer), self.codes(answer)
        if answer.status == 426 or "NONEXISTENT_VERSION" in codes:
            raise Locked(
                _(
                    "LinkedIn has retired version {version} of its API; install a newer Marronnier, or write a newer `version:` in brand/channels.yml",
                    version=self.version,
                )
            )
        if answer.status == 409:
            raise (Unknown if publishes else Wait)(_("the server answered {status}: {said}", status=409, said=reason))
        if answer.status == 400 and not _MEDIA_CODES.isdisjoint(codes):
            raise Wait(_("the server answered {status}: {said}", status=400, said=reason))
        outcomes.raise_for_answer(answer, self.now, publishes=publishes, reason=reason)

    def reason(self, answer: Answer) -> str:
        """LinkedIn's explanation of an error, without secrets; empty when it gives none."""
        body = _error_body(answer)
        return (
            outcomes.redact(body.get("message") or body.get("error_description") or body.get("code"), self._secrets.values())
            if body
            else ""
        )

    def codes(self, answer: Answer) -> frozenset[str]:
        """The codes of an error: its own, and those of each field that it names."""
        body = _error_body(answer)
        details = as_mapping(body.get("errorDetails")).get("inputErrors")
        inputs = [as_mapping(one).get("code") for one in details] if isinstance(details, list) else []
        return frozenset(code for code in (body.get("code"), *inputs) if isinstance(code, str))

    def is_own(self, answer: Answer) -> bool:
        """Whether an error is the API's, and not a page of a proxy before it."""
        return bool(_error_body(answer).get("message"))


def _error_body(answer: Answer) -> Mapping[str, Any]:
    """An error: status, code, message, serviceErrorCode, errorDetails."""
    if answer.status < 400:
        return {}
    try:
        return as_mapping(answer.json())
    except InvalidAnswer:
        return {}


def as_mapping(value: object) -> Mapping[str, Any]:
    """The JSON object, or an empty one in place of any other value."""
    return value if isinstance(value, dict) else {}
