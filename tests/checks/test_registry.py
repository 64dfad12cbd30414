"""The folder is the registry: a rule is a module and its page, and nothing lists them."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from marronnier import messages
from marronnier.checks import registry, rules

FIRST = [
    "unknown-key",
    "invalid-value",
    "invalid-date",
    "unreadable",
    "unknown-channel",
    "unknown-campaign",
    "unknown-pillar",
    "missing-media",
    "missing-alt-text",
    "over-length",
    "nonexistent-local-time",
    "ambiguous-local-time",
    "past-date",
    "clash",
    "duplicate-id",
]


def test_some_rules_exist() -> None:
    assert set(FIRST) <= set(registry.names())


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    files = [path.name for path in resources.files(rules).iterdir()]
    modules = {name.removesuffix(".py") for name in files if name.endswith(".py")} - {"__init__"}
    pages = {name.removesuffix(".md") for name in files if name.endswith(".md")}
    languages = {f".{lang}" for lang in messages.languages()[1:] if any(page.endswith(f".{lang}") for page in pages)}
    assert pages == {f"{name}{lang}" for name in modules for lang in {"", *languages}}


@pytest.mark.parametrize("rule", registry.all_rules(), ids=lambda rule: rule.name)
def test_a_rule_has_a_short_summary_and_a_valid_name(rule: registry.Rule) -> None:
    assert rule.summary.endswith(".")
    assert len(rule.summary) < 100
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert not rule.name.startswith(("no-", "disallow-", "require-"))
    assert rule.level in ("error", "warning", "notice")


def test_rules_about_lost_words_cannot_be_allowed() -> None:
    allowable = {rule.name for rule in registry.all_rules() if rule.allowable}
    assert not allowable & {"over-length", "duplicate-id", "unknown-channel", "missing-media", "nonexistent-local-time", "unreadable"}
    assert {"missing-alt-text", "clash", "past-date"} <= allowable


def test_no_rule_of_that_name() -> None:
    with pytest.raises(KeyError):
        registry.get("os")
