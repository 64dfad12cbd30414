"""The page of threats: every code in the name of a test stands on it, and every test it names exists."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "scripts/handbook/threats.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([AWCNT]\d\d) (\|.*\|)$", PAGE, re.MULTILINE))
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def names_of_tests(path: Path) -> list[str]:
    return re.findall(r"^ *def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)


def files_by_code() -> dict[str, set[str]]:
    """Which test files hold a test with that code in its name: `{"A02": {"tests/approval/test_what_counts.py"}}`."""
    files = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        for name in names_of_tests(path):
            for code in re.findall(r"(?<=_)[awcnt]\d{1,2}(?=_)", name):
                files[code.upper()].add(path.relative_to(TESTS.parent).as_posix())
    return files


def test_each_code_is_explained_and_names_the_files_of_its_tests() -> None:
    files = files_by_code()
    named = {code: {path for path, test in NAMED.findall(row) if not test} for code, row in ROWS.items()}
    assert {code: paths for code, paths in named.items() if paths} == files


def test_each_test_that_the_page_names_exists() -> None:
    missing = [f"{path}::{test}" for path, test in NAMED.findall(PAGE) if test and test not in names_of_tests(TESTS.parent / path)]
    assert not missing


def test_a_code_without_a_test_says_why() -> None:
    assert [
        code for code, row in ROWS.items() if not NAMED.search(row) and "not yet: " not in row and "no test of its own: " not in row
    ] == []


def test_codes_are_counted_without_a_gap() -> None:
    for letter in "AWCNT":
        codes = [code for code in ROWS if code[0] == letter]
        assert codes == [f"{letter}{number:02d}" for number in range(1, len(codes) + 1)]
