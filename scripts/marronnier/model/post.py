"""A post: its front matter, its variants, and where each value is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from marronnier.model.fields import Converter, WrittenModel, field
from marronnier.model.finding import Place, Positions, nearest_place
from marronnier.model.scalars import Date, Duration, Lang, Names, Slug, parse_warning

Format = Literal["post", "story", "reel", "carousel", "short", "document", "article"]


def _expand_medium(value: object) -> object:
    """The mapping of a medium that is written as its file alone."""
    return {"src": value} if isinstance(value, str) else value


def _expand_on_missed(value: object) -> object:
    """The mapping of `send-until 8h`."""
    if isinstance(value, str) and value.startswith("send-until"):
        return {"until": value.removeprefix("send-until").strip()}
    return value


class Medium(WrittenModel):
    """A picture, video or sound that is sent with the post."""

    src: str
    """The file, in the folder of the post or below `content/media/`: `jardin-01.jpg`."""
    alt: str | None = None
    """The alternative text: what the picture shows, for people who cannot see it. Write `""` for pure decoration."""
    credit: str | None = None
    """The author or source of the picture. It is shown on the site and never sent."""
    focus: str | None = None
    """The point that must stay visible when a network crops the picture, as `x,y` between 0 and 1: `0.5,0.3`."""
    captions: Names = ()
    """Captions of a video, one WebVTT file for each language, which stands before the ending: `[jardin.fr.vtt, jardin.nl.vtt]`."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Every file that it names, as written: its own, and those of its captions."""
        return (self.src, *self.captions)


class Poll(WrittenModel):
    """A poll with its options, on networks that have polls."""

    options: tuple[str, ...] = field(min_items=2, max_items=12)
    """The options to choose from, 2 to 12: `[Yes, No]`."""
    duration: Duration = timedelta(days=1)
    """How long people may vote: `1d`, `12h`."""
    multiple: bool = False
    """Whether one person may choose several options."""


class SendUntil(WrittenModel):
    """A late post may still be sent for a while. Short form: `send-until 8h`."""

    until: Duration
    """How long after its time the post may still be sent: `8h`."""


OnMissed = Annotated[Literal["ask"] | SendUntil, Converter(_expand_on_missed)]


class ForChannel(WrittenModel):
    """What differs on one channel, group or network. Only these keys may."""

    title: str | None = None
    """The title on this channel."""
    date: Date | None = None
    """The date on this channel: `2026-12-05 08:30`."""
    slot: str | None = None
    """The slot on this channel."""
    tags: Names | None = None
    """The hashtags on this channel, without `#`."""
    mentions: Names | None = None
    """Accounts to mention on this channel, as the network writes them: `["@jardin@example.social"]`."""
    link: str | None = None
    """The link on this channel."""
    media: tuple[Annotated[Medium, Converter(_expand_medium)], ...] | None = None
    """The pictures, videos or sounds on this channel, in order."""
    format: Format | None = None
    """The format on this channel."""
    first_comment: str | None = None
    """The first comment on this channel."""
    thread: Literal["auto", "none"] | None = None
    """`auto` lets the tool split a text that is too long for this channel into a thread; `none` forbids it."""
    visibility: Literal["public", "unlisted", "followers", "direct"] | None = None
    """Who may see the post, on networks that offer a choice: `public`, `unlisted`, `followers` or `direct`."""


