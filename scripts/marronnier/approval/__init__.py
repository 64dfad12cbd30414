"""Approving what is sent: what an approval binds, and whether a publication may go out. Pure; what git says is passed in."""

from marronnier.approval.binding import digests, stands_on, when_digest, words_digest, written
from marronnier.approval.evidence import Claim, Evidence, Version
from marronnier.approval.judging import judge, names_of, own_words, said
from marronnier.approval.requirements import need_of

__all__ = [
    "Claim",
    "Evidence",
    "Version",
    "digests",
    "judge",
    "names_of",
    "need_of",
    "own_words",
    "said",
    "stands_on",
    "when_digest",
    "words_digest",
    "written",
]
