"""A hashtag that a channel or a pillar asks for, and a post does not carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from marronnier.checks.levels import level_in
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "error"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every publication not out yet on a channel, or on a pillar, that asks for hashtags; in an idea it is only a notice."""
    channels = {name: channel.hashtags for name, channel in view.desk.channels.channels.items() if channel.hashtags}
    pillars = {name: pillar.hashtags for name, pillar in view.desk.strategy.pillars.items() if pillar.hashtags}
    if not channels and not pillars:
        return
    from marronnier.checks import post_hashtags
    from marronnier.text.hashtags import to_hashtag

    def matters(line: TimetableLine) -> bool:
        return line.channel_name in channels or line.post.front.pillar in pillars

    told: set[tuple[Place, str, str]] = set()
    for publication in post_hashtags.upcoming_publications(view, matters):
        post, there = publication.post, post_hashtags.hashtags_of(publication)
        for asking, asked in _asked(publication.channel_name, post.front.pillar, channels, pillars):
            missing = ", ".join(f"#{to_hashtag(one)}" for one in asked if post_hashtags.normalized(one) not in there)
            place = post.place("tags")
            if missing and (place, asking, missing) not in told:
                told.add((place, asking, missing))
                yield Finding(
                    "missing-hashtag",
                    level_in(post, LEVEL),
                    place,
                    _("{missing} is missing, for which `{asking}` asks", missing=missing, asking=asking),
                    _("every post there carries it"),
                    _("add it to `tags:`, or write it in the words"),
                )


def _asked(
    channel: str, pillar: str | None, channels: Mapping[str, tuple[str, ...]], pillars: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if channel in channels:
        yield channel, channels[channel]
    if pillar is not None and pillar in pillars:
        yield pillar, pillars[pillar]
