"""Posts of which all is over: what went out long ago, and what was due long ago and never approved. A run need not load them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from marronnier import ledger as ledgers
from marronnier.desk import Desk
from marronnier.desk.post_sketch import PostSketch
from marronnier.ledger import Ledger
from marronnier.model.history import History
from marronnier.model.post import SendUntil

LONG_AGO = timedelta(days=31)
"""What was due before that and was never sealed is past, whatever was approved: a long history must not be judged again and again."""

_OVER = 2 * LONG_AGO
"""Nothing so old is compared with what is still to come: copies are looked for within 30 days, on either side."""

_MOVES_THE_TIME = frozenset({"for", "slot", "grace", "on_missed"})


def posts_over(settings: Desk, ledger: Ledger, now: datetime, kept: Collection[str] = ()) -> Callable[[PostSketch], bool]:
    """Whether nothing of a post can go out any more, by what the ledger has of it. `settings` is a desk without its posts.

    Of the posts with a `kept` id that is never said.
    """
    before = now - _OVER
    by_post: dict[str, dict[str, History]] = {}
    for key, history in ledgers.with_current_names(ledger.histories, settings.channels).items():
        by_post.setdefault(key.rpartition("@")[0], {})[key] = history
    channels = settings.channels.channels
    late = settings.brand.on_missed.until if isinstance(settings.brand.on_missed, SendUntil) else timedelta()
    lapses = max(settings.brand.grace, late) < LONG_AGO

    def is_over(sketch: PostSketch) -> bool:
        if sketch.id in kept:
            return False
        is_old = sketch.day is not None and sketch.day < (before - timedelta(days=1)).date()
        if "repeat" in sketch.keys or "draft" in sketch.keys or any(name not in channels for name in sketch.channels):
            return False
        histories = by_post.get(sketch.id)
        if histories is None:
            return lapses and is_old and not sketch.keys & _MOVES_THE_TIME
        return (
            (is_old or "date" not in sketch.keys)
            and all(f"{sketch.id}@{name}" in histories for name in sketch.channels)
            and all(history.is_over(before) for history in histories.values())
        )

    return is_over
