"""Output of the status of publications, for each kind of reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from marronnier.approval.names import people
from marronnier.cli import output
from marronnier.cli.output.plan import (
    COLOURS,
    GLYPHS,
    PlanReport,
    PlanRow,
    action_lines,
    as_annotation,
    count_ideas,
    group_lines,
    indented,
    line_as_json,
    state_label,
)
from marronnier.ledger.log_lines import EVENT_LABELS, event_label
from marronnier.messages import _, day_and_hour, format_length, ngettext
from marronnier.model.plan import SHOWN_STATES, Plan, PlanLine, ShownState
from marronnier.model.scalars import zone_or_utc
from marronnier.networks.kit.seam import Handoff
from marronnier.plan.handoffs import handoff_of
from marronnier.plan.punctuality import WINDOW, punctuality
from marronnier.proofs.situation_loader import CommittedSituation
from marronnier.text.columns import display_width, pad
from marronnier.text.markdown_code import code_block, code_span

FEW = 20
"""Below so many publications a 99th of a hundred says nothing."""
NEXT_COUNT = 5
"""How many rows of the next publications the summary shows."""


def print_summary(plan: Plan, situation: CommittedSituation, output_format: output.OutputFormat) -> None:
    """Print the number of publications in each state, those that need somebody, and the next ones."""
    output.print_as(
        output_format,
        as_text=lambda: _summary_text(plan, situation),
        as_json=lambda: _summary_json(plan, situation),
        as_markdown=lambda: "\n\n".join(_summary_markdown(plan)),
        as_annotations=lambda: map(as_annotation, _lines_needing_people(plan)),
    )


def print_status(plan: Plan, situation: CommittedSituation, keys: Sequence[str], output_format: output.OutputFormat) -> None:
    """Print the status and the history of these publications."""
    lines = [line for line in plan.lines if line.key in keys]
    output.print_as(
        output_format,
        as_text=lambda: (text for line in lines for text in _detail_lines(line, situation)),
        as_json=lambda: [_as_json(line, situation) for line in lines],
        as_markdown=lambda: "\n\n".join(_detail_markdown(line, situation) for line in lines),
        as_annotations=lambda: map(as_annotation, lines),
    )


def _lines_needing_people(plan: Plan) -> list[PlanLine]:
    return [line for line in plan.lines if line.shown_state == "needs you"]


def _delayed_lines(plan: Plan) -> list[PlanLine]:
    return [line for line in plan.lines if line.delayed]


def _counts(plan: Plan) -> Mapping[ShownState, int]:
    counts: dict[ShownState, int] = dict.fromkeys(dict.fromkeys(SHOWN_STATES.values()), 0)
    for line in plan.lines:
        if line.state != "past":
            counts[line.shown_state] += 1
    return counts


def _summary_json(plan: Plan, situation: CommittedSituation) -> Mapping[str, object]:
    return {
        "now": situation.now.isoformat(),
        "branch": situation.branch,
        "commit": situation.commit,
        "ledger": situation.ledger.head,
        "counts": {state.replace(" ", "-"): count for state, count in _counts(plan).items()},
        "warnings": list(plan.warnings),
        "last_run": last.isoformat() if (last := situation.last_run()) is not None else None,
        "punctuality": record.as_json() if (record := punctuality(situation.histories, situation.now)) is not None else None,
        "lines": [line_as_json(line, situation.desk) for line in _lines_needing_people(plan)],
        "delayed": [line_as_json(line, situation.desk) for line in _delayed_lines(plan)],
    }


def _count_sentence(plan: Plan) -> str:
    counts = _counts(plan)
    ideas = sum(line.state == "idea" for line in plan.lines)
    notes: Mapping[str, str] = {"draft": f" ({count_ideas(ideas)})"} if ideas else {}
    parts = (
        f"{GLYPHS[state]} " + _("{count} {state}", count=count, state=state_label(state)) + notes.get(state, "")
        for state, count in counts.items()
        if count
    )
    counted = " · ".join(parts)
    return _("Publications: {counts}", counts=counted) if counted else _("Nothing is planned.")


def _summary_text(plan: Plan, situation: CommittedSituation) -> Iterator[str]:
    report = PlanReport(plan, situation.desk, plan.lines)
    yield from map(output.warning_line, plan.warnings)
    yield _count_sentence(plan)
    rows = list(group_lines(_lines_needing_people(plan)))
    if rows:
        yield ""
        yield output.coloured(
            ngettext("{count} post needs you", "{count} posts need you", len({row.first.publication.post.id for row in rows})),
            "red",
            bold=True,
        )
        for row in rows:
            yield f"  ! {output.escape_controls(row.first.publication.post.title)} ({output.escape_controls(row.channels)})"
            for text in action_lines(row):
                yield from indented(text, 4)
    next_lines = [line for line in plan.lines if line.state in ("ready", "due", "sending")][: NEXT_COUNT * 4]
    next_rows = list(group_lines(next_lines))[:NEXT_COUNT]
    if next_rows:
        yield ""
        yield output.coloured(_("Next"), "white", bold=True)
        yield from _next_text(report, next_rows)
    facts = list(_publisher_facts(situation))
    if facts:
        yield ""
        yield output.coloured(_("Publisher"), "white", bold=True)
        yield from (f"  {output.escape_controls(fact)}" for fact in facts)


def _publisher_facts(situation: CommittedSituation) -> Iterator[str]:
    """When the publisher ran last, and how punctual it is. Under a fixed clock nothing is late."""
    if situation.desk.brand.clock is not None:
        return
    last = situation.last_run()
    if last is not None and last <= situation.now:
        ago = situation.now - last
        yield _("ran last {length} ago", length=format_length(ago)) if ago >= timedelta(minutes=1) else _("ran just now")
    record = punctuality(situation.histories, situation.now)
    if record is None:
        return
    latest, key = record.worst
    if record.count < FEW:
        yield ngettext(
            "{count} publication in {days} days, {latest} after its time ({key})",
            "{count} publications in {days} days, the latest {latest} after its time ({key})",
            record.count,
            days=WINDOW.days,
            latest=format_length(latest),
            key=key,
        )
        return
    yield ngettext(
        "{count} publication in {days} days: half within {median} of the time, 99 of 100 within {most}, the latest {latest} after it ({key})",
        "{count} publications in {days} days: half within {median} of the time, 99 of 100 within {most}, the latest {latest} after it ({key})",
        record.count,
        days=WINDOW.days,
        median=format_length(record.percentile(0.5)),
        most=format_length(record.percentile(0.99)),
        latest=format_length(latest),
        key=key,
    )


def _next_text(report: PlanReport, next_rows: Sequence[PlanRow]) -> Iterator[str]:
    """The next publications: time and title, below them the keys that commands take, and why those that are late were not sent."""
    times = [_time_label(report, row.first) for row in next_rows]
    width = max(map(display_width, times))
    for when, row in zip(times, next_rows, strict=True):
        yield f"  {pad(when, width)}  {output.escape_controls(row.first.publication.post.title)}"
        yield from indented(output.escape_controls(", ".join(row.keys)), width + 4)
        if row.first.delayed:
            for text in action_lines(row):
                yield from indented(text, width + 4)


def _time_label(report: PlanReport, line: PlanLine) -> str:
    at = line.instant.at
    return day_and_hour(report.local_time(at), short=True) if at else _("now")


def _summary_markdown(plan: Plan) -> Iterator[str]:
    yield from (f"> {code_span(warning)}" for warning in plan.warnings)
    yield f"**{_count_sentence(plan)}**"
    rows = list(group_lines([*_lines_needing_people(plan), *_delayed_lines(plan)]))
    if rows:
        texts = [(row.first.publication.post.title, row.channels, row.first.why, _("; ").join(row.next_steps)) for row in rows]
        headings = (_("Post"), _("Channels"), _("Why"), _("What to do"))
        yield output.markdown_table(headings, [tuple(map(code_span, row)) for row in texts])


def _detail_lines(line: PlanLine, situation: CommittedSituation) -> Iterator[str]:
    mark = output.coloured(f"{GLYPHS[line.shown_state]} {state_label(line.shown_word)}", COLOURS[line.shown_state], bold=True)
    yield f"{output.coloured(output.escape_controls(line.key), 'white', bold=True)}  {mark}"
    facts = list(_facts(line, situation))
    label_width = max(len(label) for label, _value in facts)
    for label, value in facts:
        yield f"  {label.ljust(label_width)}  {output.escape_controls(value)}"
    if (handoff := handoff_of(line, situation.payload)) is not None:
        for label, text in _handoff_blocks(handoff):
            yield f"  {output.coloured(label, 'white', bold=True)}"
            yield from (f"    {output.escape_controls(each)}" for each in text.split("\n"))
    yield ""


def _detail_markdown(line: PlanLine, situation: CommittedSituation) -> str:
    facts = "\n".join(f"- {label}: {code_span(value)}" for label, value in _facts(line, situation))
    handoff = handoff_of(line, situation.payload)
    blocks = [f"{label}\n\n{code_block(text)}" for label, text in _handoff_blocks(handoff)] if handoff is not None else []
    return "\n\n".join((f"**{code_span(line.key)}**\n\n{facts}", *blocks))


def _handoff_blocks(handoff: Handoff) -> Iterator[tuple[str, str]]:
    """What a person needs who posts it by hand, under labels."""
    if handoff.composer:
        yield _("Open"), handoff.composer
    yield from handoff.texts
    if handoff.pictures:
        yield _("To be saved"), "\n".join(f"{picture.path}  {picture.alt}".rstrip() for picture in handoff.pictures)
    if handoff.choices:
        yield _("To be chosen there"), "\n".join(handoff.choices)


def _facts(line: PlanLine, situation: CommittedSituation) -> Iterator[tuple[str, str]]:
    """Labels and values that describe one publication."""
    publication, policy = line.publication, situation.policy
    zone = zone_or_utc(situation.desk.brand.zone)
    yield _("Title"), publication.post.title
    yield _("File"), publication.post.path
    account = f" · {publication.channel.account}" if publication.channel.account else ""
    yield _("Where"), f"{publication.channel_name} · {publication.channel.network}{account}"
    at = line.instant.at
    when = f"{day_and_hour(at.astimezone(zone))} {at.astimezone(zone):%Z}" if at else ""
    yield _("When"), " · ".join(filter(None, (when, line.instant.note))) or _("no date")
    yield _("Why"), line.why or state_label(line.shown_word)
    if line.next:
        yield _("Next"), line.next
    if line.proposal:
        yield _("Proposed on"), line.proposal
    yield _("Text"), f"sha256:{line.digests.words[:12]}… · {_('When').lower()} sha256:{line.digests.when[:12]}…"
    for event in line.history.events if line.history is not None else ():
        if event.name in EVENT_LABELS:
            parts = (
                f"{event.at.astimezone(zone):%Y-%m-%d %H:%M}",
                event_label(event, _, lambda who: people(policy, [who])),
                _event_details(event.data, zone),
            )
            yield _("History"), " · ".join(filter(None, parts))


def _event_details(data: Mapping[str, object], zone: ZoneInfo) -> str:
    parts = [str(data[name]) for name in ("url", "why", "note") if data.get(name)]
    if isinstance(late := data.get("late"), int) and late > 60:
        parts.append(_("{length} after its time", length=format_length(timedelta(seconds=late))))
    hours = [_format_instant(str(data[name]), zone) for name in ("until", "instant") if data.get(name)]
    return " ".join((*parts, *hours))


def _format_instant(written: str, zone: ZoneInfo) -> str:
    """An instant of the ledger in a zone; a text that is no instant stays as it is."""
    try:
        return f"{datetime.fromisoformat(written).astimezone(zone):%Y-%m-%d %H:%M}"
    except ValueError:
        return written


def _as_json(line: PlanLine, situation: CommittedSituation) -> Mapping[str, object]:
    approval = situation.approvals.get(line.key)
    events = line.history.events if line.history is not None else ()
    return {
        **line_as_json(line, situation.desk),
        "approved": approval is not None and approval.granted and not line.proposal,
        "by": list(approval.by) if approval is not None and not line.proposal else [],
        "unsigned": approval is not None and approval.unsigned,
        "events": [{"name": event.name, "at": event.at.isoformat(), **dict(event.data)} for event in events],
    }
