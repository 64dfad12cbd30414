"""The channels that a use of a media file reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from marronnier.checks.view import TimetableLine, View
from marronnier.checks.view.media import MediaUse
from marronnier.networks.kit.facts import Facts


def channels_reached(view: View, use: MediaUse, path: str) -> Sequence[str]:
    """The channels whose publications have this use of a file."""
    return list(_lines_reached(view, use, path))


def _lines_reached(view: View, use: MediaUse, path: str) -> Mapping[str, TimetableLine]:
    """A publication on each channel whose publications have this use of a file."""
    lines = {line.channel_name: line for line in view.lines.of_post(use.post)}
    return {
        name: line
        for name, line in lines.items()
        if _has_use(view, line, use) and any(picture.path == path for picture in view.lines.publication(line).words.all_media)
    }


def _has_use(view: View, line: TimetableLine, use: MediaUse) -> bool:
    """Whether a publication has its media or its words from where this use is written."""
    if use.inline_place is None:
        return view.media.keys_of(view.lines.publication(line)) == use.keys[:-1]
    variant = view.texts.variant(line.post, line.channel_name)
    return variant.line <= use.inline_place.line <= variant.line + variant.text.count("\n")


def facts_reached(view: View, use: MediaUse, path: str) -> Iterator[tuple[str, Facts, str]]:
    """Each channel that a use reaches, with the facts of its network and the format there; without networks that this tool does not know."""
    for name, line in _lines_reached(view, use, path).items():
        network = view.channels.networks.get(view.desk.channels.channels[name].network)
        if network is not None:
            yield name, network.FACTS, view.lines.publication(line).words.format
