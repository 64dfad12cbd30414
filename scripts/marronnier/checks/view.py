"""What the rules look at. Whatever two rules need is worked out here, once."""

from __future__ import annotations

import difflib
import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from marronnier.checks import lengths
from marronnier.checks.lengths import Limit
from marronnier.messages import _
from marronnier.model.finding import Finding, Place
from marronnier.model.planned import Problem
from marronnier.model.post import Medium, Post
from marronnier.model.publication import Part, Publication, Words
from marronnier.model.record import History
from marronnier.model.values import Moment
from marronnier.networks.seam import Measures
from marronnier.timetable import local
from marronnier.timetable.local import Unresolvable

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.networks.seam import Network
    from marronnier.timetable import Timetable


@dataclass
class View:
    """Everything people wrote, when it goes out, what happened so far, and the instant of judging."""

    desk: Desk
    timetable: Timetable
    histories: Mapping[str, History]
    """By publication key; empty when there is no ledger."""
    now: datetime
    """Aware, UTC."""
    began: datetime | None = None
    """When the ledger began; None when there is none, or when that is not known."""

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        """Every post, those whose id another already has included, in path order."""
        return tuple(sorted((*self.desk.posts.values(), *self.desk.duplicates), key=lambda post: post.path))

    @cached_property
    def publications(self) -> Mapping[str, tuple[Publication, ...]]:
        """The publications of each post, by its id."""
        found: dict[str, list[Publication]] = defaultdict(list)
        for publication in self.timetable.publications.values():
            found[publication.post.id].append(publication)
        return {post_id: tuple(publications) for post_id, publications in found.items()}

    @cached_property
    def said_when_read(self) -> Mapping[str, tuple[Finding, ...]]:
        """What reading itself met, by rule."""
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.desk.findings:
            found[finding.rule].append(finding)
        return {rule: tuple(findings) for rule, findings in found.items()}

    @cached_property
    def earliest(self) -> datetime | None:
        """When the record of what went out begins; None without one."""
        if self.began is not None:
            return self.began
        return min((event.at for history in self.histories.values() for event in history.events), default=None)

    def is_idea(self, post: Post) -> bool:
        """Whether the post is not meant to be sent yet."""
        return post.front.draft or post.path.startswith("content/ideas/")

    def is_sent(self, publication: Publication) -> bool:
        """Whether it is out, wholly: nothing about it can be changed any more."""
        history = self.histories.get(publication.key)
        return history is not None and history.receipt is not None

    @cached_property
    def used(self) -> set[tuple[str, str]]:
        """Path and rule of each `allow` that a rule itself looked up and obeyed."""
        return set()

    def allows(self, post: Post, rule: str) -> bool:
        """Whether the post may break that rule: it says so and gives a reason."""
        return bool(post.front.allow.get(rule, "").strip())

    def hour_of(self, publication: Publication) -> tuple[str, ...]:
        """The keys under which its hour is written: `date` or `slot`, its own under `for` or the post's."""
        front = publication.post.front
        for name in self._names_of(publication):
            own = front.for_.get(name)
            if own is not None and own.date is not None:
                return ("for", name, "date")
            if own is not None and own.slot is not None:
                return ("for", name, "slot")
        return ("date",) if front.date is not None else ("slot",)

    def moment_of(self, publication: Publication) -> Moment | None:
        """The date written for it; None where only a slot is."""
        keys = self.hour_of(publication)
        if keys[-1] != "date":
            return None
        front = publication.post.front
        return front.date if len(keys) == 1 else front.for_[keys[1]].date

    def _names_of(self, publication: Publication) -> tuple[str, ...]:
        """What may name its channel in `for`, the most specific first."""
        name = publication.channel_name
        groups = (group for group in self.desk.channels.groups if name in self.desk.expand([group]))
        return (name, *publication.channel.was, *groups, publication.channel.network)

    def media(self, post: Post) -> Iterator[tuple[tuple[str, ...], tuple[Medium, ...]]]:
        """The media of a post and of its channels, each with the keys they are written under."""
        if post.front.media:
            yield ("media",), post.front.media
        for name, own in post.front.for_.items():
            if own.media:
                yield ("for", name, "media"), own.media

    def media_of(self, publication: Publication) -> tuple[str, ...]:
        """The keys under which its media are written."""
        for name in self._names_of(publication):
            own = publication.post.front.for_.get(name)
            if own is not None and own.media is not None:
                return ("for", name, "media")
        return ("media",)

    def text_limit(self, channel_name: str) -> Limit | None:
        """The most that one part may count there; None where any length goes."""
        return self._limits[channel_name][0] if channel_name in self._limits else None

    def alt_limit(self, channel_name: str) -> int | None:
        """The most characters of an alternative text there; None where any length goes."""
        return self._limits[channel_name][1] if channel_name in self._limits else None

    @cached_property
    def _limits(self) -> dict[str, tuple[Limit | None, int | None]]:
        found = {}
        for name, channel in self.desk.channels.channels.items():
            network = self.networks[channel.network]
            if network is not None:
                found[name] = (lengths.of_text(network, channel), lengths.of_alt(network, channel))
        return found

    def unresolvable(self, problem: Problem) -> Iterator[tuple[Place, Unresolvable]]:
        """Written dates that mean no instant or two, each once: where they stand and what they may mean."""
        told: set[Place] = set()
        for key, publication in self.timetable.publications.items():
            if self.timetable.instants[key].problem != problem:
                continue
            place = publication.post.place(*self.hour_of(publication))
            moment = self.moment_of(publication)
            if place in told or moment is None:
                continue
            told.add(place)
            try:
                local.resolve(moment, self.desk.brand.zone, publication.channel.default_time or self.desk.brand.default_time)
            except Unresolvable as trouble:
                yield place, trouble

    def media_file(self, post: Post, medium: Medium) -> str | None:
        """Where the file of a medium stands in the tree; None when there is none."""
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(post.path), medium.src))
        shelf = posixpath.normpath(posixpath.join("content/media", medium.src))
        whole = (medium.src,) if medium.src.startswith("content/") else ()
        return next((path for path in (beside, shelf, *whole) if self._exists(path)), None)

    def _exists(self, path: str) -> bool:
        if path not in self._seen:
            self._seen[path] = self.desk.tree.exists(path)
        return self._seen[path]

    @cached_property
    def _seen(self) -> dict[str, bool]:
        return {}

    def media_names(self, post: Post) -> tuple[str, ...]:
        """What a post could write for a medium: the files beside it and those of content/media/."""
        beside = f"{posixpath.dirname(post.path)}/"
        found = [
            path.removeprefix(folder) for folder in (beside, "content/media/") for path in self.desk.tree.paths() if path.startswith(folder)
        ]
        return tuple(name for name in found if not name.endswith(".md"))

    def place(self, path: str, *keys: str | int) -> Place:
        """Where a value of a file in `brand/` or `calendar/` stands; the nearest one around it when it is not written."""
        places = self.desk.places.get(path, {})
        for end in range(len(keys), -1, -1):
            if keys[:end] in places:
                return Place(path, *places[keys[:end]])
        return Place(path)

    @cached_property
    def channel_names(self) -> frozenset[str]:
        """Every name that stands for channels: channels, groups, and names channels had before."""
        channels = self.desk.channels
        was = (old for channel in channels.channels.values() for old in channel.was)
        return frozenset((*channels.channels, *channels.groups, *was))

    @cached_property
    def networks(self) -> Mapping[str, Network | None]:
        """The networks the channels are on; None for one nobody knows."""
        from marronnier import networks

        found: dict[str, Network | None] = {}
        for channel in self.desk.channels.channels.values():
            if channel.network not in found:
                try:
                    found[channel.network] = networks.get(channel.network)
                except networks.UnknownNetwork:
                    found[channel.network] = None
        return found

    @cached_property
    def _parts(self) -> dict[Words, tuple[Part, ...]]:
        return {}

    def parts(self, publication: Publication) -> tuple[Part, ...]:
        """The texts and counts of what would go over the wire, worked out once for the same words on the same network.

        Their requests and media are not to be relied upon. Empty where the network is unknown.
        """
        network = self.networks.get(publication.channel.network)
        if network is None:
            return ()
        words = publication.words
        # The account never changes a count, nor does the limit where the tool does not break the words into a thread.
        same = replace(words, account="", limit=words.limit if words.thread == "auto" else None)
        if same not in self._parts:
            self._parts[same] = network.measure(publication) if isinstance(network, Measures) else network.compose(publication).parts
        return self._parts[same]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like that one; None when none is near."""
    found = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def listed(known: Iterable[str], most: int = 12) -> str:
    """Names in backticks for a message; a long list is cut, and says so."""
    names = sorted(known)
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return _("{names} and {count} more", names=shown, count=len(names) - most) if len(names) > most else shown
