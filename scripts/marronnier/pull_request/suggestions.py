"""Suggestions: safe corrections as comments on the lines that a pull request changes, each accepted with one tap."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from marronnier.files import line_fixes
from marronnier.forge import ForgeTrouble, LineComment, PullRequestComments, PullRequestHead
from marronnier.git import Repo
from marronnier.messages import _
from marronnier.model.finding import Finding, Fix
from marronnier.pull_request.contents import PullRequestContents
from marronnier.text.escapes import escape_controls
from marronnier.text.markdown_code import code_block, code_span, plain_or_code

MOST = 20
"""Suggestions of one pull request; `marronnier check --fix` writes all."""
_MARKER = re.compile(r"\A<!-- marronnier:suggestion (?P<digest>[0-9a-f]{64}) -->\n")
_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(?P<start>\d+)(?:,(?P<count>\d+))? @@", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class WrittenSuggestions:
    """What became of the suggestions."""

    added: int = 0
    withdrawn: int = 0
    left_out: int = 0
    """How many more there are than are shown."""


def write_suggestions(
    pull_requests: PullRequestComments, pull_request: PullRequestHead, contents: PullRequestContents
) -> WrittenSuggestions:
    """Show the corrections on their lines: each once, and none that is solved or no longer true. Raises Trouble."""
    wanted = {_digest(comment): comment for comment in suggestions(contents)}
    shown = dict(list(wanted.items())[:MOST])
    there: set[str] = set()
    withdrawn = 0
    for comment in pull_requests.line_comments(pull_request):
        match = _MARKER.match(comment.text) if comment.is_ours else None
        if match is None:
            continue
        if match["digest"] in shown and comment.line and match["digest"] not in there:
            there.add(match["digest"])
        elif not comment.is_answered:
            # What somebody replied to stays: their words would hang in the air.
            withdrawn += _withdraw(pull_requests, comment)
    added = [comment for digest, comment in shown.items() if digest not in there]
    if added:
        try:
            pull_requests.add_line_comments(pull_request, added)
        except ForgeTrouble as error:
            # They may be there: the next run looks, and adds only what is missing.
            if not error.may_have_happened:
                raise
    return WrittenSuggestions(len(added), withdrawn, len(wanted) - len(shown))


def _withdraw(pull_requests: PullRequestComments, comment: LineComment) -> int:
    try:
        pull_requests.remove_line_comment(comment)
    except ForgeTrouble as error:
        if not error.may_have_happened:
            raise
        return 0
    return 1


def suggestions(contents: PullRequestContents) -> Sequence[LineComment]:
    """The corrections that stand on lines which the pull request adds or changes, in order."""
    repo = contents.situation.evidence.repo
    by_path: dict[str, list[Finding]] = defaultdict(list)
    for finding in contents.findings:
        if finding.fix is not None:
            by_path[finding.place.path].append(finding)
    lines = changed_lines(repo, contents.merge_base, contents.head, [f"{repo.prefix}{path}" for path in by_path])
    comments: list[LineComment] = []
    for path, findings in sorted(by_path.items()):
        whole_path = f"{repo.prefix}{path}"
        for fix in sorted(line_fixes.merge_fixes(finding.fix for finding in findings if finding.fix), key=lambda fix: fix.line):
            if fix.line in lines.get(whole_path, ()) and _can_be_shown(fix):
                about = [finding for finding in findings if finding.fix and finding.fix.line == fix.line]
                # Two lines may be alike: each is told by how many of its kind came before.
                alike = sum(1 for comment in comments if comment.path == whole_path and code_block(fix.after, "suggestion") in comment.text)
                comments.append(LineComment(0, whole_path, fix.line, _text(whole_path, fix, about, alike)))
    return comments


def changed_lines(repo: Repo, before: str, later: str, paths: Iterable[str]) -> Mapping[str, frozenset[int]]:
    """By path, the lines of the later commit that the earlier one does not have so: only they can bear a comment."""
    lines: dict[str, frozenset[int]] = {}
    for path in paths:
        patch = repo.run(
            *("diff", "--unified=0", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv", "--text"),
            *("--end-of-options", before, later, "--", f":(literal,top){path}"),
        ).decode("utf-8", "replace")
        lines[path] = frozenset(
            number
            for hunk in _HUNK.finditer(patch)
            for number in range(int(hunk["start"]), int(hunk["start"]) + int(hunk["count"] if hunk["count"] is not None else 1))
        )
    return lines


def _can_be_shown(fix: Fix) -> bool:
    """Whether what people would accept is what they see: no sign in it is invisible."""
    return all(escape_controls(line) == line for line in fix.after.split("\n"))


def _text(path: str, fix: Fix, findings: Iterable[Finding], alike: int) -> str:
    said = [f"{plain_or_code(part)}" for finding in findings for part in finding.sentence_parts[:1]]
    rules = dict.fromkeys(code_span(finding.rule) for finding in findings)
    digest = hashlib.sha256(f"{path}\0{fix.before}\0{fix.after}\0{alike}".encode("utf-8", "surrogatepass")).hexdigest()
    heading = f"{_('; ').join(dict.fromkeys(said))} ({', '.join(rules)})"
    return f"<!-- marronnier:suggestion {digest} -->\n{heading}\n\n{code_block(fix.after, 'suggestion')}\n"


def _digest(comment: LineComment) -> str:
    match = _MARKER.match(comment.text)
    assert match is not None
    return match["digest"]
