"""What came over from another tool, and what stayed behind: everything is named, nothing is only counted away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from marronnier.cli import output
from marronnier.messages import N_, _, ngettext

if TYPE_CHECKING:
    from marronnier.importers import Bundle, ImportDiff
    from marronnier.importers.bundle import Ending


def say(crossing: Bundle, landing: ImportDiff, noted: Mapping[Ending, int], form: str, *, rehearsed: bool) -> None:
    """Print it, for people or for programs."""
    if form == "json":
        output.say_json(as_json(crossing, landing, noted))
        return
    for line in as_text(crossing, landing, noted, rehearsed=rehearsed):
        output.say(line)


def publications(crossing: Bundle) -> Mapping[str, int]:
    """How many publications there are on each network."""
    networks = crossing.networks
    counted = Counter(networks.get(name, name) for post in crossing.posts for name in post.channels)
    return dict(sorted(counted.items()))


def as_json(crossing: Bundle, landing: ImportDiff, noted: Mapping[Ending, int]) -> Mapping[str, Any]:
    """Everything, under keys that are never translated."""
    endings = Counter(past.ending for post in crossing.posts for past in post.past.values())
    return {
        "tool": crossing.tool,
        "files": crossing.files,
        "posts": {
            "read": len(crossing.posts),
            "written": [post.path for post in landing.new],
            "there": landing.there,
            "differing": landing.differing,
            "folded": crossing.folded,
        },
        "publications": publications(crossing),
        "past": {"read": dict(endings), "noted": dict(noted)},
        "channels": {"written": landing.channels, "there": _there(crossing.channels, landing.channels)},
        "handles": {"written": landing.handles, "there": _there(crossing.handles, landing.handles)},
        "foreign_keys": landing.foreign_keys,
        "files_along": landing.copies,
        "pictures": {
            "fetched": sorted(landing.pictures.fetched.values()),
            "standing_in": {name: crossing.pictures[name] for name in landing.pictures.standing_in},
            "failed": landing.pictures.failed,
        },
        "stayed_behind": [{"where": one.where, "why": one.said} for one in crossing.remarks if one.lost],
        "changed": [{"where": one.where, "why": one.said} for one in crossing.remarks if not one.lost],
    }


def as_text(crossing: Bundle, landing: ImportDiff, noted: Mapping[Ending, int], *, rehearsed: bool) -> Iterable[str]:
    """A line for each kind of thing, then everything that stayed behind or came over changed."""
    yield ngettext("{count} {tool} file read.", "{count} {tool} files read.", crossing.files, tool=crossing.tool)
    if rehearsed:
        yield _("Nothing was written: this is only a preview.")
    yield from _posts(crossing, landing)
    for network, count in publications(crossing).items():
        yield "  " + ngettext("{count} publication on {network}", "{count} publications on {network}", count, network=network)
    yield from _history(crossing, noted, rehearsed=rehearsed)
    for names, said in (
        (landing.channels, N_("Channels written to brand/channels.yml: {names}")),
        (_there(crossing.channels, landing.channels), N_("Channels that already exist, left unchanged: {names}")),
        (landing.handles, N_("Handles written to brand/handles.yml: {names}")),
        (_there(crossing.handles, landing.handles), N_("Handles that already exist, left unchanged: {names}")),
        (landing.foreign_keys, N_("Keys that only the other tool uses, listed in brand/brand.yml: {names}")),
    ):
        if names:
            yield _(said, names=", ".join(names))
    yield from _media(landing)
    yield from _remarks(_("Not imported:"), [f"{one.where}: {one.said}" for one in crossing.remarks if one.lost])
    yield from _remarks(_("Imported, but please check:"), [f"{one.where}: {one.said}" for one in crossing.remarks if not one.lost])
    yield ""
    yield _("Next: `marronnier check`, then commit; `marronnier plan --all` shows the state of every post.")


def _there(names: Mapping[str, Any], new: Iterable[str]) -> list[str]:
    return sorted(names.keys() - set(new))


def _posts(crossing: Bundle, landing: ImportDiff) -> Iterable[str]:
    yield ngettext("{count} new post.", "{count} new posts.", len(landing.new))
    if landing.there:
        yield ngettext("{count} post already imported.", "{count} posts already imported.", len(landing.there))
    if crossing.folded:
        count = len(crossing.folded)
        yield ngettext("{count} file repeats a post and is merged into it.", "{count} files repeat a post and are merged into it.", count)
    said = _("a different text already has that name here, and is left unchanged")
    yield from _remarks(_("Not written:"), [f"{path}: {said}" for path in landing.differing.values()])


def _history(crossing: Bundle, noted: Mapping[Ending, int], *, rehearsed: bool) -> Iterable[str]:
    endings = Counter(past.ending for post in crossing.posts for past in post.past.values())
    sent, failed, unrecorded = endings["sent"], endings["failed"], endings["unrecorded"]
    if sent:
        yield ngettext(
            "{count} publication was already sent there: it will not be sent again.",
            "{count} publications were already sent there: they will not be sent again.",
            sent,
        )
    if failed:
        yield ngettext(
            "{count} publication failed there and needs your decision.", "{count} publications failed there and need your decision.", failed
        )
    if unrecorded:
        yield ngettext(
            "{count} publication has no record there and needs your decision.",
            "{count} publications have no record there and need your decision.",
            unrecorded,
        )
    for post in crossing.posts:
        for name, past in post.past.items():
            if past.ending != "sent":
                yield f"  {post.id}@{name}  ({past.source})"
    if endings and not rehearsed and not sum(noted.values()):
        yield _("The ledger already had all of this.")


def _media(landing: ImportDiff) -> Iterable[str]:
    pictures = landing.pictures
    if pictures.fetched:
        yield ngettext("{count} picture imported.", "{count} pictures imported.", len(pictures.fetched))
    if pictures.standing_in:
        count = len(pictures.standing_in)
        yield ngettext(
            "{count} picture is still on the web, with a placeholder here: run this again with --media fetch, or put the real picture in its place.",
            "{count} pictures are still on the web, with placeholders here: run this again with --media fetch, or put the real pictures in their place.",
            count,
        )
    yield from _remarks(_("Could not be downloaded:"), [f"{address}: {why}" for address, why in pictures.failed.items()])


def _remarks(heading: str, lines: list[str]) -> Iterable[str]:
    if lines:
        yield ""
        yield heading
        yield from (f"  {output.visible(line)}" for line in lines)
