"""An `allow` for a rule that the post does not break."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks import registry
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "notice"
ALLOWABLE = False
LAST = True


def check(view: View) -> Iterator[Finding]:
    """Every valid `allow` of posts with upcoming publications: past posts needed it once. Not for one post checked alone."""
    if view.desk.only is not None:
        return
    allowing = [post for post in view.posts if post.front.allow]
    past = {line.post.path for line in view.lines.all if line.instant.at is not None} if allowing else set()
    past -= {line.post.path for line in view.lines.upcoming}
    for post in allowing:
        for name in post.front.allow if post.path not in past else ():
            if (
                name not in registry.names()
                or not registry.get(name).allowable
                or not post.allows(name)
                or (post.path, name) in view.used_allows
            ):
                continue
            message = _("`allow` names `{name}`, and this post does not break that rule", name=name)
            expected = _("only an `allow` that is needed: another one hides the next problem")
            next = _("delete this line")
            yield Finding("unused-allow", LEVEL, post.place("allow", name), message, expected, next)
