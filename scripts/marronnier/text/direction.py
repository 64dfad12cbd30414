"""The direction in which a language is written."""

from __future__ import annotations

_RIGHT_TO_LEFT = ("ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi")
"""https://www.w3.org/International/questions/qa-scripts, seen 2026-11-28"""


def is_right_to_left(lang: str) -> bool:
    """Whether a language, like `ar` or `fa-IR`, is written from right to left."""
    return lang.casefold().partition("-")[0] in _RIGHT_TO_LEFT
