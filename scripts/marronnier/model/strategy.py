"""Why the brand speaks: strategy, voice, campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from marronnier.model.fields import Converter, WrittenModel, field
from marronnier.model.scalars import Day, Lang, Names, Slug, parse_names


class Objective(WrittenModel):
    """What the brand wants to reach, and how one will know."""

    name: str
    """In a few words."""
    measure: str = ""
    """The figure that tells."""
    target: float | None = None
    """The figure to reach."""
    by: Day | None = None
    """The day it should be reached."""


class Pillar(WrittenModel):
    """A subject the brand returns to."""

    name: str
    """What people call it."""
    description: str = ""
    """What belongs to it."""
    share: int | None = field(default=None, least=0, most=100)
    """Its part of all posts, in percent."""
    hashtags: Names = ()
    """Hashtags that every post on it carries, without `#`: `publicité` on what is paid for."""


class Audience(WrittenModel):
    """People the brand speaks to."""

    name: str
    """What the team calls them."""
    description: str = ""
    """Who they are and what they need."""
    persona: str | None = None
    """A page of `brand/personas/`."""


class Presence(WrittenModel):
    """Why the brand is on a network, and how often."""

    why: str
    """What it does there."""
    per_week: tuple[int, int] | None = None
    """The fewest and the most posts in a week."""
    tone: str = ""
    """How it speaks there."""


class Strategy(WrittenModel):
    """`brand/strategy.yml`."""

    mission: str = ""
    """Why the brand speaks at all, in a sentence."""
    objectives: tuple[Objective, ...] = ()
    """What it wants to reach."""
    pillars: Mapping[Slug, Pillar] = {}
    """Its subjects."""
    audiences: Mapping[Slug, Audience] = {}
    """Whom it speaks to."""
    networks: Mapping[str, Presence] = {}
    """Where it speaks, by channel or network, and why."""
    mix: Mapping[str, int] = {}
    """The target share of each format, in percent."""


class VoiceRule(WrittenModel):
    """A habit of words: one that must not occur, one to replace, one not to overdo."""

    kind: Literal["existence", "substitution", "occurrence"]
    """`existence`: these words do not belong; `substitution`: say this instead; `occurrence`: not more often than this."""
    lang: Lang | None = None
    """The language it is for; all, when absent."""
    words: Names = ()
    """Words or phrases (existence, occurrence)."""
    swap: Mapping[str, str] = {}
    """What to say instead of what (substitution)."""
    most: int | None = field(default=None, least=0)
    """The most times (occurrence)."""
    why: str = ""
    """What to tell the author."""
    level: Literal["error", "warning", "notice"] = "warning"
    """How grave it is."""


class BannedWords(WrittenModel):
    """Words that must never go out: of rivals, of trials, of promises the law forbids."""

    words: Names
    """Words or phrases."""
    lang: Lang | None = None
    """The language they are banned in; all, when absent."""
    why: str
    """What to tell the author."""


Typography = Annotated[
    tuple[Literal["fr"], ...],
    Converter(parse_names, anyOf=[{"type": "string", "enum": ["fr"]}, {"type": "array", "items": {"type": "string", "enum": ["fr"]}}]),
]


class Voice(WrittenModel):
    """`brand/voice.yml`."""

    tone: Names = ()
    """How the brand sounds, in a few adjectives."""
    rules: Mapping[Slug, VoiceRule] = {}
    """Its habits of words."""
    banned: Mapping[Slug, BannedWords] = {}
    """Words that must never go out."""
    typography: Typography = ()
    """Languages whose typography is looked after: `fr`."""


class Goal(WrittenModel):
    """What a campaign should bring."""

    measure: str
    """The figure: replies, registrations, …"""
    target: float
    """The figure to reach."""
    baseline: float | None = None
    """Where it stood before."""


class Campaign(WrittenModel):
    """The front matter of `calendar/campaigns/<slug>.md`."""

    title: str
    """What people call it."""
    start: Day
    """Its first day."""
    end: Day
    """Its last day."""
    goals: tuple[Goal, ...] = ()
    """What it should bring."""
    owner: str | None = None
    """Who looks after it."""
    channels: Names = ()
    """Where it runs."""
    pillar: str | None = None
    """Its subject."""
    audience: Names = ()
    """Whom it is for."""
    utm: Mapping[str, str] = {}
    """Parameters of its links; `campaign` is its slug when absent."""
    hashtag: str | None = None
    """The hashtag its posts share."""
