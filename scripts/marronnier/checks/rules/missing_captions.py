"""A video with sound and without captions."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.levels import level_for_post
from marronnier.checks.view import View
from marronnier.checks.view.media import is_remote
from marronnier.desk import media_path
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.model.publication import VIDEO_ENDINGS

LEVEL: Level = "warning"
ALLOWABLE = True
ENDS_WITH_SENDING = True


def check(view: View) -> Iterator[Finding]:
    """Every video in a list of media; a notice in an idea."""
    for post in view.posts:
        if not (post.front.media or post.front.for_) or not view.media.is_inspected(post):
            continue
        for keys, media in view.media.lists(post):
            for number, medium in enumerate(media):
                if medium.captions or is_remote(medium.src) or not medium.src.lower().endswith(VIDEO_ENDINGS):
                    continue
                info = view.media.inspect(media_path(view.desk, post, medium.src))
                if info is not None and info.video is not None and info.video.sound:
                    message = _("`{file}` has sound and no captions", file=medium.src)
                    expected = _("captions, for people who cannot hear it and for those who watch without sound")
                    stem = medium.src.rpartition(".")[0]
                    lang = post.front.lang or view.desk.brand.lang
                    next = _(
                        "write `captions: {file}` beside `alt:`, and that file as WebVTT; or say why it needs none, as music does: `allow: {{missing-captions: the reason}}`",
                        file=f"{stem}.{lang}.vtt",
                    )
                    place = post.place(*keys, number, "src")
                    yield Finding("missing-captions", level_for_post(post, LEVEL), place, message, expected, next)
