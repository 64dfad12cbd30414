"""A picture, video or sound that is not what it should be, or tells more than it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from marronnier.checks.media import MediaUse
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

if TYPE_CHECKING:
    from marronnier.sandbox import MediaInfo

LEVEL: Level = "error"
ALLOWABLE = False

_TOLD = {"exif": "EXIF", "xmp": "XMP", "iptc": "IPTC", "c2pa": "C2PA"}
"""What a picture may hold besides its pixels, under the names that programs give it."""


def check(view: View) -> Iterator[Finding]:
    """Every file that a post names, opened in the sandbox once and told at each post; in an idea all of it is only a notice."""
    for path, uses in view.media_files.files.items():
        if not any(view.opens(use.post) for use in uses) or (found := view.looked(path)) is None or _is_plain(found):
            continue
        for use in uses:
            if finding := _wrong(use, found) or _elsewhere(view, use, path, found) or _tells(use, found):
                yield finding


def _is_plain(found: MediaInfo) -> bool:
    """Whether there is nothing to say of it here: one too heavy to be opened has a rule of its own."""
    return found.problem == "too-heavy" or (found.category == "image" and found.format != "SVG" and not found.problem and not found.carries)


def _wrong(use: MediaUse, found: MediaInfo) -> Finding | None:
    """What keeps it from being used at all."""
    if not found.problem:
        return None
    from marronnier import sandbox

    file = use.src
    why = sandbox.describe_problem(found.problem)
    if found.problem == "misnamed":
        named = f"{file.rpartition('.')[0] or file}{sandbox.usual_extension(found)}"
        read = _("`{file}` is {kind} under another name", file=file, kind=found.format)
        return _finding(use, LEVEL, read, _("a name that ends as its kind does"), _("rename the file to `{file}`, here too", file=named))
    if found.problem in ("unknown-kind", "other-kind"):
        told = _("{kind}: {why}", kind=found.format, why=why) if found.format else why
        read = _("`{file}` cannot be used: {why}", file=file, why=told)
        expected = _("a picture as JPEG, PNG, GIF or WebP, a video as MP4 or WebM, a sound as MP3, M4A or Ogg")
        return _finding(use, LEVEL, read, expected, _("save it as one of these, and write that file's name here"))
    read = _("`{file}` cannot be used: {why}", file=file, why=why)
    if found.problem == "damaged":
        return _finding(use, LEVEL, read, _("a whole picture"), _("save it again, look at it, and commit that one"))
    if found.problem == "drawing-acts":
        return _finding(use, LEVEL, read, _("nothing that a browser would run or fetch"), _("save it as PNG"))
    expected = _("at most {pixels} million pixels, and {frames} frames", pixels=sandbox.MAX_PIXELS // 1_000_000, frames=sandbox.MAX_FRAMES)
    return _finding(use, LEVEL, read, expected, _("save it smaller, or have it looked at: no camera makes such a picture"))


def _elsewhere(view: View, use: MediaUse, path: str, found: MediaInfo) -> Finding | None:
    """A video, a sound or a drawing for a network that is sent pictures."""
    if found.category == "image" and found.format != "SVG":
        return None
    names = [name for name in _reached(view, use, path) if not view.takes(name, found.format if found.format == "SVG" else found.category)]
    if not names:
        return None
    channels = ", ".join(f"`{name}`" for name in names)
    read = _("`{file}` is {kind}, and {channels} can only be sent pictures", file=use.src, kind=found.format, channels=channels)
    expected = _("a picture as JPEG, PNG, GIF or WebP there")
    return _finding(use, LEVEL, read, expected, _("write other `media:` for it under `for:`, or take it out of `channels:`"))


def _reached(view: View, use: MediaUse, path: str) -> Sequence[str]:
    """The channels that this use of a file goes to."""
    lines = {line.channel_name: line for line in view.lines_of(use.post)}
    return [
        name
        for name, line in lines.items()
        if view.media_of(view.publication(line)) == use.keys[:-1]
        and any(picture.path == path for picture in view.publication(line).words.media)
    ]


def _tells(use: MediaUse, found: MediaInfo) -> Finding | None:
    """What it tells besides what it shows."""
    file = use.src
    if "gps" in found.carries and found.category == "image":
        read = _("`{file}` tells where it was taken", file=file)
        after = _("save it without its location: nobody is sent it or shown it, but everyone who reads this repository finds it")
        return _finding(use, "warning", read, _("a picture that keeps its place to itself"), after)
    if "gps" in found.carries:
        read = _("`{file}` tells where it was filmed, and videos go out as they are", file=file)
        return _finding(use, LEVEL, read, _("a video that keeps its place to itself"), _("save it without its location"))
    held = [name for code, name in _TOLD.items() if code in found.carries]
    held += [_("comments")] if "text" in found.carries else []
    held += [_("something after its end")] if "after" in found.carries else []
    if not held:
        return None
    read = _("`{file}` also holds {held}", file=file, held=", ".join(held))
    after = _("nothing needs doing: it is taken out of what is sent and shown; who reads this repository still finds it")
    return _finding(use, "notice", read, _("a picture and nothing else"), after)


def _finding(use: MediaUse, level: Level, read: str, expected: str, after: str) -> Finding:
    return Finding("unsafe-media", use.level(level), use.place, read, expected, after)
