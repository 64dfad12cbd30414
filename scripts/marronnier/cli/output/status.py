"""Where publications stand, for each kind of reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from marronnier.cli import output
from marronnier.cli.output.columns import padded, width
from marronnier.cli.output.plan import COLOURS, GLYPHS, PlanReport, PlanRow, as_annotation, day_name, line_as_json, rows, state_label
from marronnier.desk import Desk
from marronnier.messages import _, ngettext
from marronnier.model.plan import SHOWN_STATES, Plan, PlanLine, ShownState
from marronnier.model.scalars import zone_or_utc
from marronnier.proofs.load import CommittedSituation

AHEAD = 5
"""How many of those that go out next the summary names."""


def say_summary(plan: Plan, situation: CommittedSituation, form: output.Form) -> None:
    """Print how many stand where, what needs somebody, and what goes out next."""
    if form == "json":
        output.say_json({**_counts_as_json(plan, situation), "lines": [line_as_json(line, situation.desk) for line in _needing(plan)]})
    elif form == "github":
        for line in _needing(plan):
            output.say(as_annotation(line))
    elif form == "markdown":
        output.say("\n\n".join(_summary_markdown(plan)))
    else:
        for text in _summary_text(plan, situation.desk):
            output.say(text)


def say(plan: Plan, situation: CommittedSituation, keys: Sequence[str], form: output.Form) -> None:
    """Print where these publications stand, with their history."""
    lines = [line for line in plan.lines if line.key in keys]
    if form == "json":
        output.say_json([_as_json(line, situation) for line in lines])
    elif form == "github":
        for line in lines:
            output.say(as_annotation(line))
    elif form == "markdown":
        output.say(
            "\n\n".join(
                f"**{output.code(line.key)}**\n\n"
                + "\n".join(f"- {label}: {output.code(value)}" for label, value in _facts(line, situation.desk))
                for line in lines
            )
        )
    else:
        for line in lines:
            for text in _detailed(line, situation.desk):
                output.say(text)


def _needing(plan: Plan) -> list[PlanLine]:
    return [line for line in plan.lines if line.shown_state == "needs you"]


def _counts(plan: Plan) -> Mapping[ShownState, int]:
    counts: dict[ShownState, int] = dict.fromkeys(dict.fromkeys(SHOWN_STATES.values()), 0)
    for line in plan.lines:
        if line.state != "past":
            counts[line.shown_state] += 1
    return counts


def _counts_as_json(plan: Plan, situation: CommittedSituation) -> Mapping[str, object]:
    return {
        "now": situation.now.isoformat(),
        "branch": situation.branch,
        "commit": situation.commit,
        "ledger": situation.ledger.head,
        "counts": {state.replace(" ", "-"): count for state, count in _counts(plan).items()},
        "warnings": list(plan.warnings),
    }


def _told(plan: Plan) -> str:
    counts = _counts(plan)
    said = (f"{GLYPHS[state]} " + _("{count} {state}", count=count, state=state_label(state)) for state, count in counts.items() if count)
    return " · ".join(said) or _("Nothing is planned.")


def _next(plan: Plan) -> list[PlanLine]:
    return [line for line in plan.lines if line.state in ("ready", "due", "sending")][: AHEAD * 4]


def _summary_text(plan: Plan, desk: Desk) -> Iterator[str]:
    reading = PlanReport(plan, desk, plan.lines)
    for warning in plan.warnings:
        yield output.coloured("⚠ ", "yellow") + output.visible(warning)
    yield _told(plan)
    needing = list(rows(_needing(plan)))
    if needing:
        yield ""
        yield output.coloured(ngettext("{count} post needs you", "{count} posts need you", len(needing)), "red", bold=True)
        for row in needing:
            yield f"  ! {output.visible(row.first.publication.post.title)} ({output.visible(row.channels)})"
            yield f"    {output.visible(row.first.why)}"
            if row.first.next:
                yield f"    → {output.visible(row.first.next)}"
    ahead = list(rows(_next(plan)))[:AHEAD]
    if ahead:
        yield ""
        yield output.coloured(_("Next"), "white", bold=True)
        yield from _ahead_text(reading, ahead)


def _ahead_text(reading: PlanReport, ahead: Sequence[PlanRow]) -> Iterator[str]:
    """When, where and what, in columns."""
    told = [(_when(reading, row.first), output.visible(row.channels), output.visible(row.first.publication.post.title)) for row in ahead]
    widest, wide = (max(width(line[column]) for line in told) for column in (0, 1))
    for when, channels, title in told:
        yield f"  {padded(when, widest)}  {padded(channels, wide)}  {title}"


def _when(reading: PlanReport, line: PlanLine) -> str:
    at = line.instant.at
    return f"{day_name(reading.local(at).date(), short=True)} {reading.local(at):%H:%M}" if at else _("now")


def _summary_markdown(plan: Plan) -> Iterator[str]:
    yield from (f"> {output.code(warning)}" for warning in plan.warnings)
    yield f"**{_told(plan)}**"
    needing = list(rows(_needing(plan)))
    if needing:
        cells = [
            (
                output.code(row.first.publication.post.title),
                output.code(row.channels),
                output.code(row.first.why),
                output.code(row.first.next),
            )
            for row in needing
        ]
        yield output.table((_("Post"), _("Channels"), _("Why"), _("What to do")), cells)


def _detailed(line: PlanLine, desk: Desk) -> Iterator[str]:
    mark = output.coloured(f"{GLYPHS[line.shown_state]} {state_label(line.shown_state)}", COLOURS[line.shown_state], bold=True)
    yield f"{output.coloured(output.visible(line.key), 'white', bold=True)}  {mark}"
    facts = list(_facts(line, desk))
    widest = max(len(label) for label, _value in facts)
    for label, value in facts:
        yield f"  {label.ljust(widest)}  {output.visible(value)}"
    yield ""


def _facts(line: PlanLine, desk: Desk) -> Iterator[tuple[str, str]]:
    """Everything worth knowing of one publication, in words."""
    publication = line.publication
    zone = zone_or_utc(desk.brand.zone)
    yield _("Title"), publication.post.title
    yield _("File"), publication.post.path
    account = f" · {publication.channel.account}" if publication.channel.account else ""
    yield _("Where"), f"{publication.channel_name} · {publication.channel.network}{account}"
    at = line.instant.at
    when = f"{day_name(at.astimezone(zone).date())} {at.astimezone(zone):%H:%M %Z}" if at else ""
    yield _("When"), " · ".join(part for part in (when, line.instant.note) if part) or _("no date")
    yield _("Why"), f"{line.state}: {line.why}" if line.why else line.state
    if line.next:
        yield _("Next"), line.next
    if line.proposal:
        yield _("Proposed"), line.proposal
    yield _("Words"), f"sha256:{line.digests.words[:12]}… · when sha256:{line.digests.when[:12]}…"
    if line.history is not None:
        for event in line.history.events:
            yield _("Ledger"), f"{event.at.astimezone(zone):%Y-%m-%d %H:%M} {event.name} {_about(event.data, zone)}".rstrip()


def _about(data: Mapping[str, object], zone: ZoneInfo) -> str:
    said = [str(data[name]) for name in ("url", "why") if data.get(name)]
    hours = [_hour(str(data[name]), zone) for name in ("until", "instant") if data.get(name)]
    return " ".join((*said, *hours))


def _hour(written: str, zone: ZoneInfo) -> str:
    """An instant of the ledger at the hours of a zone; what is none stays as it is."""
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
