"""Length limits of channels: the most a channel takes, how long a publication is, and where its excess begins."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from marronnier.model.brand import Channel
from marronnier.model.post import Post
from marronnier.networks.kit.facts import Fact
from marronnier.networks.kit.seam import Network
from marronnier.networks.kit.word_abilities import Counts, Measures
from marronnier.text import graphemes, length_units

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.model.publication import Part, Publication, Words


@dataclass(frozen=True, slots=True)
class Limit:
    """The most a channel takes, in its network's own unit."""

    value: int
    unit: str
    count: Callable[[str], int] | None = None
    """How the network counts a text on this channel, where it counts in a way of its own: a link may count less than its letters, or more."""
    threads: bool = False
    """Whether words that are too long can continue in a thread."""
    size: int | None = None
    """The most bytes of UTF-8, where the network limits these too."""
    link: int = 0
    """What each link counts, where `brand/channels.yml` has a number for it."""


def limit_value(network: Network, channel: Channel, name: str) -> int | None:
    """The limit `text`, `media`, `alt` or `hashtags`: the channel's own, else the network's; None without one."""
    fact, own = getattr(network.FACTS, name), getattr(channel.limits, name)
    value: int | None = own if own is not None else fact.value if isinstance(fact, Fact) else None
    return value


def text_limit_of(network: Network, channel: Channel) -> Limit | None:
    """The limit of one part's text; None without one."""
    fact, value = network.FACTS.text, limit_value(network, channel, "text")
    if value is None:
        return None
    unit = channel.limits.unit or (fact.unit if isinstance(fact, Fact) else "graphemes")
    size = network.FACTS.size.value if network.FACTS.size is not None else None
    count = network.counter(channel) if isinstance(network, Counts) else None
    return Limit(value, unit, count, network.FACTS.has_threads, size, _link_length(channel))


def _link_length(channel: Channel) -> int:
    return int(channel.limits.link) if channel.limits.link not in (None, "full") else 0


def certainly_fits(words: Words, limit: Limit) -> bool:
    """Whether words are within a limit by their Markdown alone, which is faster than composing them. False means unknown.

    The text a network shows is longer than its Markdown only by blank lines, list marks, hashtags, mentions and the link.
    """
    if limit.unit not in length_units.UNITS or "]:" in words.text:
        return False
    extras = sum(len(tag) + 3 for tag in words.tags) + sum(len(name) + 3 for name in words.mentions)
    extras += len(words.title) + len(words.link) + len(words.warning) + len(words.first_comment) + 16
    extras += sum(len(option) + 4 for option in words.poll) + _extra_link_length(words.text + words.link + words.first_comment, limit)
    count = len(words.text) + 4 * words.text.count("\n") + extras
    return length_units.UNITS[limit.unit].most * count <= limit.value and _certainly_fits_bytes(count, limit)


def post_certainly_fits(post: Post, limit: Limit, max_added_length: int) -> bool:
    """As `certainly_fits`, by the whole file, without making the publication. `max_added_length`: see `LengthLimits`."""
    if limit.unit not in length_units.UNITS or "]:" in post.text or "@" in post.text:
        return False
    count = (
        len(post.text)
        + 4 * post.text.count("\n")
        + 8 * len(post.front.tags)
        + max_added_length
        + 128
        + _extra_link_length(post.text, limit)
    )
    return length_units.UNITS[limit.unit].most * count <= limit.value and _certainly_fits_bytes(count, limit)


def _certainly_fits_bytes(characters: int, limit: Limit) -> bool:
    return limit.size is None or length_units.UNITS["bytes"].most * characters <= limit.size


def _extra_link_length(text: str, limit: Limit) -> int:
    """How much more than its characters the links of a text may count: a network may count each the same, however short it is."""
    link = length_units.UNITS[limit.unit].link
    return max(16, limit.link, link) * (text.count(".") if link else text.count("://"))


