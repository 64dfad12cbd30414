"""Approving what is sent: what an approval binds, and whether a publication may go out. Pure; what git says is passed in."""

from marronnier.approval.digest import digests, seal_matcher, when_digest, when_value, words_digest
from marronnier.approval.evidence import Claim, Evidence, Version
from marronnier.approval.judgement import accepted_keys, approved_by, judge, self_approval_reason
from marronnier.approval.quorum import strictest_quorum

__all__ = [
    "Claim",
    "Evidence",
    "Version",
    "accepted_keys",
    "approved_by",
    "digests",
    "judge",
    "seal_matcher",
    "self_approval_reason",
    "strictest_quorum",
    "when_digest",
    "when_value",
    "words_digest",
]
