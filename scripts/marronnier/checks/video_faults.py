"""What a network does not take of a video, and the FFmpeg line that would make it fit. Pure."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from marronnier.messages import _, ngettext
from marronnier.networks.kit.facts import Fact, Mark, OneOf, VideoLimits

if TYPE_CHECKING:
    from marronnier.sandbox import MediaInfo, VideoInfo

_ENDINGS = {"MP4": "mp4", "QuickTime": "mov", "WebM": "webm"}
_MEGABYTE = 1_000_000
_SOUND_BITS = 128_000


class VideoFault(NamedTuple):
    """One thing that a network does not take."""

    read: str
    expected: str
    mark: Mark
    """How well the limit is known."""
    is_mended: bool = True
    """Whether the FFmpeg line mends it: none makes a video longer, or adds what was not filmed."""


def video_faults(info: MediaInfo, limits: VideoLimits) -> Iterator[VideoFault]:
    """Every limit that a video exceeds, in the words of what was read and what was expected."""
    video = info.video
    if video is None:
        return
    if _ENDINGS.get(info.format, "") not in limits.containers.names:
        yield _not_one_of(_("it is {kind}", kind=info.format), limits.containers)
    if video.codec not in limits.codecs.names:
        yield _not_one_of(_("its picture is encoded as {codec}", codec=video.codec), limits.codecs)
    if video.sound and limits.audio_codecs is not None and video.sound not in limits.audio_codecs.names:
        yield _not_one_of(_("its sound is encoded as {codec}", codec=video.sound), limits.audio_codecs)
    yield from _numeric_faults(info, video, limits)
    if (ratio := limits.ratio) is not None:
        narrowest, widest = ratio.narrowest[0] / ratio.narrowest[1], ratio.widest[0] / ratio.widest[1]
        # A video of 1080 × 1350 is not refused for a ratio of 4:5 that no whole pixel meets.
        if not narrowest * 0.99 <= info.width / info.height <= widest * 1.01:
            read = _("it has {width} × {height} pixels", width=info.width, height=info.height)
            least, most = (f"{pair[0]}:{pair[1]}" for pair in (ratio.narrowest, ratio.widest))
            expected = (
                _("a ratio from {least} to {most}", least=least, most=most) if narrowest else _("a ratio of at most {most}", most=most)
            )
            yield VideoFault(read, expected, ratio.mark)


def _numeric_faults(info: MediaInfo, video: VideoInfo, limits: VideoLimits) -> Iterator[VideoFault]:
    pixels = _("it has {width} × {height} pixels", width=info.width, height=info.height)
    seconds = ngettext("it lasts {seconds} second", "it lasts {seconds} seconds", math.ceil(video.seconds), seconds=_number(video.seconds))
    if (fact := limits.size) is not None and info.size > fact.value:
        read = _("it has {size} MB", size=-(-info.size // _MEGABYTE))
        yield VideoFault(read, _("at most {most} MB", most=fact.value // _MEGABYTE), fact.mark)
    if (fact := limits.longest) is not None and video.seconds > fact.value:
        yield VideoFault(seconds, _("at most {most} seconds", most=fact.value), fact.mark)
    if (fact := limits.shortest) is not None and video.seconds < fact.value:
        yield VideoFault(seconds, _("at least {least} seconds", least=fact.value), fact.mark, is_mended=False)
    if (fact := limits.side) is not None and max(info.width, info.height) > fact.value:
        yield VideoFault(pixels, _("at most {most} pixels on its longer side", most=fact.value), fact.mark)
    if (fact := limits.min_side) is not None and min(info.width, info.height) < fact.value:
        yield VideoFault(pixels, _("at least {least} pixels on its shorter side", least=fact.value), fact.mark, is_mended=False)
    if (fact := limits.area) is not None and info.width * info.height > fact.value:
        yield VideoFault(pixels, _("at most {most} pixels in all", most=fact.value), fact.mark)
    rate = _("it has {rate} pictures a second", rate=_number(video.frame_rate))
    if (fact := limits.rate) is not None and video.frame_rate > fact.value + 0.5:
        yield VideoFault(rate, _("at most {most} pictures a second", most=fact.value), fact.mark)
    if (fact := limits.min_rate) is not None and 0 < video.frame_rate < fact.value - 0.5:
        yield VideoFault(rate, _("at least {least} pictures a second", least=fact.value), fact.mark)
    if (fact := limits.frames) is not None and _frames(video) > fact.value:
        read = _("it has {count} pictures in all", count=_frames(video))
        yield VideoFault(read, _("at most {most} pictures in all", most=fact.value), fact.mark)


def _not_one_of(read: str, names: OneOf) -> VideoFault:
    written = ", ".join(names.names)
    return VideoFault(read, _("one of {names}", names=written) if len(names.names) > 1 else written, names.mark)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _frames(video: VideoInfo) -> int:
    return video.frames or round(video.seconds * video.frame_rate)


@dataclass(frozen=True, slots=True)
class _Target:
    """The size and the pace that fit every network at once."""

    width: int
    height: int
    rate: float
    seconds: float
    pad: tuple[int, int] | None


def ffmpeg_line(file: str, info: MediaInfo, all_limits: Sequence[VideoLimits]) -> str:
    """The command that makes a video fit all of these limits as an MP4 with H.264 and AAC: never cropped, with bars where its ratio does not fit."""
    assert info.video is not None
    target = _target(info, info.video, all_limits)
    filters = []
    if (target.width, target.height) != (info.width, info.height):
        filters.append(f"scale={target.width}:{target.height}")
    if target.pad is not None:
        filters.append(f"pad={target.pad[0]}:{target.pad[1]}:(ow-iw)/2:(oh-ih)/2")
    if target.rate != info.video.frame_rate:
        filters.append(f"fps={_number(target.rate)}")
    words = ["ffmpeg", "-i", file]
    if target.seconds < info.video.seconds:
        words += ["-t", _number(target.seconds)]
    words += ["-vf", ",".join(filters)] if filters else []
    words += ["-c:v", "libx264", "-pix_fmt", "yuv420p", *_bit_rate(target, info, all_limits)]
    words += ["-c:a", "aac", "-b:a", "128k"] if info.video.sound else []
    stem = file.rpartition(".")[0] or file
    output = f"{stem}.mp4" if not file.lower().endswith(".mp4") else f"{stem}-2.mp4"
    return shlex.join([*words, "-movflags", "+faststart", output])


def _target(info: MediaInfo, video: VideoInfo, all_limits: Sequence[VideoLimits]) -> _Target:
    factor = 1.0
    shown = _padded(info.width, info.height, all_limits)
    width, height = shown or (info.width, info.height)
    # Bars are made of even numbers, rounded up.
    bars = 2 if shown is not None else 0
    for limits in all_limits:
        if limits.side is not None:
            factor = min(factor, (limits.side.value - bars) / max(width, height))
        if limits.area is not None:
            factor = min(factor, (limits.area.value / ((width + bars) * (height + bars))) ** 0.5)
    # H.264 with yuv420p needs even numbers.
    width, height = (max(2, int(side * factor) // 2 * 2) for side in (info.width, info.height))
    seconds = min((video.seconds, *(limits.longest.value for limits in all_limits if limits.longest is not None)))
    rate = min((video.frame_rate, *(limits.rate.value for limits in all_limits if limits.rate is not None)))
    rate = max((rate, *(limits.min_rate.value for limits in all_limits if limits.min_rate is not None and video.frame_rate)))
    for limits in all_limits:
        if limits.frames is not None and rate * seconds > limits.frames.value:
            rate = limits.frames.value / seconds
    return _Target(width, height, rate, seconds, _padded(width, height, all_limits))


def _padded(width: int, height: int, all_limits: Sequence[VideoLimits]) -> tuple[int, int] | None:
    """The size with bars that has a ratio within all limits; None where the picture has one."""
    ratios = [limits.ratio for limits in all_limits if limits.ratio is not None]
    if not ratios:
        return None
    narrowest = max((ratio.narrowest for ratio in ratios), key=lambda pair: pair[0] / pair[1])
    widest = min((ratio.widest for ratio in ratios), key=lambda pair: pair[0] / pair[1])
    if width * narrowest[1] < height * narrowest[0] * 0.99:
        return _even(-(-height * narrowest[0] // narrowest[1])), height
    if width * widest[1] > height * widest[0] * 1.01:
        return width, _even(-(-width * widest[1] // widest[0]))
    return None


def _even(number: int) -> int:
    """That number, or the next one."""
    return number + number % 2


def _bit_rate(target: _Target, info: MediaInfo, all_limits: Sequence[VideoLimits]) -> list[str]:
    """The options that keep a file within the smallest size limit; none where it is within it already."""
    sizes: list[Fact] = [limits.size for limits in all_limits if limits.size is not None]
    most = min((fact.value for fact in sizes), default=info.size)
    if info.size <= most or not target.seconds:
        return []
    kilobits = max(50, int((most * 0.95 * 8 / target.seconds - _SOUND_BITS) / 1000))
    return ["-b:v", f"{kilobits}k", "-maxrate", f"{kilobits}k", "-bufsize", f"{2 * kilobits}k"]
