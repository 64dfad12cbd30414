"""What a change does to the calendar, for each kind of reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from marronnier.cli import output
from marronnier.cli.output.plan import day_name, line_as_json
from marronnier.desk import Desk
from marronnier.messages import _, ngettext
from marronnier.model.plan import PlanLine
from marronnier.model.scalars import zone_or_utc
from marronnier.plan.diff import MovedPublication, PlanDiff

_T = TypeVar("_T", MovedPublication, PlanLine)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences, and what is needed to show them."""

    differences: PlanDiff
    desk: Desk
    since: str
    """What they are counted from, as the person wrote it."""

    def when(self, at: datetime | None) -> str:
        """An instant for people, with its weekday."""
        if at is None:
            return _("no date")
        there = at.astimezone(zone_or_utc(self.desk.brand.zone))
        return f"{day_name(there.date(), short=True)} {there:%H:%M}"


def say(comparison: Comparison, form: output.Form) -> None:
    """Print what changed in that form."""
    if form == "json":
        output.say_json(as_json(comparison))
    elif form == "markdown":
        output.say(as_markdown(comparison))
    elif form == "github":
        for annotation in as_annotations(comparison):
            output.say(annotation)
    else:
        for line in as_text(comparison):
            output.say(line)


def as_text(comparison: Comparison) -> Iterator[str]:
    """One line a post, the channels it concerns together."""
    for heading, sign, colour, told in _sections(comparison):
        yield output.coloured(heading, "white", bold=True)
        for line in told:
            yield output.coloured(f"  {sign} ", colour) + output.visible(line)
        yield ""
    if comparison.differences.empty:
        yield _("Nothing changes since {rev}.", rev=comparison.since)


def as_markdown(comparison: Comparison) -> str:
    """For a pull request: sentences in code spans, the words of new and changed posts in code blocks."""
    if comparison.differences.empty:
        return _("Nothing changes since {rev}.", rev=output.code(comparison.since))
    said = []
    for heading, _sign, _colour, told in _sections(comparison):
        said.append(f"**{heading}**\n\n" + "\n".join(f"- {output.code(line)}" for line in told))
    lines = [one.line for one in comparison.differences.added] + list(comparison.differences.reworded)
    words: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        words.setdefault((line.publication.post.title, line.publication.words.text), []).append(line.publication.channel_name)
    for (title, text), channels in list(words.items())[:40]:
        said.append(f"{output.code(title)} · {output.code(', '.join(channels))}\n\n{block(text)}")
    return "\n\n".join(said)


def block(text: str) -> str:
    """A code block that its words cannot leave."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"


def as_annotations(comparison: Comparison) -> Iterator[str]:
    """Notices at the posts that change, warnings where one moves onto a holiday or a neighbour."""
    for one in (*comparison.differences.added, *comparison.differences.moved):
        place = one.line.publication.post.place("date")
        level = "warning" if one.holiday or one.clash else "notice"
        message = _moved(one, comparison)
        yield output.annotation(level, message, path=place.path, line=place.line, column=place.column, title=one.line.key)
    for line in comparison.differences.needs_approval:
        place = line.publication.post.place()
        message = f"{line.why}\n{line.next}"
        yield output.annotation("notice", message, path=place.path, line=place.line, column=place.column, title=line.key)


def as_json(comparison: Comparison) -> Mapping[str, object]:
    """For programs."""
    found, desk = comparison.differences, comparison.desk
    return {
        "since": comparison.since,
        "added": [_moved_as_json(one, desk) for one in found.added],
        "moved": [_moved_as_json(one, desk) for one in found.moved],
        "removed": [line_as_json(line, desk) for line in found.removed],
        "reworded": [line_as_json(line, desk) for line in found.reworded],
        "needs_approval": [line_as_json(line, desk) for line in found.needs_approval],
    }


def _moved_as_json(one: MovedPublication, desk: Desk) -> Mapping[str, object]:
    return {
        **line_as_json(one.line, desk),
        "before": one.before.isoformat() if one.before else None,
        "after": one.after.isoformat() if one.after else None,
        "holiday": list(one.holiday),
        "clash": list(one.clash),
    }


def _sections(comparison: Comparison) -> Iterator[tuple[str, str, str, Sequence[str]]]:
    """Heading, sign, colour and sentences of each part that is not empty."""
    found = comparison.differences
    if found.added:
        told = _together(found.added, lambda one: one.line, lambda one: _moved(one, comparison))
        yield ngettext("{count} publication is added", "{count} publications are added", len(found.added)), "+", "green", told
    if found.moved:
        told = _together(found.moved, lambda one: one.line, lambda one: _moved(one, comparison))
        yield ngettext("{count} publication moves", "{count} publications move", len(found.moved)), "→", "yellow", told
    if found.removed:
        told = _together(found.removed, lambda line: line, lambda line: comparison.when(line.instant.at))
        yield ngettext("{count} publication is removed", "{count} publications are removed", len(found.removed)), "-", "red", told
    if found.reworded:
        told = _together(found.reworded, lambda line: line, lambda line: comparison.when(line.instant.at))
        yield (
            ngettext("{count} publication says something else", "{count} publications say something else", len(found.reworded)),
            "~",
            "yellow",
            told,
        )
    if found.needs_approval:
        told = _together(found.needs_approval, lambda line: line, lambda line: line.why)
        yield (
            ngettext("{count} publication must be approved", "{count} publications must be approved", len(found.needs_approval)),
            "!",
            "red",
            told,
        )


def _together(things: Iterable[_T], line_of: Callable[[_T], PlanLine], sentence: Callable[[_T], str]) -> Sequence[str]:
    """`title (channels): sentence`, the channels of a post that share the sentence in one line."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for thing in things:
        publication = line_of(thing).publication
        alike.setdefault((publication.post.id, publication.post.title, sentence(thing)), []).append(publication.channel_name)
    return [f"{title} ({', '.join(dict.fromkeys(channels))}): {said}" for (_id, title, said), channels in alike.items()]


def _moved(one: MovedPublication, comparison: Comparison) -> str:
    """Where it goes, from where, and what that day is."""
    after = comparison.when(one.after)
    said = [after if one.before is None else _("from {before} to {after}", before=comparison.when(one.before), after=after)]
    said += list(one.holiday)
    if one.clash:
        said.append(_("close to {others}", others=", ".join(one.clash)))
    return " · ".join(said)
