"""What is known of LinkedIn: its limits, formats and abilities. What the vendor's own page did not show here is marked."""

from __future__ import annotations

import re
from datetime import date

from marronnier.messages import N_
from marronnier.model.picture_limits import PictureLimits
from marronnier.networks.kit.facts import DocumentLimits, Fact, Facts, Has, Lacks, OneOf, VideoLimits

_SHARES = "https://learn.microsoft.com/linkedin/marketing/community-management/shares"
_POSTS = f"{_SHARES}/posts-api"
_MULTI_IMAGE = f"{_SHARES}/multiimage-post-api"
_LITTLE = f"{_SHARES}/little-text-format"
_IMAGES, _VIDEOS, _DOCUMENTS, _POLLS = (f"{_SHARES}/{page}" for page in ("images-api", "videos-api", "documents-api", "poll-post-api"))
_STATISTICS = "https://learn.microsoft.com/linkedin/marketing/community-management/organizations/share-statistics"
_NOT_A_FORM = N_("a video on LinkedIn is part of a post: write `format: post`")
_SEEN = "2026-11-27"

VERSION = "202607"
"""The month of the API that a request names where `version:` in channels.yml names none. https://learn.microsoft.com/linkedin/marketing/versioning, seen 2026-11-27

No vendor page that was read lists it: two independent implementations send it."""
_VERSION = re.compile(r"(20\d\d)(0[1-9]|1[0-2])")
TOKEN_DAYS = 60
"""https://learn.microsoft.com/linkedin/shared/authentication/programmatic-refresh-tokens, seen 2026-11-27"""
MAX_TEXT = 3000
"""Characters of a post with their backslashes: what is beyond may be cut silently."""
MAX_COMMENT = 1250
"""Characters of a comment: one implementation says so."""
MAX_QUESTION = 140
MAX_OPTION = 30
"""Characters of a poll's question and of each option: the vendor's page as others quote it."""
DURATIONS = {1: "ONE_DAY", 3: "THREE_DAYS", 7: "SEVEN_DAYS", 14: "FOURTEEN_DAYS"}
"""How long a poll may stay open, by days. Only THREE_DAYS was read anywhere; the other names are unverified."""

DOCUMENT = DocumentLimits(
    size=Fact(100_000_000, _DOCUMENTS, _SEEN, unit="bytes", mark="second-hand"),
    pages=Fact(300, _DOCUMENTS, _SEEN, unit=N_("pages"), mark="second-hand"),
    title=Has(_POSTS, _SEEN, N_("that of the post; without one, the name of the file"), mark="second-hand"),
)

FACTS = Facts(
    text=Fact(MAX_TEXT, _POSTS, _SEEN, unit="escaped", mark="second-hand"),
    media=Fact(20, _MULTI_IMAGE, _SEEN, unit=N_("files")),
    alt=Fact(4086, _POSTS, _SEEN, mark="second-hand"),
    thread=Lacks(N_("LinkedIn has no threads: the parts become paragraphs of one post")),
    poll=Fact(4, _POLLS, _SEEN, unit=N_("options"), mark="second-hand"),
    pictures=PictureLimits(("JPEG", "PNG", "GIF"), max_side=6000, source=_IMAGES, seen=_SEEN),
    video=VideoLimits(
        containers=OneOf(("mp4",), _VIDEOS, _SEEN, mark="second-hand"),
        codecs=OneOf(("h264",), _VIDEOS, _SEEN, mark="unverified"),
        captions=Lacks(N_("LinkedIn takes captions, and this version does not send them there")),
        size=Fact(500_000_000, _VIDEOS, _SEEN, unit="bytes", mark="second-hand"),
        longest=Fact(1800, _VIDEOS, _SEEN, unit=N_("seconds"), mark="second-hand"),
        shortest=Fact(3, _VIDEOS, _SEEN, unit=N_("seconds"), mark="second-hand"),
    ),
    document=DOCUMENT,
    formats={
        "post": Has(_POSTS, _SEEN),
        "story": Lacks(N_("LinkedIn has no stories: whatever is posted stays")),
        "reel": Lacks(_NOT_A_FORM),
        "carousel": Has(_MULTI_IMAGE, _SEEN, N_("up to twenty pictures; for pages to swipe, write `format: document` with a PDF")),
        "short": Lacks(_NOT_A_FORM),
        "document": Has(_DOCUMENTS, _SEEN, N_("one PDF, with the title of the post"), mark="second-hand"),
        "article": Lacks(N_("LinkedIn's articles are written on LinkedIn itself: link to one")),
    },
    abilities={
        "card": Has(_POSTS, _SEEN, N_("made here, of the title and the address, without a picture")),
        "mentions": Has(_LITTLE, _SEEN, N_("where brand/handles.yml has `@[Name](urn:li:…)`")),
        "markup": Lacks(N_("a post on LinkedIn is plain text")),
        "first_comment": Has(f"{_SHARES}/comments-api", _SEEN, N_("where LinkedIn lets the application comment")),
        "warning": Lacks(N_("LinkedIn has no content warnings")),
        "language": Lacks(N_("a post on LinkedIn names no language")),
        "visibility": Has(_POSTS, _SEEN, N_("a member's post may be for connections; a page's is for everyone")),
        "edit": Has(_POSTS, _SEEN, N_("the words alone"), mark="second-hand"),
        "delete": Has(_POSTS, _SEEN, mark="second-hand"),
        "schedule": Lacks(N_("LinkedIn's API publishes at once")),
        "counters": Has(_STATISTICS, _SEEN, N_("views, reach, clicks, likes, comments and reposts; of a member's posts without clicks")),
    },
    audiences=("public", "followers"),
    quotas=(Fact(150, "https://learn.microsoft.com/linkedin/shared/api-guide/concepts/rate-limits", _SEEN, unit=N_("requests"), mark="second-hand", per="day"),),
)  # fmt: skip


def version_end(version: str) -> date | None:
    """The first day on which requests of a month's version may be answered 426: it lives twelve months at least. None for what is no month."""
    month = _VERSION.fullmatch(version)
    return date(int(month[1]) + 1, int(month[2]), 1) if month else None
