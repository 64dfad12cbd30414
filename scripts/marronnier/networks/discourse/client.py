"""Client of a forum, for one user with an API key. https://docs.discourse.org/, seen 2026-11-27"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any, NamedTuple
from urllib.parse import quote

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Account, Locked, Refused, Wait
from marronnier.text.urls import is_loopback
from marronnier.web import Answer, InvalidAnswer, Web

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_UPLOAD_SECONDS = 80.0
"""Less than a run has left before its claim ends."""
_UPLOAD = re.compile(r"upload://[A-Za-z0-9]{1,100}(?:\.[a-z0-9]{1,10})?")
_TOPIC = re.compile(r"/t/(?:[^/?#]*[^0-9/?#][^/?#]*/)?([1-9][0-9]{0,17})(?:[/.?#]|$)")


class ForumPost(NamedTuple):
    """A post of a topic as the forum tells it."""

    id: str
    topic: str
    number: str
    """Its place in the topic, from 1."""
    raw: str
    user: str
    told: Mapping[str, Any]
    """All that the forum said of it."""

    @property
    def deleted(self) -> bool:
        """Whether it was deleted: staff sees it still."""
        return bool(self.told.get("deleted_at") or self.told.get("user_deleted"))


class DiscourseClient:
    """One user of a forum."""

    def __init__(self, account: Account, web: Web, now: datetime | None) -> None:
        self.forum = account.channel.host
        self.user, _slash, self.category = account.channel.account.strip().removeprefix("@").partition("/")
        if not self.forum or not self.user or (self.category and not _NUMBER.fullmatch(self.category)):
            raise Locked(
                _(
                    "brand/channels.yml does not name the forum of {channel} and its user; write `account: jardin/5`, 5 being the number of the category, and `host: forum.example.org`",
                    channel=account.channel_name,
                )
            )
        self.base = f"{'http' if is_loopback(self.forum.partition(':')[0]) else 'https'}://{self.forum}"
        self._headers = {"Api-Key": account.secrets["key"], "Api-Username": self.user, "Accept": "application/json"}
        self._secrets = tuple(account.secrets.values())
        self._web, self._now = web, now

    def request(self, method: str, path: str, *, publishes: bool = False, accepted: tuple[int, ...] = (), **request: Any) -> Answer:
        """The answer, of status 2xx or an accepted one. Raises Refused, Locked, Wait or Unknown."""
        answer = outcomes.request(self._web, method, f"{self.base}{path}", publishes=publishes, headers=self._headers, **request)
        if answer.status in accepted and (answer.status < 400 or self._is_own(answer)):
            return answer
        if answer.status in (404, 405) and not self._is_own(answer):
            raise Locked(_("{server} does not answer as Discourse does ({status})", server=self.forum, status=answer.status))
        outcomes.raise_for_answer(answer, self._now, publishes=publishes, reason=self.reason(answer))
        return answer

    def mapping(self, method: str, path: str, *, publishes: bool = False, **request: Any) -> Mapping[str, Any]:
        """The JSON object that answers."""
        answer = self.request(method, path, publishes=publishes, **request)
        with outcomes.web_errors_as_outcomes(publishes=publishes):
            return as_mapping(answer.json())

    def create(self, fields: Mapping[str, Any]) -> ForumPost | None:
        """A new topic, or a reply in one; None where the forum says that it knows the topic's own key, or its title, already.

        Raises Refused for one that the forum's moderators have to approve first: nothing of it is told to readers.
        """
        answer = self.request("POST", "/posts.json", publishes=True, accepted=(422,), json=fields)
        if answer.status == 422:
            if "external_id" in fields and re.search(r"already|taken|external", self.reason(answer), re.IGNORECASE):
                return None
            outcomes.raise_for_answer(answer, self._now, publishes=True, reason=self.reason(answer))
        with outcomes.web_errors_as_outcomes(publishes=True):
            told = as_mapping(answer.json())
            if told.get("action") == "enqueued":
                raise Refused(
                    _(
                        "the forum keeps the post for its moderators: once it is there, `marronnier settle` takes its address; let this account post"
                    )
                )
            return _forum_post(told)

    def topic_of_key(self, key: str) -> str:
        """The id of the topic with a key of ours; empty where there is none."""
        answer = self.request("GET", f"/t/external_id/{quote(key, safe='')}.json", accepted=(301, 302, 404))
        if answer.status == 404:
            return ""
        found = _TOPIC.search(answer.headers.get("location", ""))
        if found is None:
            raise Wait(_("the server did not say where the topic is"))
        return found[1]

    def topic(self, id: str) -> Mapping[str, Any]:
        """The topic; empty where there is none."""
        answer = self.request("GET", f"/t/{id}.json", accepted=(404,))
        with outcomes.web_errors_as_outcomes(publishes=False):
            return {} if answer.status == 404 else as_mapping(answer.json())

    def stream(self, topic: str) -> list[str]:
        """The ids of a topic's posts, in order; none where there is no topic."""
        with outcomes.web_errors_as_outcomes(publishes=False):
            ids = as_mapping(self.topic(topic).get("post_stream")).get("stream")
            return [outcomes.check_identifier(id, _NUMBER) for id in ids] if isinstance(ids, list) else []

    def post(self, id: str) -> ForumPost | None:
        """A post that is there; None where there is none, or it was deleted."""
        answer = self.request("GET", f"/posts/{id}.json", accepted=(404,))
        with outcomes.web_errors_as_outcomes(publishes=False):
            post = None if answer.status == 404 else _forum_post(answer.json())
        return None if post is None or post.deleted else post

    def delete(self, post: ForumPost) -> None:
        """Delete a reply, or with its first post the whole topic."""
        path = f"/t/{post.topic}.json" if post.number == "1" else f"/posts/{post.id}.json"
        self.request("DELETE", path, publishes=True, accepted=(404,))

    def upload(self, name: str, data: bytes | IO[bytes], mime: str) -> str:
        """The `upload:` address of a picture or video. Raises Refused, Locked or Wait."""
        form = {"upload_type": "composer", "synchronous": "true"}
        told = self.mapping("POST", "/uploads.json", form=form, files={"file": (name, data, mime)}, within=_UPLOAD_SECONDS)
        with outcomes.web_errors_as_outcomes(publishes=False):
            return outcomes.check_identifier(told.get("short_url"), _UPLOAD)

    def tags(self, names: list[str]) -> list[Any]:
        """The names of tags as this forum's version takes them: since 2026.01 as objects, before as words.

        https://github.com/discourse/discourse/blob/main/app/controllers/posts_controller.rb, seen 2026-11-28. That the list of tags shows numbers as
        ids since then is from memory, not verified.
        """
        listed = self.mapping("GET", "/tags.json").get("tags")
        words = isinstance(listed, list) and any(isinstance(as_mapping(tag).get("id"), str) for tag in listed)
        return list(names) if words else [{"name": name} for name in names]

    def reason(self, answer: Answer) -> str:
        """The forum's own words about an error, without secrets; empty when it gives none."""
        try:
            body = as_mapping(answer.json())
        except InvalidAnswer:
            return ""
        errors = body.get("errors")
        said = "; ".join(map(str, errors)) if isinstance(errors, list) else body.get("error") or body.get("error_type") or ""
        return outcomes.redact(said, self._secrets)

    def _is_own(self, answer: Answer) -> bool:
        """Whether an error is the API's, and not a page of something before it."""
        try:
            return bool({"errors", "error_type", "error"} & as_mapping(answer.json()).keys())
        except InvalidAnswer:
            return False


def as_mapping(value: object) -> Mapping[str, Any]:
    """The JSON object, or an empty one in place of any other value."""
    return value if isinstance(value, dict) else {}


def _forum_post(told: object) -> ForumPost:
    """A post of an answer. Raises InvalidAnswer."""
    post = as_mapping(told)
    id, topic, number = (outcomes.check_identifier(post.get(name), _NUMBER) for name in ("id", "topic_id", "post_number"))
    return ForumPost(id, topic, number, str(post.get("raw") or ""), str(post.get("username") or ""), post)
