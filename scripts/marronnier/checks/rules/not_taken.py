"""Pictures or a poll that the network does not accept."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.length_limits import limit_value
from marronnier.checks.levels import level_for_post
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _, ngettext
from marronnier.model.brand import Channel
from marronnier.model.finding import Finding, Level
from marronnier.networks.kit.seam import Network, RefusesWords

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every unsent publication that has pictures or a poll; a notice in an idea."""
    limited = {name for name, channel in view.desk.channels.channels.items() if _has_limits(view, channel)}
    for line in view.lines.unsent:
        front = line.post.front
        if line.channel_name not in limited or not (front.media or front.poll or front.for_):
            continue
        channel = view.desk.channels.channels[line.channel_name]
        network = view.channels.networks[channel.network]
        if network is not None:
            yield from _media_findings(view, line, network)
            yield from _poll_findings(view, line, network)


def _has_limits(view: View, channel: Channel) -> bool:
    """Whether a channel limits the number of pictures, or its network may refuse a poll."""
    network = view.channels.networks[channel.network]
    return network is not None and (limit_value(network, channel, "media") is not None or isinstance(network, RefusesWords))


def _media_findings(view: View, line: TimetableLine, network: Network) -> Iterator[Finding]:
    most = limit_value(network, view.desk.channels.channels[line.channel_name], "media")
    front = line.post.front
    if most is None or all(len(media or ()) <= most for media in (front.media, *(override.media for override in front.for_.values()))):
        return
    publication = view.lines.publication(line)
    count = len(publication.words.media)
    if count > most:
        message = ngettext("`{channel}` gets {count} picture", "`{channel}` gets {count} pictures", count, channel=line.channel_name)
        expected = ngettext("{count} picture at most", "{count} pictures at most", most)
        next = _(
            "keep some of them, write others under `for: {{{channel}: {{media: […]}}}}`, or make it a thread", channel=line.channel_name
        )
        yield Finding(
            "not-taken", level_for_post(line.post, LEVEL), line.post.place(*view.media.keys_of(publication)), message, expected, next
        )


def _poll_findings(view: View, line: TimetableLine, network: Network) -> Iterator[Finding]:
    if line.post.front.poll is None or not isinstance(network, RefusesWords):
        return
    reason = network.refusal_reason(view.lines.publication(line).words)
    if reason:
        message = _("`{channel}` would refuse this: {why}", channel=line.channel_name, why=reason)
        expected = _("a poll that its network accepts")
        next = _("change the poll, or send the post to channels that accept it")
        yield Finding("not-taken", level_for_post(line.post, LEVEL), line.post.place("poll"), message, expected, next)
