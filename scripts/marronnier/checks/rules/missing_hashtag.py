"""A post without a hashtag that its channel or pillar requires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from marronnier.checks.levels import level_for_post
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every unsent publication on a channel or pillar that requires hashtags; a notice in an idea."""
    channels = {name: channel.hashtags for name, channel in view.desk.channels.channels.items() if channel.hashtags}
    pillars = {name: pillar.hashtags for name, pillar in view.desk.strategy.pillars.items() if pillar.hashtags}
    if not channels and not pillars:
        return
    from marronnier.checks import publication_hashtags
    from marronnier.text.hashtags import to_hashtag

    for line in view.lines.unsent:
        post = line.post
        if line.channel_name not in channels and post.front.pillar not in pillars:
            continue
        present = publication_hashtags.hashtags_of(view.lines.publication(line))
        for source, hashtags in _requirements(line.channel_name, post.front.pillar, channels, pillars):
            missing = ", ".join(
                f"#{to_hashtag(hashtag)}" for hashtag in hashtags if publication_hashtags.normalized(hashtag) not in present
            )
            if missing:
                message = _("{missing} is missing, and `{asking}` requires it", missing=missing, asking=source)
                expected = _("a post with this hashtag")
                next = _("add it to `tags:`, or write it in the words")
                yield Finding("missing-hashtag", level_for_post(post, LEVEL), post.place("tags"), message, expected, next)


def _requirements(
    channel: str, pillar: str | None, channels: Mapping[str, tuple[str, ...]], pillars: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if channel in channels:
        yield channel, channels[channel]
    if pillar is not None and pillar in pillars:
        yield pillar, pillars[pillar]
