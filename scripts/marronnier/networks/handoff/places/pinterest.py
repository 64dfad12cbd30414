"""Pinterest, as people pin there."""

from __future__ import annotations

from marronnier.messages import N_
from marronnier.networks.handoff.anywhere import AFTERWARDS, HAND
from marronnier.networks.handoff.place import Draft, PostingPlace, address
from marronnier.networks.kit.facts import FORMATS, Fact, Facts, Has, Lacks, OneOf, VideoLimits
from marronnier.networks.kit.look import Look

_SPEC = "https://github.com/pinterest/api-description/blob/main/v5/openapi.json"
_SEEN = "2026-11-27"
_ONE_FORM = N_("a pin is a picture, a few pictures or a video")

FACTS = Facts(
    # Three other tools stop at 500.
    text=Fact(800, _SPEC, _SEEN, unit="codepoints"),
    media=Fact(5, _SPEC, _SEEN, unit="files"),
    alt=Fact(500, _SPEC, _SEEN, unit="codepoints"),
    thread=Lacks(N_("a pin has one description")),
    poll=Lacks(N_("a pin has no poll")),
    video=VideoLimits(
        containers=OneOf(("mp4", "mov"), _SPEC, _SEEN, mark="unverified"),
        codecs=OneOf(("h264", "hevc"), _SPEC, _SEEN, mark="unverified"),
        captions=Lacks(N_("Pinterest makes captions of its own")),
    ),
    formats={
        **dict.fromkeys(FORMATS, Lacks(_ONE_FORM)),
        "post": Has(_SPEC, _SEEN),
        "carousel": Has(_SPEC, _SEEN, N_("two to five pictures")),
    },
    abilities={
        "card": Has(_SPEC, _SEEN, N_("the pin itself leads to the link")),
        "mentions": Lacks(N_("a mention is made on the network itself: the name is a word until then")),
        "markup": Lacks(N_("the description of a pin is plain text")),
        "first_comment": HAND,
        "warning": Lacks(N_("Pinterest has no content warning")),
        "language": Lacks(N_("Pinterest guesses the language")),
        "visibility": Lacks(N_("a board is open or secret as a whole")),
        **AFTERWARDS,
    },
    needs={"media": N_("a pin is a picture or a video")},
)


def _composer(draft: Draft) -> str:
    """Pinterest's page for pinning, with link and description; the picture is chosen there."""
    return address("https://www.pinterest.com/pin/create/button/", {"url": draft.link, "description": draft.text})


PLACE = PostingPlace(
    "Pinterest",
    FACTS,
    _composer,
    choices=(N_("the board"), N_("the alternative text of each picture")),
    hosts=("pinterest.com", "pin.it"),
    longest_title=100,
    keeps_link_apart=True,
    look=Look(
        pictures="slides",
        has_pictures_first=True,
        fold=Fact(150, "https://github.com/brightbeanxyz/brightbean-studio", _SEEN, mark="unverified"),
    ),
)
