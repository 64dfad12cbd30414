"""A name that is not a channel, group or network of the brand."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from marronnier import desk as desks
from marronnier.checks.suggestions import unknown_name
from marronnier.checks.view import View
from marronnier.messages import _, show_no_break_spaces
from marronnier.model.finding import Finding, Fix, Level, Place
from marronnier.model.post import Post
from marronnier.text import variants
from marronnier.text.code_fences import classify_lines
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every channel name in posts, groups, slots, campaigns, approvals and the freeze."""
    if "brand/channels.yml" in view.desk.unreadable_settings:
        return
    channels = view.channels.names
    networks = {channel.network for channel in view.desk.channels.channels.values()}
    # `## @…` and `for` may also name a network; one with a dotted path also answers to the last word of it.
    variant_names = channels | networks | {network.rpartition(".")[2] for network in networks}
    folded_names = {name.casefold() for name in variant_names}
    for post in view.posts:
        yield from _in_post(view, post, channels, variant_names, folded_names)
        yield from _unused_variants(view, post, folded_names)
        if not post.front.channels and not is_idea(post) and view.desk.posts.get(post.id) is post:
            yield _no_channels_finding(post)
    for place, name in _names_in_settings(view):
        if name not in channels:
            yield _finding(view, place, name, channels)


def _in_post(
    view: View, post: Post, channels: Collection[str], variant_names: Collection[str], folded_names: Collection[str]
) -> Iterator[Finding]:
    for number, name in enumerate(post.front.channels):
        # Names of channels ignore case, except as keys.
        if name.casefold() not in channels and name not in channels:
            yield _finding(view, post.place("channels", number), name, channels)
    for name in post.front.for_:
        if name not in variant_names:
            yield _finding(view, post.place("for", name), name, variant_names)
    for variant in post.variants:
        for name in variant.names:
            if name.casefold() not in folded_names:
                yield _finding(view, _heading(post, variant.line, name), name, variant_names)
    yield from _malformed_headings(post, folded_names)


def _heading(post: Post, below: int, name: str) -> Place:
    """The place of `## @name`: the nearest heading with that name above the words."""
    lines = post.text.split("\n")
    for line in range(min(below, len(lines)), 0, -1):
        if name in variants.variant_names(lines[line - 1]):
            return Place(post.path, line, lines[line - 1].index(f"@{name}") + 1)
    return Place(post.path, below)


def _malformed_headings(post: Post, variant_names: Collection[str]) -> Iterator[Finding]:
    """Lines that look like a heading `## @name` and are none: they and the text below would go out with the words above."""
    if "@" not in post.text and "\uff20" not in post.text:
        return
    for variant in post.variants:
        for number, line, counts in classify_lines(variant.text):
            names = variants.near_variant_names(line) if counts else ()
            if not names or not all(name.casefold() in variant_names for name in names):
                continue
            place = Place(post.path, variant.line + number)
            line_text = post.text.split("\n")[place.line - 1]
            corrected = "## " + ", ".join(f"@{name}" for name in names)
            message = _("`{line}` is not a heading for a channel: it would be published as text", line=show_no_break_spaces(line.strip()))
            expected = _("`##`, a space, and `@name`")
            next = _("Write it so: {line}", line=corrected)
            yield Finding("unknown-channel", LEVEL, place, message, expected, next, Fix(place.line, line_text, corrected))


def _unused_variants(view: View, post: Post, variant_names: Collection[str]) -> Iterator[Finding]:
    """Variants that no channel of the post uses."""
    used_variants = (
        [view.texts.variant(post, name) for name in desks.channel_names(view.desk, post)]
        if len(post.variants) > 1 and not is_idea(post)
        else []
    )
    for variant in post.variants if used_variants else ():
        known = variant.names and all(name.casefold() in variant_names for name in variant.names)
        if known and variant.text and not any(variant is used for used in used_variants):
            name = variant.names[0]
            message = _("no channel of this post uses the words below `@{name}`", name=name)
            expected = _("one text for each channel that the post names")
            next = _("add such a channel to `channels:`, or merge these words with the others")
            yield Finding("unknown-channel", "warning", _heading(post, variant.line, name), message, expected, next)


def _names_in_settings(view: View) -> Iterator[tuple[Place, str]]:
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


def _no_channels_finding(post: Post) -> Finding:
    """A post without `channels`: often a forgotten line, sometimes a page of another tool."""
    message = _("no channel is named, so this post is not published")
    expected = _("`channels:` with a channel or a group of brand/channels.yml")
    next = _("write it, or move the file to content/ideas/")
    return Finding("unknown-channel", "notice", post.place("channels"), message, expected, next)


def _finding(view: View, place: Place, name: str, known: Collection[str]) -> Finding:
    message = _("`{name}` is not a channel of this brand", name=name)
    if not view.desk.tree.exists("brand/channels.yml"):
        expected, next = (
            _("the file brand/channels.yml, which is missing"),
            _("put it back: `git log -- brand/channels.yml` shows what it was; or write it with the channels of your brand"),
        )
        return Finding("unknown-channel", LEVEL, place, message, expected, next)
    if_none = _("a channel of brand/channels.yml, which has none yet")
    return unknown_name("unknown-channel", place, name, known, "brand/channels.yml", message=message, if_none=if_none)
