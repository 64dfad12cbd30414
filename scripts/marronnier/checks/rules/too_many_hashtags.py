"""More hashtags than the network or the channel accepts."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.length_limits import limit_value
from marronnier.checks.levels import level_for_post
from marronnier.checks.view import View
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every unsent publication on a channel with a limit, its own or its network's; a notice in an idea."""
    limits = {name: limit for name, channel in view.desk.channels.channels.items() if (limit := _limit(view, name)) is not None}
    if not limits:
        return
    from marronnier.checks import publication_hashtags

    for line in view.lines.unsent:
        post, channel = line.post, line.channel_name
        # The campaign may add one hashtag.
        if channel not in limits or post.text.count("#") + post.text.count("＃") + len(post.front.tags) + 1 <= limits[channel]:
            continue
        tags, limit = publication_hashtags.hashtags_of(view.lines.publication(line)), limits[channel]
        if len(tags) > limit:
            message = ngettext(
                "`{channel}` gets {count} hashtag, {more} too many",
                "`{channel}` gets {count} hashtags, {more} too many",
                len(tags),
                channel=channel,
                more=len(tags) - limit,
            )
            expected = _("at most {limit}", limit=limit)
            next = _("remove some, or write others under `for: {channel}: tags:`", channel=channel)
            yield Finding("too-many-hashtags", level_for_post(post, LEVEL), post.place("tags"), message, expected, next)


def _limit(view: View, name: str) -> int | None:
    channel = view.desk.channels.channels[name]
    network = view.channels.networks[channel.network]
    return limit_value(network, channel, "hashtags") if network is not None else channel.limits.hashtags
