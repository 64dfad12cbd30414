"""The plan as people read it: with what the rules will keep back."""

from __future__ import annotations

from pathlib import Path

from marronnier import plan
from marronnier.model.plan import Plan
from marronnier.proofs.situation import Situation


def whole_plan(situation: Situation, root: Path) -> Plan:
    """The plan of a situation, in which a publication that an error of a rule will hold needs somebody already now. `root` has the cache."""
    planned = plan.make(situation)
    paths = plan.posts_to_be_sealed(planned)
    if not paths:
        return planned
    from marronnier.cache import Cache
    from marronnier.checks.post_errors import errors_in_posts

    return plan.hold_faulty(planned, errors_in_posts(situation, paths, cache=Cache(root, asks_little=True)))
