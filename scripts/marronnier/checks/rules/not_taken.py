"""A format, media, poll or audience that the network does not accept, or something that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from marronnier.checks.length_limits import limit_value
from marronnier.checks.levels import level_for_post
from marronnier.checks.suggestions import name_list
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.post import FrontMatter, Post
from marronnier.networks.kit.facts import Has, Lacks
from marronnier.networks.kit.seam import Network
from marronnier.networks.kit.word_abilities import RefusesWords
from marronnier.networks.kit.written_parts import written_parts
from marronnier.text.inline_pictures import may_have_pictures

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every unsent publication; a notice in an idea."""
    for line in view.lines.unsent:
        network = view.channels.networks[view.desk.channels.channels[line.channel_name].network]
        if network is None:
            continue
        front = line.post.front
        yield from _format_findings(view, line, network)
        yield from _need_findings(view, line, network)
        if front.media or front.poll or front.for_ or may_have_pictures(line.post.text):
            yield from _media_findings(view, line, network)
            yield from _audience_findings(view, line, network)
            yield from _refusal_findings(view, line, network)


def _format_findings(view: View, line: TimetableLine, network: Network) -> Iterator[Finding]:
    """A format that the network lacks."""
    front, names = line.post.front, view.desk.override_names(line.channel_name) if line.post.front.for_ else ()
    own = next((name for name in names if name in front.for_ and front.for_[name].format is not None), None)
    known = network.FACTS.format(format := (front.for_[own].format if own is not None else None) or front.format)
    if not isinstance(known, Lacks):
        return
    message = _("`{channel}` takes no `format: {format}`: {why}", channel=line.channel_name, format=format, why=_(known.why))
    taken = [name for name, one in network.FACTS.formats.items() if isinstance(one, Has)]
    expected = _("one of {names}", names=name_list(taken)) if taken else _("another channel")
    next_step = _(
        "write another one under `for: {{{channel}: {{format: …}}}}`, or remove the channel from `channels:`", channel=line.channel_name
    )
    place = line.post.place("for", own, "format") if own is not None else line.post.place("format")
    yield Finding("not-taken", level_for_post(line.post, LEVEL), place, message, expected, next_step)


def _need_findings(view: View, line: TimetableLine, network: Network) -> Iterator[Finding]:
    """What the network needs of every post, and this one lacks."""
    for key, why in network.FACTS.needs.items():
        words = view.lines.publication(line).words
        if words.all_media if key == "media" else getattr(words, key):
            continue
        message = _("`{channel}` would refuse this: {why}", channel=line.channel_name, why=_(why))
        next_step = _("write it, or remove the channel from `channels:`")
        yield Finding("not-taken", level_for_post(line.post, LEVEL), line.post.place(key), message, f"`{key}`", next_step)


def _media_findings(view: View, line: TimetableLine, network: Network) -> Iterator[Finding]:
    """The first part with too many pictures: a part has those that stand in it, the first also those of `media:`."""
    most = limit_value(network, view.desk.channels.channels[line.channel_name], "media")
    if most is None or _most_pictures(line.post) <= most:
        return
    publication = view.lines.publication(line)
    words = publication.words
    if len(words.media) + len(words.inline_media) <= most:
        return
    threaded = network.FACTS.has_threads
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


def _audience_findings(view: View, line: TimetableLine, network: Network) -> Iterator[Finding]:
    """An audience that the network cannot keep to: everybody would see the post."""
    front = line.post.front
    name = (
        next((name for name in view.desk.override_names(line.channel_name) if _has_visibility(front, name)), None) if front.for_ else None
    )
    if name is None or (audience := front.for_[name].visibility) not in ("followers", "direct") or audience in network.FACTS.audiences:
        return
    why = network.FACTS.lacks("visibility")
    message = _because_open(line.channel_name, _(network.NAME), _(why) if why else "")
    place = line.post.place("for", name, "visibility")
    next_step = _("remove `visibility`, or remove the channel from `channels:`")
    yield Finding("not-taken", level_for_post(line.post, LEVEL), place, message, _("an audience that its network can keep to"), next_step)


def _because_open(channel: str, network: str, why: str) -> str:
    if why:
        return _("`{channel}` cannot keep a post for followers: {why}", channel=channel, why=why)
    return _("`{channel}` cannot keep a post for followers: {network} has no such audience", channel=channel, network=network)


def _refusal_findings(view: View, line: TimetableLine, network: Network) -> Iterator[Finding]:
    """What else the network says that it would refuse."""
    if not isinstance(network, RefusesWords):
        return
    reason = network.refusal_reason(view.lines.publication(line).words)
    if not reason:
        return
    message = _("`{channel}` would refuse this: {why}", channel=line.channel_name, why=reason)
    front = line.post.front
    place = line.post.place("poll" if front.poll else "media" if front.media else "channels")
    expected = _("a poll that its network accepts") if front.poll else _("what its network accepts")
    next_step = (
        _("change the poll, or send the post to channels that accept it")
        if front.poll
        else _("change it, or send the post to channels that accept it")
    )
    yield Finding("not-taken", level_for_post(line.post, LEVEL), place, message, expected, next_step)


def _has_visibility(front: FrontMatter, name: str) -> bool:
    own = front.for_.get(name)
    return own is not None and own.visibility is not None
