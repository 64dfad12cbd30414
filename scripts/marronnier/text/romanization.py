"""Romanization: words of any script in Latin letters, for ids and web addresses. Readable, not a transcription to pronounce."""

from __future__ import annotations

import unicodedata

_NOT_SILENT = str.maketrans({"ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ى": "a", "ع": "a", "א": "a", "ע": "a"})
"""Letters that anyascii 0.3 drops: without them, the Arabic for `good` (خير) and the one for `the good` (الخير) would be hard to tell apart."""


def romanize(text: str) -> str:
    """The text with the letters of other scripts in Latin ones: `你好` gives `ni hao`, `Доброе утро` gives `dobroe utro`.

    Latin letters with accents stay as they are, and so does all that is no letter, digit or mark.
    """
    if text.isascii():
        return text
    result: list[str] = []
    before = ""
    for char in unicodedata.normalize("NFC", text):
        foreign = _script(char)
        script = foreign or ("LATIN" if char.isalnum() else "")
        is_mark = unicodedata.category(char)[0] == "M"
        # Chinese writes its words without spaces, and each sign is a syllable.
        if before and script and not is_mark and (script != before or script == "CJK"):
            result.append(" ")
        result.append(_letters(char) if foreign else char)
        if not is_mark:
            before = script
    return "".join(result)


def _letters(char: str) -> str:
    from anyascii import anyascii

    return "".join(letter for letter in anyascii(char.translate(_NOT_SILENT)).lower() if letter.isalnum())


def _script(char: str) -> str:
    """The first word of the character's name, as `ARABIC`, where it is a letter, digit or mark that needs romanizing; else empty."""
    if char.isascii() or unicodedata.category(char)[0] not in "LMN":
        return ""
    if any(part.isascii() and part.isalnum() for part in unicodedata.normalize("NFKD", char)):
        return ""
    return unicodedata.name(char, "").partition(" ")[0].partition("-")[0]
