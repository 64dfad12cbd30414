"""Discourse: topics of a forum. A topic has a key of ours, which the forum takes once; what follows it are replies."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words
from marronnier.networks.discourse.facts import DOCUMENT, FACTS, VIDEO
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.documents import DOCUMENT_TYPE, document_refusal, file_name, open_document
from marronnier.networks.kit.facts import Fact, Tried
from marronnier.networks.kit.sealed_media import clean_picture, open_video
from marronnier.networks.kit.seam import Account, AccountStatus, CounterName, Locked, PartContent, Refused, SendRequest, Unknown, Wait
from marronnier.networks.kit.written_parts import written_parts
from marronnier.text import masks, threads, urls, utm
from marronnier.text.plain_text import to_plain_text
from marronnier.text.similarity import reads_alike

if TYPE_CHECKING:
    from marronnier.networks.discourse.client import DiscourseClient, ForumPost
    from marronnier.web import Web

__all__ = ["FACTS"]

NAME = "Discourse"
COMPOSER = 1
TRIED = Tried("documents", "2026-11-28")
WORDS: Mapping[str, str] = {"post": N_("post")}
SECRETS: tuple[str, ...] = ("key",)
MEDIA = ("image", "video", "document")
IDEMPOTENT = True
"""A topic has a key of ours. Of replies the topic is read before one is written, and a forum answers an identical request within two minutes with
the first answer. https://github.com/discourse/discourse/blob/main/app/controllers/posts_controller.rb, seen 2026-11-27"""
SETTLE = Fact(0, "https://docs.discourse.org/#tag/Topics/operation/getTopicByExternalId", seen="2026-11-27", unit=N_("seconds"))

_NOBODY_DELETES_WITHIN = timedelta(minutes=10)
_REPLIES_READ = 40
"""The most replies that are read to find one of ours."""
_MAX_PICTURE_BYTES = 4_000_000
"""The usual limit of a forum, from memory, not verified: a forum refuses what is larger, and says so."""
_MAX_PICTURE_SIDE = 3840
_IMAGE = re.compile(r"!\[[^\]\n]*\]\((?!https?:)[^()\n]*\)[ \t]*")
_PLACEHOLDER = re.compile(r"upload://sha256/[0-9a-f]{64}")
_AS_LONG = "upload://123456789012345678901234567.jpeg"
"""As long as the address of an upload, from memory, not verified."""
_NOT_IN_A_NAME = re.compile(r"[\\\[\]|]")  # A name is cut at each bar, also behind a backslash.
_TAG = re.compile(
    r"(?<!\\)\[(?=/?(?:poll|details|quote|wrap|spoiler|hide|date|date-range|event|policy|chat)\b[^\[\]\n]*\](?![(\[]))", re.IGNORECASE
)
"""Tags that a forum's plugins make live where they stand with their bracket; which names there are is partly from memory, not verified.
https://github.com/discourse/discourse/blob/main/plugins/poll/assets/javascripts/lib/discourse-markdown/poll.js, seen 2026-11-28"""
_POST_ID = re.compile(r"([1-9][0-9]*)\.([1-9][0-9]*)\.([1-9][0-9]*)")


def compose(publication: Publication) -> Payload:
    """The Markdown as it was written. The first part is a topic with title and tags, all others reply to the one before.

    The address of a picture is only known when it is sent: until then it is `upload://sha256/` and its digest.
    """
    words = publication.words
    parts = []
    for number, (raw, text, media) in enumerate(_compose_messages(words)):
        wire: dict[str, Any] = {"raw": raw}
        if number == 0:
            wire |= {"title": words.title or text.strip().partition("\n")[0], "tags": list(dict.fromkeys(words.tags))}
        if words.visibility not in ("", "public"):
            wire["visibility"] = words.visibility
        parts.append(Part(text, len(_PLACEHOLDER.sub(_AS_LONG, raw)), {name: value for name, value in wire.items() if value}, media))
    return Payload(words.network, COMPOSER, tuple(parts))


