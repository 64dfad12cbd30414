"""What the rules look at. Whatever two rules need is worked out here, once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from marronnier import desk as desks
from marronnier import messages
from marronnier.checks import media, text_spans
from marronnier.checks.cache import RuleCache
from marronnier.checks.limits import LengthLimits
from marronnier.checks.media import MediaIndex
from marronnier.checks.text_spans import TextSpan
from marronnier.files.utf8 import MAX_BYTES
from marronnier.model.finding import Finding, Place
from marronnier.model.instant import Instant
from marronnier.model.post import Medium, Post, Variant
from marronnier.model.publication import Publication, publication_key, split_key
from marronnier.networks.kit.seam import AcceptsMedia
from marronnier.text import urls, variants
from marronnier.text.inline_pictures import InlinePicture, find_inline_pictures
from marronnier.timetable import day_calendar, local_time
from marronnier.timetable.day_calendar import Calendar
from marronnier.timetable.written_times import is_idea

if TYPE_CHECKING:
    from marronnier.cache import Cache
    from marronnier.desk import Desk
    from marronnier.model.history import History
    from marronnier.networks.kit.seam import Network
    from marronnier.sandbox import MediaInfo
    from marronnier.timetable import Timetable


_TEXTS = (".md", ".markdown", ".yml", ".yaml", ".toml", ".json", ".txt", ".csv", "/allowed_signers")
"""How the files end that people write."""
_NO_INSTANT = Instant(None, "written")
_LATELY = timedelta(days=31)


class TimetableLine(NamedTuple):
    """A publication, as the timetable names it."""

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
    payload: Callable[[str], bytes | None] = lambda _sha256: None
    """What was sealed, by its digest; None when it was not kept."""
    follows: Callable[[str], bool] = lambda _commit: True
    """Whether what is judged comes after that commit: a branch that was left behind does not know all that went out."""
    remembered: Callable[[], Cache | None] = lambda: None
    """What was worked out before of pictures and words; None where nothing is to be remembered."""
    opened: Collection[str] | None = None
    """The paths of the posts whose pictures are opened; all, when None."""

    @cached_property
    def memory(self) -> RuleCache:
        """What was worked out before of pictures and words."""
        return RuleCache(self.remembered, alone=self.desk.only is not None)

    @cached_property
    def lengths(self) -> LengthLimits:
        """How much the channels take, and how much is said."""
        return LengthLimits(self.desk, self.networks)

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        """Every post, those whose id another already has and what is left of the faulty ones included, in path order."""
        return tuple(sorted((*self.desk.posts.values(), *self.desk.duplicates, *self.desk.salvaged_posts), key=lambda post: post.path))

    @cached_property
    def lines(self) -> tuple[TimetableLine, ...]:
        """Every publication by its key and instant alone: their words are only made where a rule looks at them."""
        found = []
        for key, instant in self.timetable.instants.items():
            post_id, channel_name, occurrence = split_key(key)
            found.append(TimetableLine(key, self.desk.posts[post_id], channel_name, occurrence, instant))
        for post in self.desk.salvaged_posts:
            for channel_name in desks.channel_names(self.desk, post):
                found.append(TimetableLine(publication_key(post.id, channel_name), post, channel_name, None, _NO_INSTANT))
        return tuple(found)

    @cached_property
    def lately(self) -> tuple[TimetableLine, ...]:
        """The publications of the last 31 days and all that are still to come, in time order; ideas are none."""
        since = self.now - _LATELY
        found = [(at, line) for line in self.lines if (at := line.instant.at) is not None and at >= since and not is_idea(line.post)]
        return tuple(line for _at, line in sorted(found, key=lambda one: (one[0], one[1].key)))

    @cached_property
    def waiting(self) -> tuple[TimetableLine, ...]:
        """The publications that go out as soon as they are approved; ideas are none."""
        return tuple(line for line in self.lines if line.instant.basis == "when-approved" and line.instant.at is None)

    @cached_property
    def ahead(self) -> tuple[TimetableLine, ...]:
        """The publications that are still to come, in time order; ideas are none."""
        return tuple(line for line in self.lately if line.at >= self.now and not self.is_sent(line.key))

    def publication(self, line: TimetableLine) -> Publication:
        """All of a publication: its words are made here, when a rule asks for them."""
        if self.desk.posts.get(line.post.id) is line.post:
            return self.timetable.publications[line.key]
        return desks.publication(self.desk, line.post, line.channel_name, line.occurrence)

    def read(self, rule: str, expected: str, next: str) -> Iterator[Finding]:
        """What reading itself met of a rule; where it says nothing else was expected, or is to be done, it is this."""
        for finding in self.desk.findings:
            if finding.rule == rule:
                yield replace(finding, expected=finding.expected or expected, next=finding.next or next)

    @cached_property
    def earliest(self) -> datetime | None:
        """When the record of what went out begins; None without one."""
        if self.began is not None:
            return self.began
        return min((event.at for history in self.histories.values() for event in history.events), default=None)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The brand's zone; UTC where the one written is none, which a finding of its own tells."""
        try:
            return local_time.zone(self.desk.brand.zone)
        except local_time.BadZone:
            return ZoneInfo("UTC")

    def day(self, at: datetime) -> date:
        """The day of an instant, in the brand's zone."""
        return at.astimezone(self.zone).date()

    @cached_property
    def calendar(self) -> Calendar:
        """The brand's holidays, stories and silences."""
        return day_calendar.calendar_of(self.desk)

    def shown(self, at: datetime) -> str:
        """An instant as people write it, in the brand's zone."""
        return messages.moment(at.astimezone(self.zone))

    def is_sent(self, key: str) -> bool:
        """Whether that publication is out, wholly: nothing about it can be changed any more."""
        history = self.histories.get(key)
        return history is not None and history.receipt is not None

    def lines_of(self, post: Post) -> tuple[TimetableLine, ...]:
        """The publications of a post."""
        return self._lines_by_post.get(post.path, ())

    @cached_property
    def _lines_by_post(self) -> Mapping[str, tuple[TimetableLine, ...]]:
        found: dict[str, list[TimetableLine]] = {}
        for line in self.lines:
            found.setdefault(line.post.path, []).append(line)
        return {path: tuple(lines) for path, lines in found.items()}

    def is_all_sent(self, post: Post) -> bool:
        """Whether every publication of a post is out."""
        lines = self.lines_of(post)
        return bool(lines) and all(self.is_sent(line.key) for line in lines)

    def named(self, post: Post) -> Iterator[tuple[Place, str]]:
        """Every `@name` in the words of a post, with its place."""
        if "@" not in post.text:
            return
        from marronnier.text import handles

        for words in post.variants:
            for one in handles.find_handles(words.text):
                above = words.text.count("\n", 0, one.start)
                yield Place(post.path, words.line + above, one.start - words.text.rfind("\n", 0, one.start)), one.name
        own = ((("for", name, "first_comment"), other.first_comment) for name, other in post.front.for_.items())
        for keys, comment in ((("first_comment",), post.front.first_comment), *own):
            for one in handles.find_handles(comment or ""):
                yield post.place(*keys), one.name

    def is_out(self, line: TimetableLine) -> bool:
        """Whether it went out: the ledger says so, or it was due before anybody kept a record."""
        return self.is_sent(line.key) or (self.earliest is not None and line.at < self.earliest)

    @cached_property
    def used(self) -> set[tuple[str, str]]:
        """Path and rule of each `allow` that took something away."""
        return set()

    def excused(self, rule: str, posts: Iterable[Post]) -> bool:
        """Whether one of the posts that break a rule together says why."""
        allowing = [post for post in posts if post.allows(rule)]
        self.used.update((post.path, rule) for post in allowing)
        return bool(allowing)

    def is_fixed(self, key: str) -> bool:
        """Whether that publication is out, or approved and sealed: it stays, and what does not go with it moves."""
        history = self.histories.get(key)
        return history is not None and (history.receipt is not None or history.seal is not None)

    def place_of(self, line: TimetableLine) -> Place:
        """Where the hour of a publication is written."""
        return line.post.place(*self.hour_of(line.post, line.channel_name))

    @cached_property
    def post_ids(self) -> frozenset[str]:
        """Every id that a post has or seems to have: what cannot be read is not gone."""
        return frozenset((*self.desk.posts, *self.desk.unreadable_posts.values(), *(post.id for post in self.posts)))

    @cached_property
    def moved(self) -> Mapping[str, TimetableLine]:
        """Keys that went out, or may have, and are gone, each with the publication still to come that has its words."""
        from marronnier.checks import renamed

        return renamed.renamed_publications(self)

    def payload_of(self, line: TimetableLine) -> str:
        """The digest of what goes over the wire, or of what did; empty where the network is unknown."""
        history = self.histories.get(line.key)
        receipt = history.receipt if history is not None else None
        if receipt is not None and receipt.payload:
            return receipt.payload
        network = self.networks[self.desk.channels.channels[line.channel_name].network]
        return network.compose(self.publication(line)).sha256 if network is not None else ""

    def hour_of(self, post: Post, channel_name: str) -> tuple[str, ...]:
        """The keys under which the hour of a post on a channel is written: `date` or `slot`, its own under `for` or the post's."""
        for name in self._names_of(channel_name) if post.front.for_ else ():
            own = post.front.for_.get(name)
            if own is not None and own.slot is not None:
                return ("for", name, "slot")
            if own is not None and own.date is not None:
                return ("for", name, "date")
        return ("slot",) if post.front.slot is not None else ("date",)

    def _names_of(self, channel_name: str) -> tuple[str, ...]:
        """What may name a channel in `for`, the most specific first."""
        channel = self.desk.channels.channels[channel_name]
        network = channel.network
        return (channel_name, *reversed(channel.was), *self.desk.groups_of(channel_name), network.rpartition(".")[2], network)

    def variant(self, post: Post, channel_name: str) -> Variant:
        """The words of a post for a channel."""
        if len(post.variants) == 1:
            return post.variants[0]
        channel = self.desk.channels.channels[channel_name]
        return variants.choose_variant(post.variants, channel_name, (*self.desk.groups_of(channel_name), *channel.was), channel.network)

    def passages(self, post: Post) -> tuple[TextSpan, ...]:
        """All that a post says somewhere, each with its place. Not cheap: look first whether `post.text` holds what a rule looks for."""
        if post.path not in self._passages:
            self._passages[post.path] = text_spans.spans_of(self.desk, post)
        return self._passages[post.path]

    def files(self) -> Iterator[tuple[str, str]]:
        """Path and text of every file that people write: posts, and what else is text in the team's folders, the faulty ones too."""
        yield from ((post.path, post.text) for post in self.posts)
        yield from self.other_files

    @cached_property
    def other_files(self) -> tuple[tuple[str, str], ...]:
        """Path and text of every text in the team's folders that is no post, the faulty ones too."""
        tree, read = self.desk.tree, {post.path for post in self.posts}
        paths = tree.paths() if self.desk.only is None else (*tree.paths(("brand", "calendar")), self.desk.only)
        wanted = [path for path in paths if path not in read and path.lower().endswith(_TEXTS)]
        return tuple((path, _text(tree.read(path))) for path in wanted if tree.exists(path) and tree.size(path) <= MAX_BYTES)

    @cached_property
    def known_hosts(self) -> frozenset[str]:
        """Hosts that the brand trusts: its own site's, those of its accounts, and those it names."""
        brand, channels = self.desk.brand, self.desk.channels.channels.values()
        own = urls.host_from_authority(urls.authority(brand.site_url)).removeprefix("www.")
        accounts = (channel.account.rpartition("@")[2] for channel in channels if channel.account.strip("@").count("@"))
        return frozenset(host.casefold() for host in (own, *accounts, *brand.known_hosts) if host)

    @cached_property
    def _passages(self) -> dict[str, tuple[TextSpan, ...]]:
        return {}

    def media(self, post: Post) -> Iterator[tuple[tuple[str, ...], tuple[Medium, ...]]]:
        """The media of a post and of its channels, each with the keys they are written under."""
        if post.front.media:
            yield ("media",), post.front.media
        for name, own in post.front.for_.items():
            if own.media:
                yield ("for", name, "media"), own.media

    def pictures(self, post: Post) -> tuple[tuple[Place, InlinePicture], ...]:
        """The pictures that stand in the words of a post themselves, those that are files of ours, each with its place."""
        return tuple(one for one in self.inline(post) if not one[1].is_remote)

    def inline(self, post: Post) -> tuple[tuple[Place, InlinePicture], ...]:
        """All pictures in the words of a post, those on the web too."""
        if "![" not in post.text:
            return ()
        if post.path not in self._pictures:
            self._pictures[post.path] = tuple(
                (Place(post.path, words.line + picture.line, picture.column), picture)
                for words in post.variants
                for picture in find_inline_pictures(words.text)
            )
        return self._pictures[post.path]

    @cached_property
    def _pictures(self) -> dict[str, tuple[tuple[Place, InlinePicture], ...]]:
        return {}

    @cached_property
    def media_files(self) -> MediaIndex:
        """The media of all posts, file by file."""
        return media.collect_media(self)

    def looked(self, path: str) -> MediaInfo | None:
        """What the sandbox says of a file; None for one nobody can open."""
        from marronnier.desk import media_inspection as looking

        return looking.inspect_media(self.desk.tree, path, self.memory.cache)

    def opens(self, post: Post) -> bool:
        """Whether the pictures of a post are opened."""
        return self.opened is None or post.path in self.opened

    def takes(self, channel_name: str, sort: str) -> bool:
        """Whether a channel can be sent that sort of media: pictures everywhere; also where nobody knows its network."""
        network = self.networks.get(self.desk.channels.channels[channel_name].network)
        return network is None or sort == "image" or (isinstance(network, AcceptsMedia) and sort in network.MEDIA)

    def media_of(self, publication: Publication) -> tuple[str, ...]:
        """The keys under which its media are written."""
        for name in self._names_of(publication.channel_name):
            own = publication.post.front.for_.get(name)
            if own is not None and own.media is not None:
                return ("for", name, "media")
        return ("media",)

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


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
