"""Findings, for each kind of reader."""

from __future__ import annotations

from collections.abc import Sequence

from marronnier.cli import output
from marronnier.cli.output import Form
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding

_COLOURS = {"error": "red", "warning": "yellow", "notice": "cyan"}
_MOST_ROWS = 500
"""A job summary holds 1 MiB (https://docs.github.com/actions/reference/limits, seen 2026-11-22); nobody reads that much."""


def say(findings: Sequence[Finding], form: Form) -> None:
    """Print findings in that form; the summary of the text form goes to standard error, so that the findings can be piped on."""
    if form == "json":
        output.say_json([finding.as_json() for finding in findings])
    elif form == "markdown":
        output.say(as_markdown(findings))
    else:
        line = as_annotation if form == "github" else as_text
        for finding in findings:
            output.say(line(finding))


def as_text(finding: Finding) -> str:
    """`path:line:col: level[rule]: what was read; what was expected; what to do`, coloured for a terminal."""
    said = _("; ").join(output.visible(part) for part in finding.sentence_parts if part)
    mark = output.coloured(finding.level, _COLOURS[finding.level], bold=True)
    return f"{output.visible(str(finding.place))}: {mark}[{finding.rule}]: {said}"


def as_annotation(finding: Finding) -> str:
    """One annotation of a pull request on GitHub."""
    place = finding.place
    said = "\n".join(part for part in finding.sentence_parts if part)
    return output.annotation(finding.level, said, path=place.path, line=place.line, column=place.column, title=finding.rule)


def as_markdown(findings: Sequence[Finding]) -> str:
    """A table for a job summary, with a heading line that counts."""
    if not findings:
        return f"**{counted(findings)}**"
    rows = [
        (output.code(str(one.place)), one.level, output.code(one.rule), *map(output.code, one.sentence_parts))
        for one in findings[:_MOST_ROWS]
    ]
    heads = (_("Where"), _("Level"), _("Rule"), _("What was read"), _("What was expected"), _("What to do"))
    more = len(findings) - len(rows)
    rest = "\n\n" + ngettext("One more is not shown.", "{count} more are not shown.", more) if more > 0 else ""
    return f"**{counted(findings)}**\n\n{output.table(heads, rows)}{rest}"


def counted(findings: Sequence[Finding]) -> str:
    """How many of each level, in a sentence."""
    if not findings:
        return _("Nothing to mend.")
    counts = {level: sum(finding.level == level for finding in findings) for level in ("error", "warning", "notice")}
    said = [
        ngettext("{count} error", "{count} errors", counts["error"]),
        ngettext("{count} warning", "{count} warnings", counts["warning"]),
        ngettext("{count} notice", "{count} notices", counts["notice"]),
    ]
    return ", ".join(text for text, count in zip(said, counts.values(), strict=True) if count) + "."
