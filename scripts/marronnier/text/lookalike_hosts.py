"""Lookalikes: hosts that read as another than they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from typing import Literal

Fault = Literal["mixed", "foreign", "coded", "impossible", "like"]
"""`mixed`: letters of several scripts; `foreign`: letters of another script that all look Latin; `coded`: `xn--`, which nobody can read;
`impossible`: no host has such a name; `like`: it looks like a host that the brand knows."""

_TOGETHER = ({"HAN", "HIRAGANA", "KATAKANA", "LATIN"}, {"HAN", "BOPOMOFO", "LATIN"}, {"HAN", "HANGUL", "LATIN"})
"""Scripts that are written together (https://www.unicode.org/reports/tr39/#Restriction_Level_Detection, seen 2026-11-22)."""
_PAIRS = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))


def find_lookalike(host: str, known: Collection[str]) -> tuple[Fault, str] | None:
    """What is wrong with a host, and the host it looks like or that it is; None when nothing is. `known`: hosts the brand trusts."""
    host = host.removeprefix("www.")
    if host in known or any(host.endswith(f".{one}") for one in known):
        return None
    shown = host
    if "xn--" in host:
        read = _decoded(host)
        if read is None:
            return "impossible", host
        shown = read
    looks = _like(shown, known)
    if looks:
        return "like", looks
    if not shown.isascii():
        if not _is_possible(shown):
            return "impossible", shown
        for label in shown.split("."):
            scripts = _scripts(label)
            if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
                return "mixed", shown
            if scripts and scripts.isdisjoint({"LATIN"}) and shown.rpartition(".")[2].isascii() and _all_look_latin(label):
                return "foreign", shown
    return ("coded", shown) if shown != host else None


def _decoded(host: str) -> str | None:
    import idna

    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return None


def _is_possible(host: str) -> bool:
    import idna

    try:
        idna.encode(host, uts46=True)
    except (idna.IDNAError, UnicodeError):
        return False
    return True


def _scripts(label: str) -> set[str]:
    """The scripts of its letters, as Unicode names them."""
    from confusable_homoglyphs import categories  # type: ignore[import-untyped]

    return {script for char in label if (script := categories.alias(char)) not in ("COMMON", "INHERITED")}


def _all_look_latin(label: str) -> bool:
    return all(_latin(char) is not None for char in label if char.isalpha())


@cache
def _latin(character: str) -> str | None:
    """The Latin letters that a character of another script looks like; None when it looks like none."""
    from confusable_homoglyphs import confusables

    found = confusables.is_confusable(character, greedy=True, preferred_aliases=[]) or []
    alike = [one["c"] for pair in found for one in pair["homoglyphs"]]
    return next((one.lower() for one in alike if one.isascii() and one.isalpha()), None)


@cache
def _bones(host: str) -> str:
    """What is left of a host for an eye in a hurry."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", host.casefold()) if not unicodedata.combining(char))
    if not plain.isascii():
        plain = "".join(char if char.isascii() else _latin(char) or char for char in plain)
    for written, seen in _PAIRS:
        plain = plain.replace(written, seen)
    return plain


def _like(host: str, known: Collection[str]) -> str | None:
    """The known host that it looks like: in other letters, or with the known one only in front of where it really leads."""
    for other in known:
        if f".{host}.".find(f".{other}.") >= 0 and not host.endswith(f".{other}"):
            return other
        end = ".".join(host.split(".")[-(other.count(".") + 1) :])
        if end != other and _bones(end) == _bones(other):
            return other
    return None


_NAMED = re.compile(
    r"(?P<scheme>https?://)?(?:[^\s/@]+@)?(?P<host>(?:[\w-]+\.)+[^\W\d_]{2,}|xn--[\w.-]+)(?::\d+)?(?P<rest>[/?#]\S*)?", re.IGNORECASE
)
_FILE = re.compile(
    r"js|md|py|sh|txt|pdf|html|json|css|ts|rs|ya?ml|toml|zip|jpe?g|png|gif|svg|docx?|xlsx?|csv|od[ts]|net|ics|mp[34]", re.IGNORECASE
)
"""Endings of files and of what programs are called."""


def shown_host(label: str) -> str | None:
    """The host that the words of a link show, when they are an address and nothing else; `Node.js` and `affiche.pdf` are none."""
    found = _NAMED.fullmatch(label.strip("«»“”\"'’ \u00a0\u202f.,"))
    if found is None or (not found["scheme"] and not found["rest"] and _FILE.fullmatch(found["host"].rpartition(".")[2])):
        return None
    return unicodedata.normalize("NFKC", found["host"]).casefold().removeprefix("www.")


def leads_elsewhere(shown: str, host: str) -> bool:
    """Whether a link that shows one host leads to another: neither the same, nor one within the other."""
    host = host.removeprefix("www.")
    return shown != host and not host.endswith(f".{shown}") and not shown.endswith(f".{host}")
