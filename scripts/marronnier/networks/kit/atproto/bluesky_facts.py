"""What is known of Bluesky: its limits, formats and abilities."""

from __future__ import annotations

from marronnier.messages import N_
from marronnier.model.picture_limits import PictureLimits
from marronnier.networks.kit.facts import Fact, Facts, Has, Lacks, OneOf, VideoLimits

_LEXICONS = "https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky"
_RATE_LIMITS = "https://docs.bsky.app/docs/advanced-guides/rate-limits"
"""5,000 points an hour, 35,000 a day; a post costs three."""
_NO_OTHER_FORM = N_("a video on Bluesky is part of a post: write `format: post`")

FACTS = Facts(
    text=Fact(300, f"{_LEXICONS}/feed/post.json", seen="2026-11-25"),
    media=Fact(4, f"{_LEXICONS}/embed/images.json", seen="2026-11-25", unit=N_("files")),
    alt=Fact(2000, "https://github.com/bluesky-social/social-app/blob/main/src/lib/constants.ts", seen="2026-11-25"),
    thread=Fact(1000, f"{_LEXICONS}/feed/getPostThread.json", seen="2026-11-25", unit=N_("posts")),
    poll=Lacks(N_("Bluesky has no polls: the options are sent as lines of the post")),
    size=Fact(3000, f"{_LEXICONS}/feed/post.json", seen="2026-11-25", unit="bytes"),
    # Servers of 2026 take twice as many bytes; older ones refuse the post (tried on @atproto/pds, 2026-11-22).
    pictures=PictureLimits(max_bytes=1_000_000, max_side=2000, animated=False, source=f"{_LEXICONS}/embed/images.json", seen="2026-11-25"),
    video=VideoLimits(
        containers=OneOf(("mp4",), f"{_LEXICONS}/embed/video.json", seen="2026-11-28"),
        codecs=OneOf(("h264", "hevc"), "https://docs.bsky.app/docs/tutorials/video", seen="2026-11-28", mark="unverified"),
        captions=Fact(20, f"{_LEXICONS}/embed/video.json", seen="2026-11-28", unit=N_("files")),
        caption_size=Fact(20_000, f"{_LEXICONS}/embed/video.json", seen="2026-11-28", unit="bytes"),
        size=Fact(300_000_000, f"{_LEXICONS}/embed/video.json", seen="2026-11-28", unit="bytes"),
        longest=Fact(
            600, "https://bsky.app/profile/bsky.app/post/3mtwf7gxkwc2r", seen="2026-11-28", unit=N_("seconds"), mark="second-hand"
        ),
    ),
    formats={
        "post": Has(f"{_LEXICONS}/feed/post.json", "2026-11-25"),
        "story": Lacks(N_("Bluesky has no stories: whatever is posted stays")),
        "reel": Lacks(_NO_OTHER_FORM),
        "carousel": Has(f"{_LEXICONS}/embed/images.json", "2026-11-25", N_("up to four pictures, side by side")),
        "short": Lacks(_NO_OTHER_FORM),
        "document": Lacks(N_("Bluesky takes no documents")),
        "article": Lacks(N_("Bluesky has no articles: link to one")),
    },
    abilities={
        "card": Has(f"{_LEXICONS}/embed/external.json", "2026-11-27", N_("made here, without a picture")),
        "mentions": Has("https://docs.bsky.app/docs/advanced-guides/post-richtext", "2026-11-25"),
        "markup": Lacks(N_("a post on Bluesky is plain text")),
        "first_comment": Has(f"{_LEXICONS}/feed/post.json", "2026-11-25", N_("as a reply")),
        "warning": Has("https://docs.bsky.app/docs/advanced-guides/moderation", "2026-11-25", N_("a line before the words; pictures are covered")),
        "language": Has(f"{_LEXICONS}/feed/post.json", "2026-11-25"),
        "visibility": Lacks(N_("Bluesky is open to everyone")),
        "edit": Lacks(N_("people cannot correct a post on Bluesky, and replies and quotes name the words that they saw")),
        "delete": Has("https://docs.bsky.app/docs/api/com-atproto-repo-delete-record", "2026-11-27"),
        "schedule": Lacks(N_("Bluesky does not schedule posts")),
        "counters": Has(f"{_LEXICONS}/feed/defs.json", "2026-11-27", N_("likes, reposts, replies, quotes and bookmarks; no views")),
    },
    quotas=(
        Fact(1666, _RATE_LIMITS, seen="2026-11-27", unit=N_("posts"), per="hour"),
        Fact(11666, _RATE_LIMITS, seen="2026-11-27", unit=N_("posts"), per="day"),
    ),
)  # fmt: skip
