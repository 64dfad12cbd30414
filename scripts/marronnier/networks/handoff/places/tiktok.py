"""TikTok, as people upload there: videos, or a series of pictures."""

from __future__ import annotations

from marronnier.messages import N_
from marronnier.networks.handoff.anywhere import AFTERWARDS, HAND
from marronnier.networks.handoff.place import Draft, PostingPlace
from marronnier.networks.kit.facts import FORMATS, Fact, Facts, Has, Lacks, OneOf, VideoLimits
from marronnier.networks.kit.look import Look

_MEDIA = "https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide"
_PHOTOS = "https://developers.tiktok.com/doc/content-posting-api-reference-photo-post"
_SEEN = "2026-11-27"
_ONE_FORM = N_("TikTok takes videos and series of pictures")

FACTS = Facts(
    text=Fact(2200, _MEDIA, _SEEN, unit="utf16", mark="unverified"),
    media=Fact(35, _PHOTOS, _SEEN, unit="files", mark="second-hand"),
    alt=Lacks(N_("TikTok takes no alternative texts")),
    thread=Lacks(N_("a video has one caption")),
    poll=Lacks(N_("a poll is a sticker, which a person puts on the video")),
    video=VideoLimits(
        containers=OneOf(("mp4", "webm", "mov"), _MEDIA, _SEEN, mark="second-hand"),
        codecs=OneOf(("h264", "hevc", "vp8", "vp9"), _MEDIA, _SEEN, mark="second-hand"),
        captions=Lacks(N_("TikTok makes captions of its own, which a person corrects")),
        size=Fact(4_000_000_000, _MEDIA, _SEEN, unit="bytes", mark="second-hand"),
        longest=Fact(600, _MEDIA, _SEEN, unit="seconds", mark="second-hand"),
        shortest=Fact(3, _MEDIA, _SEEN, unit="seconds", mark="second-hand"),
        side=Fact(4096, _MEDIA, _SEEN, unit="pixels", mark="second-hand"),
        rate=Fact(60, _MEDIA, _SEEN, unit=N_("pictures a second"), mark="second-hand"),
    ),
    formats={
        **dict.fromkeys(FORMATS, Lacks(_ONE_FORM)),
        "post": Has(_MEDIA, _SEEN, mark="second-hand"),
        "carousel": Has(_PHOTOS, _SEEN, N_("up to 35 pictures, JPEG or WebP"), mark="second-hand"),
    },
    abilities={
        "card": Lacks(N_("a link in a caption cannot be followed")),
        "mentions": Lacks(N_("a mention is made on the network itself: the name is a word until then")),
        "markup": Lacks(N_("a caption on TikTok is plain text")),
        "first_comment": HAND,
        "warning": Lacks(N_("TikTok has no content warning")),
        "language": Lacks(N_("TikTok guesses the language")),
        "visibility": Lacks(N_("TikTok asks each time, and a person chooses")),
        **AFTERWARDS,
    },
    needs={"media": N_("TikTok takes videos and pictures only")},
)


def _composer(_draft: Draft) -> str:
    """TikTok's page for uploading, which takes nothing beforehand."""
    return "https://www.tiktok.com/upload"


PLACE = PostingPlace(
    "TikTok",
    FACTS,
    _composer,
    choices=(
        N_("the cover"),
        N_("who may see it: TikTok fills in nothing"),
        N_("comments, duets and stitches"),
        N_("whether somebody paid for it, or a machine made it"),
    ),
    hosts=("tiktok.com",),
    look=Look(
        pictures="slides",
        has_pictures_first=True,
        fold=Fact(100, "https://github.com/brightbeanxyz/brightbean-studio", _SEEN, mark="unverified"),
    ),
)
