"""The desk: everything people wrote, from the working directory or from a commit."""

from __future__ import annotations

from marronnier.desk.desk import CampaignPage, Desk
from marronnier.desk.loader import load
from marronnier.desk.publications import channels_of, media_path, media_places, overrides, publication

__all__ = ["CampaignPage", "Desk", "channels_of", "load", "media_path", "media_places", "overrides", "publication"]
