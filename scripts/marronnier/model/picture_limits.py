"""The pictures that a network takes, as data: `prepare` makes a picture fit them, and `misfit` tells what no conversion can mend. Pure."""

from __future__ import annotations

from dataclasses import dataclass

PICTURE_FORMATS = ("JPEG", "PNG", "GIF", "WebP")
"""The formats that a picture can be prepared in, by their names in `file_types`."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """The limits of one network."""

    formats: tuple[str, ...] = PICTURE_FORMATS
    """What it takes, the one that others are converted to first; JPEG and PNG among them take everything."""
    max_bytes: int | None = None
    max_side: int | None = None
    """The most pixels of the longer side; larger pictures are scaled down."""
    min_side: int = 1
    """The fewest pixels of the shorter side; smaller pictures are never scaled up."""
    ratio: tuple[float, float] | None = None
    """The least and the most that width divided by height may be. A picture is never cropped."""
    animated: bool = True
    """Whether a GIF stays animated; where not, its first frame is sent."""
    max_animated_pixels: int | None = None
    """The most pixels of one frame of an animation."""
    source: str = ""
    """The URL of the page that states them; empty where nobody read them there."""
    seen: str = ""
    """An ISO date."""


def misfit(limits: PictureLimits, width: int, height: int) -> str:
    """Why a picture of that size, upright, cannot be made to fit without cropping or scaling up: `ratio` or `too-small`; empty when it can."""
    # A picture of 1079 × 1350 is not refused for a ratio of 4:5 that no whole pixel meets.
    if limits.ratio is not None and not limits.ratio[0] * 0.995 <= width / height <= limits.ratio[1] * 1.005:
        return "ratio"
    longer, shorter = max(width, height), min(width, height)
    shrunk = shorter * limits.max_side / longer if limits.max_side and longer > limits.max_side else shorter
    return "too-small" if min(shorter, round(shrunk)) < limits.min_side else ""


def loses_motion(limits: PictureLimits, kind: str, frames: int) -> bool:
    """Whether only the first frame of such a picture is sent."""
    return frames > 1 and not (limits.animated and (kind in limits.formats or (kind == "AVIF" and "WebP" in limits.formats)))
