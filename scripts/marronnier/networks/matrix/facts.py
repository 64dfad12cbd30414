"""What Matrix takes and lacks, with the place where it was read."""

from __future__ import annotations

from marronnier.messages import N_
from marronnier.networks.kit.facts import DocumentLimits, Fact, Facts, Has, Lacks, OneOf, Unlimited, VideoLimits

_SPEC = "https://spec.matrix.org/latest/client-server-api"
_SEEN = "2026-11-27"
_NO_OTHER_FORM = N_("a message on Matrix has one form: write `format: post`")
_SYNAPSE = "https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#max_upload_size"

VIDEO = VideoLimits(
    containers=OneOf(("mp4", "webm"), f"{_SPEC}/#mvideo", "2026-11-28", mark="unverified"),
    codecs=OneOf(("h264", "vp8", "vp9"), f"{_SPEC}/#mvideo", "2026-11-28", mark="unverified"),
    captions=Lacks(N_("Matrix takes no captions in a file of their own")),
    size=Fact(50 << 20, _SYNAPSE, "2026-11-28", unit="bytes", mark="unverified"),
)
"""The specification names no format: these are what browsers play. The size is what Synapse takes unless its administrators say otherwise; the
channel's server may take another, which `doctor` tells."""
DOCUMENT = DocumentLimits(size=VIDEO.size)

FACTS = Facts(
    text=Unlimited(N_("Matrix counts no characters; a message may have 65,536 bytes with all that belongs to it")),
    media=Unlimited(N_("several pictures stand in the words of one message")),
    alt=Unlimited(N_("an alternative text is a line of the message")),
    thread=Unlimited(N_("a thread on Matrix has no end")),
    poll=Lacks(N_("the specification of Matrix has no polls: the options are sent as lines of the message")),
    video=VIDEO,
    document=DOCUMENT,
    size=Fact(65_536, f"{_SPEC}/#size-limits", _SEEN, unit="bytes"),
    formats={
        "post": Has(f"{_SPEC}/#mroommessage", _SEEN),
        "story": Lacks(N_("Matrix has no stories: whatever is sent stays")),
        "reel": Lacks(_NO_OTHER_FORM),
        "carousel": Lacks(N_("pictures of a message on Matrix stand below each other")),
        "short": Lacks(_NO_OTHER_FORM),
        "document": Has(f"{_SPEC}/#mfile", "2026-11-28", N_("one PDF")),
        "article": Lacks(N_("Matrix has no articles: link to one")),
    },
    abilities={
        "card": Has(f"{_SPEC}/#get_matrixclientv1mediapreview_url", _SEEN, N_("made by the readers’ applications")),
        "mentions": Has(f"{_SPEC}/#user-and-room-mentions", _SEEN),
        "markup": Has(f"{_SPEC}/#mroommessage-msgtypes", _SEEN),
        "first_comment": Has(f"{_SPEC}/#threading", _SEEN, N_("in the thread")),
        "warning": Has(f"{_SPEC}/#mroommessage", _SEEN, N_("a line before the words")),
        "language": Lacks(N_("a message on Matrix has no language")),
        "visibility": Lacks(N_("whoever is in the room reads it")),
        "edit": Has(f"{_SPEC}/#event-replacements", _SEEN, N_("readers can see what changed")),
        "delete": Has(f"{_SPEC}/#redactions", _SEEN),
        "schedule": Lacks(N_("Matrix does not schedule messages")),
        "counters": Has(f"{_SPEC}/#relationships-api", _SEEN, N_("reactions and answers in the thread; no views")),
    },
)  # fmt: skip
