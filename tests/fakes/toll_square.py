"""A Square that asks money for each post and takes two a day from one account, as some real networks do. See `fakes.square`."""

from __future__ import annotations

from dataclasses import replace

from fakes.square import COMPOSER, IDEMPOTENT, SECRETS, TRIED, WORDS, compose, host, part_content, send
from fakes.square import FACTS as SQUARE_FACTS
from marronnier.networks.kit.facts import Fact

__all__ = ["COMPOSER", "FACTS", "IDEMPOTENT", "NAME", "SECRETS", "TRIED", "WORDS", "compose", "host", "part_content", "send"]

NAME = "Toll Square"
_ABOUT, _SEEN = "http://127.0.0.1/square/tolls", "2026-11-28"
_PRICE = "thousandths of a US dollar"
FACTS = replace(
    SQUARE_FACTS,
    quotas=(Fact(2, _ABOUT, _SEEN, unit="posts", per="day"),),
    prices=(Fact(15, _ABOUT, _SEEN, unit=_PRICE, per="post"), Fact(200, _ABOUT, _SEEN, unit=_PRICE, per="post with a link")),
)
