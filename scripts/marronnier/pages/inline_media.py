"""Media of a preview as `data:` URLs: pictures encoded anew and small, films and sounds as they are where they are short; of the rest, why not."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

from markupsafe import Markup

from marronnier import sandbox
from marronnier.desk.media_inspection import inspect_media
from marronnier.messages import Trouble
from marronnier.model.publication import Picture
from marronnier.pages import site_media
from marronnier.pages.locale import SiteLocale
from marronnier.pages.site_data import SiteData
from marronnier.sandbox import svg

PICTURE_SIDE = 1000
"""Pixels of a picture's longer side: more than a phone shows."""
PICTURE_BYTES = 250_000
FILM_BYTES = 4_000_000
"""A film or a sound that is larger is only told of."""
MOST_BYTES = 12_000_000
"""All media together; of further ones the alternative text is shown."""


class InlineMedia:
    """The media of one preview, each made once."""

    def __init__(self, site_data: SiteData, locale: SiteLocale) -> None:
        self._media = site_data.media
        self._tree = site_data.desk.tree
        self._locale = locale
        self._urls: dict[str, str] = {}
        self._reasons: dict[str, Markup] = {}
        self._size = 0
        self.left_out = 0
        """How many pictures are only told of, because the file would be too large."""

    def url(self, picture: Picture) -> str:
        """The medium as a `data:` URL; empty for what cannot be shown safely, or would make the file too large."""
        if picture.sha256 not in self._urls:
            self._urls[picture.sha256] = self._make_url(picture)
        return self._urls[picture.sha256]

    def note(self, picture: Picture) -> Markup:
        """What a film or a sound is, its size and its length, and why a medium is not shown; empty for a picture that is."""
        if not picture.sha256:
            return Markup()
        self.url(picture)
        is_picture, reason = site_media.media_kind(picture) == "image", self._reasons.get(picture.sha256)
        return Markup(" · ").join(filter(None, (*([] if is_picture else self._facts(picture)), reason)))

    def _facts(self, picture: Picture) -> Iterator[str]:
        """Its kind, its size, and its length or its pages where its file says that."""
        _, number, info = self._locale._, self._locale.number, inspect_media(self._tree, picture.path, None)
        yield sandbox.extension(picture.path).lstrip(".").upper()
        if info is None:
            return
        yield _("{size} MB", size=number(max(round(info.size / 1_000_000, 1), 0.1)))
        if pages := self._media.pages(picture):
            yield self._locale.pages(pages)
        if info.video is not None:
            yield f"{int(info.video.seconds) // 60}:{int(info.video.seconds) % 60:02d}"

    def _make_url(self, picture: Picture) -> str:
        _, kind = self._locale._, site_media.media_kind(picture)
        if kind == "document":
            return ""
        if not kind:
            return self._without(picture, _("this kind of file is not shown here"))
        if not self._media.is_served(picture):
            return self._without(picture, _("not shown: it is no such file, or names a place or holds what may run"))
        made = (
            _small_picture(picture.path, self._tree.read)
            if kind == "image"
            else (self._tree.read(picture.path), site_media.mime_type(picture))
        )
        if made is None:
            return self._without(picture, _("not shown: it cannot be opened safely"))
        data, mime = made
        if kind != "image" and len(data) > FILM_BYTES:
            return self._without(picture, _("too large for this file: look at it in the pull request's files"))
        if self._size + len(data) > MOST_BYTES:
            self.left_out += kind == "image"
            return self._without(picture, _("left out, because the file would be too large"))
        self._size += len(data)
        return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"

    def _without(self, picture: Picture, reason: Markup) -> str:
        self._reasons[picture.sha256] = reason
        return ""


def _small_picture(path: str, read: Callable[[str], bytes]) -> tuple[bytes, str] | None:
    """The bytes and the type of a picture for a phone; None when it cannot be decoded safely, or not be made small."""
    data = read(path)
    if sandbox.extension(path) == ".svg":
        drawing = svg.clean(data)
        return (drawing, "image/svg+xml") if drawing is not None and len(drawing) <= PICTURE_BYTES else None
    try:
        made = sandbox.clean(data, max_bytes=PICTURE_BYTES, max_side=PICTURE_SIDE, still=True)
    except (sandbox.Unsafe, Trouble):
        return None
    return made.data, made.mime
