"""Reddit, as people post there, each community by its own rules."""

from __future__ import annotations

import re

from marronnier.messages import N_
from marronnier.networks.handoff.anywhere import AFTERWARDS
from marronnier.networks.handoff.place import Draft, PostingPlace, address
from marronnier.networks.kit.facts import FORMATS, Fact, Facts, Has, Lacks

# The last version of Reddit's own code that was public, of 2017.
_CODE = "https://github.com/reddit-archive/reddit/tree/master/r2/r2"
# What a tool of somebody else takes.
_OTHERS = "https://apify.com/red_crawler/reddit-posting-v1"
_SEEN = "2026-11-27"
_ONE_FORM = N_("a post on Reddit is words, a link, a picture, a video or a gallery")

FACTS = Facts(
    text=Fact(40_000, f"{_CODE}/models/link.py", _SEEN, unit="codepoints", mark="second-hand"),
    media=Fact(20, _OTHERS, "2026-11-28", unit="files", mark="unverified"),
    alt=Lacks(N_("Reddit takes a caption of each picture, which a person writes")),
    thread=Lacks(N_("a post on Reddit has one text")),
    poll=Fact(6, _OTHERS, "2026-11-28", unit=N_("options"), mark="unverified"),
    video=Lacks(N_("nobody here knows which videos the network takes: it is handed over as it is")),
    formats={
        **dict.fromkeys(FORMATS, Lacks(_ONE_FORM)),
        "post": Has(f"{_CODE}/controllers/api.py", _SEEN, mark="second-hand"),
        "carousel": Has(f"{_CODE}/controllers/api.py", _SEEN, N_("as a gallery"), mark="unverified"),
    },
    abilities={
        "card": Has(f"{_CODE}/controllers/api.py", _SEEN, N_("a post may be a link"), mark="second-hand"),
        "mentions": Lacks(N_("a mention is made on the network itself: the name is a word until then")),
        "markup": Lacks(N_("what is copied is plain text")),
        "first_comment": Has(f"{_CODE}/controllers/api.py", _SEEN, N_("a person writes it"), mark="second-hand"),
        "warning": Has(f"{_CODE}/controllers/api.py", _SEEN, N_("a person marks it as a spoiler or NSFW"), mark="second-hand"),
        "language": Lacks(N_("a community on Reddit has its language")),
        "visibility": Lacks(N_("a community on Reddit is open or closed as a whole")),
        **AFTERWARDS,
    },
    needs={"title": N_("a post on Reddit has a title")},
)


def _composer(draft: Draft) -> str:
    """Reddit's page for writing a post, in the community that `account:` names: `r/jardins`."""
    community = re.fullmatch(r"/?(r/[A-Za-z0-9_]{2,21})/?", draft.account.strip())
    fields = {"title": draft.title, "url": draft.link} if draft.link else {"title": draft.title, "text": draft.text}
    return address(f"https://www.reddit.com/{community[1]}/submit" if community else "https://www.reddit.com/submit", fields)


PLACE = PostingPlace(
    "Reddit",
    FACTS,
    _composer,
    choices=(N_("the community, and whether its rules allow this"), N_("the flair, where the community asks for one")),
    hosts=("reddit.com", "redd.it"),
    longest_title=300,
)
