"""More hashtags than the network or the channel accepts."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.levels import level_in
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every unsent publication on a channel with a limit, its own or its network's; a notice in an idea."""
    limits = {name: limit for name, channel in view.desk.channels.channels.items() if (limit := _limit(view, name)) is not None}
    if not limits:
        return
    from marronnier.checks import post_hashtags

    def matters(line: TimetableLine) -> bool:
        limit = limits.get(line.channel_name)
        # The campaign may add one hashtag.
        return limit is not None and line.post.text.count("#") + line.post.text.count("＃") + len(line.post.front.tags) + 1 > limit

    reported: set[tuple[Place, str]] = set()
    for publication in post_hashtags.upcoming_publications(view, matters):
        tags, limit = post_hashtags.hashtags_of(publication), limits[publication.channel_name]
        place = publication.post.place("tags")
        if len(tags) > limit and (place, publication.channel_name) not in reported:
            reported.add((place, publication.channel_name))
            yield Finding(
                "too-many-hashtags",
                level_in(publication.post, LEVEL),
                place,
                _(
                    "`{channel}` gets {count} hashtags, {more} too many",
                    channel=publication.channel_name,
                    count=len(tags),
                    more=len(tags) - limit,
                ),
                _("at most {limit}", limit=limit),
                _("remove some, or write others under `for: {channel}: tags:`", channel=publication.channel_name),
            )


def _limit(view: View, name: str) -> int | None:
    channel = view.desk.channels.channels[name]
    if channel.limits.hashtags is not None:
        return channel.limits.hashtags
    network = view.channels.networks[channel.network]
    fact = network.FACTS.hashtags if network is not None else None
    return fact.value if fact is not None else None
