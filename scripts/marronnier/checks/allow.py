"""`allow:` in a post: the findings it removes, and the faults of `allow` itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from marronnier.checks import registry
from marronnier.checks.suggestions import closest_name
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding
from marronnier.model.post import Post


def apply_allows(findings: Iterable[Finding], view: View) -> list[Finding]:
    """The findings that no post allows, and those about `allow` itself. Notes each `allow` that was needed in `view.used_allows`."""
    posts_with_allow = {post.path: post for post in view.posts if post.front.allow}
    remaining: list[Finding] = []
    for finding in findings:
        post = posts_with_allow.get(finding.place.path)
        if post is not None and post.allows(finding.rule) and registry.get(finding.rule).allowable:
            view.used_allows.add((post.path, finding.rule))
            if not finding.not_allowable:
                continue
        remaining.append(finding)
    for post in posts_with_allow.values():
        remaining += _allow_findings(post)
    return remaining


def _allow_findings(post: Post) -> Iterator[Finding]:
    for name in post.front.allow:
        if fault := _allow_fault(post, name):
            yield Finding("invalid-value", "error", post.place("allow", name), *fault)


def _allow_fault(post: Post, name: str) -> tuple[str, str, str] | None:
    """Message, expectation and next step for a faulty entry of `allow`."""
    if name not in registry.names():
        suggestion = closest_name(name, registry.names())
        return (
            _("`allow` names `{name}`, and no rule has that name", name=name),
            _("the name of a rule, as `marronnier explain` lists them"),
            _("write `{near}`", near=suggestion) if suggestion else _("delete this line"),
        )
    if not registry.get(name).allowable:
        return (
            _("`allow` names `{name}`, a rule that has no exceptions", name=name),
            _("a rule that has exceptions"),
            _("delete this line, and correct what `marronnier explain {name}` describes", name=name),
        )
    if not post.allows(name):
        return (
            _("`allow` names `{name}` without a reason", name=name),
            _("why this post may break the rule, for those who review it"),
            _("write the reason after the colon, like `{name}: the mayor's office asked for it`", name=name),
        )
    return None
