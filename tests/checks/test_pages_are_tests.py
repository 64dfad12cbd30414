"""Each rule's page is its test: its repositories are built and checked, and the whole output is compared. In French too."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.rule_pages import Case, build, build_ledger, cases, check
from marronnier import messages, networks
from marronnier.checks import registry

TRANSLATED = tuple(lang for lang in messages.languages()[1:] if any(registry.get(rule).page(lang)[1] == lang for rule in registry.names()))
"""The languages in which rules have pages: all of them in each, or none."""


def page(rule: str, lang: str = "en") -> str:
    """Its page; a page that is not written in a language is missing."""
    text, page_lang = registry.get(rule).page(lang)
    assert page_lang == lang, f"write checks/rules/{rule.replace('-', '_')}.{lang}.md"
    return text


CASES = [(name, case) for name in registry.names() for case in cases(page(name))]
FOREIGN = [(lang, name) for lang in TRANSLATED for name in registry.names()]


def check_output(case: Case, root: Path) -> tuple[str, int]:
    """What `marronnier check` says of that repository."""
    build(root, case.files)
    if case.ledger:
        build_ledger(root, case.ledger)
    done = check(root)
    return done.output, done.exit_code


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{rule}:{case.line}:{case.kind}" for rule, case in CASES])
def test_page(rule: str, case: Case, tmp_path: Path) -> None:
    output, status = check_output(case, tmp_path)
    if case.kind == "Accepted":
        assert (output, status) == ("No problems found.\n", 0)
    else:
        assert output == case.output
        assert status == (1 if ": error[" in output else 0)
        assert f"[{rule}]: " in output


@pytest.mark.parametrize(("lang", "rule"), FOREIGN)
def test_a_translated_page_has_the_same_files_and_its_own_output(lang: str, rule: str, tmp_path: Path) -> None:
    english, translated = cases(page(rule)), cases(page(rule, lang))
    assert [(case.kind, case.files, case.ledger) for case in translated] == [(case.kind, case.files, case.ledger) for case in english]
    with messages.in_language(lang):
        for number, case in enumerate(translated):
            if case.kind == "Refused":
                assert check_output(case, tmp_path / str(number))[0] == case.output


@pytest.mark.parametrize("rule", registry.names())
@pytest.mark.parametrize("lang", ("en", *TRANSLATED))
def test_a_page_begins_with_its_name_gives_the_reason_and_shows_both_cases(rule: str, lang: str) -> None:
    text = page(rule, lang)
    assert text.startswith(f"# {rule}\n\n")
    why = text.split("\n\n")[1:]
    assert why[0] and not why[0].startswith(("**", "`"))
    assert {case.kind for case in cases(text)} == {"Refused", "Accepted"}


@pytest.mark.parametrize(("lang", "name"), [(lang, name) for lang in TRANSLATED for name in networks.names()])
def test_a_network_has_its_page_in_every_language(lang: str, name: str) -> None:
    english = networks.page(name)[0]
    with messages.in_language(lang):
        translated, page_lang = networks.page(name)
    assert page_lang == lang
    assert translated != english
    assert [translated.count(mark) for mark in ("\n## ", "```")] == [english.count(mark) for mark in ("\n## ", "```")]
