"""What is wrong in a pull request, for people who correct it: errors stand open, many warnings are folded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding
from marronnier.pull_request.blocks import LEFT_OUT, LONGEST, MOST_TOLD, Block, Kind
from marronnier.pull_request.contents import PullRequestContents
from marronnier.text.markdown_code import code_span, plain_or_code, shortened

MOST_UNFOLDED = 3
"""Warnings and notices that stand open; more are folded, so that a phone comes to the words soon."""
_MARKS = {"error": "❌", "warning": "⚠️", "notice": "ℹ️"}


def finding_blocks(contents: PullRequestContents, address_of: Callable[[str, int], str]) -> Iterator[Block]:
    """What is wrong, errors first, each with its place."""
    if not contents.findings:
        return
    yield Block(f"### {_('To correct')}")
    others = [finding for finding in contents.findings if finding.level != "error"]
    for number, finding in enumerate(contents.errors):
        yield Block(_finding(finding, contents, address_of), 0 if number < MOST_TOLD else 5, kind="error", tight=number > 0)
    if folded := len(others) > MOST_UNFOLDED:
        # A blank line ends the HTML, whatever of the list is left out.
        yield Block(f"<details><summary>{_counted(others)}</summary>\n")
    for number, finding in enumerate(others):
        is_tight = number > 0 or bool(contents.errors and not folded)
        yield Block(
            _finding(finding, contents, address_of), {"warning": 40, "notice": 50}.get(finding.level, 0), kind=finding.level, tight=is_tight
        )
    if folded:
        yield Block("</details>")


def _counted(findings: Sequence[Finding]) -> str:
    """How many warnings and notices there are, with the mark of the gravest."""
    counts: dict[Kind, int] = {"warning": 0, "notice": 0}
    for finding in findings:
        counts["warning" if finding.level == "warning" else "notice"] += 1
    said = ", ".join(ngettext(*LEFT_OUT[level], count) for level, count in counts.items() if count)
    return f"{_MARKS['warning' if counts['warning'] else 'notice']} {said}"


def _finding(finding: Finding, contents: PullRequestContents, address_of: Callable[[str, int], str]) -> str:
    """What was read and what was expected, then what to do, then where: three short paragraphs for a narrow screen."""
    place = code_span(f"{finding.place.path}:{finding.place.line}")
    path = f"{contents.situation.evidence.repo.prefix}{finding.place.path}"
    address = address_of(path, finding.place.line) if path in contents.files else ""
    *facts, advice = (plain_or_code(shortened(part, LONGEST)) for part in finding.sentence_parts)
    where = f"[{place}]({address})" if address else place
    lines = [_("; ").join(filter(None, facts)), f"→ {advice}" if advice else "", f"{where} · {code_span(finding.rule)}"]
    return f"- {_MARKS[finding.level]} " + "  \n  ".join(filter(None, lines))
