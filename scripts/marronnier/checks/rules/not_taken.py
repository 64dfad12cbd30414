"""Pictures or a poll that the network does not take."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _, ngettext
from marronnier.model.brand import Channel
from marronnier.model.finding import Finding, Level
from marronnier.networks.kit.seam import Fact, Network, RefusesWords
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every publication not out yet that has pictures or a poll; in an idea it is only a notice."""
    told: set[tuple[str, str]] = set()
    choosy = {name for name, channel in view.desk.channels.channels.items() if _is_choosy(view, channel)}
    for line in view.lines:
        front = line.post.front
        if line.channel_name not in choosy or not (front.media or front.poll or front.for_):
            continue
        if view.is_sent(line.key) or (line.post.id, line.channel_name) in told:
            continue
        told.add((line.post.id, line.channel_name))
        channel = view.desk.channels.channels[line.channel_name]
        network = view.networks[channel.network]
        if network is not None:
            yield from _media(view, line, network)
            yield from _poll(view, line, network)


def _is_choosy(view: View, channel: Channel) -> bool:
    """Whether a channel takes only so many pictures, or not every poll."""
    network = view.networks[channel.network]
    return network is not None and (
        channel.limits.media is not None or isinstance(network.FACTS.media, Fact) or isinstance(network, RefusesWords)
    )


def _media(view: View, line: TimetableLine, network: Network) -> Iterator[Finding]:
    fact, own = network.FACTS.media, view.desk.channels.channels[line.channel_name].limits.media
    most = own if own is not None else fact.value if isinstance(fact, Fact) else None
    front = line.post.front
    if most is None or all(len(media or ()) <= most for media in (front.media, *(other.media for other in front.for_.values()))):
        return
    publication = view.publication(line)
    count = len(publication.words.media)
    if count > most:
        yield Finding(
            "not-taken",
            _level(line),
            line.post.place(*view.media_of(publication)),
            ngettext("`{channel}` is given {count} picture", "`{channel}` is given {count} pictures", count, channel=line.channel_name),
            ngettext("{count} picture at most", "{count} pictures at most", most),
            _("choose some, write others under `for: {{{channel}: {{media: […]}}}}`, or tell it in a thread", channel=line.channel_name),
        )


def _poll(view: View, line: TimetableLine, network: Network) -> Iterator[Finding]:
    if line.post.front.poll is None or not isinstance(network, RefusesWords):
        return
    why = network.refusal_reason(view.publication(line).words)
    if why:
        yield Finding(
            "not-taken",
            _level(line),
            line.post.place("poll"),
            _("`{channel}` would refuse this: {why}", channel=line.channel_name, why=why),
            _("a poll that its network takes"),
            _("change the poll, or send the post to channels that take it"),
        )


def _level(line: TimetableLine) -> Level:
    return "notice" if is_idea(line.post) else LEVEL
