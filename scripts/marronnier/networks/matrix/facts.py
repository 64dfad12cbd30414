"""What Matrix takes and lacks, with the place where it was read."""

from __future__ import annotations

from marronnier.messages import N_
from marronnier.networks.kit.facts import Fact, Facts, Has, Lacks, Unlimited

_SPEC = "https://spec.matrix.org/latest/client-server-api"
_SEEN = "2026-11-27"
_NO_VIDEO = N_("this version sends no videos there")

FACTS = Facts(
    text=Unlimited(N_("Matrix counts no characters; a message may have 65,536 bytes with all that belongs to it")),
    media=Unlimited(N_("several pictures stand in the words of one message")),
    alt=Unlimited(N_("an alternative text is a line of the message")),
    thread=Unlimited(N_("a thread on Matrix has no end")),
    poll=Lacks(N_("the specification of Matrix has no polls: the options are sent as lines of the message")),
    size=Fact(65_536, f"{_SPEC}/#size-limits", _SEEN, unit="bytes"),
    formats={
        "post": Has(f"{_SPEC}/#mroommessage", _SEEN),
        "story": Lacks(N_("Matrix has no stories: whatever is sent stays")),
        "reel": Lacks(_NO_VIDEO),
        "carousel": Lacks(N_("pictures of a message on Matrix stand below each other")),
        "short": Lacks(_NO_VIDEO),
        "document": Lacks(N_("this version sends no documents there")),
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
