"""YouTube, as people upload there: videos and shorts."""

from __future__ import annotations

from dataclasses import replace

from marronnier.messages import N_
from marronnier.networks.handoff.anywhere import AFTERWARDS, HAND
from marronnier.networks.handoff.place import Draft, PostingPlace
from marronnier.networks.kit.facts import FORMATS, Fact, Facts, Has, Lacks, OneOf, Ratios, VideoLimits
from marronnier.networks.kit.look import Look

_VIDEOS, _SHORTS = "https://developers.google.com/youtube/v3/docs/videos", "https://support.google.com/youtube/answer/15424877"
_SEEN = "2026-11-27"
_VIDEO_ONLY = N_("YouTube takes videos: `format: post` is one, `format: short` a short one that is square or taller")

_VIDEO = VideoLimits(
    containers=OneOf(("mp4", "mov", "webm"), _VIDEOS, _SEEN, mark="unverified"),
    codecs=OneOf(("h264", "hevc", "vp9", "av1"), _VIDEOS, _SEEN, mark="unverified"),
    captions=HAND,
    size=Fact(256_000_000_000, _VIDEOS, _SEEN, unit="bytes", mark="unverified"),
    longest=Fact(43_200, _VIDEOS, _SEEN, unit="seconds", mark="unverified"),
)

FACTS = Facts(
    # Tools count characters; the vendor is said to count bytes, which is never more than it takes.
    text=Fact(5000, _VIDEOS, _SEEN, unit="bytes", mark="second-hand"),
    media=Fact(1, _VIDEOS, _SEEN, unit="files", mark="second-hand"),
    alt=Lacks(N_("a video has captions in place of an alternative text")),
    thread=Lacks(N_("a video has one description")),
    poll=Lacks(N_("a video has no poll")),
    video=_VIDEO,
    video_in={"short": replace(_VIDEO, longest=Fact(180, _SHORTS, _SEEN, unit="seconds"), ratio=Ratios((0, 1), (1, 1), _SHORTS, _SEEN))},
    formats={
        **dict.fromkeys(FORMATS, Lacks(_VIDEO_ONLY)),
        "post": Has(_VIDEOS, _SEEN, N_("a video"), mark="second-hand"),
        "short": Has(_SHORTS, _SEEN, N_("at most three minutes, square or taller")),
    },
    abilities={
        "card": Lacks(N_("a link is a line of the description")),
        "mentions": Lacks(N_("a mention is made on the network itself: the name is a word until then")),
        "markup": Lacks(N_("a description on YouTube is plain text")),
        "first_comment": HAND,
        "warning": Lacks(N_("YouTube has age limits in its place, which a person chooses")),
        "language": HAND,
        "visibility": Has(_VIDEOS, _SEEN, N_("public or unlisted, which a person chooses"), mark="second-hand"),
        **AFTERWARDS,
    },
    audiences=("public", "unlisted"),
    needs={"title": N_("a video has a title"), "media": N_("YouTube takes videos only")},
)


def _composer(_draft: Draft) -> str:
    """YouTube Studio, which takes nothing beforehand."""
    return "https://studio.youtube.com/"


PLACE = PostingPlace(
    "YouTube",
    FACTS,
    _composer,
    choices=(
        N_("whether it is made for children: YouTube asks it of every video"),
        N_("who may see it"),
        N_("the thumbnail and the playlist"),
        N_("whether it was altered, or somebody paid for it"),
    ),
    hosts=("youtube.com", "youtu.be"),
    longest_title=100,
    look=Look(has_pictures_first=True, fold=Fact(200, "https://github.com/brightbeanxyz/brightbean-studio", _SEEN, mark="unverified")),
)  # fmt: skip
