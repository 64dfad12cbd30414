"""A video that a network does not take as it is: videos are sent unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from marronnier.checks.levels import level_for_post
from marronnier.checks.media_channels import facts_reached
from marronnier.checks.video_faults import ffmpeg_line, video_faults
from marronnier.checks.view import View
from marronnier.checks.view.media import MediaUse
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding, Level
from marronnier.model.publication import VIDEO_ENDINGS, Picture
from marronnier.networks.kit.facts import Fact, VideoLimits

if TYPE_CHECKING:
    from marronnier.sandbox import MediaInfo

LEVEL: Level = "error"
ALLOWABLE = False
ENDS_WITH_SENDING = True


def check(view: View) -> Iterator[Finding]:
    """Every video that a post names, for each channel that gets it; a notice in an idea."""
    videos = {path: uses for path, uses in view.media.index.files.items() if path.lower().endswith(VIDEO_ENDINGS)}
    for path, uses in videos.items():
        if not any(view.media.is_inspected(use.post) for use in uses):
            continue
        info = view.media.inspect(path)
        if info is None or info.video is None or info.problem:
            continue
        for use in uses:
            yield from _findings(view, use, path, info)
    if videos:
        yield from _company_findings(view)
        yield from _caption_findings(view)


def _findings(view: View, use: MediaUse, path: str, info: MediaInfo) -> Iterator[Finding]:
    reached = ((name, facts.video_of(format)) for name, facts, format in facts_reached(view, use, path))
    limits = {name: taken for name, taken in reached if isinstance(taken, VideoLimits)}
    found = [(name, fault) for name, taken in limits.items() for fault in video_faults(info, taken)]
    for name, fault in found:
        # One command mends all of it, for all of the channels.
        line = ffmpeg_line(use.src, info, list(limits.values()))
        # Of a limit that nobody read in the network's own pages, a finding is only a warning.
        level: Level = LEVEL if fault.mark == "primary" else "warning"
        message = _("`{channel}` does not take `{file}`: {read}", channel=name, file=use.src, read=fault.read)
        next = _("run `{command}`, and write the name of the new file here", command=line)
        if not fault.is_mended:
            next = _("take another one, or write another one under `for: {{{channel}: {{media: […]}}}}`", channel=name)
        yield Finding("unfit-video", use.level(level), use.place, message, fault.expected, next)


def _caption_findings(view: View) -> Iterator[Finding]:
    """More captions than a network takes, or larger ones."""
    for line in view.lines.unsent:
        if not any(medium.captions for _keys, media in view.media.lists(line.post) for medium in media):
            continue
        network = view.channels.networks.get(view.desk.channels.channels[line.channel_name].network)
        publication = view.lines.publication(line)
        limits = network.FACTS.video_of(publication.words.format) if network is not None else None
        if not isinstance(limits, VideoLimits) or not isinstance(limits.captions, Fact):
            continue
        for number, picture in enumerate(publication.words.media):
            place = line.post.place(*view.media.keys_of(publication), number, "captions")
            for message, expected in _caption_faults(view, line.channel_name, picture, limits):
                next = _("write fewer or shorter captions for it under `for: {{{channel}: {{media: […]}}}}`", channel=line.channel_name)
                yield Finding("unfit-video", level_for_post(line.post, LEVEL), place, message, expected, next)


def _caption_faults(view: View, channel: str, picture: Picture, limits: VideoLimits) -> Iterator[tuple[str, str]]:
    most, size = limits.captions, limits.caption_size
    if isinstance(most, Fact) and len(picture.captions) > most.value:
        message = ngettext(
            "`{channel}` gets {count} file of captions",
            "`{channel}` gets {count} files of captions",
            len(picture.captions),
            channel=channel,
        )
        yield message, _("{count} at most", count=most.value)
    for caption in picture.captions:
        tree = view.desk.tree
        if size is not None and tree.exists(caption.path) and (read := tree.size(caption.path)) > size.value:
            file = caption.path.rpartition("/")[2]
            message = _("`{file}` has {size} bytes, too many for `{channel}`", file=file, size=read, channel=channel)
            yield message, _("{most} bytes at most", most=size.value)


def _company_findings(view: View) -> Iterator[Finding]:
    """A video that is not alone where a network takes one video and nothing beside it."""
    for line in view.lines.unsent:
        front = line.post.front
        if not (front.media or front.for_):
            continue
        network = view.channels.networks.get(view.desk.channels.channels[line.channel_name].network)
        if network is None or not isinstance(network.FACTS.video, VideoLimits) or not network.FACTS.video.alone:
            continue
        publication = view.lines.publication(line)
        media = publication.words.media
        if len(media) < 2 or not any(picture.is_video for picture in media):
            continue
        place = line.post.place(*view.media.keys_of(publication), 1, "src")
        message = _("`{channel}` gets a video and {count} more", channel=line.channel_name, count=len(media) - 1)
        expected = _("one video, and no pictures beside it")
        next = _("keep one of them, and write the others under `for:` for the channels that take them, or make it a thread")
        yield Finding("unfit-video", level_for_post(line.post, LEVEL), place, message, expected, next)
