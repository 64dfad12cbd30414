"""Each rule's page is its test: its repositories are built and checked, and the whole output is compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.rule_pages import Case, build, cases, check, record
from marronnier.checks import registry

CASES = [(name, case) for name in registry.names() for case in cases(registry.get(name).page)]


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{rule}:{case.line}:{case.kind}" for rule, case in CASES])
def test_page(rule: str, case: Case, tmp_path: Path) -> None:
    root = build(tmp_path, case.files)
    if case.ledger:
        record(root, case.ledger)
    done = check(root)
    if case.kind == "Accepted":
        assert (done.output, done.exit_code) == ("Nothing to mend.\n", 0)
    else:
        assert done.output == case.said
        assert done.exit_code == (1 if ": error[" in done.output else 0)
        assert f"[{rule}]: " in done.output


@pytest.mark.parametrize("rule", registry.names())
def test_a_page_begins_with_its_name_tells_why_and_shows_both_sides(rule: str) -> None:
    page = registry.get(rule).page
    assert page.startswith(f"# {rule}\n\n")
    why = page.split("\n\n")[1:]
    assert why[0] and not why[0].startswith(("**", "`"))
    kinds = {case.kind for case in cases(page)}
    assert kinds == {"Refused", "Accepted"}
