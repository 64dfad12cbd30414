"""Output of findings for each kind of reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from marronnier.cli import output
from marronnier.cli.output import OutputFormat
from marronnier.messages import NN_, _, ngettext
from marronnier.model.finding import Finding, Level

MOST_ANNOTATIONS = 10
"""Annotations of one level that GitHub shows of a step (https://docs.github.com/actions/reference/limits and community/discussions/26680, seen 2026-11-28)."""
_LEVELS: tuple[Level, ...] = ("error", "warning", "notice")
_COLOURS = {"error": "red", "warning": "yellow", "notice": "cyan"}
_COUNTS: Mapping[Level, tuple[str, str]] = {
    "error": NN_("{count} error", "{count} errors"),
    "warning": NN_("{count} warning", "{count} warnings"),
    "notice": NN_("{count} notice", "{count} notices"),
}


def print_findings(findings: Sequence[Finding], output_format: OutputFormat) -> None:
    """Print findings in that format. A job of GitHub gets all of them in its summary too: on its lines it shows some only."""
    output.print_as(
        output_format,
        as_text=lambda: map(as_text, findings),
        as_json=lambda: [finding.as_json() for finding in findings],
        as_markdown=lambda: as_markdown(findings),
        as_annotations=lambda: as_annotations(findings),
    )
    if output_format == "github":
        output.append_job_summary(as_markdown(findings))


def as_text(finding: Finding) -> str:
    """`path:line:col: level[rule]: what was read; what was expected; what to do`, coloured for a terminal."""
    sentences = _("; ").join(output.escape_controls(part) for part in finding.sentence_parts if part)
    mark = output.coloured(finding.level, _COLOURS[finding.level], bold=True)
    return f"{output.escape_controls(str(finding.place))}: {mark}[{finding.rule}]: {sentences}"


def as_annotations(findings: Sequence[Finding]) -> Iterator[str]:
    """The findings as annotations as far as GitHub shows them, errors first; the others as lines of the log, and where all of them are."""
    shown: Counter[Level] = Counter()
    for finding in sorted(findings, key=lambda finding: _LEVELS.index(finding.level)):
        shown[finding.level] += 1
        # A line of text begins with a path, so that the runner takes it for no command.
        yield as_annotation(finding) if shown[finding.level] <= MOST_ANNOTATIONS else as_text(finding)
    if more := _not_annotated(findings):
        yield ngettext(
            "{count} more finding is shown on no line: the summary of this job has all of them.",
            "{count} more findings are shown on no line: the summary of this job has all of them.",
            more,
        )


def _not_annotated(findings: Sequence[Finding]) -> int:
    """How many findings GitHub shows on no line."""
    return sum(max(count - MOST_ANNOTATIONS, 0) for count in Counter(finding.level for finding in findings).values())


def as_annotation(finding: Finding) -> str:
    """One annotation of a pull request on GitHub."""
    return output.github_annotation(finding.level, "\n".join(filter(None, finding.sentence_parts)), finding.place, finding.rule)


def as_markdown(findings: Sequence[Finding]) -> str:
    """A table for a job summary, below a line that counts the findings."""
    if not findings:
        return f"**{count_by_level(findings)}**"
    from marronnier.text.markdown_code import code_span

    rows = [
        (code_span(str(finding.place)), finding.level, *map(code_span, (finding.rule, *finding.sentence_parts)))
        for finding in findings[: output.MAX_ROWS]
    ]
    headings = (_("Where"), _("Level"), _("Rule"), _("What was read"), _("What was expected"), _("What to do"))
    more = len(findings) - len(rows)
    rest = "\n\n" + ngettext("One more is not shown.", "{count} more are not shown.", more) if more > 0 else ""
    return f"**{count_by_level(findings)}**\n\n{output.markdown_table(headings, rows)}{rest}"


def count_by_level(findings: Sequence[Finding]) -> str:
    """The number of findings of each level, in a sentence."""
    if not findings:
        return _("No problems found.")
    counts = Counter(finding.level for finding in findings)
    return ", ".join(ngettext(*sentence, counts[level]) for level, sentence in _COUNTS.items() if counts[level]) + "."
