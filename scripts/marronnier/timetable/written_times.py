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


class TimeOverrides:
    """The dates and slots of `for:`. The channel's own overrides its groups', and a group's overrides its network's."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._names: dict[str, tuple[str, ...]] = {}

    def _names_general_first(self, channel_name: str) -> tuple[str, ...]:
        """The names under which `for:` may mean that channel, from the most general to the most specific."""
        names = self._names.get(channel_name)
        if names is None:
            channel = self._desk.channels.channels[channel_name]
            groups = reversed(self._desk.groups_of(channel_name))
            networks = (channel.network, channel.network.rpartition(".")[2])
            names = self._names[channel_name] = (*networks, *groups, *channel.was, channel_name)
        return names

    def written_time(self, post: Post, channel_name: str) -> WrittenTime:
        """The date and slot of a post on that channel.

        A date under `for:` replaces the post's slot too.
        A slot under `for:` replaces the post's date, unless the post has a slot as well: then the date still says from when.
        """
        front = post.front
        date, slot = front.date, front.slot
        if front.for_:
            for name in self._names_general_first(channel_name):
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
