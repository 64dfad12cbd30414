"""Run the rules over what people wrote."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from marronnier.checks import allow, registry
from marronnier.checks.view import View
from marronnier.model.finding import Finding
from marronnier.text import secrets

if TYPE_CHECKING:
    from marronnier.cache import Cache
    from marronnier.proofs.situation import Situation

_GRAVITY = {"error": 0, "warning": 1, "notice": 2}


def run(
    situation: Situation,
    *,
    only: Collection[str] | None = None,
    remembered: Callable[[], Cache | None] = lambda: None,
    opened: Collection[str] | None = None,
) -> list[Finding]:
    """Every finding that no post is allowed, by place.

    `only`: the names of the rules to run; all, when None. `remembered`: what was seen in pictures before. `opened`: the paths of the
    posts whose pictures are opened; all, when None.
    """
    desk = situation.desk
    view = View(
        desk,
        situation.timetable,
        situation.histories,
        situation.now,
        situation.began,
        situation.payload,
        situation.follows,
        remembered,
        opened,
    )
    chosen = [rule for rule in registry.all_rules() if only is None or rule.name in only]
    found = allow.apply_allows((finding for rule in chosen if not rule.last for finding in rule.check(view)), view)
    if only is None:
        found += [finding for rule in chosen if rule.last for finding in rule.check(view)]
        known = registry.names()
        found += [finding for finding in desk.findings if finding.rule not in known]
    view.memory.save()
    return sorted(dict.fromkeys(_hushed(found, view)), key=_order)


def _hushed(found: list[Finding], view: View) -> list[Finding]:
    """The findings without any piece of a secret: a rule that quotes words does not know what it quotes."""
    paths = {finding.place.path for finding in found}
    known = {
        path: kept
        for path, text in view.files()
        if path in paths and (kept := [text[one.start : one.end] for one in secrets.find_secrets(text)])
    }
    return [_without(finding, known.get(finding.place.path, ())) for finding in found] if known else found


def _without(finding: Finding, words: Collection[str]) -> Finding:
    message, expected, next = (secrets.redact_secrets(part, words) for part in (finding.message, finding.expected, finding.next))
    # What `--fix` changes it shows, the whole line.
    shown = finding.fix if finding.fix is None or secrets.redact_secrets(finding.fix.before, words) == finding.fix.before else None
    return replace(finding, message=message, expected=expected, next=next, fix=shown)


def _order(finding: Finding) -> tuple[object, ...]:
    return (finding.place, _GRAVITY[finding.level], finding.rule, finding.message)
