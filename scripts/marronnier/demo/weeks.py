"""The example's posts, grouped by the week in which they were committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from marronnier.desk import Desk
from marronnier.model.post import Post


@dataclass(frozen=True, slots=True)
class Week:
    """The posts of one week."""

    monday: date
    paths: tuple[str, ...]

    @property
    def branch(self) -> str:
        """The branch on which they are prepared."""
        return f"semaine-{self.monday.isocalendar().week:02d}"

    @property
    def title(self) -> str:
        """The title of its commits."""
        return f"Semaine {self.monday.isocalendar().week}"


def group_by_week(desk: Desk, today: date) -> tuple[Week, ...]:
    """All posts in `content/posts/` by the Monday of their week; a post without a date belongs to the week of `today`."""
    weeks: dict[date, list[str]] = {}
    for post in desk.posts.values():
        if not post.path.startswith("content/posts/"):
            continue
        day = _written_day(post) or today
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(post.path)
    return tuple(Week(monday, tuple(paths)) for monday, paths in sorted(weeks.items()))


def _written_day(post: Post) -> date | None:
    return post.front.date.day if post.front.date else None


def remove_posts(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The files of the brand without its posts."""
    return {path: data for path, data in files.items() if not path.startswith("content/posts/")}