def refusal_reason(words: Words) -> str:
    """Why a post is no document, or no forum takes its poll. https://github.com/discourse/discourse/blob/main/plugins/poll/lib/polls_validator.rb, seen 2026-11-27"""
    if why := document_refusal(words, alone=False):
        return why
    if words.poll and len(set(words.poll)) < len(words.poll):
        return _("two options of the poll are the same")
    return _("a poll on this network has at least two options") if len(words.poll) == 1 else ""


def part_content(part: Part) -> PartContent:
    """The post under neutral names. A warning and the options of a poll are in its words."""
    return PartContent(
        audience=str(part.wire.get("visibility", "public")), tags=tuple(map(str, part.wire.get("tags", ()))), pictures=part.media
    )


def host(channel: Channel) -> str:
    """The forum of channels.yml."""
    return channel.host.partition(":")[0]


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Upload the files, then open the topic under our key, or reply in it where this part is not there yet."""
    _raise_if_refused(sending.part)
    client = _client(account, web, sending.now)
    if sending.previous:
        if found := _find_reply(sending, client):
            return _delivery(found, client)
        topic, number, _id = _ids(sending.previous[-1], client)
        parent = {} if number == "1" else {"reply_to_post_number": int(number)}
        post = client.create({"raw": _raw(sending, client), "topic_id": int(topic), **parent})
        assert post is not None
        return _delivery(post, client)
    fields: dict[str, Any] = {"title": sending.part.wire.get("title", ""), "raw": _raw(sending, client), "external_id": _key(sending)}
    if tags := sending.part.wire.get("tags"):
        fields["tags"] = client.tags(list(tags))
    post = client.create({**fields, **({"category": int(client.category)} if client.category else {})})
    if post is None:
        try:
            post = _find_topic(sending, client)
        except (Wait, Locked) as error:
            raise Unknown(str(error)) from error
        if post is None:
            raise Refused(_("a topic with this title, or one that was deleted, is already there: choose another title"))
    return _delivery(post, client)


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """The topic under our key, or our reply in it. Raises Unknown where it does not say what this part says."""
    client = _client(account, web, sending.now)
    post = _find_reply(sending, client) if sending.previous else _find_topic(sending, client)
    return _delivery(post, client) if post else None


def vanished_address(sending: SendRequest, account: Account, web: Web) -> str:
    """The topic's address, where a reply is not there: it may have been deleted. A topic that was deleted keeps its key, which nobody gets twice."""
    since = sending.since_first_try
    if not sending.previous or since is None or since < _NOBODY_DELETES_WITHIN:
        return ""
    return "" if _find_reply(sending, _client(account, web, sending.now)) else sending.previous[0].url


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Ask the forum for the post by its number."""
    client = _client(account, web, None)
    try:
        return _sent_post(delivery, client) is not None
    except Refused:
        return None


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Delete the reply, or the topic with its first post. A forum keeps what was deleted for its moderators."""
    client = _client(account, web, None)
    if post := _sent_post(delivery, client):
        client.delete(post)


