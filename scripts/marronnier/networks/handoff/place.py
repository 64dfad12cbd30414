"""A place where a person posts by hand: what it takes, where its composer is, and what is to be chosen there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urlencode

from marronnier.networks.kit.facts import Facts
from marronnier.networks.kit.look import Look


class Draft(NamedTuple):
    """What a composer may be given beforehand."""

    text: str
    """The text of the first part."""
    title: str = ""
    link: str = ""
    account: str = ""
    """`account:` of the channel."""
    host: str = ""
    """`host:` of the channel."""


@dataclass(frozen=True, slots=True)
class PostingPlace:
    """A network as people use it."""

    name: str
    facts: Facts
    composer: Callable[[Draft], str]
    """The address of its own page for writing a post."""
    choices: tuple[str, ...] = ()
    """What is to be chosen there by hand, as sentences of the catalogue."""
    picture_choices: tuple[str, ...] = ()
    """What is to be done there where there are pictures."""
    hosts: tuple[str, ...] = ()
    """Where its posts stand: `x.com`. Empty where that is not known."""
    longest_title: int = 0
    """Characters of a title; 0 where titles have no field of their own, or no limit is known."""
    keeps_link_apart: bool = False
    """Whether a link has a field of its own."""
    look: Look = Look()  # noqa: RUF009 - it is frozen
    """How people see a post there."""


LONGEST_ADDRESS = 2000
"""Characters of an address that every browser and forge takes."""


def address(base: str, fields: Mapping[str, str]) -> str:
    """An address with the fields that have a value; the longest are left out where it would be too long, for a person copies them."""
    filled = {name: value for name, value in fields.items() if value}
    while filled and len(base) + len(urlencode(filled, quote_via=quote)) >= LONGEST_ADDRESS:
        del filled[max(filled, key=lambda name: len(filled[name]))]
    return f"{base}?{urlencode(filled, quote_via=quote)}" if filled else base
