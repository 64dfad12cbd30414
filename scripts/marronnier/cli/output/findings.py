"""Output of findings for each kind of reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from marronnier.cli import output
from marronnier.cli.output import OutputFormat
from marronnier.messages import NN_, _, ngettext
from marronnier.model.finding import Finding, Level

_COLOURS = {"error": "red", "warning": "yellow", "notice": "cyan"}
_COUNTS: Mapping[Level, tuple[str, str]] = {
    "error": NN_("{count} error", "{count} errors"),
    "warning": NN_("{count} warning", "{count} warnings"),
    "notice": NN_("{count} notice", "{count} notices"),
}


def print_findings(findings: Sequence[Finding], output_format: OutputFormat) -> None:
    """Print findings in that format."""
    output.print_as(
        output_format,
        as_text=lambda: map(as_text, findings),
        as_json=lambda: [finding.as_json() for finding in findings],
        as_markdown=lambda: as_markdown(findings),
        as_annotations=lambda: map(as_annotation, findings),
    )


def as_text(finding: Finding) -> str:
    """`path:line:col: level[rule]: what was read; what was expected; what to do`, coloured for a terminal."""
    sentences = _("; ").join(output.escape_controls(part) for part in finding.sentence_parts if part)
    mark = output.coloured(finding.level, _COLOURS[finding.level], bold=True)
    return f"{output.escape_controls(str(finding.place))}: {mark}[{finding.rule}]: {sentences}"


def as_annotation(finding: Finding) -> str:
    """One annotation of a pull request on GitHub."""
    return output.github_annotation(finding.level, "\n".join(filter(None, finding.sentence_parts)), finding.place, finding.rule)


def as_markdown(findings: Sequence[Finding]) -> str:
    """A table for a job summary, below a line that counts the findings."""
    if not findings:
        return f"**{count_by_level(findings)}**"
    rows = [
        (output.code_span(str(finding.place)), finding.level, *map(output.code_span, (finding.rule, *finding.sentence_parts)))
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
