"""Publications: the words of a post on a channel, from its variant, its overrides and its campaign."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import unquote

from marronnier.desk.desk import Desk
from marronnier.model.brand import Channel
from marronnier.model.post import Medium, Post, Variant
from marronnier.model.publication import Caption, Picture, Publication, Words
from marronnier.text import inline_pictures, threads, utm, variants

_CAPTION_LANG = re.compile(r"\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.[A-Za-z0-9]+\Z")


def channel_names(desk: Desk, post: Post) -> tuple[str, ...]:
    """The names of the channels a post goes to, with groups expanded."""
    return desk.expand(post.front.channels)


def variant_of(desk: Desk, post: Post, channel_name: str) -> Variant:
    """The words of a post for a channel."""
    channel = desk.channels.channels[channel_name]
    return variants.choose_variant(post.variants, channel_name, (*desk.groups_of(channel_name), *channel.was), channel.network)


def publication(desk: Desk, post: Post, channel_name: str, occurrence: date | None = None) -> Publication:
    """The publication of a post on a channel. Raises KeyError when the brand has no such channel."""
    channel = desk.channels.channels[channel_name]
    return Publication.with_words_when_read(post, channel_name, channel, partial(_words, desk, post, channel_name, channel), occurrence)


def _words(desk: Desk, post: Post, channel_name: str, channel: Channel) -> Words:
    """The words of a post for a channel."""
    front = post.front
    overridden = overrides(desk, post, channel_name)
    text, mentions = _resolve_handles(desk, variant_of(desk, post, channel_name).text, channel.network)
    inline_media = _inline_media(desk, post, text) if inline_pictures.may_have_pictures(text) else ()
    first_comment, _comment_accounts = _resolve_handles(desk, overridden.get("first_comment", front.first_comment) or "", channel.network)
    link = overridden.get("link", front.link) or ""
    poll = front.poll
    sensitive = front.sensitive
    return Words(
        network=channel.network,
        account=channel.account,
        title=overridden.get("title", front.title) or "",
        text=text,
        lang=front.lang or channel.lang or desk.brand.lang,
        format=overridden.get("format", front.format),
        tags=_tags(desk, post, overridden.get("tags", front.tags)),
        mentions=tuple(dict.fromkeys((*overridden.get("mentions", ()), *mentions))),
        link=utm.add_utm(link, _utm_parameters(desk, post, channel)) if link else "",
        media=tuple(_picture(desk, post, channel, medium) for medium in overridden.get("media", front.media)),
        poll=poll.options if poll else (),
        poll_minutes=int(poll.duration.total_seconds() // 60) if poll else 0,
        poll_multiple=poll.multiple if poll else False,
        first_comment=first_comment,
        warning=sensitive if isinstance(sensitive, str) else "true" if sensitive else "",
        thread=overridden.get("thread", front.thread) or "",
        visibility=overridden.get("visibility", "") or "",
        limit=channel.limits.text,
        unit=channel.limits.unit or "",
        link_length=channel.limits.link or "",
        inline_media=inline_media,
    )


def overrides(desk: Desk, post: Post, channel_name: str) -> Mapping[str, Any]:
    """The attributes that `for:` changes on a channel: those for its network, then its groups, then itself; the last one wins, key by key."""
    if not post.front.for_:
        return {}
    changed: dict[str, Any] = {}
    for name in reversed(desk.override_names(channel_name)):
        if (section := post.front.for_.get(name)) is not None:
            changed |= {key: value for key in section.fields if (value := getattr(section, key)) is not None}
    return changed


def media_path(desk: Desk, post: Post, src: str) -> str:
    """The path of a medium: in the post's folder, else below `content/media/` or `content/`; the first of these when there is no such file."""
    key = (posixpath.dirname(post.path), src)
    if key not in desk.media_path_cache:
        candidates = media_candidates(post, src) or (f"content/media/{posixpath.basename(src)}",)
        desk.media_path_cache[key] = next(filter(desk.tree.exists, candidates), candidates[0])
    return desk.media_path_cache[key]


def media_candidates(post: Post, src: str) -> tuple[str, ...]:
    """The paths at which a medium may be, in the order they are tried; none when `src` leads out of `content/`."""
    folder = posixpath.dirname(post.path)
    candidates = (src,) if src.startswith("content/") else (f"{folder}/{src}", f"content/media/{src}", f"content/{src}")
    return tuple(path for candidate in candidates if (path := posixpath.normpath(candidate)).startswith("content/"))


def inline_media_path(desk: Desk, post: Post, src: str) -> str:
    """The path of a picture in the text. An address escapes characters that the name of a file may hold as they are."""
    path = media_path(desk, post, src)
    return path if "%" not in src or desk.tree.exists(path) else media_path(desk, post, unquote(src))


def _inline_media(desk: Desk, post: Post, text: str) -> tuple[Picture, ...]:
    """The pictures of the repository that stand in a text, in order."""
    found = (picture for _part, pictures in threads.parts_with_pictures(text) for picture in pictures)
    paths = ((inline_media_path(desk, post, picture.src), picture.alt) for picture in found)
    return tuple(Picture(path, desk.tree.sha256(path), alt) for path, alt in paths)


def _picture(desk: Desk, post: Post, channel: Channel, medium: Medium) -> Picture:
    path = media_path(desk, post, medium.src)
    captions = tuple(_caption(desk, post, channel, src) for src in medium.captions)
    return Picture(path, desk.tree.sha256(path), medium.alt or "", medium.credit or "", captions)


def _caption(desk: Desk, post: Post, channel: Channel, src: str) -> Caption:
    path = media_path(desk, post, src)
    return Caption(caption_lang(src) or post.front.lang or channel.lang or desk.brand.lang, path, desk.tree.sha256(path))


def caption_lang(src: str) -> str:
    """The language in the name of a file of captions: `nl` of `jardin.nl.vtt`; empty where it has none."""
    match = _CAPTION_LANG.search(posixpath.basename(src))
    return match[1] if match else ""


def _tags(desk: Desk, post: Post, written_tags: tuple[str, ...] | None) -> tuple[str, ...]:
    """The hashtags of the post and its campaign, without `#`; each once, whatever its capitals."""
    tags = [tag.strip().lstrip("#") for tag in written_tags or ()]
    page = desk.campaigns.get(post.front.campaign or "")
    if page is not None and page.campaign.hashtag:
        tags.append(page.campaign.hashtag.lstrip("#"))
    return tuple({tag.casefold(): tag for tag in reversed(tags) if tag}.values())[::-1]


def _utm_parameters(desk: Desk, post: Post, channel: Channel) -> Mapping[str, str]:
    """The UTM parameters of the brand, the campaign and the channel; of two with one name the later wins."""
    page = desk.campaigns.get(post.front.campaign or "")
    campaign_parameters = {"campaign": page.slug, **page.campaign.utm} if page is not None else {}
    return {**desk.brand.utm, **campaign_parameters, **channel.utm}


def _resolve_handles(desk: Desk, text: str, network: str) -> tuple[str, tuple[str, ...]]:
    """The text with each `@name` of `brand/handles.yml` as the account on that network, or as a plain name; and the accounts used."""
    if "@" not in text or not desk.handles.handles:
        return text, ()
    from marronnier.text.handles import replace_handles

    accounts: list[str] = []

    def resolve(name: str) -> str | None:
        handle = desk.handles.handles.get(name.casefold())
        if handle is None:
            return None
        account = handle.on.get(network) or handle.on.get(network.rpartition(".")[2])
        if account is not None:
            accounts.append(account)
        return account or handle.name

    return replace_handles(text, resolve), tuple(accounts)
