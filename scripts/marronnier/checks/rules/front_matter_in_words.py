"""Keys between two lines `---` within the words: they would be published as words."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.levels import level_for_post
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.post import FrontMatter
from marronnier.model.shape import shape_of

LEVEL: Level = "error"
ALLOWABLE = True

KEYS = frozenset((*shape_of(FrontMatter).keys, "alt", "file", "options", "reply", "retweet", "schedule"))
"""Our keys, and those that twitter-together knows before a part. https://github.com/twitter-together/action, seen 2026-11-27"""


def check(view: View) -> Iterator[Finding]:
    """The words of every post that is not sent yet; a notice in an idea."""
    for post in view.lines.pending_posts:
        if not any("---" in variant.text for variant in post.variants):
            continue
        from marronnier.text.part_marks import find_front_matter

        for variant in post.variants:
            for lines in find_front_matter(variant.text, KEYS):
                [first, *_others] = filter(None, (line.strip() for line in variant.text.split("\n")[lines[1] : lines[-1]]))
                message = _("the keys below this `---` would be published as words: `{line}`", line=first[:60])
                expected = _("keys at the top of the file only")
                next = _("move them there: a poll goes with the last part, and `![…](…)` in a part shows a picture with it")
                place = Place(post.path, variant.line + lines[0])
                yield Finding("front-matter-in-words", level_for_post(post, LEVEL), place, message, expected, next)
