"""The desk: everything people wrote, read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from marronnier.files import Tree
from marronnier.model.approval_policy import Policy
from marronnier.model.brand import Brand, Channels, Handles
from marronnier.model.calendar import Days, Freeze, Slots
from marronnier.model.finding import Finding, Place
from marronnier.model.post import Post
from marronnier.model.strategy import Campaign, Strategy, Voice


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """A campaign and the words of its page."""

    slug: str
    """Its name in posts: the file's stem."""
    path: str
    campaign: Campaign
    body: str
    """Markdown, below the front matter."""


@dataclass(frozen=True)
class Desk:
    """Everything people wrote, from the working directory or from one commit."""

    tree: Tree
    brand: Brand
    channels: Channels
    policy: Policy
    """Strictest possible (nobody can approve) when `brand/approvals.yml` cannot be read."""
    strategy: Strategy
    voice: Voice
    handles: Handles
    slots: Slots
    days: Days
    freeze: Freeze | None
    """A freeze of everything when `calendar/freeze.yml` cannot be read."""
    campaigns: Mapping[str, CampaignPage]
    """By slug."""
    posts: Mapping[str, Post]
    """By id, in path order."""
    duplicates: tuple[Post, ...] = ()
    """Posts whose id another already has."""
    salvaged_posts: tuple[Post, ...] = ()
    """What can be understood of the unreadable posts, for the rules alone: never planned, never sent."""
    findings: tuple[Finding, ...] = ()
    """What reading itself met: unknown-key, invalid-value, invalid-date, unreadable."""
    places: Mapping[str, Mapping[tuple[str | int, ...], tuple[int, int]]] = field(default_factory=dict, repr=False)
    """Path to places, of the files below `brand/` and `calendar/`; posts carry their own."""
    unreadable_posts: Mapping[str, str] = field(default_factory=dict)
    """Posts left out because something in them is wrong, by path, with the id they seem to have: they exist, so no rule may say they do not."""
    unreadable_settings: frozenset[str] = frozenset()
    """Settings files that are there and of which nothing can be used: no rule may say that what they name does not exist."""
    unreadable_campaigns: tuple[str, ...] = ()
    """Slugs of campaigns whose page is there and cannot be read."""
    only: str | None = None
    """The one post that was asked for: what needs the others cannot be judged."""

    def expand(self, names: Iterable[str]) -> tuple[str, ...]:
        """Channel names for these names of channels and groups, old names too: unique, in order; unknown names are dropped."""
        channels: dict[str, None] = {}
        for name in names:
            for channel in self._channels_by_name.get(name, self._channels_by_name.get(name.casefold(), ())):
                channels[channel] = None
        return tuple(channels)

    def groups_of(self, channel_name: str) -> tuple[str, ...]:
        """The groups a channel belongs to."""
        return self._groups_by_channel.get(channel_name, ())

    def place(self, path: str, *keys: str | int) -> Place:
        """Where that value of a settings file stands; the nearest one around it when it is not written."""
        places = self.places.get(path, {})
        for end in range(len(keys), -1, -1):
            if keys[:end] in places:
                return Place(path, *places[keys[:end]])
        return Place(path, 1, 1)

    @cached_property
    def media_path_cache(self) -> dict[tuple[str, str], str]:
        """Where media stand, by the folder of the post and what it writes: looked up once, for many posts share them."""
        return {}

    @cached_property
    def settings_errors(self) -> tuple[Finding, ...]:
        """Errors in the files that say who speaks, where and when: while there are any, nothing may be sent."""
        return tuple(
            finding
            for finding in self.findings
            if finding.level == "error" and finding.place.path.startswith(("brand/", "calendar/")) and finding.place.path.endswith(".yml")
        )

    @cached_property
    def _channels_by_name(self) -> Mapping[str, tuple[str, ...]]:
        names = {old: (name,) for name, channel in self.channels.channels.items() for old in channel.was}
        names |= {name: (name,) for name in self.channels.channels}
        groups: dict[str, tuple[str, ...]] = {}
        for group, members in self.channels.groups.items():
            if group not in names:
                groups[group] = self._expand_group(members, names, {group})
        return {**groups, **names}

    def _expand_group(self, members: Iterable[str], names: Mapping[str, tuple[str, ...]], visited: set[str]) -> tuple[str, ...]:
        """A group may name groups; one that comes back to itself is passed over."""
        channels: dict[str, None] = {}
        for member in members:
            if member in names:
                channels |= dict.fromkeys(names[member])
            elif member in self.channels.groups and member not in visited:
                channels |= dict.fromkeys(self._expand_group(self.channels.groups[member], names, visited | {member}))
        return tuple(channels)

    @cached_property
    def _groups_by_channel(self) -> Mapping[str, tuple[str, ...]]:
        groups_by_channel: dict[str, list[str]] = {}
        for group in self.channels.groups:
            for channel in self.expand((group,)):
                groups_by_channel.setdefault(channel, []).append(group)
        return {channel: tuple(groups) for channel, groups in groups_by_channel.items()}
