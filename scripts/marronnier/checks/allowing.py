"""`allow:` in a post: which findings it takes away, and what is wrong with how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from marronnier.checks import registry
from marronnier.checks.view import View, nearest
from marronnier.messages import _
from marronnier.model.finding import Finding
from marronnier.model.post import Post


def applied(findings: Iterable[Finding], view: View, *, unused: bool) -> list[Finding]:
    """The findings without those that a post is allowed, and with what is wrong with `allow` itself.

    `unused`: also say which `allow` takes nothing away.
    """
    allowing = {post.path: post for post in view.posts if post.front.allow}
    kept: list[Finding] = []
    used: set[tuple[str, str]] = set(view.used)
    for finding in findings:
        post = allowing.get(finding.place.path)
        if post is not None and view.allows(post, finding.rule) and registry.get(finding.rule).allowable:
            used.add((post.path, finding.rule))
        else:
            kept.append(finding)
    for post in allowing.values():
        kept += _faults(post, view)
        if unused:
            kept += _unused(post, used)
    return kept


def _faults(post: Post, view: View) -> Iterator[Finding]:
    for name in post.front.allow:
        place = post.place("allow", name)
        if name not in registry.names():
            near = nearest(name, registry.names())
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
        elif not view.allows(post, name):
            yield Finding(
                "invalid-value",
                "error",
                place,
                _("`allow` names `{name}` without a reason", name=name),
                _("why this post may break the rule, for those who review it"),
                _("write the reason after the colon, like `{name}: the mayor's office asked for it`", name=name),
            )


def _unused(post: Post, used: set[tuple[str, str]]) -> Iterator[Finding]:
    for name in post.front.allow:
        if name in registry.names() and registry.get(name).allowable and (post.path, name) not in used and post.front.allow[name].strip():
            yield Finding(
                "invalid-value",
                "notice",
                post.place("allow", name),
                _("`allow` names `{name}`, and this post does not break that rule", name=name),
                _("only what is needed, so that the next fault is not hidden"),
                _("take this line out"),
            )
