"""X, as people post there."""

from __future__ import annotations

from marronnier.messages import N_
from marronnier.networks.handoff.anywhere import AFTERWARDS, HAND
from marronnier.networks.handoff.place import Draft, PostingPlace, address
from marronnier.networks.kit.facts import FORMATS, Fact, Facts, Has, Lacks, OneOf, Ratios, VideoLimits

_COUNTING = "https://docs.x.com/fundamentals/counting-characters"
_MEDIA = "https://docs.x.com/x-api/media/quickstart/best-practices"
_CARDS = "https://developer.x.com/en/docs/x-for-websites/cards/overview/markup"
_SEEN = "2026-11-27"
_ONE_FORM = N_("a post on X has one form")

FACTS = Facts(
    text=Fact(280, _COUNTING, _SEEN, unit="weighted"),
    media=Fact(4, _MEDIA, _SEEN, unit="files"),
    alt=Fact(1000, "https://api.x.com/2/openapi.json", "2026-11-22", unit="codepoints"),
    # No limit is told: threads of more than a hundred are said to have been seen.
    thread=Fact(100, "https://unicodeinvisible.com/twitter-x-thread-character-counter", "2026-11-28", unit=N_("posts"), mark="unverified"),
    poll=Fact(4, "https://indieweb.org/Twitter_poll", "2026-11-28", unit=N_("options"), mark="second-hand"),
    video=VideoLimits(
        containers=OneOf(("mp4", "mov"), _MEDIA, _SEEN, mark="unverified"),
        codecs=OneOf(("h264",), _MEDIA, _SEEN),
        audio_codecs=OneOf(("aac",), _MEDIA, _SEEN),
        captions=Lacks(N_("captions are added on X itself")),
        # Two pages of the vendor disagree: 140 s and 512 MB, or 20 minutes and 8 GB. The smaller ones are taken everywhere.
        size=Fact(512_000_000, _MEDIA, _SEEN, unit="bytes", mark="second-hand"),
        longest=Fact(140, _MEDIA, _SEEN, unit="seconds", mark="second-hand"),
        ratio=Ratios((1, 3), (3, 1), _MEDIA, _SEEN),
        side=Fact(1280, _MEDIA, _SEEN, unit="pixels"),
        rate=Fact(60, _MEDIA, _SEEN, unit=N_("pictures a second")),
    ),
    formats={
        **dict.fromkeys(FORMATS, Lacks(_ONE_FORM)),
        "post": Has(_COUNTING, _SEEN),
        "carousel": Has(_MEDIA, _SEEN, N_("up to four pictures, side by side")),
    },
    abilities={
        "card": Has(_CARDS, _SEEN, N_("made by X of the page behind a link")),
        "mentions": Has(_COUNTING, _SEEN),
        "markup": Lacks(N_("a post on X is plain text")),
        "first_comment": HAND,
        "warning": HAND,
        "language": Lacks(N_("X guesses the language of a post")),
        "visibility": Lacks(N_("an account on X is open or closed as a whole")),
        **AFTERWARDS,
    },
)


def _composer(draft: Draft) -> str:
    """X's page for writing a post, with the text of the first part. It is no part of a page of ours: X forbids that.

    https://docs.x.com/x-for-websites/post-button/guides/web-intent, seen 2026-11-27
    """
    return address("https://x.com/intent/tweet", {"text": draft.text})


PLACE = PostingPlace(
    "X",
    FACTS,
    _composer,
    choices=(N_("who may reply"),),
    picture_choices=(N_("the alternative text of each picture"),),
    hosts=("x.com", "twitter.com"),
)
