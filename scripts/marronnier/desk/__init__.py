"""The desk: everything people wrote, loaded from the working directory or from a commit."""

from __future__ import annotations

from marronnier.desk.desk import CampaignPage, Desk
from marronnier.desk.loader import load, read_post
from marronnier.desk.publications import (
    caption_lang,
    channel_names,
    inline_media_path,
    media_candidates,
    media_path,
    overrides,
    publication,
    variant_of,
)

__all__ = [
    "CampaignPage",
    "Desk",
    "caption_lang",
    "channel_names",
    "inline_media_path",
    "load",
    "media_candidates",
    "media_path",
    "overrides",
    "publication",
    "read_post",
    "variant_of",
]
