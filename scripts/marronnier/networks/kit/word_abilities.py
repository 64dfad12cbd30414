"""Optional abilities of a network to tell before sending how it reads words: what it counts, refuses, links and leaves out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from marronnier.model.brand import Channel
from marronnier.model.publication import Part, Publication, Words


@runtime_checkable
class RefusesWords(Protocol):
    """A network that can tell before sending that it will refuse some words for another reason than their length."""

    def refusal_reason(self, words: Words) -> str:
        """A sentence without its full stop; empty for words that the network takes. Pure."""
        ...


@runtime_checkable
class LacksCode(Protocol):
    """A network on which code is words like all others: a mention or a hashtag in it is live."""

    CODE_IS_LIVE: bool
    """True; a network that keeps code apart does not say it."""


@runtime_checkable
class RecognizesMentions(Protocol):
    """A network that knows its own mentions by their form."""

    def is_mention(self, handle: str) -> bool:
        """Whether a handle with its `@` is written as this network writes accounts: another network's would mention nobody. Pure."""
        ...


@runtime_checkable
class ReadsHashtags(Protocol):
    """A network that makes hashtags of its own reading of a text: some end at a hyphen or an emoji."""

    def read_hashtags(self, text: str) -> tuple[str, ...]:
        """The hashtags that it makes of a plain text, each with its `#`. Pure."""
        ...


@runtime_checkable
class Measures(Protocol):
    """A network that can count its parts at a lower cost than composing them: each check counts ten thousand posts."""

    def measure(self, publication: Publication) -> tuple[Part, ...]:
        """The parts of `compose` with text and count; requests and media may be missing. Pure."""
        ...


@runtime_checkable
class Counts(Protocol):
    """A network that counts a text otherwise than by one unit."""

    def counter(self, channel: Channel) -> Callable[[str], int]:
        """How a text counts on this channel; the same function for equal channels. Pure."""
        ...
