"""A picture, video, sound or document that is damaged, in the wrong format, or contains hidden data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from marronnier.checks.media_channels import channels_reached
from marronnier.checks.view import View
from marronnier.checks.view.media import MediaUse
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

if TYPE_CHECKING:
    from marronnier.sandbox import MediaInfo

LEVEL: Level = "error"
ALLOWABLE = False

_METADATA_NAMES = {"exif": "EXIF", "xmp": "XMP", "iptc": "IPTC", "c2pa": "C2PA"}
"""The metadata that a picture may hold, by its code: the names that programs show."""


def check(view: View) -> Iterator[Finding]:
    """Every file that a post names, opened once in the sandbox, with a finding at each post; a notice in an idea."""
    for path, uses in view.media.index.files.items():
        if not any(view.media.is_inspected(use.post) for use in uses) or (info := view.media.inspect(path)) is None or _is_harmless(info):
            continue
        for use in uses:
            if finding := _unusable_finding(use, info) or _not_accepted_finding(view, use, path, info) or _metadata_finding(use, info):
                yield finding


def _is_harmless(info: MediaInfo) -> bool:
    """Whether this rule has no finding for a file. One too heavy to be opened has a rule of its own, and so has one that is not here."""
    return info.problem in ("too-heavy", "no-lfs-object") or (
        info.category == "image" and info.format != "SVG" and not info.problem and not info.carries
    )


def _unusable_finding(use: MediaUse, info: MediaInfo) -> Finding | None:
    """A file that cannot be used at all."""
    if not info.problem:
        return None
    from marronnier import sandbox

    file = use.src
    explanation = sandbox.describe_problem(info.problem)
    if info.problem == "misnamed":
        named = f"{file.rpartition('.')[0] or file}{sandbox.usual_extension(info)}"
        message = _("`{file}` is {kind}, and its name has another extension", file=file, kind=info.format)
        return _finding(
            use,
            LEVEL,
            message,
            _("a name with the extension of its format"),
            _("rename the file to `{file}`, and change its name here", file=named),
        )
    if info.problem in ("unknown-kind", "other-kind"):
        reason = _("{kind}: {why}", kind=info.format, why=explanation) if info.format else explanation
        message = _("`{file}` cannot be used: {why}", file=file, why=reason)
        expected = _("a picture as JPEG, PNG, GIF, WebP or AVIF, a video as MP4 or WebM, a sound as MP3, M4A or Ogg, a document as PDF")
        return _finding(use, LEVEL, message, expected, _("save it as one of these, and write that file's name here"))
    message = _("`{file}` cannot be used: {why}", file=file, why=explanation)
    if info.category == "document":
        return _finding(use, LEVEL, message, _("a PDF that everyone can open"), _("export it again, without a password, and commit it"))
    if info.problem == "damaged":
        if info.category == "video":
            return _finding(
                use, LEVEL, message, _("an undamaged video"), _("export it again, check that it plays to its end, and commit it")
            )
        return _finding(use, LEVEL, message, _("an undamaged picture"), _("save it again, check that it opens, and commit it"))
    if info.problem == "drawing-acts":
        return _finding(use, LEVEL, message, _("a drawing without scripts or external resources"), _("save it as PNG"))
    if info.category == "video":
        expected, next = _("a video with a picture"), _("export it again as MP4, and check that it plays")
        return _finding(use, LEVEL, message, expected, next)
    expected = _("at most {pixels} million pixels, and {frames} frames", pixels=sandbox.MAX_PIXELS // 1_000_000, frames=sandbox.MAX_FRAMES)
    return _finding(
        use, LEVEL, message, expected, _("save it smaller; if it is not yours, have it examined: no camera makes such a picture")
    )


def _not_accepted_finding(view: View, use: MediaUse, path: str, info: MediaInfo) -> Finding | None:
    """A video, a sound or an SVG drawing for a network that takes only pictures."""
    if info.category == "image" and info.format != "SVG":
        return None
    names = [
        name
        for name in channels_reached(view, use, path)
        if not view.channels.accepts(name, info.format if info.format == "SVG" else info.category)
    ]
    if not names:
        return None
    channels = ", ".join(f"`{name}`" for name in names)
    message = _("`{file}` is {kind}, and only pictures can be sent to {channels}", file=use.src, kind=info.format, channels=channels)
    expected = _("a picture as JPEG, PNG, GIF or WebP for these channels")
    return _finding(use, LEVEL, message, expected, _("write other `media:` for them under `for:`, or remove them from `channels:`"))


def _metadata_finding(use: MediaUse, info: MediaInfo) -> Finding | None:
    """A file with a location or other metadata."""
    file = use.src
    if "gps" in info.carries and info.category == "image":
        message = _("`{file}` contains the place where it was taken", file=file)
        next = _("save it without its location: it is not sent or shown, but everyone who reads this repository finds it")
        return _finding(use, "warning", message, _("a picture without its location"), next)
    if "gps" in info.carries:
        message = _("`{file}` contains the place where it was filmed, and videos are sent unchanged", file=file)
        return _finding(use, LEVEL, message, _("a video without its location"), _("save it without its location"))
    held_names = [name for code, name in _METADATA_NAMES.items() if code in info.carries]
    held_names += [_("comments")] if "text" in info.carries else []
    held_names += [_("data after its end")] if "after" in info.carries else []
    if not held_names:
        return None
    message = _("`{file}` also contains {held}", file=file, held=", ".join(held_names))
    next = _("nothing to do: it is removed from what is sent and shown; people who read this repository still find it")
    return _finding(use, "notice", message, _("a picture without other data"), next)


def _finding(use: MediaUse, level: Level, message: str, expected: str, next: str) -> Finding:
    return Finding("unsafe-media", use.level(level), use.place, message, expected, next)
