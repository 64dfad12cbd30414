"""Runs the rules over what people wrote."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from marronnier.cache import Cache
from marronnier.checks import allow, registry
from marronnier.checks.view import View
from marronnier.model.finding import Finding
from marronnier.text.secrets import find_secrets, redact_secrets

if TYPE_CHECKING:
    from marronnier.proofs.situation import Situation

_LEVEL_ORDER = {"error": 0, "warning": 1, "notice": 2}


def run(situation: Situation, *, cache: Cache | None = None, inspected: Collection[str] | None = None) -> list[Finding]:
    """Every finding that no post allows, sorted by place.

    `cache` keeps what was seen in media and texts for the next run; None keeps nothing.
    `inspected`: the paths of the posts whose media are opened; all, when None.
    """
    view = View(situation, cache or Cache(), inspected)
    rules = registry.all_rules()
    findings = allow.apply_allows((finding for rule in rules if not rule.last for finding in rule.check(view)), view)
    findings = _without_what_is_over(findings, view)
    findings += [finding for rule in rules if rule.last for finding in rule.check(view)]
    findings += [finding for finding in situation.desk.findings if finding.rule not in registry.names()]
    view.cache.save()
    return sorted(dict.fromkeys(_redact_findings(findings, view)), key=_sort_key)


def _without_what_is_over(findings: list[Finding], view: View) -> list[Finding]:
    """The findings without the errors in what readers got of posts that are out whole: those cannot be changed any more."""
    over = {rule.name for rule in registry.all_rules() if rule.ends_with_sending}
    concerned = {finding.place.path for finding in findings if finding.level == "error" and finding.rule in over}
    sent = {post.path for post in view.posts if post.path in concerned and view.lines.is_all_sent(post)} if concerned else set()
    return [finding for finding in findings if finding.level != "error" or finding.rule not in over or finding.place.path not in sent]


def _redact_findings(findings: list[Finding], view: View) -> Iterable[Finding]:
    """The findings without any piece of a secret: a rule that quotes words does not know what it quotes."""
    paths = {finding.place.path for finding in findings}
    secrets = {
        path: pieces
        for path, text in view.texts.all_files()
        if path in paths and (pieces := [text[secret.start : secret.end] for secret in find_secrets(text)])
    }
    return [_redact(finding, secrets.get(finding.place.path, ())) for finding in findings] if secrets else findings


def _redact(finding: Finding, secrets: Collection[str]) -> Finding:
    message, expected, next = (redact_secrets(part, secrets) for part in (finding.message, finding.expected, finding.next))
    # A fix is shown as a whole line.
    fix = finding.fix if finding.fix is None or redact_secrets(finding.fix.before, secrets) == finding.fix.before else None
    return replace(finding, message=message, expected=expected, next=next, fix=fix)


def _sort_key(finding: Finding) -> tuple[object, ...]:
    return (finding.place, _LEVEL_ORDER[finding.level], finding.rule, finding.message)
