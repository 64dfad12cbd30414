"""A Square that takes JPEG alone, and no picture that is wide or small, as several real networks do. See `fakes.square`."""

from __future__ import annotations

from dataclasses import replace

from fakes.square import COMPOSER, IDEMPOTENT, SECRETS, TRIED, WORDS, compose, host, part_content, send
from fakes.square import FACTS as SQUARE_FACTS
from marronnier.model.picture_limits import PictureLimits

__all__ = ["COMPOSER", "FACTS", "IDEMPOTENT", "NAME", "SECRETS", "TRIED", "WORDS", "compose", "host", "part_content", "send"]

NAME = "Narrow Square"
FACTS = replace(SQUARE_FACTS, pictures=PictureLimits(formats=("JPEG",), min_side=320, ratio=(0.8, 1.91), animated=False))
