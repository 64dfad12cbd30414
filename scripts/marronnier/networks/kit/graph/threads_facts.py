"""What Threads takes."""

from __future__ import annotations

from marronnier.messages import N_
from marronnier.model.picture_limits import PictureLimits
from marronnier.networks.kit.facts import Fact, Facts, Has, Lacks, OneOf, VideoLimits

_DOCS = "https://developers.facebook.com/docs/threads"
_POSTS = f"{_DOCS}/posts"
_SAMPLE = "https://github.com/fbsamples/threads_api"
_SEEN = "2026-11-27"
_ONE_FORM = N_("on Threads a video or several pictures are a post: write `format: post`")

MAX_LINKS = 5
"""Unique links of one post: `THREADS_API__LINK_LIMIT_EXCEEDED` is in the vendor's changelog, the number in one other place, seen 2026-11-27."""
MAX_OPTION = 25
"""Characters of a poll's option: https://developers.facebook.com/docs/threads/create-posts/polls, seen 2026-11-22"""

FACTS = Facts(
    text=Fact(500, _POSTS, _SEEN, unit="emoji-as-bytes"),
    media=Fact(20, _SAMPLE, _SEEN, unit=N_("files")),
    alt=Fact(1000, _POSTS, "2026-11-28", unit="utf16", mark="unverified"),
    thread=Fact(1000, f"{_DOCS}/overview", _SEEN, unit=N_("posts")),
    poll=Fact(4, f"{_DOCS}/create-posts/polls", "2026-11-22", unit=N_("options")),
    pictures=PictureLimits(formats=("JPEG", "PNG"), max_bytes=8 << 20, animated=False),
    video=VideoLimits(
        containers=OneOf(("mp4", "mov"), _POSTS, "2026-11-28", mark="unverified"),
        codecs=OneOf(("h264", "hevc"), _POSTS, "2026-11-28", mark="unverified"),
        captions=Lacks(N_("no captions of a program are taken on Threads")),
        audio_codecs=OneOf(("aac",), _POSTS, "2026-11-28", mark="unverified"),
        size=Fact(1_000_000_000, _POSTS, "2026-11-28", unit="bytes", mark="unverified"),
        longest=Fact(300, _POSTS, "2026-11-28", unit=N_("seconds"), mark="unverified"),
        alone=False,
    ),
    formats={
        "post": Has(_POSTS, _SEEN),
        "story": Lacks(N_("there are no stories on Threads that a program may publish")),
        "reel": Lacks(_ONE_FORM),
        "carousel": Has(_SAMPLE, _SEEN, N_("2 to 20 pictures or videos")),
        "short": Lacks(_ONE_FORM),
        "document": Lacks(N_("no documents are taken on Threads")),
        "article": Lacks(N_("there are no articles on Threads: link to one")),
    },
    abilities={
        "card": Has(_SAMPLE, _SEEN, N_("made by Threads, on a post without pictures")),
        "mentions": Has(_POSTS, _SEEN, N_("as `@name` in the text"), mark="unverified"),
        "markup": Lacks(N_("a post of a program on Threads is sent as plain text")),
        "first_comment": Has(f"{_DOCS}/retrieve-and-manage-replies/create-replies", _SEEN, N_("as a reply")),
        "warning": Lacks(N_("there are no content warnings on Threads: the words stand at the top of the post")),
        "language": Lacks(N_("there is no field for the language of a post on Threads")),
        "visibility": Lacks(N_("a post on Threads can be read by everyone; only who may answer can be chosen")),
        "edit": Lacks(N_("a program cannot change a post on Threads")),
        "delete": Has(f"{_POSTS}/delete-posts", _SEEN, N_("100 a day")),
        "schedule": Lacks(N_("there is no field for a later hour")),
        "counters": Has(f"{_DOCS}/insights", _SEEN, N_("answers to answers are not counted")),
    },
    quotas=(Fact(250, f"{_DOCS}/overview", _SEEN, unit=N_("posts"), per="day"), Fact(1000, f"{_DOCS}/overview", _SEEN, unit=N_("replies"), per="day")),
)  # fmt: skip
