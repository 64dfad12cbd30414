"""`allow:` in a post: which findings it takes away, and what is wrong with how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from marronnier.checks import registry
from marronnier.checks.suggestions import closest_name
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding
from marronnier.model.post import Post


def apply_allows(findings: Iterable[Finding], view: View) -> list[Finding]:
    """The findings without those that a post is allowed, and with what is wrong with `allow` itself.

    What was needed is noted in `view.used`.
    """
    allowing = {post.path: post for post in view.posts if post.front.allow}
    kept: list[Finding] = []
    for finding in findings:
        post = allowing.get(finding.place.path)
        if post is not None and post.allows(finding.rule) and registry.get(finding.rule).allowable:
            view.used.add((post.path, finding.rule))
            if not finding.not_allowable:
                continue
        kept.append(finding)
    for post in allowing.values():
        kept += _faults(post)
    return kept


def _faults(post: Post) -> Iterator[Finding]:
    for name in post.front.allow:
        place = post.place("allow", name)
        if name not in registry.names():
            near = closest_name(name, registry.names())
            yield Finding(
                "invalid-value",
                "error",
                place,
                _("`allow` names `{name}`, and no rule has that name", name=name),
                _("the name of a rule, as `marronnier explain` lists them"),
                _("write `{near}`", near=near) if near else _("take this line out"),
            )
        elif not registry.get(name).allowable:
            yield Finding(
                "invalid-value",
                "error",
                place,
                _("`allow` names `{name}`, which cannot be allowed: it is there so that no words are lost or refused", name=name),
                _("a rule that may be broken for a reason"),
                _("take this line out, and mend what `marronnier explain {name}` tells", name=name),
            )
        elif not post.allows(name):
            yield Finding(
                "invalid-value",
                "error",
                place,
                _("`allow` names `{name}` without a reason", name=name),
                _("why this post may break the rule, for those who review it"),
                _("write the reason after the colon, like `{name}: the mayor's office asked for it`", name=name),
            )
