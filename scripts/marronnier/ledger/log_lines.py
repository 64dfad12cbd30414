"""The events of a publication as sentences for people: what `marronnier ledger log` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from marronnier.ledger.store import Ledger
from marronnier.messages import N_, _, format_length
from marronnier.model.history import Event

EVENT_LABELS = {
    "sealed": N_("ready: text and time are fixed"),
    "unsealed": N_("approval withdrawn"),
    "sent": N_("sent"),
    "refused": N_("refused by the network"),
    "waiting": N_("not sent, to be tried again"),
    "unknown": N_("may have been sent"),
    "cleared": N_("checked: it was not sent"),
    "missed": N_("missed its time"),
    "released": N_("a person decided to send it anyway"),
    "skipped": N_("a person decided never to send it"),
    "held": N_("a person put it on hold"),
    "retracting": N_("a person decided to delete it on the network"),
    "retracted": N_("deleted on the network"),
    "edited": N_("corrected on the network"),
    "carried": N_("imported from another tool"),
}
"""Each kind of event in a few words, for the site and `marronnier status`; the steps of a run (claimed, sending, seen, absent) stand in the detailed log only."""


_HANDED_OVER = N_("handed over to {name}, who says where it stands")
_SOMEBODY = N_("a person")


def event_label(event: Event, translate: Callable[..., str], person: Callable[[str], str]) -> str:
    """An event of EVENT_LABELS in a few words. `translate` gives a sentence in the reader's language, `person` a name for an id of the policy."""
    if event.name != "unknown" or not event.data.get("handed"):
        return translate(EVENT_LABELS[event.name])
    owner = str(event.data.get("to", ""))
    return translate(_HANDED_OVER, name=person(owner) if owner else translate(_SOMEBODY))


def log(ledger: Ledger, key: str, zone: tzinfo = UTC) -> Iterator[str]:
    """One line for each event of a publication, with instants in that time zone. Raises Damaged."""
    for event in ledger.history(key).events:
        yield f"{event.at.astimezone(zone):%Y-%m-%d %H:%M}  {event.name:<9}  {describe_event(event, zone)}"


def describe_event(event: Event, zone: tzinfo = UTC) -> str:
    """One event as a sentence, with instants in that time zone."""
    data = {name: _display_value(value, zone) for name, value in event.data.items() if isinstance(value, (str, int, float, bool))}
    part = int(data.get("part", 0)) + 1
    why, by = data.get("why", ""), ", ".join(str(person) for person in event.data.get("by", ()))
    late = timedelta(seconds=float(data.get("late") or 0)) if event.name == "sent" else timedelta()
    sentences = {
        "sealed": _("Sealed: text and time are fixed; it goes out on {instant}.", instant=data.get("instant", "?")),
        "unsealed": _("Seal withdrawn before sending. {why}", why=why),
        "claimed": _("Taken by a run, until {deadline}.", deadline=data.get("deadline", "?")),
        "sending": _("Part {part}: about to be sent.", part=part),
        "sent": _("Part {part}: sent, {length} after its time. {url}", part=part, length=format_length(late), url=data.get("url", ""))
        if late > timedelta(minutes=1)
        else _("Part {part}: sent. {url}", part=part, url=data.get("url", "")),
        "refused": _("Part {part}: refused. {why}", part=part, why=why),
        "waiting": _("Nothing was sent; not before {until}. {why}", until=data.get("until") or _("the next run"), why=why),
        "unknown": _("Part {part}: handed over to {name}, who says where it stands.", part=part, name=data.get("to") or _(_SOMEBODY))
        if data.get("handed")
        else _("Part {part}: it may have been sent. {why}", part=part, why=why),
        "cleared": _("Part {part}: it was not sent. {why}", part=part, why=why),
        "missed": _("Missed: too late to send without a decision. {why}", why=why),
        "released": _("A person decided: send it anyway. {why}", why=why),
        "skipped": _("A person decided: never send it. {why}", why=why),
        "held": _("A person put it on hold."),
        "seen": _("Read back: the network cannot tell whether it is still there.")
        if data.get("unsure")
        else _("Read back: it is still on the network."),
        "absent": _("Read back: part {part} is not on the network; it is asked once more. {why}", part=part, why=why),
        "retracting": _("A person decided: delete it on the network. {who}", who=data.get("who", "")),
        "edited": _("Corrected on the network. {who}", who=data.get("who", "")),
        "retracted": _("Deleted on the network. {why}", why=why),
        "carried": _("Imported from another tool. {url}", url=data.get("url", "")),
        "policy": _("Another policy is in force."),
    }
    sentence = sentences[event.name].strip()
    return _("{sentence} By {people}.", sentence=sentence, people=by) if by else sentence


def _display_value(value: str | float, zone: tzinfo) -> str | float:
    """An instant as wall time in that zone; any other value as it is, with control characters replaced by spaces."""
    if not isinstance(value, str):
        return value
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return "".join(letter if letter.isprintable() else " " for letter in value)
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant.tzinfo else value
