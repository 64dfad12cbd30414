"""Output of the differences between two plans, for each kind of reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from marronnier.cli import output
from marronnier.cli.output.plan import day_with_weekday, line_as_json
from marronnier.desk import Desk
from marronnier.messages import _, ngettext
from marronnier.model.plan import PlanLine
from marronnier.model.scalars import zone_or_utc
from marronnier.plan.diff import MovedPublication, PlanDiff

_T = TypeVar("_T", MovedPublication, PlanLine)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between two plans, with the desk of the later one."""

    differences: PlanDiff
    desk: Desk
    since: str
    """The earlier revision, as the person wrote it."""

    def format_instant(self, at: datetime | None) -> str:
        """An instant with its weekday, in the brand's zone."""
        if at is None:
            return _("no date")
        local = at.astimezone(zone_or_utc(self.desk.brand.zone))
        return f"{day_with_weekday(local.date(), short=True)} {local:%H:%M}"


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
        return _("Nothing changes since {rev}.", rev=output.code_span(comparison.since))
    parts = []
    for heading, _sign, _colour, sentences in _sections(comparison):
        parts.append(f"**{heading}**\n\n" + "\n".join(f"- {output.code_span(line)}" for line in sentences))
    lines = [move.line for move in comparison.differences.added] + list(comparison.differences.reworded)
    words: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        words.setdefault((line.publication.post.title, line.publication.words.text), []).append(line.publication.channel_name)
    for (title, text), channels in list(words.items())[:40]:
        parts.append(f"{output.code_span(title)} · {output.code_span(', '.join(channels))}\n\n{code_block(text)}")
    return "\n\n".join(parts)


def code_block(text: str) -> str:
    """A Markdown code block that the text cannot end."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"


def as_annotations(comparison: Comparison) -> Iterator[str]:
    """A notice at each post that changes; a warning where it moves onto a holiday or close to another publication."""
    for move in (*comparison.differences.added, *comparison.differences.moved):
        place = move.line.publication.post.place("date")
        level = "warning" if move.holiday or move.clash else "notice"
        message = _move_sentence(move, comparison)
        yield output.github_annotation(level, message, path=place.path, line=place.line, column=place.column, title=move.line.key)
    for line in comparison.differences.needs_approval:
        place = line.publication.post.place()
        message = f"{line.why}\n{line.next}"
        yield output.github_annotation("notice", message, path=place.path, line=place.line, column=place.column, title=line.key)


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
    if diff.added:
        sentences = _group_by_post(diff.added, lambda move: move.line, lambda move: _move_sentence(move, comparison))
        yield ngettext("{count} publication is added", "{count} publications are added", len(diff.added)), "+", "green", sentences
    if diff.moved:
        sentences = _group_by_post(diff.moved, lambda move: move.line, lambda move: _move_sentence(move, comparison))
        yield ngettext("{count} publication moves", "{count} publications move", len(diff.moved)), "→", "yellow", sentences
    if diff.removed:
        sentences = _group_by_post(diff.removed, lambda line: line, lambda line: comparison.format_instant(line.instant.at))
        yield ngettext("{count} publication is removed", "{count} publications are removed", len(diff.removed)), "-", "red", sentences
    if diff.reworded:
        sentences = _group_by_post(diff.reworded, lambda line: line, lambda line: comparison.format_instant(line.instant.at))
        yield (
            ngettext("{count} publication has a new text", "{count} publications have a new text", len(diff.reworded)),
            "~",
            "yellow",
            sentences,
        )
    if diff.needs_approval:
        sentences = _group_by_post(diff.needs_approval, lambda line: line, lambda line: line.why)
        yield (
            ngettext("{count} publication must be approved", "{count} publications must be approved", len(diff.needs_approval)),
            "!",
            "red",
            sentences,
        )


def _group_by_post(entries: Iterable[_T], line_of: Callable[[_T], PlanLine], sentence: Callable[[_T], str]) -> Sequence[str]:
    """`title (channels): sentence`; the channels of a post that share a sentence share a line."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for entry in entries:
        publication = line_of(entry).publication
        groups.setdefault((publication.post.id, publication.post.title, sentence(entry)), []).append(publication.channel_name)
    return [
        _("{key}: {why}", key=f"{title} ({', '.join(dict.fromkeys(channels))})", why=text)
        for (_id, title, text), channels in groups.items()
    ]


def _move_sentence(move: MovedPublication, comparison: Comparison) -> str:
    """Its new time, its old one, and the holiday or the close publications there."""
    after = comparison.format_instant(move.after)
    parts = [after if move.before is None else _("from {before} to {after}", before=comparison.format_instant(move.before), after=after)]
    parts += list(move.holiday)
    if move.clash:
        parts.append(_("close in time to {others}", others=", ".join(move.clash)))
    return " · ".join(parts)
