"""Recognises the first comment among the parts of a post."""

from __future__ import annotations

import re


def begins_alike(text: str, comment: str) -> bool:
    """Whether a part is the first comment as it was written: networks shorten the addresses in it, and some write formatting otherwise."""
    shown, written = (re.sub(r"https?://|[*_`]", "", each).split() for each in (text, comment))
    return shown[:3] == written[:3]
