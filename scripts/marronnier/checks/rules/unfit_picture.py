"""A picture that a network does not take, however it is prepared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from marronnier.checks.media_channels import facts_reached
from marronnier.checks.view import View
from marronnier.checks.view.media import MediaUse
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.model.picture_limits import PictureLimits, misfit

if TYPE_CHECKING:
    from marronnier.sandbox import MediaInfo

LEVEL: Level = "error"
ALLOWABLE = False
ENDS_WITH_SENDING = True


def check(view: View) -> Iterator[Finding]:
    """Every picture that a post names, for each channel that gets it; a notice in an idea."""
    for path, uses in view.media.index.files.items():
        if path.lower().endswith(".svg") or not any(view.media.is_inspected(use.post) for use in uses):
            continue
        info = view.media.inspect(path)
        if info is None or info.category != "image" or info.problem or not info.width:
            continue
        for use in uses:
            for channel, facts, format in facts_reached(view, use, path):
                yield from _findings(use, info, channel, facts.pictures_of(format))


def _findings(use: MediaUse, info: MediaInfo, channel: str, limits: PictureLimits) -> Iterator[Finding]:
    file, size = use.src, f"{info.width} × {info.height}"
    problem = misfit(limits, info.width, info.height)
    if problem == "ratio" and limits.ratio is not None:
        message = _("`{file}` has {size} pixels, a ratio that `{channel}` does not take", file=file, size=size, channel=channel)
        least, most = (f"{value:.4g}" for value in limits.ratio)
        expected = _("a width of {least} to {most} times the height: pictures are never cropped here", least=least, most=most)
        next = _("crop it yourself, or write another picture under `for: {{{channel}: {{media: […]}}}}`", channel=channel)
        yield Finding("unfit-picture", use.level(LEVEL), use.place, message, expected, next)
    elif problem:
        message = _("`{file}` has {size} pixels, too few for `{channel}`", file=file, size=size, channel=channel)
        expected = _("at least {least} pixels on its shorter side: pictures are never enlarged here", least=limits.min_side)
        next = _("take a larger one, or write another picture under `for: {{{channel}: {{media: […]}}}}`", channel=channel)
        yield Finding("unfit-picture", use.level(LEVEL), use.place, message, expected, next)
