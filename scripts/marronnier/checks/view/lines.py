"""The publications of the timetable for the rules: when each goes out, where that is written, and whether it is out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from marronnier import desk as desks
from marronnier.model.finding import Place
from marronnier.model.instant import Instant
from marronnier.model.post import Post
from marronnier.model.publication import Publication, publication_key, split_key
from marronnier.timetable.written_times import is_idea

if TYPE_CHECKING:
    from marronnier.checks.view.channels import ChannelNetworks
    from marronnier.proofs.situation import Situation

_NO_INSTANT = Instant(None, "written")
_RECENT = timedelta(days=31)


class TimetableLine(NamedTuple):
    """A publication by key and instant, without its words."""

    key: str
    post: Post
    channel_name: str
    occurrence: date | None
    """The day a repeat gave."""
    instant: Instant

    @property
    def at(self) -> datetime:
        """When it goes out, where that is known."""
        assert self.instant.at is not None
        return self.instant.at


@dataclass
class TimetableLines:
    """Every publication of a desk, and its state in the ledger."""

    situation: Situation
    channels: ChannelNetworks

    @cached_property
    def all(self) -> tuple[TimetableLine, ...]:
        """Every publication, those of the faulty posts too. Their words are made only where a rule asks for them."""
        lines = []
        for key, instant in self.situation.timetable.instants.items():
            post_id, channel_name, occurrence = split_key(key)
            lines.append(TimetableLine(key, self.situation.desk.posts[post_id], channel_name, occurrence, instant))
        for post in self.situation.desk.salvaged_posts:
            for channel_name in desks.channel_names(self.situation.desk, post):
                lines.append(TimetableLine(publication_key(post.id, channel_name), post, channel_name, None, _NO_INSTANT))
        return tuple(lines)

    @cached_property
    def recent_and_upcoming(self) -> tuple[TimetableLine, ...]:
        """The publications of the last 31 days and all later ones, in time order, without ideas."""
        since = self.situation.now - _RECENT
        dated = [
            (at, line.key, line) for line in self.all if (at := line.instant.at) is not None and at >= since and not is_idea(line.post)
        ]
        return tuple(line for _at, _key, line in sorted(dated, key=lambda entry: entry[:2]))

    @cached_property
    def upcoming(self) -> tuple[TimetableLine, ...]:
        """The publications not sent whose instant is still to come, in time order, without ideas."""
        return tuple(line for line in self.recent_and_upcoming if line.at >= self.situation.now and not self.is_sent(line.key))

    @cached_property
    def past_unsent(self) -> tuple[TimetableLine, ...]:
        """The publications whose instant is past, after the record of what went out begins, and that are not out; without ideas."""
        now = self.situation.now
        return tuple(
            line
            for line in self.all
            if line.instant.at is not None and line.at < now and not self.counts_as_sent(line) and not is_idea(line.post)
        )

    @cached_property
    def unsent(self) -> tuple[TimetableLine, ...]:
        """The publications that are not sent; of a repeat one occurrence a channel, for all have the same words."""
        lines: dict[tuple[str, str] | str, TimetableLine] = {}
        for line in self.all:
            if not self.is_sent(line.key):
                lines.setdefault(line.key if line.occurrence is None else (line.post.id, line.channel_name), line)
        return tuple(lines.values())

    @cached_property
    def pending(self) -> tuple[TimetableLine, ...]:
        """The publications that are not sent, without those that were due before the record begins."""
        return tuple(line for line in self.unsent if line.instant.at is None or not self.counts_as_sent(line))

    @cached_property
    def pending_posts(self) -> tuple[Post, ...]:
        """The posts that have such publications, or none at all yet, in path order."""
        pending = {line.post.path for line in self.pending}
        posts = (*self.situation.desk.posts.values(), *self.situation.desk.duplicates, *self.situation.desk.salvaged_posts)
        return tuple(sorted((post for post in posts if post.path in pending or not self.of_post(post)), key=lambda post: post.path))

    @cached_property
    def when_approved(self) -> tuple[TimetableLine, ...]:
        """The publications that go out as soon as they are approved, without ideas."""
        return tuple(line for line in self.all if line.instant.basis == "when-approved" and line.instant.at is None)

    def of_post(self, post: Post) -> tuple[TimetableLine, ...]:
        """The publications of a post."""
        return self._by_post.get(post.path, ())

    @cached_property
    def _by_post(self) -> Mapping[str, tuple[TimetableLine, ...]]:
        by_post: dict[str, list[TimetableLine]] = {}
        for line in self.all:
            by_post.setdefault(line.post.path, []).append(line)
        return {path: tuple(lines) for path, lines in by_post.items()}

    def publication(self, line: TimetableLine) -> Publication:
        """The publication with its words, made now."""
        if self.situation.desk.posts.get(line.post.id) is line.post:
            return self.situation.timetable.publications[line.key]
        return desks.publication(self.situation.desk, line.post, line.channel_name, line.occurrence)

    def payload_digest(self, line: TimetableLine) -> str:
        """The SHA-256 of the payload that went out, else of the one that would; empty where the network is unknown."""
        history = self.situation.histories.get(line.key)
        receipt = history.receipt if history is not None else None
        if receipt is not None and receipt.payload:
            return receipt.payload
        network = self.channels.networks[self.situation.desk.channels.channels[line.channel_name].network]
        return network.compose(self.publication(line)).sha256 if network is not None else ""

    def is_sent(self, key: str) -> bool:
        """Whether all parts of a publication are out, so that nothing about it can change any more."""
        return key in self._sent_keys

    @cached_property
    def _sent_keys(self) -> Collection[str]:
        if not self.situation.histories:
            return ()
        from marronnier.model.history import sent_keys

        return sent_keys(self.situation.histories)

    def is_all_sent(self, post: Post) -> bool:
        """Whether a post has publications and all are out."""
        lines = self.of_post(post)
        return bool(lines) and all(self.is_sent(line.key) for line in lines)

    def is_sealed_or_sent(self, key: str) -> bool:
        """Whether a publication is out, or approved and sealed: then another one has to move."""
        history = self.situation.histories.get(key) if not self.is_sent(key) else None
        return self.is_sent(key) or (history is not None and history.seal is not None)

    def counts_as_sent(self, line: TimetableLine) -> bool:
        """Whether the ledger says that a publication went out, or it was due before the record begins."""
        return self.is_sent(line.key) or (self.record_start is not None and line.at < self.record_start)

    @cached_property
    def record_start(self) -> datetime | None:
        """When the record of what went out begins; None without one."""
        if self.situation.began is not None:
            return self.situation.began
        return min((event.at for history in self.situation.histories.values() for event in history.events), default=None)

    def time_place(self, line: TimetableLine) -> Place:
        """Where the date or slot of a publication is written."""
        return line.post.place(*self.time_keys(line.post, line.channel_name))

    def first_by_place(self, lines: Iterable[TimetableLine]) -> Mapping[Place, TimetableLine]:
        """The first of these publications at each place where a date or slot is written."""
        first: dict[Place, TimetableLine] = {}
        for line in lines:
            first.setdefault(self.time_place(line), line)
        return first

    def time_keys(self, post: Post, channel_name: str) -> tuple[str, ...]:
        """The keys under which a channel's `date` or `slot` is written: its own under `for`, else the post's."""
        for name in self.channels.desk.override_names(channel_name) if post.front.for_ else ():
            own = post.front.for_.get(name)
            if own is not None and own.slot is not None:
                return ("for", name, "slot")
            if own is not None and own.date is not None:
                return ("for", name, "date")
        return ("slot",) if post.front.slot is not None else ("date",)
