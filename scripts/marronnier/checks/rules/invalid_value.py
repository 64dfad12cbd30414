"""A value that its key does not take, or an `allow` that is not in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from marronnier import networks
from marronnier.checks.suggestions import closest_name, name_list
from marronnier.checks.view import View
from marronnier.messages import N_, _
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.instant import InstantProblem
from marronnier.model.publication import split_key
from marronnier.timetable import local_time

LEVEL: Level = "error"
ALLOWABLE = False


_EXPECTED: Mapping[InstantProblem, str] = {
    "unknown-slot": N_("a slot that serves the channels of the post, or `next`"),
    "no-free-slot": N_("a slot of calendar/slots.yml with a free place"),
    "bad-repeat": N_("a recurrence rule that ends, like FREQ=MONTHLY;BYDAY=1TU;COUNT=6"),
}
_NEXT: Mapping[InstantProblem, str] = {
    "unknown-slot": N_("write a slot of calendar/slots.yml, or a `date:`"),
    "no-free-slot": N_("write a `date:`, or make room in calendar/slots.yml"),
    "bad-repeat": N_("write the rule so, or a `date:` without `repeat`"),
}


def check(view: View) -> Iterator[Finding]:
    """What reading met, and what only shows where files meet: slots, repeats, networks, the zone."""
    yield from view.read("invalid-value", _("a value that this key takes"), _("write a value that it takes, or take the key out"))
    yield from _zone(view)
    yield from _networks(view)
    yield from _required(view)
    told: set[tuple[Place, str]] = set()
    for line in view.lines:
        problem = line.instant.problem
        if problem not in _EXPECTED:
            continue
        place = line.post.place("repeat") if problem == "bad-repeat" else line.post.place(*view.hour_of(line.post, line.channel_name))
        if (place, line.instant.note) not in told:
            told.add((place, line.instant.note))
            yield Finding("invalid-value", LEVEL, place, line.instant.note, _(_EXPECTED[problem]), _(_NEXT[problem]))


def _zone(view: View) -> Iterator[Finding]:
    try:
        local_time.zone(view.desk.brand.zone)
    except local_time.BadZone as bad:
        yield Finding(
            "invalid-value",
            LEVEL,
            view.desk.place("brand/brand.yml", "zone"),
            str(bad),
            _("an IANA time zone, which knows when the clocks change"),
            _("write `zone: {zone}`", zone=bad.suggestion or "Europe/Brussels"),
        )


def _networks(view: View) -> Iterator[Finding]:
    for name, channel in view.desk.channels.channels.items():
        if view.networks[channel.network] is not None:
            continue
        place = view.desk.place("brand/channels.yml", "channels", name, "network")
        if networks.is_announced(channel.network):
            said = _("`{network}` is not there yet: this version cannot send to it", network=channel.network)
            next = _("leave it: its posts are planned, and held until it is there")
            yield Finding("invalid-value", "notice", place, said, _("a network that can be sent to"), next)
            continue
        near = closest_name(channel.network, networks.names())
        said = _("`{network}` is no network that this tool knows", network=channel.network)
        expected = _("one of {names}, or the dotted path of a module", names=name_list(networks.names()))
        next = _("write `{near}`", near=near) if near else _("take the channel out until its network is there")
        yield Finding("invalid-value", LEVEL, place, said, expected, next)


def _required(view: View) -> Iterator[Finding]:
    """The posts that others wait for; of one file alone, nobody knows what stands in the others."""
    if view.desk.only is not None:
        return
    known = view.post_ids | {split_key(key)[0] for key in view.histories}
    for post in view.posts:
        for number, name in enumerate(post.front.requires):
            if name in known and name != post.id:
                continue
            near = closest_name(name, known - {post.id})
            yield Finding(
                "invalid-value",
                LEVEL,
                post.place("requires", number),
                _("it requires `{name}`, which is itself", name=name)
                if name == post.id
                else _("it requires `{name}`, and there is no such post", name=name),
                _("the id of a post that goes out before"),
                _("write `{near}`, or take it out", near=near) if near else _("take it out: the post would wait for ever"),
            )
