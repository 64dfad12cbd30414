"""Pictures, a poll or an audience that the network does not accept."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from marronnier.checks.length_limits import limit_value
from marronnier.checks.levels import level_for_post
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.post import FrontMatter, Post
from marronnier.networks.kit.facts import Fact
from marronnier.networks.kit.seam import Network, RefusesWords
from marronnier.networks.kit.written_parts import written_parts
from marronnier.text.inline_pictures import may_have_pictures

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every unsent publication that has pictures, a poll or an audience of its own; a notice in an idea."""
    for line in view.lines.unsent:
        front = line.post.front
        if not (front.media or front.poll or front.for_ or may_have_pictures(line.post.text)):
            continue
        network = view.channels.networks[view.desk.channels.channels[line.channel_name].network]
        if network is not None:
            yield from _media_findings(view, line, network)
            yield from _refusal_findings(view, line, network)


def _media_findings(view: View, line: TimetableLine, network: Network) -> Iterator[Finding]:
    """The first part with too many pictures: a part has those that stand in it, the first also those of `media:`."""
    most = limit_value(network, view.desk.channels.channels[line.channel_name], "media")
    if most is None or _most_pictures(line.post) <= most:
        return
    publication = view.lines.publication(line)
    words = publication.words
    if len(words.media) + len(words.inline_media) <= most:
        return
    threaded = isinstance(network.FACTS.thread, Fact)
    counts = [len(part.media) for part in written_parts(words)] if threaded else [len(words.all_media)]
    count = next((count for count in counts if count > most), 0)
    if not count:
        return
    message = ngettext("`{channel}` gets {count} picture", "`{channel}` gets {count} pictures", count, channel=line.channel_name)
    expected = ngettext("{count} picture at most", "{count} pictures at most", most)
    next_step = _(
        "keep some of them, write others under `for: {{{channel}: {{media: […]}}}}`, or make it a thread", channel=line.channel_name
    )
    place = _first_picture(view, line) if len(words.media) <= most else line.post.place(*view.media.keys_of(publication))
    yield Finding("not-taken", level_for_post(line.post, LEVEL), place, message, expected, next_step)


def _most_pictures(post: Post) -> float:
    """The most pictures that the post can have on any channel, told without making its words: thousands of posts are read to find one."""
    if may_have_pictures(post.text):
        return inf
    return max(len(post.front.media), *(len(own.media or ()) for own in post.front.for_.values()), 0)


def _first_picture(view: View, line: TimetableLine) -> Place:
    """Where the first picture stands in the words for that channel."""
    variant = view.texts.variant(line.post, line.channel_name)
    end = variant.line + variant.text.count("\n")
    places = [place for place, _picture in view.media.inline_pictures(line.post) if variant.line <= place.line <= end]
    return places[0] if places else Place(line.post.path, variant.line)


def _refusal_findings(view: View, line: TimetableLine, network: Network) -> Iterator[Finding]:
    front = line.post.front
    if not (front.poll or front.for_) or not isinstance(network, RefusesWords):
        return
    publication = view.lines.publication(line)
    reason = network.refusal_reason(publication.words)
    if not reason:
        return
    message = _("`{channel}` would refuse this: {why}", channel=line.channel_name, why=reason)
    if publication.words.visibility in ("followers", "direct"):
        name = next(name for name in view.desk.override_names(line.channel_name) if _has_visibility(front, name))
        place = line.post.place("for", name, "visibility")
        expected = _("an audience that its network can keep to")
        next_step = _("remove `visibility`, or remove the channel from `channels:`")
    else:
        place = line.post.place("poll")
        expected = _("a poll that its network accepts")
        next_step = _("change the poll, or send the post to channels that accept it")
    yield Finding("not-taken", level_for_post(line.post, LEVEL), place, message, expected, next_step)


def _has_visibility(front: FrontMatter, name: str) -> bool:
    own = front.for_.get(name)
    return own is not None and own.visibility is not None
