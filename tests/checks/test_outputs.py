"""The output formats of findings, and that the words of a post cannot inject commands into any of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.cli import output
from marronnier.cli.output import findings
from marronnier.model.finding import Finding, Place
from marronnier.text.markdown_code import code_span

WORDS = st.text(max_size=60) | st.sampled_from(
    [
        "\n::add-mask::x",
        "##[add-mask]x",
        "a\r::error::b",
        "\x1b[2Jgone",
        "`@everyone`",
        "``` | x |",
        "%0A::set-env",
        "\u202eeman",
        "\ud800",
        "",
    ]
)


def finding(message: str = "read", path: str = "content/posts/a.md") -> Finding:
    return Finding("clash", "warning", Place(path, 3, 7), message, "expected", "next")


@given(WORDS, WORDS)
def test_w14_an_annotation_is_one_workflow_command_whatever_a_post_says(message: str, path: str) -> None:
    said = findings.as_annotation(finding(message, path))
    assert re.fullmatch(r"::warning file=[^,:\n\r]*,line=3,col=7,title=clash::[^\n\r]*", said)
    assert "##[" not in said
    assert "\x1b" not in said


def test_an_annotation_can_be_parsed_back() -> None:
    said = findings.as_annotation(finding("100 % sûr: oui, non", "content/a,b:c.md"))
    head = "::warning file=content/a%2Cb%3Ac.md,line=3,col=7,title=clash::"
    assert said == head + "100 %25 sûr: oui, non%0Aexpected%0Anext"


@given(WORDS)
def test_w14_a_finding_is_one_line_without_control_characters(message: str) -> None:
    said = findings.as_text(finding(message))
    plain = re.sub("\x1b\\[[0-9]*m", "", said)
    assert len(plain.splitlines()) == 1
    assert plain.startswith("content/posts/a.md:3:7: warning[clash]: ")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain)
    assert "##[" not in plain


@given(WORDS)
def test_words_stay_inside_their_code_span(text: str) -> None:
    span = code_span(text)
    if not span:
        assert not text.strip()
        return
    fence = re.match("`+", span)[0]
    assert span.endswith(fence)
    inside = span[len(fence) : -len(fence)]
    assert fence not in re.findall("`+", inside)
    assert "\n" not in span


def test_the_table_of_a_job_summary() -> None:
    table = findings.as_markdown([finding("the `@jardin` | word\nand more")])
    assert table.splitlines() == [
        "**1 warning.**",
        "",
        "| Where | Level | Rule | What was read | What was expected | What to do |",
        "| --- | --- | --- | --- | --- | --- |",
        "| `content/posts/a.md:3:7` | warning | `clash` | ``the `@jardin` \\| word\\nand more`` | `expected` | `next` |",
    ]


def test_a_job_summary_does_not_grow_without_end() -> None:
    table = findings.as_markdown([finding()] * 700)
    assert table.endswith("\n\n200 more are not shown.")
    assert table.startswith("**700 warnings.**")


def test_json_has_the_published_schema(capsys: pytest.CaptureFixture[str]) -> None:
    findings.print_findings([finding("é")], "json")
    assert json.loads(capsys.readouterr().out) == [
        {
            "rule": "clash",
            "level": "warning",
            "path": "content/posts/a.md",
            "line": 3,
            "column": 7,
            "message": "é",
            "expected": "expected",
            "next": "next",
        }
    ]


def test_a_lone_surrogate_breaks_no_output(capsys: pytest.CaptureFixture[str]) -> None:
    for form in output.OUTPUT_FORMATS:
        findings.print_findings([finding("\ud800")], form)
    assert "ud800" in capsys.readouterr().out


def test_counts_are_in_order_of_level() -> None:
    found = [finding(), Finding("unreadable", "error", Place("a"), "m"), finding()]
    assert findings.count_by_level(found) == "1 error, 2 warnings."


def test_github_gets_ten_annotations_of_a_level_and_the_rest_in_the_summary(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    (tmp_path / "summary.md").write_text("Before\n\n")
    errors = [Finding("unreadable", "error", Place(f"content/posts/{number}.md"), "::set-output name=x::y") for number in range(12)]
    findings.print_findings([finding(f"w{number}") for number in range(11)] + errors, "github")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" ")[0] for line in lines if line.startswith("::")] == ["::error"] * 10 + ["::warning"] * 10
    assert [line for line in lines if not line.startswith("::")] == [
        "content/posts/10.md:1:1: error[unreadable]: ::set-output name=x::y",
        "content/posts/11.md:1:1: error[unreadable]: ::set-output name=x::y",
        "content/posts/a.md:3:7: warning[clash]: w10; expected; next",
        "3 more findings are shown on no line: the summary of this job has all of them.",
    ]
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("Before\n\n**12 errors, 11 warnings.**\n\n| Where |")
    assert summary.count("\n| `content/") == 23


def test_the_summary_of_a_job_has_every_finding_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    findings.print_findings([], "github")
    findings.print_findings([finding()], "github")
    for form in ("text", "json", "markdown"):
        findings.print_findings([finding()], form)  # type: ignore[arg-type]
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("**No problems found.**\n\n**1 warning.**\n\n") and summary.count("| `content/") == 1
    assert "shown on no line" not in capsys.readouterr().out


@given(WORDS, WORDS)
def test_w14_no_line_of_a_check_on_github_is_a_command_but_its_annotations(message: str, expected: str) -> None:
    lines = list(findings.as_annotations([Finding("clash", "notice", Place("content/posts/a.md"), message, expected)] * 12))
    assert [line.startswith("::") for line in lines] == [True] * 10 + [False] * 3
    for line in lines:
        assert len(line.splitlines()) == 1
        assert "##[" not in line
        assert not re.search(r"[\x00-\x08\x0b-\x1a\x1c-\x1f]|\x1b(?!\[[0-9]*m)", line)
