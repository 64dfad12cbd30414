"""Lookalike hosts: host names that readers take for another one (homograph attacks)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from typing import Literal

HostFault = Literal["mixed", "foreign", "coded", "impossible", "like"]
"""`mixed`: letters of several scripts; `foreign`: letters of another script that all look Latin; `coded`: Punycode (`xn--`), which nobody can read;
`impossible`: not a valid host name; `like`: it looks like a host that the brand knows."""

_COMPATIBLE_SCRIPTS = ({"HAN", "HIRAGANA", "KATAKANA", "LATIN"}, {"HAN", "BOPOMOFO", "LATIN"}, {"HAN", "HANGUL", "LATIN"})
"""Scripts that are used together in one word (https://www.unicode.org/reports/tr39/#Restriction_Level_Detection, seen 2026-11-22)."""
_LOOKALIKE_SEQUENCES = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))


def find_lookalike(host: str, known: Collection[str]) -> tuple[HostFault, str] | None:
    """The fault of a host name, with the known host it looks like or its decoded form; None without a fault. `known`: hosts the brand trusts."""
    host = host.removeprefix("www.")
    if host in known or any(host.endswith(f".{trusted}") for trusted in known):
        return None
    decoded_host = _convert_idna(host, decode=True) if "xn--" in host else host
    if decoded_host is None:
        return "impossible", host
    imitated = _imitated_host(decoded_host, known)
    if imitated:
        return "like", imitated
    if not decoded_host.isascii():
        if _convert_idna(decoded_host, decode=False) is None:
            return "impossible", decoded_host
        for label in decoded_host.split("."):
            scripts = _scripts(label)
            if len(scripts) > 1 and not any(scripts <= compatible for compatible in _COMPATIBLE_SCRIPTS):
                return "mixed", decoded_host
            if scripts and "LATIN" not in scripts and decoded_host.rpartition(".")[2].isascii() and _all_look_latin(label):
                return "foreign", decoded_host
    return ("coded", decoded_host) if decoded_host != host else None


def _convert_idna(host: str, *, decode: bool) -> str | None:
    """The host name decoded from Punycode, or encoded to it; None when it is not a valid host name."""
    import idna

    try:
        return idna.decode(host) if decode else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None


def _scripts(label: str) -> set[str]:
    """The Unicode names of the scripts of its letters."""
    from confusable_homoglyphs import categories  # type: ignore[import-untyped]

    return {script for char in label if (script := categories.alias(char)) not in ("COMMON", "INHERITED")}


def _all_look_latin(label: str) -> bool:
    return all(_latin_lookalike(char) is not None for char in label if char.isalpha())


@cache
def _latin_lookalike(character: str) -> str | None:
    """The Latin letters that a character of another script looks like; None when there are none."""
    from confusable_homoglyphs import confusables

    matches = confusables.is_confusable(character, greedy=True, preferred_aliases=[]) or []
    homoglyphs = [homoglyph["c"] for pair in matches for homoglyph in pair["homoglyphs"]]
    return next((homoglyph.lower() for homoglyph in homoglyphs if homoglyph.isascii() and homoglyph.isalpha()), None)


@cache
def _skeleton(host: str) -> str:
    """A form that is equal for host names that look alike: without accents, with look-alike letters and sequences replaced."""
    skeleton = "".join(char for char in unicodedata.normalize("NFKD", host.casefold()) if not unicodedata.combining(char))
    if not skeleton.isascii():
        skeleton = "".join(char if char.isascii() else _latin_lookalike(char) or char for char in skeleton)
    for written, appearance in _LOOKALIKE_SEQUENCES:
        skeleton = skeleton.replace(written, appearance)
    return skeleton


def _imitated_host(host: str, known: Collection[str]) -> str | None:
    """The known host that a host looks like: it has look-alike letters, or the known host is only a prefix of its name."""
    for known_host in known:
        if f".{host}.".find(f".{known_host}.") >= 0 and not host.endswith(f".{known_host}"):
            return known_host
        end = ".".join(host.split(".")[-(known_host.count(".") + 1) :])
        if end != known_host and _skeleton(end) == _skeleton(known_host):
            return known_host
    return None


_ADDRESS_LABEL = re.compile(
    r"(?P<scheme>https?://)?(?:[^\s/@]+@)?(?P<host>(?:[\w-]+\.)+[^\W\d_]{2,}|xn--[\w.-]+)(?::\d+)?(?P<rest>[/?#]\S*)?", re.IGNORECASE
)
_FILE_ENDING = re.compile(
    r"js|md|py|sh|txt|pdf|html|json|css|ts|rs|ya?ml|toml|zip|jpe?g|png|gif|svg|docx?|xlsx?|csv|od[ts]|net|ics|mp[34]", re.IGNORECASE
)
"""Suffixes of files and of names of programs."""


def host_in_label(label: str) -> str | None:
    """The host in the label of a link, when the label is only an address; None for `Node.js` and `affiche.pdf`."""
    match = _ADDRESS_LABEL.fullmatch(label.strip("«»“”\"'’ \u00a0\u202f.,"))
    if match is None or (not match["scheme"] and not match["rest"] and _FILE_ENDING.fullmatch(match["host"].rpartition(".")[2])):
        return None
    return unicodedata.normalize("NFKC", match["host"]).casefold().removeprefix("www.")


def is_misleading(label_host: str, host: str) -> bool:
    """Whether a link whose label shows one host leads to another: neither the same one nor a subdomain of one another."""
    host = host.removeprefix("www.")
    return label_host != host and not host.endswith(f".{label_host}") and not label_host.endswith(f".{host}")
