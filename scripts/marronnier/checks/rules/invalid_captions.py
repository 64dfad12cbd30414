"""A file of captions that is missing, or that players cannot read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from marronnier.checks.levels import level_for_post
from marronnier.checks.view import View
from marronnier.checks.view.media import is_remote
from marronnier.desk import caption_lang, media_candidates, media_path
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.model.post import Medium, Post
from marronnier.model.publication import VIDEO_ENDINGS
from marronnier.text import webvtt

LEVEL: Level = "error"
ALLOWABLE = False
ENDS_WITH_SENDING = True

MAX_BYTES = 1 << 20
"""The largest file of captions that is read: some hours of speech have a tenth of it."""


def check(view: View) -> Iterator[Finding]:
    """Every file of captions that a post names; a notice in an idea."""
    for post in view.posts:
        if not (post.front.media or post.front.for_):
            continue
        for keys, media in view.media.lists(post):
            for number, medium in enumerate(media):
                if not medium.captions:
                    continue
                place = post.place(*keys, number, "captions")
                for message, expected, next in _faults(view, post, medium):
                    yield Finding("invalid-captions", level_for_post(post, LEVEL), place, message, expected, next)


_Fault = tuple[str, str, str]
"""What was read, what was expected, and what to do."""


def _faults(view: View, post: Post, medium: Medium) -> Iterator[_Fault]:
    if not medium.src.lower().endswith(VIDEO_ENDINGS):
        message = _("`{file}` has captions, and is no video", file=medium.src)
        yield message, _("captions of a video"), _("take `captions` out; what a picture shows stands in `alt`")
        return
    for src in medium.captions:
        if (fault := _file_fault(view, post, src)) is not None:
            yield fault
    langs = Counter(caption_lang(src) for src in medium.captions)
    for lang, count in langs.items():
        if count > 1:
            message = _(
                "`{file}` has {count} captions in one language, {lang}", file=medium.src, count=count, lang=lang or post.front.lang or "?"
            )
            expected = _("one file for each language, which stands before the ending: `jardin.fr.vtt`")
            yield message, expected, _("keep one of them, or name the language of each")


def _file_fault(view: View, post: Post, src: str) -> _Fault | None:
    tree = view.desk.tree
    path = media_path(view.desk, post, src)
    if is_remote(src) or not media_candidates(post, src) or not tree.exists(path):
        folder = PurePosixPath(post.path).parent
        message = _("there is no file `{file}`", file=src)
        expected = _("a file in {folder}/, or below content/media/", folder=folder)
        return message, expected, _("add the file and commit it with the post, or delete this line")
    try:
        size = tree.size(path)
        fault = webvtt.find_fault(tree.read(path)) if size <= MAX_BYTES else None
    except OSError:
        return None
    if size > MAX_BYTES:
        message = _("`{file}` has {size} MB", file=src, size=-(-size >> 20))
        return message, _("captions of at most {most} MB", most=MAX_BYTES >> 20), _("save the words alone, as WebVTT")
    if fault is None:
        return None
    message = _("line {line} of `{file}`: {what}", line=fault.line, file=src, what=_describe(fault.kind))
    expected = _("WebVTT: a first line `WEBVTT`, then an empty line, `00:01.000 --> 00:04.000`, and words below it")
    return message, expected, _("save the captions as WebVTT; most programs that cut videos can")


def _describe(kind: str) -> str:
    return {
        "no-header": _("it does not begin with `WEBVTT`"),
        "no-cue": _("it holds no caption"),
        "timing": _("this is not when a caption is shown"),
        "order": _("this caption ends before it begins"),
        "not-utf8": _("it is not UTF-8"),
        "too-long": _("it has too many lines"),
    }[kind]
