"""The date and slot written in a post, for each channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marronnier.model.post import Post
from marronnier.model.scalars import WrittenDate

if TYPE_CHECKING:
    from marronnier.desk import Desk


@dataclass(frozen=True, slots=True)
class WrittenTime:
    """The time written for a channel: a date, a slot, or a slot with the date before which it must not be."""

    date: WrittenDate | None
    slot: str | None


def written_time(desk: Desk, post: Post, channel_name: str) -> WrittenTime:
    """The date and slot of a post on that channel.

    A date under `for:` replaces the post's slot too.
    A slot under `for:` replaces the post's date, unless the post has a slot as well: then the date still says from when.
    """
    front = post.front
    date, slot = front.date, front.slot
    for name in reversed(desk.override_names(channel_name)) if front.for_ else ():
        own = front.for_.get(name)
        if own is None:
            continue
        if own.slot is not None:
            date, slot = own.date or (None if front.slot is None else date), own.slot
        elif own.date is not None:
            date, slot = own.date, None
    return WrittenTime(date, slot)


def is_idea(post: Post) -> bool:
    """Whether the post is an idea, not to be sent yet: it is in `content/ideas/`, or has `draft: true`."""
    return post.front.draft or post.path.startswith("content/ideas/")
