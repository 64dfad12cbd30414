"""The strategy of a brand, the voice of its texts, and its campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from marronnier.model.fields import Converter, WrittenModel, field
from marronnier.model.scalars import Day, Dollars, Lang, Names, Slug, parse_names


class Objective(WrittenModel):
    """Something the brand wants to achieve, and how that is measured."""

    name: str
    """The objective in a few words: `More volunteers`."""
    measure: str = ""
    """The figure that is measured: `registrations`."""
    target: float | None = None
    """The value to reach: `200`."""
    by: Day | None = None
    """The day by which the target should be reached: `2026-12-31`."""


class Pillar(WrittenModel):
    """A content pillar: a subject the brand publishes on again and again."""

    name: str
    """The pillar's name for people: `Behind the scenes`."""
    description: str = ""
    """What belongs to this pillar."""
    share: int | None = field(default=None, minimum=0, maximum=100)
    """The share of all posts that should be on this pillar, in percent: `25`."""
    hashtags: Names = ()
    """Hashtags of every post on this pillar, without `#`: `[publicité]` for paid content."""


class Audience(WrittenModel):
    """A group of people that posts are written for."""

    name: str
    """The audience's name in the team: `Neighbours`."""
    description: str = ""
    """Who these people are and what they need."""
    persona: str | None = None
    """A page of `brand/personas/` that describes this audience."""


class Presence(WrittenModel):
    """Why the brand is on a network, and how often it posts there."""

    why: str
    """What the brand is on this network for."""
    per_week: tuple[int, int] | None = None
    """The fewest and the most posts in a week: `[2, 5]`."""
    tone: str = ""
    """The tone of posts on this network."""


class Strategy(WrittenModel):
    """`brand/strategy.yml`: objectives, pillars, audiences, networks and the mix of formats."""

    mission: str = ""
    """Why the brand publishes at all, in one sentence."""
    objectives: tuple[Objective, ...] = ()
    """What the brand wants to achieve."""
    pillars: Mapping[Slug, Pillar] = {}
    """The content pillars, each under the name that posts use."""
    audiences: Mapping[Slug, Audience] = {}
    """The audiences, each under the name that posts use."""
    networks: Mapping[str, Presence] = {}
    """Why the brand is on each network and how often it posts there, by channel or network."""
    mix: Mapping[str, int] = {}
    """The share that each format should have, in percent: `{reel: 30, post: 70}`."""


class VoiceRule(WrittenModel):
    """A rule for wording: words to avoid, to replace, or not to use too often."""

    kind: Literal["existence", "substitution", "occurrence"]
    """`existence`: these words must not occur; `substitution`: replace these words; `occurrence`: use these words at most `most` times."""
    lang: Lang | None = None
    """The language of texts the rule is for; all languages when absent."""
    words: Names = ()
    """Words or phrases, for `existence` and `occurrence`."""
    swap: Mapping[str, str] = {}
    """Each word or phrase with its replacement, for `substitution`: `{usagers: lectrices et lecteurs}`."""
    most: int | None = field(default=None, minimum=0)
    """The most times the words may occur in a text, for `occurrence`."""
    why: str = ""
    """The explanation that the author is shown."""
    level: Literal["error", "warning", "notice"] = "warning"
    """How serious a match is: `error`, `warning` or `notice`."""


class BannedWords(WrittenModel):
    """Words that must never be published, such as names of competitors or promises that the law forbids."""

    words: Names
    """The banned words or phrases."""
    lang: Lang | None = None
    """The language of texts they are banned in; all languages when absent."""
    why: str
    """The explanation that the author is shown."""


Typography = Annotated[
    tuple[Literal["fr"], ...],
    Converter(parse_names, anyOf=[{"type": "string", "enum": ["fr"]}, {"type": "array", "items": {"type": "string", "enum": ["fr"]}}]),
]


class Voice(WrittenModel):
    """`brand/voice.yml`: the tone of the texts, rules for wording, banned words and typography."""

    tone: Names = ()
    """The tone of the texts in a few adjectives: `[warm, precise]`."""
    rules: Mapping[Slug, VoiceRule] = {}
    """Rules for wording, each under a name of your choice."""
    banned: Mapping[Slug, BannedWords] = {}
    """Words that must never be published, each group under a name of your choice."""
    typography: Typography = ()
    """Languages whose typography is checked: `fr`."""


class Goal(WrittenModel):
    """A goal of a campaign, as a figure to reach."""

    measure: str
    """The figure that is measured: replies, registrations, …"""
    target: float
    """The value to reach: `200`."""
    baseline: float | None = None
    """The value before the campaign."""


class Campaign(WrittenModel):
    """A campaign: the front matter of `calendar/campaigns/<name>.md`."""

    title: str
    """The campaign's title for people."""
    start: Day
    """The first day of the campaign: `2026-11-01`."""
    end: Day
    """The last day of the campaign: `2026-12-31`."""
    goals: tuple[Goal, ...] = ()
    """The goals of the campaign."""
    owner: str | None = None
    """The person in the team who is responsible for the campaign."""
    channels: Names = ()
    """The channels or groups that the campaign uses."""
    budget: Dollars | None = None
    """The most that the networks may charge for its posts, in US dollars: `20`, `12.50`."""
    pillar: str | None = None
    """The pillar of `brand/strategy.yml` the campaign belongs to."""
    audience: Names = ()
    """The audiences of `brand/strategy.yml` the campaign is for."""
    utm: Mapping[str, str] = {}
    """UTM parameters added to the links of its posts, without `utm_`; `campaign` is the name of this file when absent."""
    hashtag: str | None = None
    """The hashtag of all posts of the campaign, without `#`."""
