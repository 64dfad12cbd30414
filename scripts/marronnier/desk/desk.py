"""The class Desk: everything people wrote, loaded from the working directory or a commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from marronnier.files import Tree
from marronnier.model.approval_policy import Policy
from marronnier.model.brand import Brand, Channels, Handles
from marronnier.model.calendar import Days, Freeze, Slots
from marronnier.model.finding import Finding, Place, Positions, nearest_place
from marronnier.model.post import Post
from marronnier.model.strategy import Campaign, Strategy, Voice
from marronnier.model.trial import Trial

if TYPE_CHECKING:
    from marronnier.desk.post_sketch import PostSketch


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """A campaign and the text of its page."""

    slug: str
    """Its name in posts: the name of the file without `.md`."""
    path: str
    campaign: Campaign
    body: str
    """The Markdown below the front matter."""


@dataclass(frozen=True)
class Desk:
    """Everything people wrote, from the working directory or from one commit."""

    tree: Tree
    brand: Brand
    channels: Channels
    policy: Policy
    """A policy that nobody can fulfil when `brand/approvals.yml` cannot be read."""
    strategy: Strategy
    voice: Voice
    handles: Handles
    slots: Slots
    days: Days
    freeze: Freeze | None
    """A freeze of all channels when `calendar/freeze.yml` cannot be read."""
    campaigns: Mapping[str, CampaignPage]
    """The campaigns by slug."""
    posts: Mapping[str, Post]
    """By id, in the order of paths."""
    duplicates: tuple[Post, ...] = ()
    """Posts whose id another post already has."""
    salvaged_posts: tuple[Post, ...] = ()
    """The valid part of unreadable posts, for the rules alone: never planned, never sent."""
    findings: tuple[Finding, ...] = ()
    """Findings of loading: unknown-key, invalid-value, invalid-date, unreadable."""
    places: Mapping[str, Positions] = field(default_factory=dict, repr=False)
    """Where the values of each file below `brand/` and `calendar/` are written, by path; posts have their own."""
    unreadable_posts: Mapping[str, str] = field(default_factory=dict)
    """The presumed id of each post left out because of errors, by path. These posts exist: no rule may say they do not."""
    unreadable_settings: frozenset[str] = frozenset()
    """Settings files without any usable value. No rule may say that something they would name does not exist."""
    unreadable_campaigns: tuple[str, ...] = ()
    """Slugs of campaigns whose page exists and cannot be read."""
    over: Mapping[str, PostSketch] = field(default_factory=dict, repr=False)
    """By id, posts that were left out because all of it is over: nothing of them can go out any more. A run loads them so."""
    trials: Mapping[str, Trial] = field(default_factory=dict)
    """The last trial of each channel, by the channel's name: what `marronnier try` found out."""
    only: str | None = None
    """The path of the only post loaded; rules that need the other posts cannot run."""

    def expand(self, names: Iterable[str]) -> tuple[str, ...]:
        """The channel names for names of channels and groups, earlier names too: unique, in order, without unknown names."""
        known = self._channels_by_name
        return tuple(dict.fromkeys(channel for name in names for channel in known.get(name, known.get(name.casefold(), ()))))

    def groups_of(self, channel_name: str) -> tuple[str, ...]:
        """The groups a channel belongs to."""
        return self._groups_by_channel.get(channel_name, ())

    def override_names(self, channel_name: str) -> tuple[str, ...]:
        """The names that may stand for a channel under `for:`, the most specific first: the channel, its groups, its network."""
        channel = self.channels.channels[channel_name]
        network = channel.network
        return (channel_name, *reversed(channel.was), *self.groups_of(channel_name), network.rpartition(".")[2], network)

    def place(self, path: str, *keys: str | int) -> Place:
        """Where a value of a settings file is written; else where the nearest value around it is; else the first line."""
        return nearest_place(path, self.places.get(path, {}), keys)

    @cached_property
    def media_path_cache(self) -> dict[tuple[str, str], str]:
        """The path of each medium by the post's folder and the written `src`: many posts share media, so each is looked up once."""
        return {}

    @cached_property
    def settings_errors(self) -> tuple[Finding, ...]:
        """Errors in YAML files below `brand/` and `calendar/`: while there are any, nothing may be sent. What was tried once decides nothing."""
        return tuple(
            finding
            for finding in self.findings
            if finding.level == "error"
            and finding.place.path.startswith(("brand/", "calendar/"))
            and finding.place.path.endswith(".yml")
            and finding.place.path != "brand/tried.yml"
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
        """The channels of a group's members. A group may name groups; one that contains itself is skipped."""
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
