"""A name that is no channel, no group and no network of the brand."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from marronnier import desk as desks
from marronnier.checks.suggestions import closest_name, name_list
from marronnier.checks.view import View
from marronnier.messages import _, with_spaces_shown
from marronnier.model.finding import Finding, Fix, Level, Place
from marronnier.model.post import Post
from marronnier.text import variants
from marronnier.text.code_fences import classify_lines
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every place where people name channels: posts, groups, slots, campaigns, approvals, freeze."""
    if "brand/channels.yml" in view.desk.unreadable_settings:
        return
    channels = view.channel_names
    networks = {channel.network for channel in view.desk.channels.channels.values()}
    # The words for a network, and what differs there, may also name the network; one given by its dotted path answers to the last word too.
    speakable = channels | networks | {network.rpartition(".")[2] for network in networks}
    for post in view.posts:
        yield from _in_post(post, channels, speakable)
        yield from _unsaid(view, post, {name.casefold() for name in speakable})
        if not post.front.channels and not is_idea(post) and view.desk.posts.get(post.id) is post:
            yield _unheard(post)
    for place, name in _elsewhere(view):
        if name not in channels:
            yield _finding(place, name, channels)


def _in_post(post: Post, channels: Collection[str], speakable: Collection[str]) -> Iterator[Finding]:
    for number, name in enumerate(post.front.channels):
        # As everywhere but in keys, capitals make no other channel.
        if name.casefold() not in channels and name not in channels:
            yield _finding(post.place("channels", number), name, channels)
    for name in post.front.for_:
        if name not in speakable:
            yield _finding(post.place("for", name), name, speakable)
    folded = {name.casefold() for name in speakable}
    for words in post.variants:
        for name in words.names:
            if name.casefold() not in folded:
                yield _finding(_heading(post, words.line, name), name, speakable)
    yield from _nearly(post, folded)


def _heading(post: Post, below: int, name: str) -> Place:
    """Where `## @name` stands: the nearest heading above the words that holds it."""
    lines = post.text.split("\n")
    for line in range(min(below, len(lines)), 0, -1):
        if name in variants.variant_names(lines[line - 1]):
            return Place(post.path, line, lines[line - 1].index(f"@{name}") + 1)
    return Place(post.path, below)


def _nearly(post: Post, speakable: Collection[str]) -> Iterator[Finding]:
    """Lines that were meant to begin words for a channel: as they stand, they and what follows go out with the words above."""
    if "@" not in post.text and "\uff20" not in post.text:
        return
    for words in post.variants:
        for number, line, counts in classify_lines(words.text):
            names = variants.near_variant_names(line) if counts else ()
            if not names or not all(name.casefold() in speakable for name in names):
                continue
            place = Place(post.path, words.line + number)
            typed = post.text.split("\n")[place.line - 1]
            meant = "## " + ", ".join(f"@{name}" for name in names)
            yield Finding(
                "unknown-channel",
                LEVEL,
                place,
                _("`{line}` begins no words for a channel: it would go out as it stands", line=with_spaces_shown(line.strip())),
                _("two signs, a space, and the name"),
                _("Write it so: {line}", line=meant),
                Fix(place.line, typed, meant),
            )


def _unsaid(view: View, post: Post, speakable: Collection[str]) -> Iterator[Finding]:
    """Words for channels that say others, or that this post does not go to."""
    said = (
        [view.variant(post, name) for name in desks.channel_names(view.desk, post)] if len(post.variants) > 1 and not is_idea(post) else []
    )
    for words in post.variants if said else ():
        known = words.names and all(name.casefold() in speakable for name in words.names)
        if known and words.text and not any(words is one for one in said):
            name = words.names[0]
            yield Finding(
                "unknown-channel",
                "warning",
                _heading(post, words.line, name),
                _("no channel of this post says the words below `@{name}`", name=name),
                _("words for channels that the post names, once for each"),
                _("name such a channel in `channels:`, or join these words with the others"),
            )


def _elsewhere(view: View) -> Iterator[tuple[Place, str]]:
    desk = view.desk
    for group, members in desk.channels.groups.items():
        for number, name in enumerate(members):
            yield view.desk.place("brand/channels.yml", "groups", group, number), name
    for slug, slot in desk.slots.slots.items():
        for number, name in enumerate(slot.channels):
            yield view.desk.place("calendar/slots.yml", "slots", slug, "channels", number), name
    for page in desk.campaigns.values():
        for number, name in enumerate(page.campaign.channels):
            yield view.desk.place(page.path, "channels", number), name
    for nth, requirement in enumerate(desk.policy.requirements):
        for number, name in enumerate(requirement.channels):
            yield view.desk.place("brand/approvals.yml", "requirements", nth, "channels", number), name
    for number, name in enumerate(desk.freeze.channels if desk.freeze else ()):
        yield view.desk.place("calendar/freeze.yml", "channels", number), name


def _unheard(post: Post) -> Finding:
    """A post on the shelf of posts that names nowhere to go: often a forgotten line, sometimes a page of another tool."""
    return Finding(
        "unknown-channel",
        "notice",
        post.place("channels"),
        _("no channel is named, so this goes nowhere"),
        _("`channels:` with a channel or a group of brand/channels.yml"),
        _("write it, or move the file to content/ideas/"),
    )


def _finding(place: Place, name: str, known: Collection[str]) -> Finding:
    near = closest_name(name, known)
    return Finding(
        "unknown-channel",
        LEVEL,
        place,
        _("`{name}` is no channel of this brand", name=name),
        _("one of {names}", names=name_list(known)) if known else _("a channel of brand/channels.yml, which has none yet"),
        _("write `{near}`, or add `{name}` to brand/channels.yml", near=near, name=name)
        if near
        else _("take it out, or add `{name}` to brand/channels.yml", name=name),
    )
