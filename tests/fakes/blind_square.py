"""A Square without look-up that ignores keys: a post sent again is there twice. See `fakes.square`."""

from __future__ import annotations

from fakes.square import COMPOSER, FACTS, IDEMPOTENT, SECRETS, TRIED, WORDS, compose, host, part_content, send

__all__ = ["COMPOSER", "FACTS", "IDEMPOTENT", "NAME", "SECRETS", "TRIED", "WORDS", "compose", "host", "part_content", "send"]

NAME = "Blind Square"
