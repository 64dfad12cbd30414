"""`marronnier check` and `marronnier explain`, as people and programs use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from checks.rule_pages import build, check
from marronnier.checks import registry
from marronnier.cli import marronnier
from marronnier.messages import Trouble

GOOD = "---\ntitle: Le compost\ndate: 2026-12-08 10:00\nchannels: [journal]\n---\nOn couvre.\n"
BAD = GOOD.replace("journal", "jurnal")
POST = "content/posts/2026/12/compost.md"
OTHER = "content/posts/2026/12/autre.md"


def test_all_formats_have_the_same_findings(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: BAD})
    text = check(root)
    assert text.output.startswith(f"{POST}:4:")
    assert text.stdout.count("\n") == 1
    assert text.stderr == "1 error.\n"
    (finding,) = json.loads(check(root, "--format", "json").stdout)
    assert list(finding) == ["rule", "level", "path", "line", "column", "message", "expected", "next"]
    assert (finding["rule"], finding["level"], finding["path"], finding["line"]) == ("unknown-channel", "error", POST, 4)
    for part in ("message", "expected", "next"):
        assert finding[part] in text.output
    assert f"::error file={POST},line=4,col=" in check(root, "--format", "github").stdout
    assert f"| `{POST}:4:" in check(root, "--format", "markdown").stdout
    assert all(check(root, "--format", form).exit_code == 1 for form in ("text", "json", "markdown", "github"))


def test_only_errors_fail(tmp_path: Path) -> None:
    late = check(build(tmp_path, {POST: GOOD.replace("2026-12-08", "2025-12-08")}))
    assert "warning[past-date]" in late.output
    assert late.exit_code == 0


def test_a_file_or_a_folder_may_be_chosen(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: BAD, OTHER: GOOD, "content/ideas/plus-tard.md": BAD})
    assert check(root, POST).exit_code == 1
    assert (
        check(root, OTHER).output
        == "No problems found. Only this file was checked: run `marronnier check` to compare it with the others.\n"
    )
    folder = check(root, "content/ideas", "--format", "json")
    assert [finding["path"] for finding in json.loads(folder.stdout)] == ["content/ideas/plus-tard.md"]
    both = check(root, POST, "content/ideas", "--format", "json")
    assert len(json.loads(both.stdout)) == 2


def test_a_path_is_relative_to_the_current_folder(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: BAD})
    done = check(root / "content/posts", "2026/12/compost.md")
    assert done.output.startswith(f"{POST}:4:")


@pytest.mark.parametrize("path", ["content/posts/none.md", "/etc/hostname"])
def test_a_path_that_is_not_there_or_elsewhere(tmp_path: Path, path: str) -> None:
    with pytest.raises(Trouble) as trouble:
        check(build(tmp_path, {}), path)
    assert trouble.value.status == 2
    assert trouble.value.next


def test_checking_twice_gives_the_same_result(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: BAD, OTHER: BAD.replace("journal", "blusky")})
    first = check(root).output
    assert check(root).output == first
    places = [line.split(": ")[0] for line in first.splitlines()[:-1]]
    assert places == sorted(places)


def test_the_next_check_sees_a_change(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: BAD, OTHER: GOOD.replace("10:00", "16:00").replace("couvre", "retourne")})
    assert check(root).exit_code == 1
    (root / POST).write_text(GOOD)
    assert check(root).output == "No problems found.\n"
    (root / OTHER).write_text(GOOD.replace("couvre", "retourne"))
    assert "warning[clash]" in check(root).output
    (root / OTHER).unlink()
    assert check(root).output == "No problems found.\n"


def test_words_of_a_post_are_no_terminal_commands(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: GOOD.replace("[journal]", '["a\\n::add-mask::x", "##[group]y"]')})
    for form in ("text", "github"):
        for line in check(root, "--format", form).stdout.splitlines():
            assert line.startswith((f"{POST}:", "::error file="))
            assert "##[" not in line


def test_fix_writes_safe_corrections_and_shows_them(tmp_path: Path) -> None:
    written = "\ufeff---\r\n# la soupe\r\ntitle: Soupe # au potimarron: du mardi\r\ndate: 2026-12-08 10:00\r\nowner:cuisine\r\nchannels: [journal]\r\n---\r\nDu pain aussi.\r\n"
    root = build(tmp_path, {POST: written})
    assert check(root).exit_code == 1
    done = check(root, "--fix")
    after = (root / POST).read_bytes().decode()
    assert done.exit_code == 0
    assert done.output.endswith("No problems found.\n")
    assert "- owner:cuisine\n+ owner: cuisine\n" in done.output
    assert after.startswith("\ufeff---\r\n# la soupe\r\n")
    assert after.endswith("channels: [journal]\r\n---\r\nDu pain aussi.\r\n")
    assert "\n" not in after.replace("\r\n", "")
    assert check(root).output == "No problems found.\n"


def test_fix_leaves_other_findings_to_a_person(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: GOOD.replace("2026-12-08 10:00", "2027-10-31 02:30")})
    done = check(root, "--fix")
    assert done.exit_code == 1
    assert "No line can be corrected safely." in done.output
    assert (root / POST).read_text() == GOOD.replace("2026-12-08 10:00", "2027-10-31 02:30")


def explain(*arguments: str) -> str:
    return CliRunner().invoke(marronnier, ["explain", *arguments], catch_exceptions=False).output


def test_explain_lists_every_rule() -> None:
    listed = explain().splitlines()
    assert [line.split()[0] for line in listed] == list(registry.names())
    assert all(rule.summary in line for rule, line in zip(registry.all_rules(), listed, strict=True))


@pytest.mark.parametrize("rule", registry.all_rules(), ids=lambda rule: rule.name)
def test_explain_prints_the_page_and_says_whether_it_can_be_allowed(rule: registry.Rule) -> None:
    output = explain(rule.name)
    assert output.startswith(f"{rule.name}\n")
    assert ("No exception is possible." in output) != rule.allowable
    assert "```" not in output


def test_explain_suggests() -> None:
    with pytest.raises(Trouble, match="There is no rule `missing-alt`") as trouble:
        explain("missing-alt")
    assert trouble.value.next == "Did you mean `marronnier explain missing-alt-text`?"
