"""Mending: the one act that changes a team's file for them, line by line, and shows every line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from marronnier.files import atomic_write
from marronnier.files import line_fixes as lines
from marronnier.model.finding import Finding, Fix


@dataclass(frozen=True, slots=True)
class Mended:
    """One line that was changed."""

    path: str
    """Below the brand's folder."""
    fix: Fix


def mend(root: Path, findings: Iterable[Finding]) -> Iterator[Mended]:
    """Write the fixes that findings carry, file by file; comments, order and newlines stay as they are.

    A line that no longer stands as it was read is left alone. Raises OSError when a file cannot be written.
    """
    fixes: dict[str, list[Fix]] = defaultdict(list)
    for finding in findings:
        if finding.fix is not None and finding.fix not in fixes[finding.place.path]:
            fixes[finding.place.path].append(finding.fix)
    for path, wanted in sorted(fixes.items()):
        text = (root / path).read_bytes().decode("utf-8")
        written = []
        for fix in sorted(lines.merge_fixes(wanted), key=lambda fix: fix.line, reverse=True):
            after = lines.apply_fixes(text, [fix])
            if after != text:
                written.append(fix)
                text = after
        if written:
            atomic_write.write(root / path, text.encode("utf-8"))
            yield from (Mended(path, fix) for fix in reversed(written))
