"""What Instagram takes of a professional account."""

from __future__ import annotations

from dataclasses import replace

from marronnier.messages import N_
from marronnier.model.picture_limits import PictureLimits
from marronnier.networks.kit.facts import Fact, Facts, Has, Lacks, OneOf, Ratios, VideoLimits

_DOCS = "https://developers.facebook.com/docs/instagram-platform"
_PUBLISHING = f"{_DOCS}/content-publishing"
_MEDIA = f"{_DOCS}/instagram-graph-api/reference/ig-user/media"
_ERRORS = f"{_DOCS}/instagram-graph-api/reference/error-codes"
_COMMENTS = f"{_DOCS}/comment-moderation"
_INSIGHTS = f"{_DOCS}/instagram-graph-api/reference/ig-media/insights"
_SEEN = "2026-11-27"
_NO_DOCUMENT = N_("Instagram takes pictures and videos only")

_QUOTED = "https://www.ayrshare.com/docs/media-guidelines"
"""What several tools say that Meta takes of a video, each in nearly the same words: another one is https://help.circleboom.com/."""

_PICTURES = PictureLimits(formats=("JPEG",), max_bytes=8 << 20, ratio=(4 / 5, 1.91), animated=False, source=_ERRORS, seen=_SEEN)
_VIDEO = VideoLimits(
    containers=OneOf(("mp4", "mov"), _MEDIA, "2026-11-28", mark="unverified"),
    codecs=OneOf(("h264", "hevc"), _MEDIA, "2026-11-28", mark="unverified"),
    captions=Lacks(N_("Instagram takes no captions of a program: people turn its own on")),
    audio_codecs=OneOf(("aac",), _MEDIA, "2026-11-28", mark="unverified"),
    size=Fact(300_000_000, _MEDIA, "2026-11-28", unit="bytes", mark="unverified"),
    longest=Fact(900, _MEDIA, "2026-11-28", unit=N_("seconds"), mark="unverified"),
    shortest=Fact(3, _MEDIA, "2026-11-28", unit=N_("seconds"), mark="unverified"),
    ratio=Ratios((1, 100), (10, 1), _QUOTED, _SEEN, mark="second-hand"),
    rate=Fact(60, _QUOTED, _SEEN, unit=N_("pictures a second"), mark="second-hand"),
    min_rate=Fact(23, _QUOTED, _SEEN, unit=N_("pictures a second"), mark="second-hand"),
    alone=False,
)  # fmt: skip
"""Of a post and of a reel: a video alone becomes a reel."""

FACTS = Facts(
    text=Fact(2200, _PUBLISHING, "2026-11-22", unit="utf16", mark="unverified"),
    media=Fact(10, _PUBLISHING, _SEEN, unit=N_("files"), mark="second-hand"),
    alt=Fact(1000, _MEDIA, "2026-11-28", unit="utf16", mark="unverified"),
    thread=Lacks(N_("Instagram has no threads: a post stands alone, and people comment on it")),
    poll=Lacks(N_("this version sends no polls to Instagram: Meta's SDK has a field for them, and no page says what goes into it")),
    pictures=_PICTURES,
    video=_VIDEO,
    # A story may be taller: no page says how tall.
    pictures_in={"story": replace(_PICTURES, ratio=None)},
    video_in={
        "story": replace(
            _VIDEO,
            size=Fact(100_000_000, _QUOTED, _SEEN, unit="bytes", mark="second-hand"),
            longest=Fact(60, _QUOTED, _SEEN, unit=N_("seconds"), mark="second-hand"),
        )
    },
    formats={
        "post": Has(_PUBLISHING, _SEEN, N_("one picture, or a carousel of several; a video alone becomes a reel")),
        "story": Has(_PUBLISHING, _SEEN, N_("one picture or video, without words and without alternative text")),
        "reel": Has(_PUBLISHING, _SEEN, N_("without alternative text")),
        "carousel": Has(_PUBLISHING, _SEEN, N_("2 to 10 pictures or videos"), mark="second-hand"),
        "short": Lacks(N_("a short video on Instagram is a reel: write `format: reel`")),
        "document": Lacks(_NO_DOCUMENT),
        "article": Lacks(_NO_DOCUMENT),
    },
    abilities={
        "card": Lacks(N_("nobody can click on a link in a caption on Instagram: the address is there to be read")),
        "mentions": Has(_PUBLISHING, _SEEN, N_("as `@name` in the caption"), mark="unverified"),
        "markup": Lacks(N_("a caption on Instagram is plain text")),
        "first_comment": Has(_COMMENTS, _SEEN),
        "warning": Lacks(N_("Instagram has no content warnings of a program: the words stand at the top of the caption")),
        "language": Lacks(N_("Instagram has no field for the language of a post")),
        "visibility": Lacks(N_("a post of a professional account on Instagram is public")),
        "edit": Lacks(N_("Instagram does not let a program change a caption")),
        "delete": Lacks(N_("Instagram's pages do not say that a program may delete with this kind of login: delete the post in the app")),
        "schedule": Lacks(N_("Instagram does not keep posts for later")),
        "counters": Has(_INSIGHTS, _SEEN, N_("up to two days late, kept for two years, a story's for one day")),
    },
    needs={"media": N_("Instagram takes no post without a picture or a video")},
    hashtags=Fact(30, _PUBLISHING, "2026-11-22", unit=N_("hashtags"), mark="second-hand"),
    quotas=(Fact(50, f"{_DOCS}/instagram-graph-api/reference/ig-user/content_publishing_limit", _SEEN, unit=N_("posts"), per="day"),),
)  # fmt: skip
