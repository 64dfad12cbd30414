"""A post: one thing to say, its front matter and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Literal

from marronnier.model.fields import Converter, WrittenModel, field
from marronnier.model.finding import Place
from marronnier.model.scalars import Date, Duration, Lang, Names, Slug, parse_warning

Format = Literal["post", "story", "reel", "carousel", "short", "article"]


def _expand_medium(value: object) -> object:
    """A medium may be written as its file alone."""
    return {"src": value} if isinstance(value, str) else value


def _expand_on_missed(value: object) -> object:
    """`ask`, or `send-until 8h`."""
    if isinstance(value, str) and value.startswith("send-until"):
        return {"until": value.removeprefix("send-until").strip()}
    return value


class Medium(WrittenModel):
    """A picture, a video or a sound that goes with the post."""

    src: str
    """The file, beside the post or below `content/media/`."""
    alt: str | None = None
    """What the picture shows, for those who cannot see it. Write `""` for pure decoration."""
    credit: str | None = None
    """Whose work it is; shown on the site, never sent."""
    focus: str | None = None
    """The point that must stay visible when a network crops, as `x,y` between 0 and 1."""


class Poll(WrittenModel):
    """A question with options, on networks that have polls."""

    options: tuple[str, ...] = field(fewest=2, several=12)
    """The answers to choose from, 2 to 12."""
    duration: Duration = timedelta(days=1)
    """How long people may vote."""
    multiple: bool = False
    """Whether one person may choose several answers."""


class SendUntil(WrittenModel):
    """A missed post may still go out for a while."""

    until: Duration
    """How long after its instant."""


OnMissed = Annotated[Literal["ask"] | SendUntil, Converter(_expand_on_missed)]


class ForChannel(WrittenModel):
    """The closed list of keys that may differ by channel."""

    title: str | None = None
    """Another title, for a channel in another language."""
    date: Date | None = None
    """Another date for this channel."""
    slot: str | None = None
    """Another slot for this channel."""
    tags: Names | None = None
    """Other hashtags."""
    mentions: Names | None = None
    """Handles to mention on this channel, as the network writes them."""
    link: str | None = None
    """Another link."""
    media: tuple[Annotated[Medium, Converter(_expand_medium)], ...] | None = None
    """Other media."""
    format: Format | None = None
    """Another format."""
    first_comment: str | None = None
    """Another first comment."""
    thread: Literal["auto", "none"] | None = None
    """Whether the tool may break the words into a thread here."""
    visibility: Literal["public", "unlisted", "followers", "direct"] | None = None
    """Who may see it, on networks that ask."""


class FrontMatter(WrittenModel):
    """What stands between the two `---` at the top of a post."""

    id: Slug | None = None
    """The post's name for ever: small letters, digits, `.`, `_`, `-`. Without it, the file's name (a folder's, for `index.md`)."""
    title: str | None = None
    """What the team calls it; long-form networks and the feed show it."""
    date: Date | None = None
    """When it goes out: `2026-12-05 10:00` in the brand's zone, with an offset, or `when-approved`. With `slot`, the first day that suits."""
    slot: str | None = None
    """A slot of `calendar/slots.yml`, or `next`: the next free slot of its channels."""
    channels: Names = ()
    """Names or groups of `brand/channels.yml`."""
    campaign: str | None = None
    """A campaign of `calendar/campaigns/`."""
    pillar: str | None = None
    """A pillar of `brand/strategy.yml`."""
    audience: Names = ()
    """Audiences of `brand/strategy.yml`."""
    format: Format = "post"
    """Its form: post, story, reel, carousel, short or article."""
    owner: str | None = None
    """Who in the team looks after it."""
    tags: Names = ()
    """Hashtags without `#`, placed as each network likes them."""
    link: str | None = None
    """The address it leads to, tagged with the campaign's UTM."""
    media: tuple[Annotated[Medium, Converter(_expand_medium)], ...] = ()
    """Pictures, videos or sounds, in order."""
    for_: Mapping[str, ForChannel] = field(default_factory=dict, alias="for")
    """What differs on a channel, group or network."""
    allow: Mapping[str, str] = field(default_factory=dict)
    """Rules this post may break, each with the reason."""
    lang: Lang | None = None
    """The language of the words (`fr`, `nl`, `en`, `ar`); else the channel's, else the brand's."""
    poll: Poll | None = None
    """A question with options."""
    first_comment: str | None = None
    """A comment of our own under the post, where the network has them."""
    sensitive: Annotated[str | bool, Converter(parse_warning)] = False
    """`true`, or the warning that hides the words until one asks to see them."""
    repeat: str | None = None
    """A recurrence rule (RFC 5545 RRULE) with COUNT or UNTIL: `FREQ=MONTHLY;BYDAY=1TU;COUNT=6`."""
    expires: Date | None = None
    """After this it must not go out any more."""
    grace: Duration | None = None
    """How late it may be without asking; the brand's, when absent."""
    on_missed: OnMissed | None = None
    """What happens when it is later than `grace`: `ask`, or `send-until 8h`."""
    requires: Names = ()
    """Ids of posts that must be out first."""
    thread: Literal["auto", "none"] | None = None
    """`auto` lets the tool break the words into a thread where they are too long."""
    draft: bool = False
    """True on the default branch: an idea, not to be sent."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The words for some channels: the body above the first `## @name`, or one such section."""

    names: tuple[str, ...]
    """Channels, groups or networks it is for, as written after `## @`; empty for the words of all the others."""
    text: str
    """Markdown, without the heading."""
    line: int
    """The line of the file where its text begins, from 1."""


@dataclass(frozen=True, slots=True)
class Post:
    """One thing to say."""

    id: str
    path: str
    """Below the repository's root, with `/`."""
    front: FrontMatter
    variants: tuple[Variant, ...]
    """The common words first (perhaps empty), then each `## @name` section in order."""
    text: str = field(repr=False)
    """The whole file as read, newlines as `\\n`."""
    digest: str
    """SHA-256 of the file's bytes."""
    places: Mapping[tuple[str | int, ...], tuple[int, int]] = field(repr=False, default_factory=dict)
    """Line and column (from 1) of each value of the front matter, by its path of keys and indexes."""
    ignored: tuple[str, ...] = ()
    """Keys of another tool that were met and passed over."""

    def place(self, *keys: str | int) -> Place:
        """Where that value stands; the nearest one around it when it is not written; else the first line."""
        for end in range(len(keys), -1, -1):
            if keys[:end] in self.places:
                return Place(self.path, *self.places[keys[:end]])
        return Place(self.path, 1, 1)

    def allows(self, rule: str) -> bool:
        """Whether it may break that rule: it says so and gives a reason."""
        return bool(self.front.allow.get(rule, "").strip())

    @property
    def title(self) -> str:
        """Its title, else the first words of its text, else its id."""
        if self.front.title:
            return self.front.title
        for line in self.variants[0].text.splitlines() if self.variants else ():
            if line.strip():
                return line.strip().lstrip("# ")[:80]
        return self.id
