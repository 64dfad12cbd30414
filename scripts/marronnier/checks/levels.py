"""The level of a finding, by the post it is in."""

from __future__ import annotations

from marronnier.model.finding import Level
from marronnier.model.post import Post
from marronnier.timetable.written_times import is_idea


def level_for_post(post: Post, level: Level) -> Level:
    """That level; a notice in an idea, which is not going out yet."""
    return "notice" if is_idea(post) else level
