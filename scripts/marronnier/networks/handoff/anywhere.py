"""Any place at all, of which nothing is known."""

from __future__ import annotations

from marronnier.messages import N_
from marronnier.networks.handoff.place import Draft, PostingPlace
from marronnier.networks.kit.facts import ABILITIES, FORMATS, Facts, Has, Lacks, Unlimited

_COPYING, _SEEN = "https://www.w3.org/TR/clipboard-apis/", "2026-11-28"
_NOBODY_KNOWS = N_("nobody here knows the network: write its limits under `limits:` of the channel")
HAND = Has(_COPYING, _SEEN, N_("a person does it"), mark="unverified")

AFTERWARDS = {
    "edit": Lacks(N_("what a person posted, a person corrects there")),
    "delete": Lacks(N_("what a person posted, a person deletes there")),
    "schedule": Lacks(N_("a person publishes it, at the hour")),
    "counters": Lacks(N_("this calendar has no access there: nothing is counted")),
}
"""What nobody does for a person who posts by hand."""

FACTS = Facts(
    text=Unlimited(_NOBODY_KNOWS),
    media=Unlimited(_NOBODY_KNOWS),
    alt=Unlimited(_NOBODY_KNOWS),
    thread=Lacks(N_("it is one text to copy: a break between parts stays an empty line")),
    poll=Lacks(N_("the options of a poll are handed over as a list")),
    video=Lacks(N_("nobody here knows which videos the network takes: it is handed over as it is")),
    formats=dict.fromkeys(FORMATS, HAND),
    abilities={
        **dict.fromkeys(ABILITIES, HAND),
        "markup": Lacks(N_("what is copied is plain text")),
        "mentions": Lacks(N_("a mention is made on the network itself: the name is a word until then")),
        "card": Has(_COPYING, _SEEN, N_("as a line of the text"), mark="unverified"),
        **AFTERWARDS,
    },
    audiences=("public", "unlisted", "followers", "direct"),
)


def _composer(draft: Draft) -> str:
    """The front page of the server that the channel names; empty where it names none."""
    return f"https://{draft.host}/" if draft.host else ""


ANYWHERE = PostingPlace(N_("By hand"), FACTS, _composer)
