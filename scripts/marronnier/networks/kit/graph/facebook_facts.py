"""What a Facebook Page takes."""

from __future__ import annotations

from dataclasses import replace

from marronnier.messages import N_
from marronnier.model.picture_limits import PictureLimits
from marronnier.networks.kit.facts import Fact, Facts, Has, Lacks, OneOf, Ratios, VideoLimits

_POSTS = "https://developers.facebook.com/docs/pages-api/posts"
_SDK = "https://pypi.org/project/facebook-business/26.0.3/"
_REELS = "https://developers.facebook.com/docs/video-api/guides/reels-publishing"
_PHOTO = "https://developers.facebook.com/docs/graph-api/reference/page/photos"
_VIDEOS = "https://developers.facebook.com/docs/graph-api/reference/page/videos"
_SEEN, _TODAY = "2026-11-27", "2026-11-28"

_VIDEO = VideoLimits(
    containers=OneOf(("mp4", "mov"), _VIDEOS, _TODAY, mark="unverified"),
    codecs=OneOf(("h264", "hevc"), _VIDEOS, _TODAY, mark="unverified"),
    captions=Lacks(N_("this version sends no captions to Facebook: add them there")),
    audio_codecs=OneOf(("aac",), _VIDEOS, _TODAY, mark="unverified"),
    size=Fact(1_000_000_000, _VIDEOS, _TODAY, unit="bytes", mark="unverified"),
)

FACTS = Facts(
    text=Fact(63206, _POSTS, "2026-11-22", unit="utf16", mark="unverified"),
    media=Fact(10, _PHOTO, _SEEN, unit=N_("files"), mark="unverified"),
    alt=Fact(1000, _PHOTO, _TODAY, unit="utf16", mark="unverified"),
    thread=Lacks(N_("Facebook has no threads: a post stands alone, and people comment on it")),
    poll=Lacks(N_("a Page on Facebook has no polls that a program may publish")),
    pictures=PictureLimits(formats=("JPEG", "PNG"), max_bytes=4_000_000, animated=False),
    video=_VIDEO,
    video_in={
        "reel": replace(
            _VIDEO,
            longest=Fact(90, _REELS, _SEEN, unit=N_("seconds")),
            shortest=Fact(3, _REELS, _SEEN, unit=N_("seconds")),
            ratio=Ratios((9, 16), (9, 16), _REELS, _SEEN),
            min_side=Fact(540, _REELS, _SEEN, unit=N_("pixels")),
            rate=Fact(60, _REELS, _SEEN, unit=N_("pictures a second")),
            min_rate=Fact(24, _REELS, _SEEN, unit=N_("pictures a second")),
        )
    },
    formats={
        "post": Has(_POSTS, _SEEN),
        "story": Lacks(N_("this version sends no stories to Facebook: nothing there tells whether one is out")),
        "reel": Has(_REELS, _SEEN),
        "carousel": Has(_PHOTO, _SEEN, N_("up to 10 pictures, side by side"), mark="unverified"),
        "short": Lacks(N_("a short video on Facebook is a reel: write `format: reel`")),
        "document": Lacks(N_("a Page on Facebook takes no documents")),
        "article": Lacks(N_("Facebook has no articles: link to one")),
    },
    abilities={
        "card": Has(_POSTS, _SEEN, N_("made by Facebook, on a post without pictures")),
        "mentions": Lacks(N_("Facebook makes no mention of a name that a program writes: it stays text")),
        "markup": Lacks(N_("a post of a Page on Facebook is plain text")),
        "first_comment": Has(_SDK, _SEEN),
        "warning": Lacks(N_("Facebook has no content warnings: the words stand at the top of the post")),
        "language": Lacks(N_("Facebook has no field for the language of a post")),
        "visibility": Lacks(N_("a post of a Page on Facebook is public")),
        "edit": Has(_POSTS, _SEEN, N_("the words; pictures and links stay")),
        "delete": Has(_POSTS, _SEEN),
        "schedule": Lacks(N_("Facebook keeps posts 10 minutes to 30 days ahead, and it is not used: a freeze would not stop it")),
        "counters": Has("https://developers.facebook.com/docs/graph-api/reference/insights", _SEEN, N_("views and clicks from 100 likes of the Page on, a day late")),
    },
    quotas=(Fact(30, _REELS, _SEEN, unit=N_("reels"), per="day"),),
)  # fmt: skip
