"""What WordPress takes and lacks, with the place where it was read."""

from __future__ import annotations

from marronnier.messages import N_
from marronnier.networks.kit.facts import DocumentLimits, Facts, Has, Lacks, OneOf, Unlimited, VideoLimits

_POSTS = "https://developer.wordpress.org/rest-api/reference/posts/"
_SEEN = "2026-11-27"
_NO_OTHER_FORM = N_("a blog has articles and no other form")

_TYPES = "https://developer.wordpress.org/reference/functions/wp_get_mime_types/"
_BLOCK = "https://developer.wordpress.org/block-editor/reference-guides/core-blocks/#video"

VIDEO = VideoLimits(
    containers=OneOf(("mp4", "mov", "webm"), _TYPES, "2026-11-28"),
    codecs=OneOf(("h264", "vp8", "vp9"), _BLOCK, "2026-11-28", mark="unverified"),
    captions=Unlimited(N_("a video of an article takes files of captions in every language")),
    alone=False,
)
"""Sites set the size, which their API does not tell. The codecs are those that browsers play."""
DOCUMENT = DocumentLimits()
"""Sites set the size of any upload, which their API does not tell."""

FACTS = Facts(
    text=Unlimited(N_("a blog sets no limit; where a channel sets one, it counts visible characters of the plain text")),
    media=Unlimited(N_("a blog sets no limit")),
    alt=Unlimited(N_("a blog sets no limit")),
    thread=Lacks(N_("a page has no maximum length: a break between parts becomes a horizontal line")),
    poll=Lacks(N_("WordPress has no polls: the options are shown as a list")),
    video=VIDEO,
    document=DOCUMENT,
    formats={
        "post": Has(_POSTS, _SEEN),
        "story": Lacks(_NO_OTHER_FORM),
        "reel": Lacks(_NO_OTHER_FORM),
        "carousel": Lacks(N_("pictures of an article stand below each other")),
        "short": Lacks(_NO_OTHER_FORM),
        "document": Has(_TYPES, "2026-11-28", N_("PDFs to be downloaded, as links below the words")),
        "article": Has(_POSTS, _SEEN),
    },
    abilities={
        "card": Has(_POSTS, _SEEN, N_("as a link below the words")),
        "mentions": Lacks(N_("a blog has no accounts to mention: names are words")),
        "markup": Has(_POSTS, _SEEN),
        "first_comment": Lacks(N_("this version writes no comments there")),
        "warning": Has(_POSTS, _SEEN, N_("a line before the words")),
        "language": Lacks(N_("WordPress has one language for a whole site")),
        "visibility": Lacks(N_("a blog is open to everyone")),
        "edit": Has(f"{_POSTS}#update-a-post", _SEEN),
        "delete": Has(f"{_POSTS}#delete-a-post", _SEEN, N_("into the trash of the site")),
        "schedule": Lacks(N_("WordPress can, and it is not used: a freeze would not stop it, and it fires only when somebody visits the site")),
        "counters": Lacks(N_("WordPress itself counts no readers")),
    },
)  # fmt: skip
