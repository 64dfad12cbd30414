"""Sentences for people about a run that stays (`--hold`, `watch`): one for each change, not one a minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from marronnier.messages import _, format_length
from marronnier.publish.upcoming_instant import Upcoming

NoticeKind = Literal[
    "waits",
    "nothing",
    "covered",
    "over",
    "told-to-end",
    "never-began",
    "clock-set",
    "clock-distrusted",
    "slept",
    "stopped",
    "goes-on",
    "trouble",
    "successor",
    "no-successor",
]


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that a holder tells people: when something changed, not every minute."""

    kind: NoticeKind
    next: Upcoming | None = None
    """What comes next."""
    until: datetime | None = None
    """Until when another holder waits."""
    seconds: float = 0.0
    """By how much the clock was set, or how long the machine slept."""
    why: str = ""
    advice: str = ""


def sentence(notice: Notice, hold: timedelta | None, local: Callable[[datetime], str]) -> str:
    """A notice as one line; `local` writes an instant as people read it."""
    coming = f"{notice.next.key}, {local(notice.next.at)}" if notice.next is not None else ""
    length = format_length(hold) if hold is not None else ""
    until = local(notice.until) if notice.until is not None else ""
    sentences = {
        "waits": _("Waits for {next}.", next=coming) if coming else _("Waits. Nothing is planned."),
        "nothing": _("Nothing goes out within {length}, so this run ends.", length=length),
        "covered": _("Another run waits for what comes next, until {when}, so this one ends.", when=until),
        "over": _("{length} are over, so this run ends.", length=length),
        "told-to-end": _("Told to end. Nothing was cut off."),
        "never-began": _("Gave up before anything could be read: {why}", why=notice.why),
        "clock-set": _("The clock of this machine was set by {length}: everything is read again.", length=_signed(notice.seconds)),
        "clock-distrusted": _(
            "Origin tells no time, and nothing confirms the new one: nothing goes out earlier than by the time that passed. If the new time is right, restart this."
        ),
        "slept": _("This machine slept for {length}: everything is read again.", length=format_length(timedelta(seconds=notice.seconds))),
        "stopped": _("Nothing is sent now: {why}. It is tried again every minute.", why=notice.why.rstrip(".")),
        "goes-on": _("That is over: it goes on."),
        "trouble": _("{why} It is tried again.", why=_full_stop(notice.why)),
        "successor": _("The next run was started: it takes over."),
        "no-successor": _("The next run could not be started: {why}", why=notice.why),
    }
    said = sentences[notice.kind]
    if coming and notice.kind in ("nothing", "covered", "over", "told-to-end"):
        said = f"{said} {_('Still to come: {next}.', next=coming)}"
    return f"{said} {notice.advice}" if notice.advice else said


def _signed(seconds: float) -> str:
    length = format_length(timedelta(seconds=seconds))
    return _("{length} forward", length=length) if seconds > 0 else _("{length} back", length=length)


def _full_stop(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