class FrontMatter(WrittenModel):
    """The front matter of a post: the keys between the two lines `---` at its top."""

    id: Slug | None = None
    """The permanent name of the post: `portes-ouvertes-2026`. Small letters, digits, `.`, `_` and `-`. When absent, the file's name (for `index.md`, the folder's)."""
    title: str | None = None
    """The title the team knows the post by; long-form networks and the feed show it."""
    date: Date | None = None
    """When the post goes out: `2026-12-05 10:00` in the brand's time zone or with an offset, or `when-approved`. With `slot`, the first day to consider."""
    slot: str | None = None
    """A slot of `calendar/slots.yml`, or `next` for the next free slot of the post's channels."""
    channels: Names = ()
    """Channels or groups of `brand/channels.yml` that the post goes to: `[mastodon, bluesky]`."""
    campaign: str | None = None
    """The campaign the post belongs to: the name of a file in `calendar/campaigns/`, without `.md`."""
    pillar: str | None = None
    """The pillar of `brand/strategy.yml` the post belongs to."""
    audience: Names = ()
    """The audiences of `brand/strategy.yml` the post is for."""
    format: Format = "post"
    """The format: `post`, `story`, `reel`, `carousel`, `short`, `document` or `article`."""
    owner: str | None = None
    """The person in the team who is responsible for the post."""
    tags: Names = ()
    """Hashtags without `#`, placed where each network usually has them: `[Jardin, Quartier]`."""
    link: str | None = None
    """The address the post links to. UTM parameters of the brand, campaign and channel are added."""
    media: tuple[Annotated[Medium, Converter(_expand_medium)], ...] = ()
    """Pictures, videos or sounds, in order: `[{src: jardin-01.jpg, alt: Two people plant a tree}]`."""
    for_: Mapping[str, ForChannel] = field(default_factory=dict, alias="for")
    """What differs on a channel, group or network: `{linkedin: {date: 2026-12-05 08:30}}`."""
    allow: Mapping[str, str] = field(default_factory=dict)
    """Rules that this post may break, each with the reason: `{clash: the opening has priority}`."""
    lang: Lang | None = None
    """The language of the post: `fr`, `nl`, `en`, `ar`; the channel's when absent, else the brand's."""
    poll: Poll | None = None
    """A poll with its options, on networks that have polls."""
    first_comment: str | None = None
    """A comment that is posted right below the post, on networks that have comments."""
    sensitive: Annotated[str | bool, Converter(parse_warning)] = False
    """`true`, or the text of the content warning behind which the network hides the post."""
    repeat: str | None = None
    """How often the post is repeated: a recurrence rule (RFC 5545 RRULE) with COUNT or UNTIL: `FREQ=MONTHLY;BYDAY=1TU;COUNT=6`."""
    expires: Date | None = None
    """The date after which the post must not be sent any more."""
    grace: Duration | None = None
    """How late the post may still be sent without asking a person: `90 min`, `2h`; the brand's when absent."""
    on_missed: OnMissed | None = None
    """What happens to the post when it is later than `grace`: `ask` a person, or `send-until 8h` after its time; the brand's when absent."""
    requires: Names = ()
    """Ids of posts that must be sent before this one."""
    thread: Literal["auto", "none"] | None = None
    """`auto` lets the tool split a text that is too long for a network into a thread; `none` forbids it."""
    draft: bool = False
    """`true` for an idea: the post is never sent, even on the default branch."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The text for some channels: the body above the first heading `## @name`, or one such section."""

    names: tuple[str, ...]
    """Channels, groups or networks, as written after `## @`; empty for the text of all channels without a section."""
    text: str
    """Markdown, without the heading."""
    line: int
    """The line of the file on which the text begins, from 1."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post, parsed from one file."""

    id: str
    path: str
    """Relative to the repository's root, with `/`."""
    front: FrontMatter
    variants: tuple[Variant, ...]
    """The common text first (perhaps empty), then each section `## @name` in order."""
    text: str = dataclasses.field(repr=False)
    """The whole file as read, newlines as `\\n`."""
    digest: str
    """SHA-256 of the file's bytes."""
    places: Positions = dataclasses.field(repr=False, default_factory=dict)
    """Where each value of the front matter is written."""
    ignored: tuple[str, ...] = ()
    """Keys of another tool that the front matter has and that are ignored."""

    def place(self, *keys: str | int) -> Place:
        """Where the value at `keys` is written; else where the nearest value around it is; else the first line."""
        return nearest_place(self.path, self.places, keys)

    def allows(self, rule: str) -> bool:
        """Whether the post may break that rule: `allow` names it with a reason."""
        return bool(self.front.allow.get(rule, "").strip())

    @property
    def title(self) -> str:
        """The written title, else the first line of the text, else the id."""
        if self.front.title:
            return self.front.title
        for line in self.variants[0].text.splitlines() if self.variants else ():
            if line.strip():
                return line.strip().lstrip("# ")[:80]
        return self.id
