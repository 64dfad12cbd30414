"""A value that its key does not accept, or a faulty `allow`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from marronnier import networks
from marronnier.checks.suggestions import closest_name, name_list
from marronnier.checks.view import View
from marronnier.messages import N_, _
from marronnier.model.finding import Finding, Level
from marronnier.model.instant import InstantProblem
from marronnier.model.publication import split_key
from marronnier.timetable import local_time

LEVEL: Level = "error"
ALLOWABLE = False


_EXPECTED: Mapping[InstantProblem, str] = {
    "unknown-slot": N_("a slot for the channels of the post, or `next`"),
    "no-free-slot": N_("a slot of calendar/slots.yml with a free place"),
    "bad-repeat": N_("a recurrence rule that ends, like FREQ=MONTHLY;BYDAY=1TU;COUNT=6"),
}
_NEXT: Mapping[InstantProblem, str] = {
    "unknown-slot": N_("write a slot of calendar/slots.yml, or a `date:`"),
    "no-free-slot": N_("write a `date:`, or add places in calendar/slots.yml"),
    "bad-repeat": N_("write such a rule, or a `date:` without `repeat`"),
}


def check(view: View) -> Iterator[Finding]:
    """Values that could not be read, and those that other files decide: slots, repeats, networks, the zone."""
    yield from view.desk_findings(
        "invalid-value", _("a value that this key accepts"), _("write a value that it accepts, or remove the key")
    )
    yield from _zone_findings(view)
    yield from _network_findings(view)
    yield from _requires_findings(view)
    if view.desk.only is None:
        from marronnier.checks.unmet_settings import find_unmet_settings

        yield from _secret_findings(view)
        yield from (Finding("invalid-value", LEVEL, *unmet) for unmet in find_unmet_settings(view))
    for line in view.lines.all:
        problem = line.instant.problem
        if problem in _EXPECTED:
            place = line.post.place("repeat") if problem == "bad-repeat" else view.lines.time_place(line)
            yield Finding("invalid-value", LEVEL, place, line.instant.note, _(_EXPECTED[problem]), _(_NEXT[problem]))


def _zone_findings(view: View) -> Iterator[Finding]:
    try:
        local_time.zone(view.desk.brand.zone)
    except local_time.BadZone as error:
        message = str(error)
        expected = _("a time zone of the IANA database, like Europe/Brussels")
        next = _("write `zone: {zone}`", zone=error.suggestion or "Europe/Brussels")
        yield Finding("invalid-value", LEVEL, view.desk.place("brand/brand.yml", "zone"), message, expected, next)


def _network_findings(view: View) -> Iterator[Finding]:
    for name, channel in view.desk.channels.channels.items():
        if view.channels.networks[channel.network] is not None:
            continue
        place = view.desk.place("brand/channels.yml", "channels", name, "network")
        if networks.is_announced(channel.network):
            message = _("`{network}` is not supported yet: this version cannot send to it", network=channel.network)
            next = _("leave it: its publications are planned, and wait until it is supported")
            yield Finding("invalid-value", "notice", place, message, _("a network that this version supports"), next)
            continue
        suggestion = closest_name(channel.network, networks.names())
        message = _("`{network}` is not a known network", network=channel.network)
        expected = _("one of {names}, or the dotted path of a network that an installed package names", names=name_list(networks.names()))
        next = _("write `{near}`", near=suggestion) if suggestion else _("remove the channel until its network is supported")
        yield Finding("invalid-value", LEVEL, place, message, expected, next)


def _secret_findings(view: View) -> Iterator[Finding]:
    """Variables that hold no secret of a network: what the tool or the machine keeps in them must not be sent anywhere."""
    from marronnier.model.where import is_reserved

    for name, channel in view.desk.channels.channels.items():
        for secret, variable in channel.env.items():
            if is_reserved(variable):
                yield Finding(
                    "invalid-value",
                    LEVEL,
                    view.desk.place("brand/channels.yml", "channels", name, "env", secret),
                    _("`{variable}` is never given to a network: it is the tool's, the forge's or the machine's", variable=variable),
                    _("the name of an environment variable that holds this secret only"),
                    _(
                        "write a name like `{near}`, and set the secret under it",
                        near=f"{name}_{secret}".replace("-", "_").replace(".", "_").upper(),
                    ),
                )


def _requires_findings(view: View) -> Iterator[Finding]:
    """The posts named in `requires`. Not for one file alone, where the other posts are unknown."""
    if view.desk.only is not None:
        return
    requiring = [post for post in view.posts if post.front.requires]
    if not requiring:
        return
    known = view.post_ids | {split_key(key)[0] for key in view.situation.histories}
    for post in requiring:
        for number, name in enumerate(post.front.requires):
            if name in known and name != post.id:
                continue
            suggestion = closest_name(name, known - {post.id})
            message = (
                _("it requires `{name}`, which is itself", name=name)
                if name == post.id
                else _("it requires `{name}`, and there is no such post", name=name)
            )
            expected = _("the id of a post that goes out before it")
            next = _("write `{near}`, or remove it", near=suggestion) if suggestion else _("remove it: the post would wait forever")
            yield Finding("invalid-value", LEVEL, post.place("requires", number), message, expected, next)
