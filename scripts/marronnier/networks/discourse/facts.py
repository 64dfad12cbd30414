"""What Discourse takes and lacks, with the place where it was read."""

from __future__ import annotations

from marronnier.messages import N_
from marronnier.networks.kit.facts import DocumentLimits, Fact, Facts, Has, Lacks, OneOf, Unlimited, VideoLimits

_API = "https://docs.discourse.org/"
_SETTINGS = "https://github.com/discourse/discourse/blob/main/config/site_settings.yml"
_POLLS = "https://github.com/discourse/discourse/blob/main/plugins/poll/lib/polls_validator.rb"
_SEEN = "2026-11-27"
_NO_OTHER_FORM = N_("a forum has topics and no other form")

_UPLOADS = "https://github.com/discourse/discourse/blob/main/app/assets/javascripts/discourse/app/lib/uploads.js"

VIDEO = VideoLimits(
    containers=OneOf(("mp4", "mov", "webm"), _UPLOADS, "2026-11-28", mark="second-hand"),
    codecs=OneOf(("h264", "vp8", "vp9"), _UPLOADS, "2026-11-28", mark="unverified"),
    captions=Lacks(N_("Discourse takes no captions in a file of their own")),
    size=Fact(4 << 20, _SETTINGS, "2026-11-28", unit="bytes", mark="unverified"),
    alone=False,
)
"""Administrators must allow the ending, and set the size: neither is told by the API. These are the endings that its composer shows as a video, and
the size of a forum whose `max_attachment_size_kb` nobody changed."""
DOCUMENT = DocumentLimits(size=VIDEO.size)

FACTS = Facts(
    text=Fact(32_000, _SETTINGS, _SEEN, unit="codepoints", mark="unverified"),
    media=Unlimited(N_("pictures stand in the words of a post")),
    alt=Unlimited(N_("an alternative text stands in the words of a post")),
    thread=Unlimited(N_("a topic takes replies without end")),
    poll=Fact(20, _POLLS, _SEEN, unit=N_("options"), mark="unverified"),
    video=VIDEO,
    document=DOCUMENT,
    formats={
        "post": Has(f"{_API}#tag/Posts", _SEEN),
        "story": Lacks(_NO_OTHER_FORM),
        "reel": Lacks(_NO_OTHER_FORM),
        "carousel": Lacks(N_("pictures of a post on a forum stand below each other")),
        "short": Lacks(_NO_OTHER_FORM),
        "document": Has(_UPLOADS, "2026-11-28", N_("PDFs to be downloaded, where administrators allow them"), mark="second-hand"),
        "article": Has(f"{_API}#tag/Posts", _SEEN, N_("as a topic")),
    },
    abilities={
        "card": Has(f"{_API}#tag/Posts", _SEEN, N_("made by the server, of a link that stands alone on its line"), mark="unverified"),
        "mentions": Has(f"{_API}#tag/Posts", _SEEN, N_("of people of the same forum"), mark="unverified"),
        "markup": Has(f"{_API}#tag/Posts", _SEEN),
        "first_comment": Has(f"{_API}#tag/Posts", _SEEN, N_("as a reply")),
        "warning": Has(f"{_API}#tag/Posts", _SEEN, N_("a line before the words")),
        "language": Lacks(N_("this version tells a forum no language")),
        "visibility": Lacks(N_("whoever may read the category reads it")),
        "edit": Has(f"{_API}#tag/Posts/operation/updatePost", _SEEN, N_("readers can see what changed")),
        "delete": Has(f"{_API}#tag/Posts/operation/deletePost", _SEEN),
        "schedule": Lacks(N_("Discourse can, and it is not used: a freeze would not stop it")),
        "counters": Has(f"{_API}#tag/Topics/operation/getTopic", _SEEN, N_("views of the topic, likes and replies")),
    },
    quotas=(Fact(60, _SETTINGS, _SEEN, unit=N_("requests a minute"), mark="second-hand"),),
)  # fmt: skip
