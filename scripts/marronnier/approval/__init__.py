"""Approval: what an approval binds, and whether a publication may go out. Pure: evidence is passed in."""

from marronnier.approval.digest import composer_number, digests, seal_matcher, when_digest, words_digest
from marronnier.approval.evidence import Evidence, ReviewClaims, Version
from marronnier.approval.judgement import approved_by, judge, self_approval_reason

__all__ = [
    "Evidence",
    "ReviewClaims",
    "Version",
    "approved_by",
    "composer_number",
    "digests",
    "judge",
    "seal_matcher",
    "self_approval_reason",
    "when_digest",
    "words_digest",
]
