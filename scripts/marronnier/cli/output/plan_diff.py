"""Output of the differences between two plans, for each kind of reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marronnier.cli import output
from marronnier.cli.output.plan import line_as_json
from marronnier.desk import Desk
from marronnier.messages import NN_, _, ngettext
from marronnier.model.plan import PlanLine
from marronnier.plan.diff import MovedPublication, PlanDiff, describe_instant, describe_move
from marronnier.text.markdown_code import code_block, code_span


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between two plans, with the desk of the later one."""

    differences: PlanDiff
    desk: Desk
    since: str
    """The earlier revision, as the person wrote it."""

    def format_instant(self, at: datetime | None) -> str:
        """An instant with its weekday, in the brand's zone."""
        return describe_instant(at, self.desk)

    def describe_move(self, move: MovedPublication) -> str:
        """The new time of a publication, its old one, and the holiday or the close publications there."""
        return " · ".join(describe_move(move, self.desk))


def print_diff(comparison: Comparison, output_format: output.OutputFormat) -> None:
    """Print the differences in that format."""
    output.print_as(
        output_format,
        as_text=lambda: as_text(comparison),
        as_json=lambda: as_json(comparison),
        as_markdown=lambda: as_markdown(comparison),
        as_annotations=lambda: as_annotations(comparison),
    )


def as_text(comparison: Comparison) -> Iterator[str]:
    """A heading for each kind of difference, and a line for each post with the channels it concerns."""
    for heading, sign, colour, sentences in _sections(comparison):
        yield output.coloured(heading, "white", bold=True)
        for line in sentences:
            yield output.coloured(f"  {sign} ", colour) + output.escape_controls(line)
        yield ""
    if comparison.differences.empty:
        yield _("Nothing changes since {rev}.", rev=comparison.since)


def as_markdown(comparison: Comparison) -> str:
    """The differences for a pull request: sentences in code spans, the text of new and changed posts in code blocks."""
    if comparison.differences.empty:
        return _("Nothing changes since {rev}.", rev=code_span(comparison.since))
    parts = [
        f"**{heading}**\n\n" + "\n".join(f"- {code_span(line)}" for line in sentences)
        for heading, _sign, _colour, sentences in _sections(comparison)
    ]
    words: dict[tuple[str, str], list[str]] = {}
    for line in (*(move.line for move in comparison.differences.added), *comparison.differences.reworded):
        words.setdefault((line.publication.post.title, line.publication.words.text), []).append(line.publication.channel_name)
    for (title, text), channels in list(words.items())[:40]:
        parts.append(f"{code_span(title)} · {code_span(', '.join(channels))}\n\n{code_block(text)}")
    return "\n\n".join(parts)


def as_annotations(comparison: Comparison) -> Iterator[str]:
    """A notice at each post that changes; a warning where it moves onto a holiday or close to another publication."""
    for move in (*comparison.differences.added, *comparison.differences.moved):
        level = "warning" if move.holiday or move.clash else "notice"
        place = move.line.publication.post.place("date")
        yield output.github_annotation(level, comparison.describe_move(move), place, move.line.key)
    for line in comparison.differences.needs_approval:
        yield output.github_annotation("notice", f"{line.why}\n{line.next}", line.publication.post.place(), line.key)


def as_json(comparison: Comparison) -> Mapping[str, object]:
    """The differences for programs."""
    diff, desk = comparison.differences, comparison.desk
    return {
        "since": comparison.since,
        "added": [_moved_as_json(move, desk) for move in diff.added],
        "moved": [_moved_as_json(move, desk) for move in diff.moved],
        "removed": [line_as_json(line, desk) for line in diff.removed],
        "reworded": [line_as_json(line, desk) for line in diff.reworded],
        "needs_approval": [line_as_json(line, desk) for line in diff.needs_approval],
    }


def _moved_as_json(move: MovedPublication, desk: Desk) -> Mapping[str, object]:
    return {
        **line_as_json(move.line, desk),
        "before": move.before.isoformat() if move.before else None,
        "after": move.after.isoformat() if move.after else None,
        "holiday": list(move.holiday),
        "clash": list(move.clash),
    }


def _sections(comparison: Comparison) -> Iterator[tuple[str, str, str, Sequence[str]]]:
    """Heading, sign, colour and sentences of each kind of difference that is not empty."""
    diff = comparison.differences
    added, moved = ([(move.line, comparison.describe_move(move)) for move in moves] for moves in (diff.added, diff.moved))
    removed, reworded = ([(line, comparison.format_instant(line.instant.at)) for line in lines] for lines in (diff.removed, diff.reworded))
    needs_approval = [(line, line.why) for line in diff.needs_approval]
    for heading, sign, colour, entries in (
        (NN_("{count} publication is added", "{count} publications are added"), "+", "green", added),
        (NN_("{count} publication moves", "{count} publications move"), "→", "yellow", moved),
        (NN_("{count} publication is removed", "{count} publications are removed"), "-", "red", removed),
        (NN_("{count} publication has a new text", "{count} publications have a new text"), "~", "yellow", reworded),
        (NN_("{count} publication must be approved", "{count} publications must be approved"), "!", "red", needs_approval),
    ):
        if entries:
            yield ngettext(*heading, len(entries)), sign, colour, _group_by_post(entries)


def _group_by_post(entries: Iterable[tuple[PlanLine, str]]) -> Sequence[str]:
    """`title (channels): sentence`; the channels of a post that share a sentence share a line."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for line, sentence in entries:
        post = line.publication.post
        groups.setdefault((post.id, post.title, sentence), []).append(line.publication.channel_name)
    return [
        _("{key}: {why}", key=f"{title} ({', '.join(dict.fromkeys(channels))})", why=sentence)
        for (_id, title, sentence), channels in groups.items()
    ]
