"""Writes the corrections that findings carry into a team's files, line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from marronnier.files import atomic_write, line_fixes
from marronnier.model.finding import Finding, Fix


def apply_fixes(root: Path, findings: Iterable[Finding]) -> Iterator[tuple[str, Fix]]:
    """Write the fixes of findings, file by file, and yield each with the path of its file; comments, order and newlines stay as they are.

    A line that has changed since it was read is left as it is. Raises OSError when a file cannot be written.
    """
    fixes: dict[str, list[Fix]] = defaultdict(list)
    for finding in findings:
        if finding.fix is not None and finding.fix not in fixes[finding.place.path]:
            fixes[finding.place.path].append(finding.fix)
    for path, fixes_of_file in sorted(fixes.items()):
        text = (root / path).read_bytes().decode("utf-8")
        written = []
        for fix in sorted(line_fixes.merge_fixes(fixes_of_file), key=lambda fix: fix.line, reverse=True):
            after = line_fixes.apply_fixes(text, [fix])
            if after != text:
                written.append(fix)
                text = after
        if written:
            atomic_write.write(root / path, text.encode("utf-8"))
            yield from ((path, fix) for fix in reversed(written))