@lru_cache(maxsize=4096)
def excess_start(text: str, limit: Limit) -> int:
    """The index from which a text is too long."""
    if limit.count is not None:
        return bisect.bisect_right(range(len(text)), limit.value, key=lambda end: limit.count(text[:end])) - 1  # type: ignore[misc]
    if limit.unit == "bytes":
        return bytes_prefix_length(text, limit.value)
    if limit.unit == "codepoints":
        return min(limit.value, len(text))
    if limit.unit in length_units.UNITS and limit.unit != "graphemes":
        return bisect.bisect_right(range(len(text)), limit.value, key=lambda end: length_units.count(limit.unit, text[:end])) - 1
    # A grapheme is one code point at least: from there, as many code points further as graphemes are still missing.
    end = limit.value
    while end < len(text) and (missing := limit.value - graphemes.count_graphemes(text[:end])):
        end += missing
    while end < len(text) and graphemes.count_graphemes(text[: end + 1]) == limit.value:
        end += 1
    return end


def bytes_prefix_length(text: str, size: int) -> int:
    """How many code points of a text fit into so many bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogatepass")[:size].decode("utf-8", "ignore"))


def excerpt(text: str, start: int = 0, most: int = 40) -> str:
    """The words of a text from that index on, in one line of at most so many characters that begins with a whole word."""
    while start and start < len(text) and not text[start].isspace() and not text[start - 1].isspace():
        start -= 1
    line = " ".join(text[start : start + most * 4].split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + "…"


class LengthLimits:
    """The length limits of a desk's channels, and the lengths of its publications there."""

    def __init__(self, desk: Desk, networks: Mapping[str, Network | None]) -> None:
        self._desk = desk
        self._networks = networks
        self._measures = {
            name: network.measure for name, network in networks.items() if network is not None and isinstance(network, Measures)
        }
        self._parts: dict[Words, tuple[Part, ...]] = {}

    @cached_property
    def max_added_length(self) -> int:
        """The most characters that UTM parameters, escaped, and a campaign's hashtag add to any post."""
        channels, campaigns = self._desk.channels.channels.values(), [page.campaign for page in self._desk.campaigns.values()]
        slugs = max(map(len, self._desk.campaigns), default=0)
        hashtags = max((len(campaign.hashtag or "") for campaign in campaigns), default=0)
        sets = [self._desk.brand.utm, *(owner.utm for owner in channels), *(owner.utm for owner in campaigns)]
        return sum(len(name) + 12 * len(value) + 8 for utm in sets for name, value in utm.items()) + 12 * slugs + hashtags + 32

    def text_limit(self, channel_name: str) -> Limit | None:
        """The limit of one part's text there; None without one."""
        return self._limits[channel_name][0]

    def alt_limit(self, channel_name: str) -> int | None:
        """The most characters of an alternative text there; None without a limit."""
        return self._limits[channel_name][1]

    @cached_property
    def _limits(self) -> dict[str, tuple[Limit | None, int | None]]:
        limits_by_channel: dict[str, tuple[Limit | None, int | None]] = {}
        for name, channel in self._desk.channels.channels.items():
            network = self._networks[channel.network]
            limits_by_channel[name] = (
                (None, None) if network is None else (text_limit_of(network, channel), limit_value(network, channel, "alt"))
            )
        return limits_by_channel

    def parts(self, publication: Publication) -> tuple[Part, ...]:
        """The parts of a publication with their texts and counts, made once for the same words on the same network.

        Their requests and media are not valid. Empty where the network is unknown.
        """
        network = self._networks.get(publication.channel.network)
        if network is None:
            return ()
        words = publication.words
        # The account never changes a count, nor does the limit where the tool does not break the words into a thread.
        same = replace(words, account="", limit=words.limit if words.thread == "auto" else None)
        if same not in self._parts:
            measure = self._measures.get(publication.channel.network)
            self._parts[same] = measure(publication) if measure else network.compose(publication).parts
        return self._parts[same]
