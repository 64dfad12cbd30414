"""How long words may be somewhere, and where the excess begins."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from marronnier.model.brand import Channel
from marronnier.model.post import Post
from marronnier.networks.kit.seam import Fact, Measures, Network
from marronnier.text import graphemes

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.model.publication import Part, Publication, Words

_AT_MOST = {"graphemes": 1, "characters": 2, "bytes": 4}
"""The most that one code point counts in each unit; characters may be counted as UTF-16 does."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The most a channel takes, in its network's own unit."""

    value: int
    unit: str
    count: Callable[[str], int] | None = None
    """How the network counts, where it has a way of its own (a function `count` of its module)."""
    threads: bool = False
    """Whether words that are too long may go on in a thread."""
    size: int | None = None
    """The most bytes of UTF-8, where the network counts those too."""


def text_limit_of(network: Network, channel: Channel) -> Limit | None:
    """The most that one part may count: the channel's own figure, else the network's; None where any length goes."""
    fact, own = network.FACTS.text, channel.limits.text
    value = own if own is not None else fact.value if isinstance(fact, Fact) else None
    if value is None:
        return None
    unit = fact.unit if isinstance(fact, Fact) else "graphemes"
    size = network.FACTS.size.value if network.FACTS.size is not None else None
    return Limit(value, unit, getattr(network, "count", None), isinstance(network.FACTS.thread, Fact), size)


def alt_limit_of(network: Network, channel: Channel) -> int | None:
    """The most characters of an alternative text; None where any length goes."""
    fact, own = network.FACTS.alt, channel.limits.alt
    return own if own is not None else fact.value if isinstance(fact, Fact) else None


def certainly_fits(words: Words, limit: Limit) -> bool:
    """Whether words are so short that no network could count too many: told from their Markdown alone, which spares composing it.

    The text a network shows is not longer than its Markdown, but for blank lines and list marks, hashtags, mentions and the link.
    """
    most = _AT_MOST.get(limit.unit)
    if most is None or "]:" in words.text:
        return False
    around = sum(len(tag) + 3 for tag in words.tags) + sum(len(name) + 3 for name in words.mentions)
    around += len(words.title) + len(words.link) + len(words.warning) + len(words.first_comment) + 16
    around += sum(len(option) + 4 for option in words.poll) + _counted_longer(words.text + words.link + words.first_comment, limit)
    count = len(words.text) + 4 * words.text.count("\n") + around
    return most * count <= limit.value and _surely_light(count, limit)


def post_certainly_fits(post: Post, limit: Limit, added: int) -> bool:
    """The same, told from the whole file, which spares making the publication. `added`: the most that UTM parameters add to its link."""
    most = _AT_MOST.get(limit.unit)
    if most is None or "]:" in post.text or "@" in post.text:
        return False
    count = len(post.text) + 4 * post.text.count("\n") + 8 * len(post.front.tags) + added + 128 + _counted_longer(post.text, limit)
    return most * count <= limit.value and _surely_light(count, limit)


def _surely_light(characters: int, limit: Limit) -> bool:
    return limit.size is None or _AT_MOST["bytes"] * characters <= limit.size


def _counted_longer(text: str, limit: Limit) -> int:
    """How much more than its letters links may count, on a network that counts each of them the same."""
    return 16 * text.count("://") if limit.count is not None else 0


@lru_cache(maxsize=4096)
def excess_start(text: str, limit: Limit) -> int:
    """The index in a text that is too long where it begins to be so."""
    if limit.count is not None:
        return bisect.bisect_right(range(len(text)), limit.value, key=lambda end: limit.count(text[:end])) - 1  # type: ignore[misc]
    if limit.unit == "bytes":
        return bytes_prefix_length(text, limit.value)
    if limit.unit == "characters":
        return min(limit.value, len(text))
    # A grapheme is one code point at least: from there, as many code points further as graphemes are still missing.
    end = limit.value
    while end < len(text) and (missing := limit.value - graphemes.count_graphemes(text[:end])):
        end += missing
    while end < len(text) and graphemes.count_graphemes(text[: end + 1]) == limit.value:
        end += 1
    return end


def bytes_prefix_length(text: str, size: int) -> int:
    """How much of a text fits into so many bytes of UTF-8, in code points."""
    return len(text.encode("utf-8", "surrogatepass")[:size].decode("utf-8", "ignore"))


def excerpt(text: str, begins: int = 0, most: int = 40) -> str:
    """The words of a text from that index on, in one short line that begins with a whole word."""
    while begins and begins < len(text) and not text[begins].isspace() and not text[begins - 1].isspace():
        begins -= 1
    line = " ".join(text[begins : begins + most * 4].split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + "…"


class LengthLimits:
    """How much the channels of a desk take, and how much its posts say there."""

    def __init__(self, desk: Desk, networks: Mapping[str, Network | None]) -> None:
        self._desk = desk
        self._networks = networks
        self._measuring: dict[str, Callable[[Publication], tuple[Part, ...]] | None] = {}
        self._parts: dict[Words, tuple[Part, ...]] = {}

    @cached_property
    def added(self) -> int:
        """The most that UTM parameters and a campaign's hashtag add to any post, in characters as an address escapes them."""
        channels, campaigns = self._desk.channels.channels.values(), [page.campaign for page in self._desk.campaigns.values()]
        slugs = max(map(len, self._desk.campaigns), default=0)
        hashtags = max((len(campaign.hashtag or "") for campaign in campaigns), default=0)
        sets = [self._desk.brand.utm, *(one.utm for one in channels), *(one.utm for one in campaigns)]
        return sum(len(name) + 12 * len(value) + 8 for utm in sets for name, value in utm.items()) + 12 * slugs + hashtags + 32

    def text_limit(self, channel_name: str) -> Limit | None:
        """The most that one part may count there; None where any length goes."""
        return self._limits[channel_name][0] if channel_name in self._limits else None

    def alt_limit(self, channel_name: str) -> int | None:
        """The most characters of an alternative text there; None where any length goes."""
        return self._limits[channel_name][1] if channel_name in self._limits else None

    @cached_property
    def _limits(self) -> dict[str, tuple[Limit | None, int | None]]:
        found = {}
        for name, channel in self._desk.channels.channels.items():
            network = self._networks[channel.network]
            if network is not None:
                found[name] = (text_limit_of(network, channel), alt_limit_of(network, channel))
        return found

    def _measures(self, name: str, network: Network) -> Callable[[Publication], tuple[Part, ...]] | None:
        if name not in self._measuring:
            self._measuring[name] = network.measure if isinstance(network, Measures) else None
        return self._measuring[name]

    def parts(self, publication: Publication) -> tuple[Part, ...]:
        """The texts and counts of what would go over the wire, worked out once for the same words on the same network.

        Their requests and media are not to be relied upon. Empty where the network is unknown.
        """
        network = self._networks.get(publication.channel.network)
        if network is None:
            return ()
        words = publication.words
        # The account never changes a count, nor does the limit where the tool does not break the words into a thread.
        same = replace(words, account="", limit=words.limit if words.thread == "auto" else None)
        if same not in self._parts:
            measured = self._measures(publication.channel.network, network)
            self._parts[same] = measured(publication) if measured else network.compose(publication).parts
        return self._parts[same]