def edit(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> Delivery:
    """Give the post its words, and a topic its title and tags."""
    _raise_if_refused(sending.part)
    client = _client(account, web, sending.now)
    post, wire = _sent_post(delivery, client), sending.part.wire
    if post is None:
        raise Refused(_("{url} is not there", url=delivery.url))
    named = {"title": wire.get("title", ""), "tags": wire.get("tags", [])}
    if post.number == "1" and named != {"title": was.wire.get("title", ""), "tags": was.wire.get("tags", [])}:
        tags = client.tags(list(named["tags"])) if named["tags"] else []
        # The description nests the title, and the controller (app/controllers/topics_controller.rb, read 2026-11-28) takes both as they stand.
        fields = {"title": named["title"], "tags": tags, "topic": {"title": named["title"]}}
        client.request("PUT", f"/t/-/{post.topic}.json", publishes=True, json=fields)
    client.request("PUT", f"/posts/{post.id}.json", publishes=True, json={"post": {"raw": _raw(sending, client)}})
    return delivery


def read(delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
    """Likes of and replies to the post; of a topic also its views."""
    client = _client(account, web, None)
    post = _sent_post(delivery, client)
    if post is None:
        return {}
    summary = post.told.get("actions_summary")
    likes = next((one for one in summary if isinstance(one, dict) and one.get("id") == 2), {}) if isinstance(summary, list) else {}
    views = client.topic(post.topic) if post.number == "1" else {}
    counted = dict(outcomes.counters(post.told, {"reply_count": "replies"}))
    return {**counted, **outcomes.counters(likes, {"count": "likes"}), **outcomes.counters(views, {"views": "views"})}


def post_id(address: str, channel: Channel) -> str:
    """The topic's number and the post's place in it, as `12/3`, in an address of this forum."""
    parts = urlsplit(address)
    found = re.fullmatch(r"/t/(?:[^/]*[^0-9/][^/]*/)?([1-9][0-9]*)(?:/([1-9][0-9]*))?/?", parts.path)
    if found is None or parts.netloc.casefold() != channel.host.casefold():
        raise Refused(_("{url} is not the address of a post", url=address))
    return f"{found[1]}/{found[2] or 1}"


def identify(account: Account, web: Web) -> AccountStatus:
    """The user for whom the key speaks."""
    client = _client(account, web, None)
    answer = client.request("GET", f"/u/{client.user}.json")
    with outcomes.web_errors_as_outcomes(publishes=False):
        told = answer.json()
    user = told.get("user") if isinstance(told, dict) else None
    name = outcomes.redact(user.get("username"), account.secrets.values()) if isinstance(user, dict) else ""
    return AccountStatus(name, name.casefold() == client.user.casefold(), server_time=outcomes.server_date(answer))


def examine(account: Account, web: Web) -> AccountStatus:
    """The key's user, and whether the forum has the channel's category."""
    status, client = identify(account, web), _client(account, web, None)
    if not client.category:
        return status
    categories = client.mapping("GET", "/site.json").get("categories")
    names = (
        {str(one.get("id")): str(one.get("name")) for one in categories if isinstance(one, dict)} if isinstance(categories, list) else {}
    )
    if client.category not in names:
        raise Locked(_("{server} has no category {number} that this user may see", server=client.forum, number=client.category))
    name = outcomes.redact(names[client.category], account.secrets.values())
    return status._replace(remarks=(_("topics go into the category “{name}”", name=name),))


def _compose_messages(words: Words) -> list[tuple[str, str, tuple[Picture, ...]]]:
    """Markdown, plain text and pictures of each post, the first comment last."""
    parts = written_parts(words)
    said = [_IMAGE.sub("", part.markdown).strip("\n") if part.media else part.markdown.strip("\n") for part in parts]
    last = to_plain_text(said[-1])
    link = words.link if urls.is_web_url(words.link) and not utm.contains_link(last, words.link) else ""
    mentions = " ".join(name for name in words.mentions if name not in "\n".join(said))
    said[-1] = "\n\n".join(filter(None, (said[-1], mentions, link)))
    said = [_without_tags(one) for one in said]
    if words.warning:
        said[0] = "\n\n".join(filter(None, ("⚠️" if words.warning == "true" else f"⚠️ {_without_tags(words.warning)}", said[0])))
    messages: list[tuple[str, str, tuple[Picture, ...]]] = []
    for part, markdown in zip(parts, said, strict=True):
        limit = words.limit or FACTS.text.value  # type: ignore[union-attr]
        pieces = threads.break_text(markdown, limit, len) if words.thread == "auto" and len(markdown) > limit else (markdown,)
        messages += [_message(piece, part.media if number == 0 else ()) for number, piece in enumerate(pieces)]
    if words.poll:
        raw, text, media = messages[-1]
        messages[-1] = (
            f"{raw}\n\n{_poll(words)}".strip("\n"),
            "\n\n".join(filter(None, (text, "\n".join(f"• {one}" for one in words.poll)))),
            media,
        )
    return [*messages, _message(_without_tags(words.first_comment), ())] if words.first_comment else messages


def _without_tags(markdown: str) -> str:
    """The same words, in which a forum finds no poll and nothing to fold: only what was approved as such is one. Code stays as it is."""
    # A forum looks for tags at the beginning of a line before it looks for code that goes over several.
    code = [(start, end) for start, end in masks.code_spans(markdown) if "\n" not in markdown[start:end]]
    return _TAG.sub(lambda tag: tag[0] if any(start <= tag.start() < end for start, end in code) else "&#91;", markdown)


def _message(markdown: str, media: tuple[Picture, ...]) -> tuple[str, str, tuple[Picture, ...]]:
    images = "\n".join(f"{'' if one.is_document else '!'}[{_label(one)}](upload://sha256/{one.sha256})" for one in media)
    return "\n\n".join(filter(None, (markdown, images))), to_plain_text(markdown), media


def _label(media: Picture) -> str:
    """What stands within `![…]`: an alternative text, where `|` begins a size; of a video or a document its name and kind, as the forum's own composer writes it.

    https://github.com/discourse/discourse/blob/main/app/assets/javascripts/discourse/app/lib/uploads.js, seen 2026-11-28
    """
    if media.is_video:
        return f"{_NOT_IN_A_NAME.sub('', media.alt)}|video".replace("\n", " ")
    if media.is_document:
        return f"{_NOT_IN_A_NAME.sub('', media.alt) or file_name(media)}|attachment".replace("\n", " ")
    return re.sub(r"([\\\[\]|])", r"\\\1", media.alt.replace("\n", " "))


def _poll(words: Words) -> str:
    """A poll as Discourse's own plugin reads it. That `close` ends one is from memory, not verified, and is left out: it stays open."""
    options = "\n".join(f"* {option}" for option in words.poll)
    kind = f"type=multiple min=1 max={len(words.poll) - 1}" if words.poll_multiple and len(words.poll) > 2 else "type=regular"
    return f"[poll {kind} results=always public=false chartType=bar]\n{options}\n[/poll]"


def _raise_if_refused(part: Part) -> None:
    """Raises Refused for a part that no forum takes, before any request."""
    if part.wire.get("visibility") in ("followers", "direct"):
        raise Refused(_("whoever may read the category reads it; a forum cannot keep a post for fewer people"))
    if not str(part.wire.get("raw", "")).strip():
        raise Refused(_("this post is empty"))


def _raw(sending: SendRequest, client: DiscourseClient) -> str:
    """The Markdown with its media uploaded. Raises Refused, Locked or Wait: nobody sees a file before a post has it."""
    raw = str(sending.part.wire.get("raw", ""))
    for number, media in enumerate(sending.part.media, 1):
        upload = _upload_picture if not media.is_video and not media.is_document else _upload_file
        address = upload(number, media, sending, client)
        raw = raw.replace(f"upload://sha256/{media.sha256}", address)
    return raw


@contextmanager
def _opened(number: int, media: Picture, sending: SendRequest) -> Iterator[tuple[str, IO[bytes], str]]:
    """The name, content and type of a video or document."""
    if media.is_document:
        with open_document(sending, media, DOCUMENT) as (file, _size):
            yield file_name(media), file, DOCUMENT_TYPE
    else:
        with open_video(sending, media, VIDEO) as (file, info, ending):
            yield f"{number}{ending}", file, info.mime


def _upload_file(number: int, media: Picture, sending: SendRequest, client: DiscourseClient) -> str:
    with _opened(number, media, sending) as (name, file, mime):
        try:
            return client.upload(name, file, mime)
        except Refused as refused:
            raise Refused(
                _(
                    "the forum does not take {path}: {why}; its administrators allow `{ending}` under “authorized extensions”, and set “max attachment size kb”",
                    path=media.path,
                    why=str(refused),
                    ending=name.rpartition(".")[2],
                )
            ) from refused


def _upload_picture(number: int, picture: Picture, sending: SendRequest, client: DiscourseClient) -> str:
    clean = clean_picture(sending, picture, max_bytes=_MAX_PICTURE_BYTES, max_side=_MAX_PICTURE_SIDE)
    return client.upload(f"{number}.{clean.mime.rpartition('/')[2]}", clean.data, clean.mime)


def _find_topic(sending: SendRequest, client: DiscourseClient) -> ForumPost | None:
    """The first post of the topic under our key. Raises Unknown where it says something else."""
    topic = client.topic_of_key(_key(sending))
    ids = client.stream(topic) if topic else []
    post = client.post(ids[0]) if ids else None
    if post is not None and (not _says(post, sending) or _delivery(post, client).id in sending.taken):
        raise Unknown(_("another topic already has the key of this one: {url}", url=_delivery(post, client).url))
    return post


def _find_reply(sending: SendRequest, client: DiscourseClient) -> ForumPost | None:
    """Our reply in the topic, behind the part before it. Raises Unknown where there are too many replies to read them all."""
    topic, _number, before = _ids(sending.previous[-1], client)
    ids = client.stream(topic)
    later = [id for id in ids if int(id) > int(before)]
    for id in later[:_REPLIES_READ]:
        post = client.post(id)
        if (
            post
            and post.user.casefold() == client.user.casefold()
            and _says(post, sending)
            and _delivery(post, client).id not in sending.taken
        ):
            return post
    if len(later) > _REPLIES_READ:
        raise Unknown(_("{url} has too many replies to look through: look there", url=sending.previous[0].url))
    return None


def _says(post: ForumPost, sending: SendRequest) -> bool:
    """Whether a post has this part's words, whatever the addresses of its pictures. A forum makes plain blanks of no-break spaces.

    https://github.com/discourse/discourse/blob/main/lib/text_cleaner.rb, seen 2026-11-28
    """
    here, there = (re.sub(r"\(upload://[^)]*\)", "()", text) for text in (str(sending.part.wire.get("raw", "")), post.raw))
    return reads_alike(here, there)


def _key(sending: SendRequest) -> str:
    """The topic's key: at most 50 letters, digits, `-` and `_`."""
    again = f"\n{sending.again}" if sending.again else ""
    return f"m-{hashlib.sha256(f'{sending.key}{again}'.encode()).hexdigest()[:40]}"


def _delivery(post: ForumPost, client: DiscourseClient) -> Delivery:
    """Topic, place and number of the post: a reply needs all three."""
    return Delivery(f"{post.topic}.{post.number}.{post.id}", f"{client.base}/t/{post.topic}/{post.number}")


def _ids(delivery: Delivery, client: DiscourseClient) -> tuple[str, str, str]:
    """Topic, place and number of a post that was sent, also where a person gave its address. Raises Refused for one that is not there."""
    found = _POST_ID.fullmatch(delivery.id)
    if found:
        return found[1], found[2], found[3]
    post = _sent_post(delivery, client)
    if post is None:
        raise Refused(_("{url} is not there", url=delivery.url))
    return post.topic, post.number, post.id


def _sent_post(delivery: Delivery, client: DiscourseClient) -> ForumPost | None:
    """A post that was sent; None where it is gone. Raises Refused for another address."""
    if found := _POST_ID.fullmatch(delivery.id):
        return client.post(found[3])
    topic, _slash, number = post_id(delivery.id, Channel(network="discourse", host=client.forum)).partition("/")
    return next((post for id in client.stream(topic)[:_REPLIES_READ] if (post := client.post(id)) and post.number == number), None)


def _client(account: Account, web: Web, now: datetime | None) -> DiscourseClient:
    from marronnier.networks.discourse.client import DiscourseClient

    return DiscourseClient(account, web, now)
